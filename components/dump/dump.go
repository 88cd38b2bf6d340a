package dump

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
	"haven/components/task"
)

// Type is the component's type token.
const Type = "haven:dump:Dump"

// part names everything within the stack.
const part = "dump"

const (
	executionRole = part + "-execution"
	taskRole      = part + "-task"
)

// Dump is what dumps a tenant's data.
type Dump struct {
	pulumi.ResourceState

	// TaskDefinitionARN is that of a run, with its revision; ScheduleARN that of what starts it.
	TaskDefinitionARN, ScheduleARN pulumi.StringOutput
	// LogGroupName is where each run says what it did.
	LogGroupName pulumi.StringOutput
	// TaskRoleARN is the role that a run has.
	TaskRoleARN pulumi.StringOutput
}

// TaskRoleARN is the role that a tenant's dumps run as, for the policies of what they reach. It is known before the
// role exists, so only a condition may hold it: AWS refuses a principal that is not there yet.
func TaskRoleARN(account string, scope naming.Scope) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/%s", account, scope.Name(taskRole))
}

// New declares what dumps a tenant's data.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Dump, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("dump: %w", err)
	}
	dump := &Dump{}
	if err := ctx.RegisterComponentResource(Type, name, dump, opts...); err != nil {
		return nil, fmt.Errorf("dump: %w", err)
	}
	d := &declaration{args: args, Owner: task.Owner{
		Context: ctx, Name: name, Parent: pulumi.Parent(dump), Component: "dump",
		Scope: args.Scope, Account: args.Account, Region: args.Region,
	}}
	if err := d.declare(dump); err != nil {
		return nil, fmt.Errorf("dump: %w", err)
	}
	return dump, ctx.RegisterResourceOutputs(dump, pulumi.Map{
		"taskDefinitionArn": dump.TaskDefinitionARN,
		"scheduleArn":       dump.ScheduleARN,
		"logGroupName":      dump.LogGroupName,
		"taskRoleArn":       dump.TaskRoleARN,
	})
}

// declaration is a dump while it is being declared.
type declaration struct {
	task.Owner
	args            Args
	execution, role *iam.Role
	definition      *ecs.TaskDefinition
	// ready is what a run needs to be there, beyond what its definition names.
	ready []pulumi.Resource
}

func (d *declaration) declare(dump *Dump) error {
	if err := d.declareRoles(); err != nil {
		return err
	}
	log, err := d.LogGroup(d.Name+"-log", part, d.args.LogsKeyARN, d.args.LogRetentionDays)
	if err != nil {
		return err
	}
	d.ready = append(d.ready, log)
	if err := d.define(); err != nil {
		return err
	}
	schedule, err := d.schedule()
	if err != nil {
		return err
	}
	if err := d.tellFailures(); err != nil {
		return err
	}
	dump.TaskDefinitionARN, dump.ScheduleARN = d.definition.Arn, schedule.Arn
	dump.LogGroupName, dump.TaskRoleARN = log.Name, d.role.Arn
	return nil
}
