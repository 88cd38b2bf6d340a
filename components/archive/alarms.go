package archive

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarm goes off when a period of five minutes is above the threshold, or what queries answer is. Silence is none:
// nothing is measured of an archive that nothing is written to, and the ages of copies tell when nothing is.
type alarm struct {
	part string // of names
	// description says what is the matter and what to do first.
	description string
	// metric is a queue's, of which the greatest is taken.
	metric, queue string
	threshold     float64
	// queries are in place of one metric.
	queries cloudwatch.MetricAlarmMetricQueryArray
}

const periodSeconds = 5 * minute

// unheardSeconds is how long a new object may wait for the mirror, well within the shortest bound of a mirrored copy.
const unheardSeconds = 30 * minute

// alarms are those of the queues; replication has its own.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
func (b *builder) alarms() error {
	for _, a := range b.args.alarms() {
		if err := b.watch(a); err != nil {
			return fmt.Errorf("alarm %s: %w", a.part, err)
		}
	}
	return nil
}

func (a Args) alarms() []alarm {
	return []alarm{{
		part: "mirror-unheard",
		description: "Nobody takes the news of backups from the queue " + a.queueName(created) + ": Google Cloud has no " +
			"copy of the newest. Look at the transfer job and at the role that it takes on.",
		metric: "ApproximateAgeOfOldestMessage", queue: created, threshold: unheardSeconds,
	}, {
		part: "mirror-dead-letters",
		description: "News of backups was taken again and again and never done with. Look at what lies in the queue " +
			a.queueName(dead) + ": a test event is harmless, an object has to be transferred.",
		metric: "ApproximateNumberOfMessagesVisible", queue: dead,
	}, {
		part: "mirror-untold",
		description: "Backups are written and the queue " + a.queueName(created) + " hears of none: Google Cloud has their " +
			"copies an hour late. Look at the bucket's notification and at the queue's policy.",
		queries: a.untold(),
	}}
}

// untold is 1 of an hour in which something was written and the queue was sent nothing. An hour, because S3 may take
// minutes to tell.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
func (a Args) untold() cloudwatch.MetricAlarmMetricQueryArray {
	sum := func(id, namespace, metric string, dimensions map[string]string) cloudwatch.MetricAlarmMetricQueryArgs {
		return cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String(id),
			Metric: cloudwatch.MetricAlarmMetricQueryMetricArgs{
				Namespace:  pulumi.String(namespace),
				MetricName: pulumi.String(metric),
				Dimensions: pulumi.ToStringMap(dimensions),
				Stat:       pulumi.String("Sum"),
				Period:     pulumi.Int(60 * minute),
			},
		}
	}
	return cloudwatch.MetricAlarmMetricQueryArray{
		cloudwatch.MetricAlarmMetricQueryArgs{
			Id:         pulumi.String("untold"),
			Expression: pulumi.String("IF(written > 0 && FILL(told, 0) == 0, 1, 0)"),
			Label:      pulumi.String("Written, and not told of"),
			ReturnData: pulumi.Bool(true),
		},
		sum("written", "AWS/S3", "PutRequests", map[string]string{
			"BucketName": BucketName(a.Scope, a.Account, a.Region), "FilterId": metricFilter}),
		sum("told", "AWS/SQS", "NumberOfMessagesSent", map[string]string{"QueueName": a.queueName(created)}),
	}
}

func (b *builder) watch(a alarm) error {
	var actions pulumi.ArrayInput
	if topic := b.args.Topics.Region; topic != nil {
		actions = pulumi.Array{topic}
	}
	physical := b.args.Scope.Name(part + "-" + a.part)
	settings := &cloudwatch.MetricAlarmArgs{
		Name:               pulumi.String(physical),
		AlarmDescription:   pulumi.String(a.description),
		ComparisonOperator: pulumi.String("GreaterThanThreshold"),
		Threshold:          pulumi.Float64(a.threshold),
		EvaluationPeriods:  pulumi.Int(1),
		DatapointsToAlarm:  pulumi.Int(1),
		TreatMissingData:   pulumi.String("notBreaching"),
		AlarmActions:       actions,
		OkActions:          actions,
		Tags:               b.tags(physical),
	}
	if a.queries != nil {
		settings.MetricQueries = a.queries
	} else {
		settings.Namespace = pulumi.String("AWS/SQS")
		settings.MetricName = pulumi.String(a.metric)
		settings.Statistic = pulumi.String("Maximum")
		settings.Dimensions = pulumi.StringMap{"QueueName": pulumi.String(b.args.queueName(a.queue))}
		settings.Period = pulumi.Int(periodSeconds)
	}
	_, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-"+a.part, settings, b.parent())
	return err
}
