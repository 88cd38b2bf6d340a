package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:cluster:Cluster"

const fargate = "FARGATE"

// Args are all required.
type Args struct {
	Scope naming.Scope
	// LogsKeyARN is the key of the log groups and of sessions.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long logs are kept, one of CloudWatch Logs' values.
	LogRetentionDays int
}

// Cluster is an ECS cluster.
type Cluster struct {
	pulumi.ResourceState
	ARN, Name pulumi.StringOutput
}

// New makes a cluster.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	c := &Cluster{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	if err := c.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arn": c.ARN, "name": c.Name})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

func (c *Cluster) declare(ctx *pulumi.Context, name string, args Args) error {
	physical := args.Scope.Name("cluster")
	sessions, err := c.logGroup(ctx, name+"-sessions", args.Scope.Path("sessions"), naming.Confidential, args)
	if err != nil {
		return err
	}
	// ECS would make this group itself on the first task: unencrypted, and kept for ever.
	metrics := "/aws/ecs/containerinsights/" + physical + "/performance"
	insights, err := c.logGroup(ctx, name+"-insights", metrics, naming.Internal, args)
	if err != nil {
		return err
	}
	cluster, err := ecs.NewCluster(ctx, name+"-cluster", &ecs.ClusterArgs{
		Name: pulumi.String(physical),
		Settings: ecs.ClusterSettingArray{
			ecs.ClusterSettingArgs{Name: pulumi.String("containerInsights"), Value: pulumi.String("enhanced")},
		},
		Configuration: ecs.ClusterConfigurationArgs{
			ExecuteCommandConfiguration: ecs.ClusterConfigurationExecuteCommandConfigurationArgs{
				KmsKeyId: args.LogsKeyARN,
				Logging:  pulumi.String("OVERRIDE"),
				LogConfiguration: ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs{
					CloudWatchEncryptionEnabled: pulumi.Bool(true),
					CloudWatchLogGroupName:      sessions.Name,
				},
			},
		},
		Tags: pulumi.ToStringMap(args.Scope.Tags("cluster", physical, naming.Internal)),
	}, pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{insights}))
	if err != nil {
		return err
	}
	c.ARN, c.Name = cluster.Arn, cluster.Name
	_, err = ecs.NewClusterCapacityProviders(ctx, name+"-capacity", &ecs.ClusterCapacityProvidersArgs{
		ClusterName:       cluster.Name,
		CapacityProviders: pulumi.ToStringArray([]string{fargate}),
		DefaultCapacityProviderStrategies: ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArray{
			ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs{
				CapacityProvider: pulumi.String(fargate),
				Weight:           pulumi.Int(1),
			},
		},
	}, pulumi.Parent(c))
	return err
}

func (c *Cluster) logGroup(ctx *pulumi.Context, name, physical string, class naming.Classification, args Args) (
	*cloudwatch.LogGroup, error) {
	return cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(physical),
		KmsKeyId:        args.LogsKeyARN,
		RetentionInDays: pulumi.Int(args.LogRetentionDays),
		Tags:            pulumi.ToStringMap(args.Scope.Tags("cluster", physical, class)),
	}, pulumi.Parent(c))
}
