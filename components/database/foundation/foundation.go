package foundation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/database/limits"
	"haven/components/naming"
)

// Port is where MySQL listens.
const Port = 3306

// Args says how large an instance is and how it is kept. All fields but StorageKeyARN and Protected are required.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Part names the instance within the stack, "database"; Component is the package that declares it, for the tags.
	Part, Component string
	// Account and Region are where it runs.
	Account, Region string
	// InstanceClass is RDS's.
	InstanceClass string
	// MaxStorageGiB is how far storage grows by itself.
	MaxStorageGiB int
	// BackupRetentionDays is how far back point-in-time recovery reaches.
	BackupRetentionDays int
	// BackupWindow is daily, "hh:mm-hh:mm", MaintenanceWindow weekly, "ddd:hh:mm-ddd:hh:mm", both UTC.
	BackupWindow, MaintenanceWindow string
	// LogRetentionDays is how long its logs are kept: one of CloudWatch Logs' values.
	LogRetentionDays int
	// SubnetIDs are isolated subnets, in two zones at least.
	SubnetIDs pulumi.StringArrayInput
	// SecurityGroupID is who reaches it.
	SecurityGroupID pulumi.StringInput
	// KeyARN is the tenant's key for its database, LogsKeyARN that for logs, both of the instance's region.
	KeyARN, LogsKeyARN pulumi.StringInput
	// StorageKeyARN encrypts the storage where it is made from what another key encrypts. Default: KeyARN.
	StorageKeyARN pulumi.StringInput
	// Protected refuses to delete it.
	Protected bool
}

// Check adds what is wrong with them. MaxStorageGiB is the caller's: its least depends on the storage at creation.
func (a Args) Check(problems *arguments.Problems) {
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Check("InstanceClass", limits.InstanceClass(a.InstanceClass))
	problems.Within("BackupRetentionDays", a.BackupRetentionDays,
		limits.MinBackupRetentionDays, limits.MaxBackupRetentionDays)
	problems.Check("BackupWindow", limits.BackupWindow(a.BackupWindow))
	problems.Check("MaintenanceWindow", limits.MaintenanceWindow(a.MaintenanceWindow))
	problems.Check("MaintenanceWindow", limits.WindowsApart(a.MaintenanceWindow, a.BackupWindow, "BackupWindow"))
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	problems.Require("SubnetIDs", a.SubnetIDs != nil)
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
}

// Identifier is the instance's, from which RDS makes the names of its log groups.
func (a Args) Identifier() string { return a.Scope.Name(a.Part) }

func (a Args) tags(part string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags(a.Component, a.Scope.Name(part), class))
}

// Foundation is what an instance stands on.
type Foundation struct {
	// Settings are those of the instance, to be completed by what makes it a database or a replica.
	Settings *rds.InstanceArgs
	// Before is what must be there before the instance is.
	Before []pulumi.Resource
}

// Declare declares the foundation of an instance. The options are those of each resource, its parent above all.
func Declare(
	ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption,
) (*Foundation, error) {
	logGroups, err := logGroups(ctx, name, args, opts)
	if err != nil {
		return nil, err
	}
	subnets, err := rds.NewSubnetGroup(ctx, name+"-subnets", &rds.SubnetGroupArgs{
		Name:        pulumi.String(args.Identifier()),
		Description: pulumi.String("The isolated subnets, for the " + args.Part + " of " + args.Scope.Stack),
		SubnetIds:   args.SubnetIDs,
		Tags:        args.tags(args.Part, naming.Internal),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("subnet group: %w", err)
	}
	parameters, err := parameterGroup(ctx, name, args, opts)
	if err != nil {
		return nil, err
	}
	monitoring, err := monitoring(ctx, name, args, opts)
	if err != nil {
		return nil, err
	}
	settings := settings(args)
	settings.DbSubnetGroupName = subnets.Name
	settings.ParameterGroupName = parameters.Name
	settings.MonitoringRoleArn = monitoring.arn
	return &Foundation{Settings: settings, Before: append(logGroups, monitoring.permission)}, nil
}
