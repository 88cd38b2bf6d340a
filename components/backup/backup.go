package backup

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/backup/schedule"
	"haven/components/limit"
	"haven/components/naming"
	"haven/components/tiers"
)

// Type is the component's type token.
const Type = "haven:backup:Backup"

// Args say what is backed up and what the tier promises. All fields are required but RecoveryRegion with
// what belongs to it, FailureTopicARN, Governance and Protected.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account is the AWS account, twelve digits. Region is where the tenant lives, RecoveryRegion where its copies lie.
	// RecoveryRegion, ReplicaKeyARN and Recovery go together. Default: none, recovery points lie in Region alone.
	Account, Region, RecoveryRegion string
	// Tier says how often recovery points are made and for how long they are kept. Changing it replaces nothing.
	Tier tiers.Tier
	// KeyARN encrypts the vault in Region, ReplicaKeyARN that in RecoveryRegion: the tenant's key for backups.
	KeyARN, ReplicaKeyARN pulumi.StringInput
	Database              Database
	Files                 Files
	Restore               Restore
	// FailureTopicARN is told of backups, copies and restores that failed, and of restored data that is not sound.
	// Default none: nobody is told.
	FailureTopicARN pulumi.StringInput
	// Governance lets who may take the locks away, and a teardown delete what the vaults hold. Default false: compliance,
	// where nobody can. See the package's documentation.
	Governance bool
	// Protected keeps the vaults from being deleted or replaced; false only while the stack is torn down.
	Protected bool
	// Recovery is the provider of RecoveryRegion.
	Recovery *aws.Provider
}

// Database is the RDS instance that is backed up, and what a restored one has to be like.
type Database struct {
	// ARN is the instance's, KeyARN what encrypts it: its recovery points in Region are encrypted by it too.
	ARN, KeyARN pulumi.StringInput
	// QuarantinedARNs are instances that lie in quarantine: they are backed up like the one that serves, by the same key,
	// and no test restores them. Default: none.
	QuarantinedARNs pulumi.StringArray
	// Engine and EngineVersion are RDS's, "mysql" and "8.0"; the version may be the beginning of one.
	Engine, EngineVersion string
	// InstanceClass is that of a restored instance too.
	InstanceClass string
	// BackupWindow and MaintenanceWindow are the instance's: "hh:mm-hh:mm" and "ddd:hh:mm-ddd:hh:mm", UTC.
	BackupWindow, MaintenanceWindow string
}

// Files are the EFS file system that is backed up; a restored one has the same key.
type Files struct {
	ARN, KeyARN pulumi.StringInput
	// QuarantinedARNs are likewise those of file systems.
	QuarantinedARNs pulumi.StringArray
}

// Restore is where tests restore a database to.
type Restore struct {
	// VPCID is the VPC of the group of subnets of that name.
	VPCID, SubnetGroupName pulumi.StringInput
}

// Backup is a tenant's vaults, plans and tests.
type Backup struct {
	pulumi.ResourceState
	// VaultName and VaultARN are the vault in Region.
	VaultName, VaultARN pulumi.StringOutput
	// RecoveryVaultName and RecoveryVaultARN are the vault in RecoveryRegion; empty where there is none.
	RecoveryVaultName, RecoveryVaultARN pulumi.StringOutput
	// AirGappedVaultARN is the air-gapped vault in RecoveryRegion; empty where there is none.
	AirGappedVaultARN pulumi.StringOutput
	// RoleARN is the role by which AWS Backup backs up.
	RoleARN pulumi.StringOutput
	// DatabasePlanID and FilesPlanID are the backup plans.
	DatabasePlanID, FilesPlanID pulumi.StringOutput
	// CheckARN is the state machine that checks what a test restored.
	CheckARN pulumi.StringOutput
}

// New backs a tenant's database and files up.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Backup, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	b := &Backup{}
	if err := ctx.RegisterComponentResource(Type, name, b, opts...); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	promise, _ := tiers.Of(args.Tier)
	d := &builder{ctx: ctx, own: b, name: name, args: args, promise: promise}
	if err := d.declare(); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{
		"vaultName":         b.VaultName,
		"vaultArn":          b.VaultARN,
		"recoveryVaultName": b.RecoveryVaultName,
		"recoveryVaultArn":  b.RecoveryVaultARN,
		"airGappedVaultArn": b.AirGappedVaultARN,
		"roleArn":           b.RoleARN,
		"databasePlanId":    b.DatabasePlanID,
		"filesPlanId":       b.FilesPlanID,
		"checkArn":          b.CheckARN,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RecoveryRegion", a.RecoveryRegion != "" || a.Recovery == nil)
	problems.OtherRegion("RecoveryRegion", a.RecoveryRegion, "Region", a.Region)
	promise, known := tiers.Of(a.Tier)
	if !known {
		problems.Check("Tier", fmt.Errorf("%q, expected one of %s", a.Tier, limit.List(tiers.All)))
	}
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("ReplicaKeyARN", a.ReplicaKeyARN != nil || a.Recovery == nil)
	problems.Require("Database.ARN", a.Database.ARN != nil)
	problems.Require("Database.KeyARN", a.Database.KeyARN != nil)
	problems.Require("Database.Engine", a.Database.Engine != "")
	problems.Require("Database.EngineVersion", a.Database.EngineVersion != "")
	problems.Require("Database.InstanceClass", a.Database.InstanceClass != "")
	problems.Require("Database.BackupWindow", a.Database.BackupWindow != "")
	problems.Require("Database.MaintenanceWindow", a.Database.MaintenanceWindow != "")
	if known {
		_, err := a.schedule(promise)
		problems.Check("Database.BackupWindow, Database.MaintenanceWindow", err)
	}
	problems.Require("Files.ARN", a.Files.ARN != nil)
	problems.Require("Files.KeyARN", a.Files.KeyARN != nil)
	problems.Require("Restore.VPCID", a.Restore.VPCID != nil)
	problems.Require("Restore.SubnetGroupName", a.Restore.SubnetGroupName != nil)
	problems.Require("Recovery", a.Recovery != nil || a.RecoveryRegion == "")
	return problems.Err()
}

// schedule is when recovery points are made: of the database and of the files at the same times, so that they fit.
func (a Args) schedule(promise tiers.Promise) (string, error) {
	return schedule.Backup(a.Scope.Stack, promise.SnapshotEvery, a.Database.BackupWindow, a.Database.MaintenanceWindow)
}

func (a Args) tags(physical string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("backup", physical, class))
}

// builder declares a backup part by part.
type builder struct {
	ctx     *pulumi.Context
	own     *Backup
	name    string
	args    Args
	promise tiers.Promise
}

func (b *builder) declare() error {
	for _, part := range []func() error{b.vaults, b.plans, b.tests} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// parent are the options of each child in Region.
func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.own) }
