package application

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/naming"
	"haven/components/task"
)

// run declares a process: its task, its log, its service once everything before it stands, and what scales it.
func (d *declaration) run(p process, before []pulumi.Resource) (*ecs.Service, error) {
	wrap := func(err error) error { return fmt.Errorf("%s: %w", p.name, err) }
	definition, err := d.taskDefinition(p)
	if err != nil {
		return nil, wrap(err)
	}
	log, err := d.owner().LogGroup(d.child(p, "log"), p.name, d.args.LogsKeyARN, d.args.LogRetentionDays)
	if err != nil {
		return nil, wrap(err)
	}
	before = append(slices.Clone(before), log)
	if p.rule != nil {
		before = append(before, p.rule)
	}
	service, err := d.service(p, definition, before)
	if err != nil {
		return nil, wrap(err)
	}
	if err := d.scale(p, service, log); err != nil {
		return nil, wrap(err)
	}
	return service, nil
}

func (d *declaration) taskDefinition(p process) (*ecs.TaskDefinition, error) {
	rendered := pulumix.ApplyErr(d.args.settings(d.ctx), func(s settings) (string, error) {
		return task.Render(d.args.containers(p, s)...)
	})
	return d.owner().Define(d.child(p, "task"), task.Definition{
		Part: p.name,
		CPU:  p.tasks.CPU, MemoryMiB: p.tasks.MemoryMiB,
		Execution: d.roles.execution, Task: d.roles.task,
		Volumes:    d.args.taskVolumes(),
		Containers: rendered.Untyped().(pulumi.StringOutput),
	})
}

// taskVolumes are a task's own, and the tenant's files.
func (a Args) taskVolumes() ecs.TaskDefinitionVolumeArray {
	var all ecs.TaskDefinitionVolumeArray
	for _, v := range volumes {
		all = append(all, ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(v.name)})
	}
	if a.Files == nil {
		return all
	}
	return append(all, a.Files.Volume(files.name))
}

// service keeps the tasks running. Declaring it ends when they serve, so that a run that says "done" means it; ECS
// takes new tasks back by itself where they do not. Where it scales, how many run is not the declaration's to say.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
func (d *declaration) service(
	p process, definition *ecs.TaskDefinition, before []pulumi.Resource,
) (*ecs.Service, error) {
	args := &ecs.ServiceArgs{
		Name:                            pulumi.String(d.args.Scope.Name(p.name)),
		Cluster:                         d.args.ClusterARN.ToStringOutput(),
		TaskDefinition:                  definition.Arn,
		LaunchType:                      pulumi.String("FARGATE"),
		PlatformVersion:                 pulumi.String(task.PlatformVersion),
		DesiredCount:                    pulumi.Int(d.args.count(p.tasks.Min)),
		DeploymentMinimumHealthyPercent: pulumi.Int(100),
		DeploymentMaximumPercent:        pulumi.Int(200),
		DeploymentCircuitBreaker: ecs.ServiceDeploymentCircuitBreakerArgs{
			Enable:   pulumi.Bool(true),
			Rollback: pulumi.Bool(true),
		},
		AvailabilityZoneRebalancing: pulumi.String("ENABLED"),
		EnableExecuteCommand:        pulumi.Bool(false),
		WaitForSteadyState:          pulumi.Bool(true),
		NetworkConfiguration: ecs.ServiceNetworkConfigurationArgs{
			Subnets:        d.args.SubnetIDs,
			SecurityGroups: d.args.groups(),
			AssignPublicIp: pulumi.Bool(false),
		},
		PropagateTags:        pulumi.String("SERVICE"),
		EnableEcsManagedTags: pulumi.Bool(true),
		Tags:                 d.args.tags(p.name, naming.Confidential),
	}
	if p.single {
		replaceFirst(args)
	}
	if p.targetGroup != nil {
		args.HealthCheckGracePeriodSeconds = pulumi.Int(startPeriodSeconds)
		args.LoadBalancers = ecs.ServiceLoadBalancerArray{ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: p.targetGroup.ToStringOutput(),
			ContainerName:  pulumi.String(p.name),
			ContainerPort:  pulumi.Int(p.port),
		}}
	}
	options := []pulumi.ResourceOption{d.parent, pulumi.DependsOn(before)}
	if p.tasks.scales() {
		options = append(options, pulumi.IgnoreChanges([]string{"desiredCount"}))
	}
	service, err := ecs.NewService(d.ctx, d.child(p, "service"), args, options...)
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	return service, nil
}

// replaceFirst has ECS stop a task before it starts the next. Rebalancing needs room for one more and is off: with a
// single task there is nothing to balance.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
func replaceFirst(args *ecs.ServiceArgs) {
	args.DeploymentMinimumHealthyPercent = pulumi.Int(0)
	args.DeploymentMaximumPercent = pulumi.Int(100)
	args.AvailabilityZoneRebalancing = pulumi.String("DISABLED")
}

// count is how many tasks run instead of so many.
func (a Args) count(tasks int) int {
	if a.Suspended {
		return 0
	}
	return tasks
}
