package replica

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/bucket"
	"haven/components/naming"
)

const (
	enabled  = "Enabled"
	disabled = "Disabled"

	// ruleID is a dimension of the metrics of replication.
	ruleID = "everything"
	// minutes is what Replication Time Control promises, the only time that it knows.
	minutes = 15
)

// Args are all required, but for the topics and BucketKey.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Part is the first part of the names of the role and of the alarms, and the component that they are tagged with.
	Part string
	// Source is what is copied, Target where to; both keep versions.
	Source, Target Side
	// BucketKey says that objects at the source are encrypted by a bucket key, which names the bucket to KMS. Default:
	// each asks for a key of its own.
	BucketKey bool
	// Subject is what is copied, as a sentence about it begins: "Backups". Failures says where those stand that failed, as
	// a sentence.
	Subject, Failures string
	// Recovery is the provider of the target's region.
	Recovery *aws.Provider
}

// Side is a bucket of one region.
type Side struct {
	Bucket *bucket.Bucket
	// Name is the bucket's, known beforehand.
	Name, Region string
	// KeyARN encrypts the objects.
	KeyARN pulumi.StringInput
	// TopicARN is told of alarms of this region. Default: nobody is.
	TopicARN pulumi.StringInput
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Part", a.Part != "")
	for _, side := range []struct {
		field string
		Side
	}{{"Source", a.Source}, {"Target", a.Target}} {
		problems.Require(side.field+".Bucket", side.Bucket != nil)
		problems.Require(side.field+".Name", side.Name != "")
		problems.Require(side.field+".Region", side.Region != "")
		problems.Require(side.field+".KeyARN", side.KeyARN != nil)
	}
	problems.OtherRegion("Target.Region", a.Target.Region, "Source.Region", a.Source.Region)
	problems.Require("Subject", a.Subject != "")
	problems.Require("Failures", a.Failures != "")
	problems.Require("Recovery", a.Recovery != nil)
	return problems.Err()
}

// builder declares a replication part by part.
type builder struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	parent pulumi.ResourceOption
}

// Declare makes the children of a component, named after it, and answers the source's name, which is known once the
// replication stands: whoever writes after that has it copied.
func Declare(ctx *pulumi.Context, name string, args Args, parent pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if err := args.validate(); err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("replication: %w", err)
	}
	b := &builder{ctx, name, args, parent}
	replication, err := b.replicate()
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("replication: %w", err)
	}
	if err := b.alarms(); err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("replication: %w", err)
	}
	return replication.Bucket, nil
}

// replicate copies everything that is written from now on.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
func (b *builder) replicate() (*s3.BucketReplicationConfig, error) {
	role, permissions, err := b.replicator()
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	source, target := b.args.Source.Bucket, b.args.Target.Bucket
	return s3.NewBucketReplicationConfig(b.ctx, b.name+"-replication", &s3.BucketReplicationConfigArgs{
		Bucket: source.Name,
		Role:   role.Arn,
		Rules: s3.BucketReplicationConfigRuleArray{s3.BucketReplicationConfigRuleArgs{
			Id:       pulumi.String(ruleID),
			Priority: pulumi.Int(1),
			Status:   pulumi.String(enabled),
			Filter:   s3.BucketReplicationConfigRuleFilterArgs{Prefix: pulumi.String("")},
			DeleteMarkerReplication: s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs{
				Status: pulumi.String(disabled),
			},
			SourceSelectionCriteria: s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs{
				SseKmsEncryptedObjects: s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs{
					Status: pulumi.String(enabled),
				},
			},
			Destination: b.destination(),
		}},
	}, b.parent, pulumi.DependsOn([]pulumi.Resource{source.Versioned, target.Versioned, permissions}))
}

func (b *builder) destination() s3.BucketReplicationConfigRuleDestinationArgs {
	return s3.BucketReplicationConfigRuleDestinationArgs{
		Bucket:  b.args.Target.Bucket.ARN,
		Account: pulumi.String(b.args.Account),
		AccessControlTranslation: s3.BucketReplicationConfigRuleDestinationAccessControlTranslationArgs{
			Owner: pulumi.String("Destination"),
		},
		EncryptionConfiguration: s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs{
			ReplicaKmsKeyId: b.args.Target.KeyARN,
		},
		ReplicationTime: s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs{
			Status: pulumi.String(enabled),
			Time: s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs{
				Minutes: pulumi.Int(minutes),
			},
		},
		Metrics: s3.BucketReplicationConfigRuleDestinationMetricsArgs{
			Status: pulumi.String(enabled),
			EventThreshold: s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs{
				Minutes: pulumi.Int(minutes),
			},
		},
	}
}

func (b *builder) tags(physical string) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags(b.args.Part, physical, naming.Internal))
}
