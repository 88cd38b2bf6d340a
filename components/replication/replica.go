package replication

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/database/foundation"
	"haven/components/naming"
)

// ReplicaType is the type token of the component that NewReadReplica makes.
const ReplicaType = "haven:replication:ReadReplica"

// replicaPart names the instance within the stack. The key for logs knows the log groups of that name.
const replicaPart = "replica"

// ReadReplicaArgs say which database is replicated and where to. All fields but Generation and Protected are required.
type ReadReplicaArgs struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Generation is that of the source, which counts the restores of the tenant's data within its stack. Default 0, and 1:
	// the first, whose names say nothing of it.
	Generation int
	// Account is the AWS account, twelve digits; Region the recovery region.
	Account, Region string
	// SourceARN is the RDS instance in the primary region.
	SourceARN pulumi.StringInput
	// InstanceClass is the source's: a smaller replica falls behind, and is promoted too small.
	InstanceClass string
	// MaxStorageGiB is how far storage grows by itself, the source's.
	MaxStorageGiB int
	// BackupRetentionDays is how far back its own point-in-time recovery reaches, 7 to 35.
	BackupRetentionDays int
	// BackupWindow is daily, "hh:mm-hh:mm", MaintenanceWindow weekly, "ddd:hh:mm-ddd:hh:mm", both UTC.
	BackupWindow, MaintenanceWindow string
	// LogRetentionDays is how long its logs are kept: one of CloudWatch Logs' values.
	LogRetentionDays int
	// VPCID is the standby cell's VPC, SubnetIDs are its isolated subnets, in two zones at least.
	VPCID     pulumi.StringInput
	SubnetIDs pulumi.StringArrayInput
	// KeyARN is the tenant's key for its database, LogsKeyARN that for logs, both of the recovery region.
	KeyARN, LogsKeyARN pulumi.StringInput
	// Protected refuses to delete it, or to replace it. Default false: for a stack that goes, and for a replica that does.
	Protected bool
	// Recovery is the provider of the recovery region.
	Recovery *aws.Provider
}

// ReadReplica is a replica of a database in the recovery region.
type ReadReplica struct {
	pulumi.ResourceState
	// ARN is the instance's, ID its identifier, by which CloudWatch knows it.
	ARN, ID pulumi.StringOutput
	// Address is the host name of its endpoint.
	Address pulumi.StringOutput
	// SecurityGroupID is its security group, which lets in its own members and nobody else: none but the replica itself
	// until that is promoted.
	SecurityGroupID pulumi.StringOutput
}

// NewReadReplica declares a replica of a database.
func NewReadReplica(
	ctx *pulumi.Context, name string, args ReadReplicaArgs, opts ...pulumi.ResourceOption,
) (*ReadReplica, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("replica: %w", err)
	}
	r := &ReadReplica{}
	if err := ctx.RegisterComponentResource(ReplicaType, name, r, opts...); err != nil {
		return nil, fmt.Errorf("replica: %w", err)
	}
	if err := r.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("replica: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{
		"arn":             r.ARN,
		"address":         r.Address,
		"securityGroupId": r.SecurityGroupID,
	})
}

func (a ReadReplicaArgs) validate() error {
	var problems arguments.Problems
	a.foundation(nil).Check(&problems)
	problems.Require("MaxStorageGiB", a.MaxStorageGiB > 0)
	problems.Require("SourceARN", a.SourceARN != nil)
	problems.Require("VPCID", a.VPCID != nil)
	problems.Require("Recovery", a.Recovery != nil)
	return problems.Err()
}

// part names it within the stack.
func (a ReadReplicaArgs) part() string { return naming.Generation(replicaPart, a.Generation) }

// foundation is what the replica has in common with its source.
func (a ReadReplicaArgs) foundation(securityGroupID pulumi.StringInput) foundation.Args {
	return foundation.Args{
		Scope:               a.Scope,
		Part:                a.part(),
		Component:           "replication",
		Account:             a.Account,
		Region:              a.Region,
		InstanceClass:       a.InstanceClass,
		MaxStorageGiB:       a.MaxStorageGiB,
		BackupRetentionDays: a.BackupRetentionDays,
		BackupWindow:        a.BackupWindow,
		MaintenanceWindow:   a.MaintenanceWindow,
		LogRetentionDays:    a.LogRetentionDays,
		SubnetIDs:           a.SubnetIDs,
		SecurityGroupID:     securityGroupID,
		KeyARN:              a.KeyARN,
		LogsKeyARN:          a.LogsKeyARN,
		Protected:           a.Protected,
	}
}

func (r *ReadReplica) declare(ctx *pulumi.Context, name string, args ReadReplicaArgs) error {
	here := []pulumi.ResourceOption{pulumi.Parent(r), pulumi.Provider(args.Recovery)}
	if err := r.group(ctx, name, args, here); err != nil {
		return err
	}
	base, err := foundation.Declare(ctx, name, args.foundation(r.SecurityGroupID), here...)
	if err != nil {
		return err
	}
	// Everything else, as engine, version, user and password, is the source's.
	base.Settings.ReplicateSourceDb = args.SourceARN.ToStringOutput()
	base.Settings.SkipFinalSnapshot = pulumi.Bool(true)
	instance, err := rds.NewInstance(ctx, name+"-instance", base.Settings,
		append(here, pulumi.DependsOn(base.Before), pulumi.Protect(args.Protected))...)
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	r.ARN, r.ID = instance.Arn, instance.Identifier
	r.Address = instance.Address
	return nil
}
