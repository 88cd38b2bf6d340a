package application

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/naming"
)

// platformVersion is named, so that a new one comes with a reviewed change.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
const platformVersion = "1.4.0"

func (a *Application) logGroup(ctx *pulumi.Context, name string, args Args) (*cloudwatch.LogGroup, error) {
	group, err := cloudwatch.NewLogGroup(ctx, name+"-log", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(args.logGroupName()),
		KmsKeyId:        args.LogsKeyARN.ToStringOutput(),
		RetentionInDays: pulumi.Int(args.LogRetentionDays),
		Tags:            args.tags(part, naming.Confidential),
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("log group: %w", err)
	}
	return group, nil
}

func (a *Application) taskDefinition(
	ctx *pulumi.Context, name string, args Args, execution, task *iam.Role,
) (*ecs.TaskDefinition, error) {
	definition, err := ecs.NewTaskDefinition(ctx, name+"-task", &ecs.TaskDefinitionArgs{
		Family:                  pulumi.String(args.Scope.Name(part)),
		RequiresCompatibilities: pulumi.ToStringArray([]string{"FARGATE"}),
		NetworkMode:             pulumi.String("awsvpc"),
		Cpu:                     pulumi.String(strconv.Itoa(args.CPU)),
		Memory:                  pulumi.String(strconv.Itoa(args.MemoryMiB)),
		RuntimePlatform: ecs.TaskDefinitionRuntimePlatformArgs{
			OperatingSystemFamily: pulumi.String("LINUX"),
			CpuArchitecture:       pulumi.String("X86_64"),
		},
		ExecutionRoleArn:     execution.Arn,
		TaskRoleArn:          task.Arn,
		Volumes:              taskVolumes(),
		ContainerDefinitions: containers(args),
		Tags:                 args.tags(part, naming.Confidential),
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("task definition: %w", err)
	}
	return definition, nil
}

func taskVolumes() ecs.TaskDefinitionVolumeArray {
	var all ecs.TaskDefinitionVolumeArray
	for _, v := range volumes {
		all = append(all, ecs.TaskDefinitionVolumeArgs{Name: pulumi.String(v.name)})
	}
	return all
}

// containers are the container definitions, once the names of what they refer to are known.
func containers(args Args) pulumi.StringOutput {
	rendered := pulumix.Apply3Err(args.Database.Host.ToStringOutput(), args.Database.SecretARN.ToStringOutput(),
		args.AppKeyARN.ToStringOutput(), func(host, databaseSecret, appKey string) (string, error) {
			return render(webContainer(args, settings{
				host:              args.Host,
				databaseHost:      host,
				databasePort:      args.Database.Port,
				databaseName:      args.Database.Name,
				databaseSecretARN: databaseSecret,
				appKeyARN:         appKey,
			}))
		})
	return rendered.Untyped().(pulumi.StringOutput)
}

// service keeps the tasks running. Declaring it ends when they serve, so that a run that says "done" means it; ECS
// takes new tasks back by itself where they do not.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
func (a *Application) service(
	ctx *pulumi.Context, name string, args Args, definition *ecs.TaskDefinition, before []pulumi.Resource,
) (*ecs.Service, error) {
	service, err := ecs.NewService(ctx, name+"-service", &ecs.ServiceArgs{
		Name:                            pulumi.String(args.Scope.Name(part)),
		Cluster:                         args.ClusterARN.ToStringOutput(),
		TaskDefinition:                  definition.Arn,
		LaunchType:                      pulumi.String("FARGATE"),
		PlatformVersion:                 pulumi.String(platformVersion),
		DesiredCount:                    pulumi.Int(args.Tasks),
		DeploymentMinimumHealthyPercent: pulumi.Int(100),
		DeploymentMaximumPercent:        pulumi.Int(200),
		DeploymentCircuitBreaker: ecs.ServiceDeploymentCircuitBreakerArgs{
			Enable:   pulumi.Bool(true),
			Rollback: pulumi.Bool(true),
		},
		AvailabilityZoneRebalancing:   pulumi.String("ENABLED"),
		HealthCheckGracePeriodSeconds: pulumi.Int(startPeriodSeconds),
		EnableExecuteCommand:          pulumi.Bool(false),
		WaitForSteadyState:            pulumi.Bool(true),
		NetworkConfiguration: ecs.ServiceNetworkConfigurationArgs{
			Subnets:        args.SubnetIDs,
			SecurityGroups: pulumi.StringArray{args.SecurityGroupID},
			AssignPublicIp: pulumi.Bool(false),
		},
		LoadBalancers: ecs.ServiceLoadBalancerArray{ecs.ServiceLoadBalancerArgs{
			TargetGroupArn: args.TargetGroupARN.ToStringOutput(),
			ContainerName:  pulumi.String(part),
			ContainerPort:  pulumi.Int(Port),
		}},
		PropagateTags:        pulumi.String("SERVICE"),
		EnableEcsManagedTags: pulumi.Bool(true),
		Tags:                 args.tags(part, naming.Confidential),
	}, pulumi.Parent(a), pulumi.DependsOn(before))
	if err != nil {
		return nil, fmt.Errorf("service: %w", err)
	}
	return service, nil
}
