package database

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/database/limits"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:database:Database"

const (
	// Port is where MySQL listens.
	Port = 3306
	// Name is the database within the instance.
	Name = "processmaker"
)

// Args says how large the database is and how it is kept.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
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
	// FinalSnapshot is the name of the snapshot that a deletion leaves.
	FinalSnapshot string
	// MasterSecretARN is the secret that RDS keeps: JSON with "username" and "password".
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
	instance, err := d.declare(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	d.ARN, d.ID = instance.Arn, instance.Identifier
	d.Address = instance.Address
	d.MasterSecretARN = instance.MasterUserSecrets.Index(pulumi.Int(0)).SecretArn().Elem()
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"arn":             d.ARN,
		"address":         d.Address,
		"masterSecretArn": d.MasterSecretARN,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Check("InstanceClass", limits.InstanceClass(a.InstanceClass))
	problems.Check("StorageGiB", limits.StorageGiB(a.StorageGiB))
	problems.Check("MaxStorageGiB", limits.MaxStorageGiB(a.MaxStorageGiB, a.StorageGiB))
	problems.Within("BackupRetentionDays", a.BackupRetentionDays,
		limits.MinBackupRetentionDays, limits.MaxBackupRetentionDays)
	problems.Check("BackupWindow", limits.BackupWindow(a.BackupWindow))
	problems.Check("MaintenanceWindow", limits.MaintenanceWindow(a.MaintenanceWindow))
	problems.Check("MaintenanceWindow", limits.WindowsApart(a.MaintenanceWindow, a.BackupWindow, "BackupWindow"))
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	problems.Require("SubnetIDs", a.SubnetIDs != nil)
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	return problems.Err()
}

// identifier is the instance's, from which RDS makes the names of its log groups.
func (a Args) identifier() string { return a.Scope.Name("database") }

func (a Args) finalSnapshot() string { return naming.FinalSnapshot(a.identifier(), a.TeardownAt) }

func (a Args) tags(part string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("database", a.Scope.Name(part), class))
}

func (d *Database) declare(ctx *pulumi.Context, name string, args Args) (*rds.Instance, error) {
	logGroups, err := d.logGroups(ctx, name, args)
	if err != nil {
		return nil, err
	}
	subnets, err := rds.NewSubnetGroup(ctx, name+"-subnets", &rds.SubnetGroupArgs{
		Name:        pulumi.String(args.identifier()),
		Description: pulumi.String("The isolated subnets, for the database of " + args.Scope.Stack),
		SubnetIds:   args.SubnetIDs,
		Tags:        args.tags("database", naming.Internal),
	}, pulumi.Parent(d))
	if err != nil {
		return nil, fmt.Errorf("subnet group: %w", err)
	}
	parameters, err := d.parameterGroup(ctx, name, args)
	if err != nil {
		return nil, err
	}
	monitoring, err := d.monitoring(ctx, name, args)
	if err != nil {
		return nil, err
	}
	settings := instanceSettings(args)
	settings.DbSubnetGroupName = subnets.Name
	settings.ParameterGroupName = parameters.Name
	settings.MonitoringRoleArn = monitoring.arn
	before := append(logGroups, monitoring.permission)
	instance, err := rds.NewInstance(ctx, name+"-instance", settings, pulumi.Parent(d), pulumi.DependsOn(before))
	if err != nil {
		return nil, fmt.Errorf("instance: %w", err)
	}
	return instance, nil
}
