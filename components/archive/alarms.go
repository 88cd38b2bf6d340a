package archive

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarm goes off when so many periods of five minutes are each above the threshold. Silence is none: nothing is
// measured of an archive that nothing is written to, and the ages of copies tell when nothing is.
type alarm struct {
	part string // of names
	// description says what is the matter and what to do first.
	description                  string
	namespace, metric, statistic string
	dimensions                   map[string]string
	threshold                    float64
	periods                      int
	// queries are in place of one metric, its statistic and its dimensions.
	queries cloudwatch.MetricAlarmMetricQueryArray
}

const periodSeconds = 5 * minute

// unheardSeconds is how long a new object may wait for the mirror, well within the shortest bound of a mirrored copy.
const unheardSeconds = 30 * minute

func (b *builder) alarms() error {
	here, there := b.args.alarms()
	if err := b.watch(here, b.args.Topics.Region, b.parent()); err != nil {
		return err
	}
	return b.watch(there, b.args.Topics.Recovery, b.afar())
}

// alarms are those of the archive's region, and of the replica's: S3 measures failures of replication where the source
// is, and how far it is behind where the replica is.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
func (a Args) alarms() (here, there []alarm) {
	rule := map[string]string{
		"SourceBucket":      BucketName(a.Scope, a.Account, a.Region),
		"DestinationBucket": BucketName(a.Scope, a.Account, a.RecoveryRegion),
		"RuleId":            ruleID,
	}
	queue := func(which string) map[string]string { return map[string]string{"QueueName": a.queueName(which)} }
	here = []alarm{{
		part: "replication-failed",
		description: "Backups are not copied to the recovery region. The queue " + a.queueName(unreplicated) + " names the " +
			"objects and the reasons: look at the replication's role, at both keys and at both buckets' versioning, then " +
			"copy what failed by S3 Batch Replication.",
		namespace: "AWS/S3", metric: "OperationsFailedReplication", statistic: "Sum", dimensions: rule, periods: 1,
	}, {
		part: "mirror-unheard",
		description: "Nobody takes the news of backups from the queue " + a.queueName(created) + ": Google Cloud has no " +
			"copy of the newest. Look at the transfer job and at the role that it takes on.",
		namespace: "AWS/SQS", metric: "ApproximateAgeOfOldestMessage", statistic: "Maximum", dimensions: queue(created),
		threshold: unheardSeconds, periods: 1,
	}, {
		part: "mirror-dead-letters",
		description: "News of backups was taken again and again and never done with. Look at what lies in the queue " +
			a.queueName(dead) + ": a test event is harmless, an object has to be transferred.",
		namespace: "AWS/SQS", metric: "ApproximateNumberOfMessagesVisible", statistic: "Maximum", dimensions: queue(dead),
		periods: 1,
	}, {
		part: "mirror-untold",
		description: "Backups are written and the queue " + a.queueName(created) + " hears of none: Google Cloud has their " +
			"copies an hour late. Look at the bucket's notification and at the queue's policy.",
		queries: a.untold(), periods: 1,
	}}
	there = []alarm{{
		part: "replication-late",
		description: "The copy of a backup takes more than a quarter of an hour to reach the recovery region. Where it " +
			"does not pass, look at the replication's role and keys.",
		namespace: "AWS/S3", metric: "ReplicationLatency", statistic: "Maximum", dimensions: rule,
		threshold: replicationMinutes * minute, periods: 1,
	}, {
		part: "replication-stuck",
		description: "For an hour backups have been waiting to be copied to the recovery region. Look at the " +
			"replication's role, at both keys and at both buckets' versioning.",
		namespace: "AWS/S3", metric: "BytesPendingReplication", statistic: "Minimum", dimensions: rule,
		periods: 60 * minute / periodSeconds,
	}}
	return here, there
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

// watch declares alarms that tell a topic, where there is one.
func (b *builder) watch(alarms []alarm, topic pulumi.StringInput, where pulumi.ResourceOption) error {
	var actions pulumi.ArrayInput
	if topic != nil {
		actions = pulumi.Array{topic}
	}
	for _, a := range alarms {
		physical := b.args.Scope.Name(part + "-" + a.part)
		settings := &cloudwatch.MetricAlarmArgs{
			Name:               pulumi.String(physical),
			AlarmDescription:   pulumi.String(a.description),
			ComparisonOperator: pulumi.String("GreaterThanThreshold"),
			Threshold:          pulumi.Float64(a.threshold),
			EvaluationPeriods:  pulumi.Int(a.periods),
			DatapointsToAlarm:  pulumi.Int(a.periods),
			TreatMissingData:   pulumi.String("notBreaching"),
			AlarmActions:       actions,
			OkActions:          actions,
			Tags:               b.tags(physical),
		}
		if a.queries != nil {
			settings.MetricQueries = a.queries
		} else {
			settings.Namespace = pulumi.String(a.namespace)
			settings.MetricName = pulumi.String(a.metric)
			settings.Statistic = pulumi.String(a.statistic)
			settings.Dimensions = pulumi.ToStringMap(a.dimensions)
			settings.Period = pulumi.Int(periodSeconds)
		}
		if _, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-"+a.part, settings, where); err != nil {
			return fmt.Errorf("alarm %s: %w", a.part, err)
		}
	}
	return nil
}
