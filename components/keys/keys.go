package keys

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/limit"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:keys:Key"

// Purpose is what a key encrypts. It decides which services may use it.
type Purpose string

const (
	// Database is an RDS instance with its backups and performance data.
	Database Purpose = "database"
	// Cache is an ElastiCache replication group with its snapshots.
	Cache Purpose = "cache"
	// Files are an EFS file system.
	Files Purpose = "files"
	// Images are an ECR repository's.
	Images Purpose = "images"
	// Secrets are Secrets Manager's.
	Secrets Purpose = "secrets"
	// Logs are the stack's CloudWatch log groups.
	Logs Purpose = "logs"
	// Archive is a bucket of backups, with its replica.
	Archive Purpose = "archive"
	// Backup are the vaults of AWS Backup, in both regions.
	Backup Purpose = "backup"
)

var purposes = []Purpose{Database, Cache, Files, Images, Secrets, Logs, Archive, Backup}

const (
	rotationDays       = 365
	deletionWindowDays = 30 // the longest that KMS offers
)

// Args say whose key it is and what it is for. All fields are required.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Region holds the primary key, RecoveryRegion its replica. They differ.
	Region, RecoveryRegion string
	// Purpose is what the key encrypts.
	Purpose Purpose
	// Recovery is the provider of RecoveryRegion.
	Recovery *aws.Provider
}

// Key is a key and its replica.
type Key struct {
	pulumi.ResourceState
	// ARN is the key in the primary region, ReplicaARN the same key in the recovery region.
	ARN, ReplicaARN pulumi.StringOutput
}

// New makes a key.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Key, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	k := &Key{}
	if err := ctx.RegisterComponentResource(Type, name, k, opts...); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	if err := k.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"arn": k.ARN, "replicaArn": k.ReplicaARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RecoveryRegion", a.RecoveryRegion != "")
	if a.RecoveryRegion != "" && a.RecoveryRegion == a.Region {
		problems.Check("RecoveryRegion", fmt.Errorf("%q, expected another region than %q", a.RecoveryRegion, a.Region))
	}
	if !slices.Contains(purposes, a.Purpose) {
		problems.Check("Purpose", fmt.Errorf("%q, expected one of %s", a.Purpose, limit.List(purposes)))
	}
	problems.Require("Recovery", a.Recovery != nil)
	return problems.Err()
}

func (k *Key) declare(ctx *pulumi.Context, name string, args Args) error {
	part := string(args.Purpose) + "-key"
	tags := pulumi.ToStringMap(args.Scope.Tags("keys", args.Scope.Name(part), naming.Secret))
	description := pulumi.String("Encrypts the " + string(args.Purpose) + " of " + args.Scope.Stack)
	policy, err := args.policy(args.Region).Resource()
	if err != nil {
		return err
	}
	primary, err := kms.NewKey(ctx, name+"-primary", &kms.KeyArgs{
		Description:                    description,
		MultiRegion:                    pulumi.Bool(true),
		EnableKeyRotation:              pulumi.Bool(true),
		RotationPeriodInDays:           pulumi.Int(rotationDays),
		DeletionWindowInDays:           pulumi.Int(deletionWindowDays),
		BypassPolicyLockoutSafetyCheck: pulumi.Bool(false),
		Policy:                         pulumi.String(policy),
		Tags:                           tags,
	}, pulumi.Parent(k))
	if err != nil {
		return err
	}
	replicaPolicy, err := args.policy(args.RecoveryRegion).Resource()
	if err != nil {
		return err
	}
	replica, err := kms.NewReplicaKey(ctx, name+"-replica", &kms.ReplicaKeyArgs{
		Description:                    description,
		PrimaryKeyArn:                  primary.Arn,
		DeletionWindowInDays:           pulumi.Int(deletionWindowDays),
		BypassPolicyLockoutSafetyCheck: pulumi.Bool(false),
		Policy:                         pulumi.String(replicaPolicy),
		Tags:                           tags,
	}, pulumi.Parent(k), pulumi.Provider(args.Recovery))
	if err != nil {
		return err
	}
	k.ARN, k.ReplicaARN = primary.Arn, replica.Arn
	return k.declareAliases(ctx, name, "alias/"+args.Scope.Name(part), args.Recovery)
}

// declareAliases gives both keys the same alias, each in its region.
func (k *Key) declareAliases(ctx *pulumi.Context, name, alias string, recovery *aws.Provider) error {
	_, err := kms.NewAlias(ctx, name+"-alias", &kms.AliasArgs{
		Name:        pulumi.String(alias),
		TargetKeyId: k.ARN,
	}, pulumi.Parent(k))
	if err != nil {
		return err
	}
	_, err = kms.NewAlias(ctx, name+"-replica-alias", &kms.AliasArgs{
		Name:        pulumi.String(alias),
		TargetKeyId: k.ReplicaARN,
	}, pulumi.Parent(k), pulumi.Provider(recovery))
	return err
}
