package database

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/database/foundation"
	"haven/components/database/limits"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:database:Database"

const (
	// Port is where MySQL listens.
	Port = foundation.Port
	// Name is the database within the instance.
	Name = "processmaker"
	// Username is the master user's: none of the names that RDS keeps for itself.
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
	Username = "haven_admin"
)

// Args says how large the database is and how it is kept.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Generation counts the restores of the tenant's data within its stack. Default 0, and 1: the first, whose names say
	// nothing of it.
	Generation int
	// Account and Region are where it runs.
	Account, Region string
	// InstanceClass is RDS's. Changing it is a fail-over of a minute or two, in the maintenance window.
	InstanceClass string
	// StorageGiB is the storage at creation. It can grow, never shrink.
	StorageGiB int
	// MaxStorageGiB is how far storage grows by itself.
	MaxStorageGiB int
	// BackupRetentionDays is how far back point-in-time recovery reaches.
	BackupRetentionDays int
	// BackupWindow is the daily window of the snapshot, UTC, "hh:mm-hh:mm".
	BackupWindow string
	// MaintenanceWindow is the weekly window of patches and of changes that restart it, UTC, "ddd:hh:mm-ddd:hh:mm".
	MaintenanceWindow string
	// LogRetentionDays is how long its logs are kept: one of CloudWatch Logs' values.
	LogRetentionDays int
	// SubnetIDs are the cell's isolated subnets, in two zones at least.
	SubnetIDs pulumi.StringArrayInput
	// SecurityGroupID lets in this tenant's application and nobody else.
	SecurityGroupID pulumi.StringInput
	// KeyARN is the tenant's key for its database, SecretsKeyARN that for the master password, LogsKeyARN that for logs.
	KeyARN, SecretsKeyARN, LogsKeyARN pulumi.StringInput
	// Source is what it is made from. Default: nothing, it is made empty. What it was made from never changes it again:
	// another source leaves it as it is.
	Source Source
	// Prepared declares all that the instance stands on, and no instance: it is for a stack that waits for a take-over.
	// With OwnSecret, which is there before the instance is. Default false.
	Prepared bool
	// OwnSecret keeps the master password in a secret of the tenant's own, which package rotation rotates, because RDS
	// refuses a read replica of an instance whose password it manages. Default false: RDS keeps and rotates it. To change
	// it changes the password and where it is kept, at once and in place: see the package's documentation.
	OwnSecret bool
	// RecoveryRegion and SecretsReplicaKeyARN, the tenant's key for secrets there, are where an own secret is replicated
	// to. Default none: it is in this region alone.
	RecoveryRegion       string
	SecretsReplicaKeyARN pulumi.StringInput
	// TeardownAt is when the stack was told to go: it lifts deletion protection and names the final snapshot. Zero, the
	// normal case, keeps the instance protected.
	TeardownAt time.Time
}

// Database is a tenant's RDS instance.
type Database struct {
	pulumi.ResourceState

	// ARN is the instance's, ID its identifier, by which CloudWatch knows it.
	ARN, ID pulumi.StringOutput
	// Address is the host name of its endpoint, which follows a fail-over.
	Address pulumi.StringOutput
	// Port and Name are the constants of the same names.
	Port int
	Name string
	// SubnetGroupName is the RDS subnet group that it runs in.
	SubnetGroupName pulumi.StringOutput
	// FinalSnapshot is the name of the snapshot that a deletion leaves.
	FinalSnapshot string
	// MasterSecretARN is the secret with the master password, be it RDS's or the tenant's own: JSON with "username" and
	// "password".
	MasterSecretARN pulumi.StringOutput
}

// New declares a tenant's database.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Database, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	d := &Database{Port: Port, Name: Name, FinalSnapshot: args.finalSnapshot()}
	if err := ctx.RegisterComponentResource(Type, name, d, opts...); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := d.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"arn":             d.ARN,
		"address":         d.Address,
		"masterSecretArn": d.MasterSecretARN,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	a.foundation().Check(&problems)
	problems.Check("StorageGiB", limits.StorageGiB(a.StorageGiB))
	problems.Check("MaxStorageGiB", limits.MaxStorageGiB(a.MaxStorageGiB, a.StorageGiB))
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("OwnSecret", !a.Prepared || a.OwnSecret)
	problems.Require("SecretsReplicaKeyARN", !a.OwnSecret || a.RecoveryRegion == "" || a.SecretsReplicaKeyARN != nil)
	a.Source.check(&problems)
	return problems.Err()
}

// foundation is what the database has in common with its replica.
func (a Args) foundation() foundation.Args {
	return foundation.Args{
		Scope:               a.Scope,
		Part:                a.part(),
		Component:           "database",
		Account:             a.Account,
		Region:              a.Region,
		InstanceClass:       a.InstanceClass,
		MaxStorageGiB:       a.MaxStorageGiB,
		BackupRetentionDays: a.BackupRetentionDays,
		BackupWindow:        a.BackupWindow,
		MaintenanceWindow:   a.MaintenanceWindow,
		LogRetentionDays:    a.LogRetentionDays,
		SubnetIDs:           a.SubnetIDs,
		SecurityGroupID:     a.SecurityGroupID,
		KeyARN:              a.KeyARN,
		StorageKeyARN:       a.Source.KeyARN,
		LogsKeyARN:          a.LogsKeyARN,
		Protected:           a.TeardownAt.IsZero(),
	}
}

// part names it within the stack.
func (a Args) part() string { return naming.Generation("database", a.Generation) }

func (a Args) finalSnapshot() string {
	return naming.FinalSnapshot(a.foundation().Identifier(), a.TeardownAt)
}

func (d *Database) declare(ctx *pulumi.Context, name string, args Args) error {
	base, err := foundation.Declare(ctx, name, args.foundation(), pulumi.Parent(d))
	if err != nil {
		return err
	}
	args.complete(base.Settings)
	if args.OwnSecret {
		secret, err := d.secret(ctx, name, args)
		if err != nil {
			return err
		}
		d.MasterSecretARN = secret.arn
		base.Settings.Password = secret.password
	} else {
		base.Settings.ManageMasterUserPassword = pulumi.Bool(true)
		base.Settings.MasterUserSecretKmsKeyId = args.SecretsKeyARN.ToStringOutput()
	}
	if args.Prepared {
		d.prepare(args, base)
		return nil
	}
	instance, err := rds.NewInstance(ctx, name+"-instance", base.Settings, pulumi.Parent(d), pulumi.DependsOn(base.Before),
		pulumi.IgnoreChanges(madeFrom))
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	d.ARN, d.ID = instance.Arn, instance.Identifier
	d.Address = instance.Address
	d.SubnetGroupName = instance.DbSubnetGroupName
	if !args.OwnSecret {
		d.MasterSecretARN = instance.MasterUserSecrets.Index(pulumi.Int(0)).SecretArn().Elem()
	}
	return nil
}
