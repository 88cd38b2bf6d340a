package restoration

import (
	"fmt"
	"path"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/archive"
	"haven/components/arguments"
	"haven/components/naming"
	"haven/components/task"
)

// Type is the component's type token.
const Type = "haven:restoration:Restoration"

// part names everything within the stack.
const part = "restoration"

const (
	executionRole = part + "-execution"
	taskRole      = part + "-task"
)

// Args say what is brought back and whereto. All fields are required but FilesDump, DatabaseDump, DatabaseClientsID,
// RestoredKeyARN and UserPoolARN.
type Args struct {
	// Scope names and tags everything; its Tenant is whose data it is.
	Scope naming.Scope
	// Account and Region are where the task runs.
	Account, Region string
	// Image is that of the dump's program.
	Image string
	// Bucket is the name of the archive, or of the replica of one, ArchiveKeyARN the key that it encrypts with.
	Bucket, ArchiveKeyARN string
	// Dump is the key of the manifest of the dump that is brought back. Default none: it is not known yet which one.
	Dump string
	// WithDatabase brings the database back from the dump too. Default false: it came back by other means.
	WithDatabase bool
	// ClusterARN is the cell's ECS cluster, SubnetIDs are its private subnets.
	ClusterARN pulumi.StringInput
	SubnetIDs  pulumi.StringArrayInput
	// SecurityGroupID is the group of the tenant's tasks, DatabaseClientsID a further one by which they reach a database
	// that is not the stack's. Default of the latter: none.
	SecurityGroupID, DatabaseClientsID pulumi.StringInput
	// Database and Files are the tenant's.
	Database task.Database
	Files    task.Files
	// UserPoolARN is the user pool that the accounts are brought back into. Default none: the tenant has none.
	UserPoolARN pulumi.StringInput
	// SecretsKeyARN is the tenant's key for secrets, RestoredKeyARN that of those which were the tenant's before. Default
	// of the latter: none.
	SecretsKeyARN, RestoredKeyARN pulumi.StringInput
	// LogsKeyARN is the tenant's key for logs, LogRetentionDays one of CloudWatch Logs' values.
	LogsKeyARN       pulumi.StringInput
	LogRetentionDays int
}

// Restoration brings a tenant's files back.
type Restoration struct {
	pulumi.ResourceState
	// StateMachineARN is that of what does it, once it is started.
	StateMachineARN pulumi.StringOutput
}

// New declares what brings a tenant's files back.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Restoration, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("restoration: %w", err)
	}
	r := &Restoration{}
	if err := ctx.RegisterComponentResource(Type, name, r, opts...); err != nil {
		return nil, fmt.Errorf("restoration: %w", err)
	}
	d := &declaration{args: args, Owner: task.Owner{
		Context: ctx, Name: name, Parent: pulumi.Parent(r), Component: "restoration",
		Scope: args.Scope, Account: args.Account, Region: args.Region,
	}}
	if err := d.declare(r); err != nil {
		return nil, fmt.Errorf("restoration: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"stateMachineArn": r.StateMachineARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Scope.Tenant", a.Scope.Tenant != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("Image", a.Image != "")
	problems.Require("Bucket", a.Bucket != "")
	problems.Require("ArchiveKeyARN", a.ArchiveKeyARN != "")
	problems.Require("ClusterARN", a.ClusterARN != nil)
	problems.Require("SubnetIDs", a.SubnetIDs != nil)
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	a.Database.Check(&problems)
	a.Files.Check(&problems)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

// TaskRoleARN is the role that the task runs as, for the policies of what it reaches. It is known before the role exists,
// so only a condition may hold it.
func TaskRoleARN(account string, scope naming.Scope) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/%s", account, scope.Name(taskRole))
}

// place is where the dump lies, as its program names it.
func (a Args) place() string {
	if a.Dump == "" {
		return "s3://" + a.Bucket + "/" + archive.Prefix(a.Scope.Tenant)
	}
	return "s3://" + a.Bucket + "/" + path.Dir(a.Dump) + "/"
}

// declaration is a restoration while it is being declared.
type declaration struct {
	task.Owner
	args Args
}
