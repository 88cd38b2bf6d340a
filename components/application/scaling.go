package application

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appautoscaling"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/naming"
)

// What a task is meant to bear: above it more are started, well below it some are stopped.
const (
	cpuPercent        = 60.0
	requestsPerMinute = 600.0 // by the load balancer's count
	waitingJobs       = 20.0
)

// More tasks come soon, fewer only after some time: starting one takes minutes.
const (
	scaleOutSeconds = 60
	scaleInSeconds  = 300
)

// metric is how many jobs wait, in the namespace "Haven/<stack>".
const metric = "JobsWaiting"

// Types of Application Auto Scaling, whose own names are too long to read.
type (
	tracking   = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs
	predefined = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs
	customized = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationArgs
	queries    = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricArray
	query      = appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricArgs
	statistic  = appautoscaling.
			PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricMetricStatArgs
	source = appautoscaling.
		PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricMetricStatMetricArgs
	dimensions = appautoscaling.
			PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricMetricStatMetricDimensionArray
	dimension = appautoscaling.
			PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricMetricStatMetricDimensionArgs
)

// scale lets Application Auto Scaling say how many tasks run. It brings a service within its bounds as soon as they
// change, by which a tenant is suspended and comes back.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func (d *declaration) scale(p process, service *ecs.Service, log *cloudwatch.LogGroup) error {
	if p.single {
		return d.countJobs(p, log)
	}
	if !p.tasks.scales() {
		return nil
	}
	target, err := appautoscaling.NewTarget(d.ctx, d.child(p, "scaling"), &appautoscaling.TargetArgs{
		ServiceNamespace:  pulumi.String("ecs"),
		ScalableDimension: pulumi.String("ecs:service:DesiredCount"),
		ResourceId:        pulumi.Sprintf("service/%s/%s", d.clusterName(), service.Name),
		MinCapacity:       pulumi.Int(d.args.count(p.tasks.Min)),
		MaxCapacity:       pulumi.Int(d.args.count(p.tasks.Max)),
		Tags:              d.args.tags(p.name, naming.Internal),
	}, d.parent)
	if err != nil {
		return fmt.Errorf("scaling: %w", err)
	}
	if p.name == "worker" {
		return d.policy(p, "jobs", target, waitingJobs, tracking{CustomizedMetricSpecification: d.jobsPerTask(service)})
	}
	err = d.policy(p, "cpu", target, cpuPercent, tracking{PredefinedMetricSpecification: predefined{
		PredefinedMetricType: pulumi.String("ECSServiceAverageCPUUtilization"),
	}})
	if err != nil || p.name != web {
		return err
	}
	return d.policy(p, "requests", target, requestsPerMinute, tracking{PredefinedMetricSpecification: predefined{
		PredefinedMetricType: pulumi.String("ALBRequestCountPerTarget"),
		ResourceLabel:        d.requestsLabel(),
	}})
}

// policy keeps what is tracked at its target value.
func (d *declaration) policy(
	p process, part string, target *appautoscaling.Target, value float64, tracked tracking,
) error {
	tracked.TargetValue = pulumi.Float64(value)
	tracked.ScaleOutCooldown = pulumi.Int(scaleOutSeconds)
	tracked.ScaleInCooldown = pulumi.Int(scaleInSeconds)
	_, err := appautoscaling.NewPolicy(d.ctx, d.child(p, part+"-policy"), &appautoscaling.PolicyArgs{
		Name:                                     pulumi.String(d.args.Scope.Name(p.name + "-" + part)),
		PolicyType:                               pulumi.String("TargetTrackingScaling"),
		ServiceNamespace:                         target.ServiceNamespace,
		ScalableDimension:                        target.ScalableDimension,
		ResourceId:                               target.ResourceId,
		TargetTrackingScalingPolicyConfiguration: tracked,
	}, d.parent)
	if err != nil {
		return fmt.Errorf("%s policy: %w", part, err)
	}
	return nil
}

// countJobs makes a metric of what the scheduler writes to its log. The tasks themselves may write no metric at all, so
// none can pass for another tenant's.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
func (d *declaration) countJobs(p process, log *cloudwatch.LogGroup) error {
	_, err := cloudwatch.NewLogMetricFilter(d.ctx, d.child(p, "jobs"), &cloudwatch.LogMetricFilterArgs{
		Name:         pulumi.String(d.args.Scope.Name(p.name + "-jobs")),
		LogGroupName: log.Name,
		Pattern:      pulumi.String(fmt.Sprintf(`{ $.metric = "%s" }`, metric)),
		MetricTransformation: cloudwatch.LogMetricFilterMetricTransformationArgs{
			Namespace: pulumi.String(d.namespace()),
			Name:      pulumi.String(metric),
			Value:     pulumi.String("$.value"),
			Unit:      pulumi.String("Count"),
		},
	}, d.parent)
	if err != nil {
		return fmt.Errorf("job metric: %w", err)
	}
	return nil
}

func (d *declaration) namespace() string { return "Haven/" + d.args.Scope.Stack }

// jobsPerTask is how many jobs wait for each worker that runs, so that a queue twice as long asks for twice as many.
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
func (d *declaration) jobsPerTask(service *ecs.Service) customized {
	return customized{Metrics: queries{
		query{
			Id: pulumi.String("waiting"),
			MetricStat: statistic{
				Metric: source{Namespace: pulumi.String(d.namespace()), MetricName: pulumi.String(metric)},
				Stat:   pulumi.String("Maximum"),
			},
			ReturnData: pulumi.Bool(false),
		},
		query{
			Id: pulumi.String("running"),
			MetricStat: statistic{
				Metric: source{
					Namespace:  pulumi.String("ECS/ContainerInsights"),
					MetricName: pulumi.String("RunningTaskCount"),
					Dimensions: dimensions{
						dimension{Name: pulumi.String("ClusterName"), Value: d.clusterName()},
						dimension{Name: pulumi.String("ServiceName"), Value: service.Name},
					},
				},
				Stat: pulumi.String("Average"),
			},
			ReturnData: pulumi.Bool(false),
		},
		query{
			Id:         pulumi.String("waitingPerTask"),
			Expression: pulumi.String("waiting / running"),
			Label:      pulumi.String("Jobs that wait for each worker"),
			ReturnData: pulumi.Bool(true),
		},
	}}
}

// clusterName is what follows the last slash of the cluster's ARN.
func (d *declaration) clusterName() pulumi.StringOutput {
	name := pulumix.Apply(d.args.ClusterARN.ToStringOutput(), func(arn string) string {
		return arn[strings.LastIndex(arn, "/")+1:]
	})
	return name.Untyped().(pulumi.StringOutput)
}

func (d *declaration) requestsLabel() pulumi.StringOutput {
	label := pulumix.Apply2Err(d.args.ListenerARN.ToStringOutput(), d.args.TargetGroupARN.ToStringOutput(), requestsLabel)
	return label.Untyped().(pulumi.StringOutput)
}

var listenerARN = regexp.MustCompile(`:listener/(app/[^/]+/[^/]+)/[^/]+$`)

// requestsLabel says of which load balancer and target group requests are counted, by the ends of their ARNs. That of
// the load balancer is the middle of its listener's.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
func requestsLabel(listener, targetGroup string) (string, error) {
	balancer := listenerARN.FindStringSubmatch(listener)
	if balancer == nil {
		return "", fmt.Errorf("ListenerARN: %q, expected the ARN of an Application Load Balancer's listener", listener)
	}
	return balancer[1] + "/" + targetGroup[strings.LastIndex(targetGroup, ":")+1:], nil
}
