package archive

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/bucket"
	"haven/components/iamdoc"
)

const (
	enabled  = "Enabled"
	disabled = "Disabled"

	// ruleID is a dimension of the metrics of replication.
	ruleID = "everything"
	// replicationMinutes is what Replication Time Control promises, the only time that it knows.
	replicationMinutes = 15
)

// replicate copies everything that is written from now on. Whoever reads the archive's name comes after it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
func (b *builder) replicate() error {
	role, permissions, err := b.replicator()
	if err != nil {
		return fmt.Errorf("role: %w", err)
	}
	replication, err := s3.NewBucketReplicationConfig(b.ctx, b.name+"-replication", &s3.BucketReplicationConfigArgs{
		Bucket: b.source.Name,
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
	}, b.parent(), pulumi.DependsOn([]pulumi.Resource{b.source.Versioned, b.replica.Versioned, permissions}))
	if err != nil {
		return err
	}
	b.own.Bucket = replication.Bucket
	b.own.ARN = pulumi.Sprintf("arn:aws:s3:::%s", replication.Bucket)
	return nil
}

func (b *builder) destination() s3.BucketReplicationConfigRuleDestinationArgs {
	return s3.BucketReplicationConfigRuleDestinationArgs{
		Bucket:  b.replica.ARN,
		Account: pulumi.String(b.args.Account),
		AccessControlTranslation: s3.BucketReplicationConfigRuleDestinationAccessControlTranslationArgs{
			Owner: pulumi.String("Destination"),
		},
		EncryptionConfiguration: s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs{
			ReplicaKmsKeyId: b.args.ReplicaKeyARN,
		},
		ReplicationTime: s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs{
			Status: pulumi.String(enabled),
			Time: s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs{
				Minutes: pulumi.Int(replicationMinutes),
			},
		},
		Metrics: s3.BucketReplicationConfigRuleDestinationMetricsArgs{
			Status: pulumi.String(enabled),
			EventThreshold: s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs{
				Minutes: pulumi.Int(replicationMinutes),
			},
		},
	}
}

// replicator is the role that S3 takes on to replicate, and what it may do.
func (b *builder) replicator() (*iam.Role, *iam.RolePolicy, error) {
	physical := b.args.Scope.Name(part + "-replication")
	trust, err := b.args.trust().Trust()
	if err != nil {
		return nil, nil, err
	}
	role, err := iam.NewRole(b.ctx, b.name+"-replication-role", &iam.RoleArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.String("Replicates the archive of " + b.args.Scope.Stack),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             b.tags(physical),
	}, b.parent())
	if err != nil {
		return nil, nil, err
	}
	policy := pulumix.Apply2Err(b.args.KeyARN.ToStringOutput(), b.args.ReplicaKeyARN.ToStringOutput(),
		func(key, replicaKey string) (string, error) { return b.args.permissions(key, replicaKey).Identity() })
	permissions, err := iam.NewRolePolicy(b.ctx, b.name+"-replication-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(physical),
		Role:   role.Name,
		Policy: policy.Untyped().(pulumi.StringOutput),
	}, b.parent())
	return role, permissions, err
}

// trust lets S3 take the role on, for the archive's bucket where S3 says for which it asks. AWS does not document that
// it does for replication: without "IfExists" the role might never be taken on, and nothing say so.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
func (a Args) trust() iamdoc.Document {
	trust := iamdoc.TrustService("s3.amazonaws.com", a.Account, bucket.ARN(BucketName(a.Scope, a.Account, a.Region)))
	conditions := iamdoc.Conditions{}
	for operator, keys := range trust.Statements[0].Conditions {
		conditions[operator+"IfExists"] = keys
	}
	trust.Statements[0].Conditions = conditions
	return trust
}

// permissions are to read every version with its lock, to write replicas, and what that takes of the two keys. They do
// not reach to deletions.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
func (a Args) permissions(key, replicaKey string) iamdoc.Document {
	source := bucket.ARN(BucketName(a.Scope, a.Account, a.Region))
	replica := bucket.ARN(BucketName(a.Scope, a.Account, a.RecoveryRegion))
	allow := func(sid, resource string, actions ...string) iamdoc.Statement {
		return iamdoc.Statement{Sid: sid, Actions: actions, Resources: []string{resource}}
	}
	crypt := func(sid, action, key, region, bucket string) iamdoc.Statement {
		statement := allow(sid, key, action)
		statement.Conditions = iamdoc.Conditions{
			iamdoc.StringEquals: {"kms:ViaService": {"s3." + region + ".amazonaws.com"}},
			iamdoc.ArnLike:      {"kms:EncryptionContext:aws:s3:arn": {bucket + "/*"}},
		}
		return statement
	}
	return iamdoc.Document{Statements: []iamdoc.Statement{
		allow("ReadConfiguration", source, "s3:GetReplicationConfiguration", "s3:ListBucket"),
		allow("ReadVersions", source+"/*", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersionAcl",
			"s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"),
		allow("Replicate", replica+"/*", "s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"),
		crypt("Decrypt", "kms:Decrypt", key, a.Region, source),
		crypt("Encrypt", "kms:Encrypt", replicaKey, a.RecoveryRegion, replica),
	}}
}
