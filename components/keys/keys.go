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

// Args say whose key it is and what it is for. All fields are required but Generations, and
// RecoveryRegion and Recovery, which go together.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Region holds the primary key, RecoveryRegion its replica. They differ. Default: no replica, until there is one.
	Region, RecoveryRegion string
	// Purpose is what the key encrypts.
	Purpose Purpose
	// Generations are those of the tenant's databases beside the first whose logs it encrypts. Default: none.
	Generations []int
	// Recovery is the provider of RecoveryRegion.
	Recovery *aws.Provider
}

// Key is a key and its replica.
type Key struct {
	pulumi.ResourceState
	// ARN is the key in the primary region, ReplicaARN the same key in the recovery region; empty where there is none.
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
	problems.Require("RecoveryRegion", a.RecoveryRegion != "" || a.Recovery == nil)
	problems.OtherRegion("RecoveryRegion", a.RecoveryRegion, "Region", a.Region)
	if !slices.Contains(purposes, a.Purpose) {
		problems.Check("Purpose", fmt.Errorf("%q, expected one of %s", a.Purpose, limit.List(purposes)))
	}
	problems.Require("Recovery", a.Recovery != nil || a.RecoveryRegion == "")
	return problems.Err()
}

func (a Args) part() string { return string(a.Purpose) + "-key" }

func (a Args) description() string {
	return "Encrypts the " + string(a.Purpose) + " of " + a.Scope.Stack
}

func (k *Key) declare(ctx *pulumi.Context, name string, args Args) error {
	tags := pulumi.ToStringMap(args.Scope.Tags("keys", args.Scope.Name(args.part()), naming.Secret))
	policy, err := args.policy(args.Region).Resource()
	if err != nil {
		return err
	}
	primary, err := kms.NewKey(ctx, name+"-primary", &kms.KeyArgs{
		Description:                    pulumi.String(args.description()),
		MultiRegion:                    pulumi.Bool(args.Recovery != nil),
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
	k.ARN, k.ReplicaARN = primary.Arn, pulumi.String("").ToStringOutput()
	_, err = kms.NewAlias(ctx, name+"-alias", &kms.AliasArgs{
		Name:        pulumi.String("alias/" + args.Scope.Name(args.part())),
		TargetKeyId: k.ARN,
	}, pulumi.Parent(k))
	if err != nil || args.Recovery == nil {
		return err
	}
	return k.declareReplica(ctx, name, args, tags)
}

// declareReplica declares the same key in the recovery region, with the same alias.
func (k *Key) declareReplica(ctx *pulumi.Context, name string, args Args, tags pulumi.StringMap) error {
	there := []pulumi.ResourceOption{pulumi.Parent(k), pulumi.Provider(args.Recovery)}
	policy, err := args.policy(args.RecoveryRegion).Resource()
	if err != nil {
		return err
	}
	replica, err := kms.NewReplicaKey(ctx, name+"-replica", &kms.ReplicaKeyArgs{
		Description:                    pulumi.String(args.description()),
		PrimaryKeyArn:                  k.ARN,
		DeletionWindowInDays:           pulumi.Int(deletionWindowDays),
		BypassPolicyLockoutSafetyCheck: pulumi.Bool(false),
		Policy:                         pulumi.String(policy),
		Tags:                           tags,
	}, there...)
	if err != nil {
		return err
	}
	k.ReplicaARN = replica.Arn
	_, err = kms.NewAlias(ctx, name+"-replica-alias", &kms.AliasArgs{
		Name:        pulumi.String("alias/" + args.Scope.Name(args.part())),
		TargetKeyId: k.ReplicaARN,
	}, there...)
	return err
}
