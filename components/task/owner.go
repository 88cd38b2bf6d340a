package task

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// PlatformVersion is the newest that Fargate has when a task starts: a named one falls behind what AWS mends.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
const PlatformVersion = "LATEST"

// Owner is the component that tasks belong to.
type Owner struct {
	Context *pulumi.Context
	// Name is the component's, the beginning of its children's.
	Name   string
	Parent pulumi.ResourceOption
	// Component is its package, for tags.
	Component       string
	Scope           naming.Scope
	Account, Region string
}

func (o Owner) tags(part string, class naming.Classification) pulumi.StringMap {
	return pulumi.ToStringMap(o.Scope.Tags(o.Component, o.Scope.Name(part), class))
}

// Role declares a role that ECS assumes for this account's tasks: the child "<name>-<use>-role".
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func (o Owner) Role(use, part, description string) (*iam.Role, error) {
	tasks := fmt.Sprintf("arn:aws:ecs:%s:%s:*", o.Region, o.Account)
	trust, err := iamdoc.TrustService("ecs-tasks.amazonaws.com", o.Account, tasks).Trust()
	if err != nil {
		return nil, fmt.Errorf("%s role: %w", use, err)
	}
	role, err := iam.NewRole(o.Context, o.Name+"-"+use+"-role", &iam.RoleArgs{
		Name:             pulumi.String(o.Scope.Name(part)),
		Description:      pulumi.String(description),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             o.tags(part, naming.Internal),
	}, o.Parent)
	if err != nil {
		return nil, fmt.Errorf("%s role: %w", use, err)
	}
	return role, nil
}

// Permit declares what a role may do: the child "<name>-<use>-policy".
func (o Owner) Permit(use, part string, role *iam.Role, policy pulumi.StringInput) (*iam.RolePolicy, error) {
	permission, err := iam.NewRolePolicy(o.Context, o.Name+"-"+use+"-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(o.Scope.Name(part)),
		Role:   role.Name,
		Policy: policy,
	}, o.Parent)
	if err != nil {
		return nil, fmt.Errorf("%s policy: %w", use, err)
	}
	return permission, nil
}

// LogGroup declares the log of a part of the tenant.
func (o Owner) LogGroup(child, part string, keyARN pulumi.StringInput, retentionDays int) (*cloudwatch.LogGroup, error) {
	group, err := cloudwatch.NewLogGroup(o.Context, child, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(o.Scope.Path(part)),
		KmsKeyId:        keyARN.ToStringOutput(),
		RetentionInDays: pulumi.Int(retentionDays),
		Tags:            o.tags(part, naming.Confidential),
	}, o.Parent)
	if err != nil {
		return nil, fmt.Errorf("log group: %w", err)
	}
	return group, nil
}

// Definition is what a task consists of.
type Definition struct {
	// Part names the family within the stack.
	Part string
	// CPU is the CPU units, 1024 to a virtual CPU: with MemoryMiB a pair that Fargate has.
	CPU, MemoryMiB int
	// StorageGiB is the task's own storage, 21 to 200. Default 0: the 20 that every task has.
	StorageGiB int
	// Execution is the role that ECS starts the task with, Task the role that it runs as.
	Execution, Task *iam.Role
	Volumes         ecs.TaskDefinitionVolumeArray
	// Containers are rendered ones.
	Containers pulumi.StringInput
}

// Define declares a task definition.
func (o Owner) Define(child string, d Definition) (*ecs.TaskDefinition, error) {
	args := &ecs.TaskDefinitionArgs{
		Family:                  pulumi.String(o.Scope.Name(d.Part)),
		RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
		NetworkMode:             pulumi.String("awsvpc"),
		Cpu:                     pulumi.String(strconv.Itoa(d.CPU)),
		Memory:                  pulumi.String(strconv.Itoa(d.MemoryMiB)),
		RuntimePlatform: ecs.TaskDefinitionRuntimePlatformArgs{
			OperatingSystemFamily: pulumi.String("LINUX"),
			CpuArchitecture:       pulumi.String("X86_64"),
		},
		ExecutionRoleArn:     d.Execution.Arn,
		TaskRoleArn:          d.Task.Arn,
		Volumes:              d.Volumes,
		ContainerDefinitions: d.Containers,
		Tags:                 o.tags(d.Part, naming.Confidential),
	}
	if d.StorageGiB > 0 {
		args.EphemeralStorage = ecs.TaskDefinitionEphemeralStorageArgs{SizeInGib: pulumi.Int(d.StorageGiB)}
	}
	definition, err := ecs.NewTaskDefinition(o.Context, child, args, o.Parent)
	if err != nil {
		return nil, fmt.Errorf("task definition: %w", err)
	}
	return definition, nil
}
