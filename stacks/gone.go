package stacks

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/stacks/config"
)

// DeletionRecord is all that is left of a tenant that is gone: what was deleted, when it was allowed to be, when it
// was, and the snapshot that outlives it.
type DeletionRecord struct {
	Name          string `mapstructure:"name"`
	Cell          string `mapstructure:"cell"`
	State         string `mapstructure:"state"`
	DeletionDate  string `mapstructure:"deletionDate"`
	DeletedAt     string `mapstructure:"deletedAt"`
	DatabaseARN   string `mapstructure:"databaseArn"`
	FilesARN      string `mapstructure:"filesArn"`
	FinalSnapshot string `mapstructure:"finalSnapshot"`
}

// recordDeletion declares nothing but the record: the update deletes all that the tenant owned. It is refused before
// the deletion date, and to a tenant that was not leaving until now, whose protection and final snapshot nobody has
// looked at.
func (r *root) recordDeletion(ctx *pulumi.Context, stack *config.Stack) error {
	return r.recordDeletionAt(ctx, stack, time.Now().UTC())
}

func (r *root) recordDeletionAt(ctx *pulumi.Context, stack *config.Stack, now time.Time) error {
	if day := stack.Tenant.Deletion(); now.Before(day) {
		return fmt.Errorf("tenant.state: %s may not be gone before %s; leave it in the state leaving until then",
			stack.Name, stack.Tenant.DeletionDate)
	}
	record, err := r.lastRecord(ctx, stack)
	if err != nil {
		return err
	}
	if record.DeletedAt == "" {
		record.DeletedAt = now.Format(time.RFC3339)
	}
	ctx.Export(tenantOutput, pulumi.Map{
		"name":          pulumi.String(record.Name),
		"cell":          pulumi.String(record.Cell),
		"state":         pulumi.String(config.Gone),
		"deletionDate":  pulumi.String(record.DeletionDate),
		"deletedAt":     pulumi.String(record.DeletedAt),
		"databaseArn":   pulumi.String(record.DatabaseARN),
		"filesArn":      pulumi.String(record.FilesARN),
		"finalSnapshot": pulumi.String(record.FinalSnapshot),
	})
	return nil
}

// lastRecord is what the stack itself exported when it was last brought up.
func (r *root) lastRecord(ctx *pulumi.Context, stack *config.Stack) (DeletionRecord, error) {
	var last DeletionRecord
	value, err := r.outputOf(ctx, stack.Name, tenantOutput)
	if err != nil {
		return last, err
	}
	if err := decode(value, &last, false); err != nil {
		return last, fmt.Errorf("tenant.state: what %s exported last cannot be read: %w", stack.Name, err)
	}
	leaving := last.State == string(config.Leaving) && last.DeletionDate == stack.Tenant.DeletionDate
	if !leaving && last.State != string(config.Gone) {
		return last, fmt.Errorf("tenant.state: %s was %q until now; bring it up in the state leaving with the deletion "+
			"date %s first, which lifts its protection and names its final snapshot", stack.Name, last.State,
			stack.Tenant.DeletionDate)
	}
	return last, nil
}
