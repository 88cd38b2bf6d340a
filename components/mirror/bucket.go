package mirror

import (
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// store makes the bucket, once its key may be used. A teardown lifts a retention that is not locked, so that the
// objects may be deleted.
func (b *builder) store() error {
	var placement storage.BucketCustomPlacementConfigPtrInput
	if len(b.args.Regions) > 0 {
		placement = storage.BucketCustomPlacementConfigArgs{DataLocations: pulumi.ToStringArray(b.args.Regions)}
	}
	var retention storage.BucketRetentionPolicyPtrInput
	if b.args.Protected || b.args.Locked {
		retention = storage.BucketRetentionPolicyArgs{
			IsLocked:        pulumi.Bool(b.args.Locked),
			RetentionPeriod: pulumi.Int(inSeconds(b.args.RetentionDays)),
		}
	}
	var err error
	b.bucket, err = storage.NewBucket(b.ctx, b.name+"-bucket", &storage.BucketArgs{
		Name:                     pulumi.String(BucketName(b.args.Scope, b.args.Project)),
		Location:                 pulumi.String(b.args.Location),
		CustomPlacementConfig:    placement,
		StorageClass:             pulumi.String("STANDARD"),
		UniformBucketLevelAccess: pulumi.Bool(true),
		PublicAccessPrevention:   pulumi.String("enforced"),
		Encryption:               storage.BucketEncryptionArgs{DefaultKmsKeyName: b.own.KeyID},
		RetentionPolicy:          retention,
		SoftDeletePolicy: storage.BucketSoftDeletePolicyArgs{
			RetentionDurationSeconds: pulumi.Int(inSeconds(b.args.SoftDeleteDays)),
		},
		LifecycleRules: lifecycle(b.args.RetentionDays),
		ForceDestroy:   pulumi.Bool(!b.args.Protected),
		Labels:         labels(b.args.Scope, naming.Confidential),
	}, b.parent(), pulumi.Protect(b.args.Protected))
	return err
}

func inSeconds(days int) int { return int((time.Duration(days) * day).Seconds()) }

// class is a colder class, the age at which an object moves to it, and the days for which it is charged from then on
// even if it is deleted before.
type class struct {
	name       string
	age, least int
}

// classes leave a week's dumps where reading them costs nothing, and let each class be paid for out.
// https://cloud.google.com/storage/docs/storage-classes
var classes = []class{{"NEARLINE", 7, 30}, {"COLDLINE", 37, 90}, {"ARCHIVE", 127, 365}}

// lifecycle moves an object to each class in which it stays long enough, and deletes it when its retention ends.
// https://cloud.google.com/storage/docs/lifecycle
func lifecycle(retentionDays int) storage.BucketLifecycleRuleArray {
	var rules storage.BucketLifecycleRuleArray
	for _, colder := range classes {
		if colder.age+colder.least <= retentionDays {
			rules = append(rules, storage.BucketLifecycleRuleArgs{
				Action: storage.BucketLifecycleRuleActionArgs{
					Type:         pulumi.String("SetStorageClass"),
					StorageClass: pulumi.String(colder.name),
				},
				Condition: storage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(colder.age)},
			})
		}
	}
	return append(rules, storage.BucketLifecycleRuleArgs{
		Action:    storage.BucketLifecycleRuleActionArgs{Type: pulumi.String("Delete")},
		Condition: storage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(retentionDays)},
	})
}

// agentRoles are what the transfer agent needs to find the bucket, see what it holds and add to it. The roles that
// Google names for a destination could delete as well.
// https://cloud.google.com/storage-transfer/docs/sink-cloud-storage#required_permissions
// https://cloud.google.com/storage/docs/access-control/iam-roles
var agentRoles = []struct{ part, role string }{
	{"finder", "roles/storage.legacyBucketReader"},
	{"reader", "roles/storage.objectViewer"},
	{"writer", "roles/storage.objectCreator"},
}

// admit lets the transfer agent in. Whoever reads the bucket's name comes after it.
func (b *builder) admit() error {
	agent := storage.GetTransferProjectServiceAccountOutput(b.ctx, storage.GetTransferProjectServiceAccountOutputArgs{
		Project: b.project,
	}, b.parent())
	var admitted []any
	for _, of := range agentRoles {
		member, err := storage.NewBucketIAMMember(b.ctx, b.name+"-agent-"+of.part, &storage.BucketIAMMemberArgs{
			Bucket: b.bucket.Name,
			Role:   pulumi.String(of.role),
			Member: agent.Member(),
		}, b.parent())
		if err != nil {
			return err
		}
		admitted = append(admitted, member.ID())
	}
	all := append([]any{b.bucket.Name}, admitted...)
	b.own.Bucket = pulumi.All(all...).ApplyT(func(known []any) string { return known[0].(string) }).(pulumi.StringOutput)
	b.own.AgentSubjectID, b.own.Agent = agent.SubjectId(), agent.Member()
	return nil
}
