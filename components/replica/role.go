package replica

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/partial"
)

// replicator is the role that S3 takes on to replicate, and what it may do.
func (b *builder) replicator() (*iam.Role, *iam.RolePolicy, error) {
	physical := b.args.Scope.Name(b.args.Part + "-replication")
	trust, err := b.args.trust().Trust()
	if err != nil {
		return nil, nil, err
	}
	role, err := iam.NewRole(b.ctx, b.name+"-replication-role", &iam.RoleArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.String("Replicates the " + b.args.Part + " of " + b.args.Scope.Stack),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             b.tags(physical),
	}, b.parent)
	if err != nil {
		return nil, nil, err
	}
	policy := pulumix.Apply2Err(partial.Text(b.ctx, b.args.Source.KeyARN), partial.Text(b.ctx, b.args.Target.KeyARN),
		func(key, replicaKey string) (string, error) { return b.args.permissions(key, replicaKey).Identity() })
	permissions, err := iam.NewRolePolicy(b.ctx, b.name+"-replication-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(physical),
		Role:   role.Name,
		Policy: policy.Untyped().(pulumi.StringOutput),
	}, b.parent)
	return role, permissions, err
}

// trust lets S3 take the role on, for the source where S3 says for which it asks. AWS does not document that it does for
// replication: without "IfExists" the role might never be taken on, and nothing say so.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
func (a Args) trust() iamdoc.Document {
	trust := iamdoc.TrustService("s3.amazonaws.com", a.Account, bucket.ARN(a.Source.Name))
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
	source, target := bucket.ARN(a.Source.Name), bucket.ARN(a.Target.Name)
	allow := func(sid, resource string, actions ...string) iamdoc.Statement {
		return iamdoc.Statement{Sid: sid, Actions: actions, Resources: []string{resource}}
	}
	crypt := func(sid, action, key, region string, encrypted ...string) iamdoc.Statement {
		statement := allow(sid, key, action)
		statement.Conditions = iamdoc.Conditions{
			iamdoc.StringEquals: {"kms:ViaService": {"s3." + region + ".amazonaws.com"}},
			iamdoc.ArnLike:      {"kms:EncryptionContext:aws:s3:arn": encrypted},
		}
		return statement
	}
	read := []string{source + "/*"}
	if a.BucketKey {
		read = []string{source, source + "/*"} // an object may have been written without one
	}
	return iamdoc.Document{Statements: []iamdoc.Statement{
		allow("ReadConfiguration", source, "s3:GetReplicationConfiguration", "s3:ListBucket"),
		allow("ReadVersions", source+"/*", "s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersionAcl",
			"s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"),
		allow("Replicate", target+"/*", "s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"),
		crypt("Decrypt", "kms:Decrypt", key, a.Source.Region, read...),
		crypt("Encrypt", "kms:Encrypt", replicaKey, a.Target.Region, target+"/*"),
	}}
}
