package application

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/application/fargate"
	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:application:Application"

const (
	// Port is where the application listens: one that needs no privilege.
	Port = 8080
	// HealthCheckPath answers 200 on a healthy task.
	HealthCheckPath = "/login"
	// KeyLength is the length of Laravel's APP_KEY: a key of AES-256 is 32 bytes, one to a letter or digit.
	// https://laravel.com/docs/11.x/encryption
	KeyLength = 32
)

// Args says what runs, where, and what it may reach.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account and Region are where it runs.
	Account, Region string
	// Host is where its users find it.
	Host string
	// Image is the container image.
	Image string
	// CPU is each task's CPU units, MemoryMiB its memory: a pair that package fargate offers.
	CPU, MemoryMiB int
	// Tasks is how many run, fargate.MinTasks to fargate.MaxTasks.
	Tasks int
	// ClusterARN is the cell's ECS cluster.
	ClusterARN pulumi.StringInput
	// SubnetIDs are the cell's private subnets, one for each zone.
	SubnetIDs pulumi.StringArrayInput
	// SecurityGroupID is the group of the tenant's tasks.
	SecurityGroupID pulumi.StringInput
	// TargetGroupARN is where tasks register, and Rule the listener rule that leads there: ECS refuses a target group
	// that no listener leads to.
	TargetGroupARN pulumi.StringInput
	Rule           pulumi.Resource
	// LogsKeyARN is the tenant's key for logs, LogRetentionDays one of CloudWatch Logs' values.
	LogsKeyARN       pulumi.StringInput
	LogRetentionDays int
	// SecretsKeyARN is the tenant's key for secrets, AppKeyARN the secret that holds Laravel's APP_KEY.
	SecretsKeyARN, AppKeyARN pulumi.StringInput
	// Database is the tenant's.
	Database Database
}

// Database is where the application finds its data.
type Database struct {
	Host pulumi.StringInput
	Port int
	Name string
	// SecretARN is the secret with "username" and "password".
	SecretARN pulumi.StringInput
}

// Application is a tenant's service.
type Application struct {
	pulumi.ResourceState

	// ServiceName is the ECS service's.
	ServiceName pulumi.StringOutput
}

// New declares a tenant's application.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Application, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("application: %w", err)
	}
	a := &Application{}
	if err := ctx.RegisterComponentResource(Type, name, a, opts...); err != nil {
		return nil, fmt.Errorf("application: %w", err)
	}
	if err := a.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("application: %w", err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"serviceName": a.ServiceName})
}

func (a *Application) declare(ctx *pulumi.Context, name string, args Args) error {
	execution, permission, err := a.executionRole(ctx, name, args)
	if err != nil {
		return err
	}
	task, err := a.taskRole(ctx, name, args)
	if err != nil {
		return err
	}
	definition, err := a.taskDefinition(ctx, name, args, execution, task)
	if err != nil {
		return err
	}
	log, err := a.logGroup(ctx, name, args)
	if err != nil {
		return err
	}
	service, err := a.service(ctx, name, args, definition, []pulumi.Resource{args.Rule, permission, log})
	if err != nil {
		return err
	}
	a.ServiceName = service.Name
	return nil
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Check("CPU", fargate.CPU(a.CPU))
	problems.Check("MemoryMiB", fargate.MemoryMiB(a.MemoryMiB, a.CPU))
	problems.Within("Tasks", a.Tasks, fargate.MinTasks, fargate.MaxTasks)
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("Host", a.Host != "")
	problems.Require("Image", a.Image != "")
	problems.Require("ClusterARN", a.ClusterARN != nil)
	problems.Require("SubnetIDs", a.SubnetIDs != nil)
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	problems.Require("TargetGroupARN", a.TargetGroupARN != nil)
	problems.Require("Rule", a.Rule != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("AppKeyARN", a.AppKeyARN != nil)
	problems.Require("Database.Host", a.Database.Host != nil)
	problems.Require("Database.Port", a.Database.Port > 0)
	problems.Require("Database.Name", a.Database.Name != "")
	problems.Require("Database.SecretARN", a.Database.SecretARN != nil)
	return problems.Err()
}

// part is the name of the service and of all that is the service's alone.
const part = "web"

func (a Args) logGroupName() string { return a.Scope.Path(part) }

func (a Args) tags(part string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("application", a.Scope.Name(part), class))
}
