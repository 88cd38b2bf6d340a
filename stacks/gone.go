package stacks

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/stacks/config"
)

// DeletionRecord is all that is left of a tenant that is gone: what was deleted, when it was allowed to be, when it
// was, and what outlives it: the final snapshot of its database, and its final dump.
type DeletionRecord struct {
	Name          string `mapstructure:"name"`
	Cell          string `mapstructure:"cell"`
	State         string `mapstructure:"state"`
	DeletionDate  string `mapstructure:"deletionDate"`
	LeavingSince  string `mapstructure:"leavingSince"`
	DeletedAt     string `mapstructure:"deletedAt"`
	DatabaseARN   string `mapstructure:"databaseArn"`
	FilesARN      string `mapstructure:"filesArn"`
	FinalSnapshot string `mapstructure:"finalSnapshot"`
	// Account and Region are where the archive lies, Prefix is what the keys of the tenant's objects in it begin with.
	Account       string `mapstructure:"account"`
	Region        string `mapstructure:"region"`
	ArchiveBucket string `mapstructure:"archiveBucket"`
	ArchivePrefix string `mapstructure:"archivePrefix"`
	// ManifestKey and ManifestSHA256 are the final dump's, DumpedAt is when it began, DumpLockedUntil is the time before
	// which nobody can delete any part of it.
	ManifestKey     string `mapstructure:"manifestKey"`
	ManifestSHA256  string `mapstructure:"manifestSha256"`
	DumpedAt        string `mapstructure:"dumpedAt"`
	DumpLockedUntil string `mapstructure:"dumpLockedUntil"`
}

func (d DeletionRecord) gone() bool { return d.State == string(config.Gone) }

// since is when a tenant that is leaving began to leave, now if it does so only now.
func (d DeletionRecord) since(tenant *config.Tenant, now time.Time) string {
	switch {
	case tenant.State != config.Leaving:
		return ""
	case d.State == string(config.Leaving) && d.LeavingSince != "":
		return d.LeavingSince
	}
	return now.Format(time.RFC3339)
}

// recordDeletion declares nothing but the record: the update deletes all that the tenant owned. It is refused before
// the deletion date; to a tenant that was not leaving until now, whose protection and final snapshot nobody has looked
// at; and without a final dump that is complete. What is refused deletes nothing.
func (r *root) recordDeletion(ctx *pulumi.Context, stack *config.Stack, last DeletionRecord, now time.Time) error {
	if now.Before(stack.Tenant.Deletion()) {
		return fmt.Errorf("tenant.state: %s may not be gone before %s; leave it in the state leaving until then",
			stack.Name, stack.Tenant.DeletionDate)
	}
	if err := last.mayGo(stack); err != nil {
		return err
	}
	if err := r.settleOne(ctx, last); err != nil {
		return err
	}
	if !last.gone() {
		if err := r.findFinalDump(ctx, stack, &last); err != nil {
			return err
		}
		last.State, last.DeletedAt = string(config.Gone), now.Format(time.RFC3339)
	}
	last.export(ctx)
	return nil
}

// settleOne gives the stack the provider of the archive's region.
func (r *root) settleOne(ctx *pulumi.Context, record DeletionRecord) (err error) {
	r.primary, err = r.provider(ctx, "aws", record.Account, record.Region)
	return err
}

func (d DeletionRecord) export(ctx *pulumi.Context) {
	ctx.Export(tenantOutput, pulumi.Map{
		"name":            pulumi.String(d.Name),
		"cell":            pulumi.String(d.Cell),
		"state":           pulumi.String(d.State),
		"deletionDate":    pulumi.String(d.DeletionDate),
		"leavingSince":    pulumi.String(d.LeavingSince),
		"deletedAt":       pulumi.String(d.DeletedAt),
		"databaseArn":     pulumi.String(d.DatabaseARN),
		"filesArn":        pulumi.String(d.FilesARN),
		"finalSnapshot":   pulumi.String(d.FinalSnapshot),
		"account":         pulumi.String(d.Account),
		"region":          pulumi.String(d.Region),
		"archiveBucket":   pulumi.String(d.ArchiveBucket),
		"archivePrefix":   pulumi.String(d.ArchivePrefix),
		"manifestKey":     pulumi.String(d.ManifestKey),
		"manifestSha256":  pulumi.String(d.ManifestSHA256),
		"dumpedAt":        pulumi.String(d.DumpedAt),
		"dumpLockedUntil": pulumi.String(d.DumpLockedUntil),
	})
}

// lastRecord is what the stack itself exported when it was last brought up: of a tenant that is on its way out, and
// nothing of any other.
func (r *root) lastRecord(ctx *pulumi.Context, stack *config.Stack) (DeletionRecord, error) {
	var last DeletionRecord
	if stack.Tenant.State != config.Leaving && stack.Tenant.State != config.Gone {
		return last, nil
	}
	value, err := r.outputOf(ctx, stack.Name, tenantOutput)
	if err != nil || value == nil && stack.Tenant.State == config.Leaving {
		return last, err
	}
	if err := decode(value, &last, false); err != nil {
		return last, fmt.Errorf("tenant.state: what %s exported last cannot be read: %w", stack.Name, err)
	}
	return last, nil
}

// mayGo refuses a tenant that was not leaving until now, by that deletion date.
func (d DeletionRecord) mayGo(stack *config.Stack) error {
	leaving := d.State == string(config.Leaving) && d.DeletionDate == stack.Tenant.DeletionDate
	if !leaving && !d.gone() {
		return fmt.Errorf("tenant.state: %s was %q until now; bring it up in the state leaving with the deletion "+
			"date %s first, which lifts its protection, names its final snapshot and makes its final dump", stack.Name,
			d.State, stack.Tenant.DeletionDate)
	}
	return nil
}
