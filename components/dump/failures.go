package dump

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"
)

const failedPart = part + "-failed"

// tellFailures tells the topic of runs that failed, and of calls that were never delivered.
func (d *declaration) tellFailures() error {
	if d.args.FailureTopicARN == nil {
		return nil
	}
	rule, err := cloudwatch.NewEventRule(d.Context, d.Name+"-failed", &cloudwatch.EventRuleArgs{
		Name:        pulumi.String(d.Scope.Name(failedPart)),
		Description: pulumi.String("A dump of " + d.Scope.Stack + " failed"),
		EventPattern: pulumix.Apply(d.args.ClusterARN.ToStringOutput(), d.args.failures).
			Untyped().(pulumi.StringOutput),
		Tags: d.args.tags(failedPart),
	}, d.Parent)
	if err != nil {
		return fmt.Errorf("rule: %w", err)
	}
	_, err = cloudwatch.NewEventTarget(d.Context, d.Name+"-failed-target", &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String(failedPart),
		Arn:      d.args.FailureTopicARN,
	}, d.Parent)
	if err != nil {
		return fmt.Errorf("target: %w", err)
	}
	return d.watchUndelivered()
}

// failures are the runs of this family that ended with anything but 0, or never began.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
func (a Args) failures(clusterARN string) string {
	text, err := json.Marshal(map[string]any{
		"source":      []string{"aws.ecs"},
		"detail-type": []string{"ECS Task State Change"},
		"detail": map[string]any{
			"clusterArn": []string{clusterARN},
			"group":      []string{"family:" + a.Scope.Name(part)},
			"lastStatus": []string{"STOPPED"},
			"$or": []any{
				map[string]any{"containers": map[string]any{"exitCode": []any{map[string]any{"anything-but": []int{0}}}}},
				map[string]any{"stopCode": []string{"TaskFailedToStart"}},
			},
		},
	})
	if err != nil {
		panic(err) // strings, numbers, lists and maps of them always encode
	}
	return string(text)
}

// watchUndelivered goes off as soon as a call lies in the queue.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
func (d *declaration) watchUndelivered() error {
	queue := d.Scope.Name(undeliveredPart)
	actions := pulumi.Array{d.args.FailureTopicARN}
	_, err := cloudwatch.NewMetricAlarm(d.Context, d.Name+"-undelivered-alarm", &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(queue),
		AlarmDescription: pulumi.String("A dump was due and ECS could not be told to start it. Look at the message in the " +
			"queue " + queue + ", start the dump by hand, and delete the message."),
		Namespace:          pulumi.String("AWS/SQS"),
		MetricName:         pulumi.String("ApproximateNumberOfMessagesVisible"),
		Dimensions:         pulumi.StringMap{"QueueName": pulumi.String(queue)},
		Statistic:          pulumi.String("Maximum"),
		ComparisonOperator: pulumi.String("GreaterThanThreshold"),
		Threshold:          pulumi.Float64(0),
		Period:             pulumi.Int(300),
		EvaluationPeriods:  pulumi.Int(1),
		TreatMissingData:   pulumi.String("notBreaching"),
		AlarmActions:       actions,
		OkActions:          actions,
		Tags:               d.args.tags(undeliveredPart),
	}, d.Parent)
	if err != nil {
		return fmt.Errorf("alarm: %w", err)
	}
	return nil
}
