package replica

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// periodSeconds is how often what S3 measures is looked at.
const periodSeconds = 5 * 60

// stuckPeriods are an hour.
const stuckPeriods = 12

// alarm goes off when so many periods are each above the threshold. Silence is none: nothing is measured of a bucket that
// nothing is written to.
type alarm struct {
	part, description string
	metric, statistic string
	threshold         float64
	periods           int
	topic             pulumi.StringInput
	where             pulumi.ResourceOption
}

// alarms watch the failures where the source is, and how far it is behind where the target is: that is where S3 measures
// either.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
func (b *builder) alarms() error {
	here, there := b.parent, pulumi.Composite(b.parent, pulumi.Provider(b.args.Recovery))
	home, away := b.args.Source.TopicARN, b.args.Target.TopicARN
	subject := b.args.Subject
	for _, a := range []alarm{
		{"replication-failed", subject + " are not copied to the recovery region. " + b.args.Failures + " Look at the " +
			"replication's role, at both keys and at both buckets' versioning, then copy what failed by S3 Batch Replication.",
			"OperationsFailedReplication", "Sum", 0, 1, home, here},
		{"replication-late", subject + " take more than a quarter of an hour to reach the recovery region. Where that does " +
			"not pass, look at the replication's role and keys.",
			"ReplicationLatency", "Maximum", minutes * 60, 1, away, there},
		{"replication-stuck", subject + " have been waiting for an hour to be copied to the recovery region. Look at the " +
			"replication's role, at both keys and at both buckets' versioning.",
			"BytesPendingReplication", "Minimum", 0, stuckPeriods, away, there},
	} {
		if err := b.watch(a); err != nil {
			return fmt.Errorf("alarm %s: %w", a.part, err)
		}
	}
	return nil
}

func (b *builder) watch(a alarm) error {
	var actions pulumi.ArrayInput
	if a.topic != nil {
		actions = pulumi.Array{a.topic}
	}
	physical := b.args.Scope.Name(b.args.Part + "-" + a.part)
	_, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-"+a.part, &cloudwatch.MetricAlarmArgs{
		Name:             pulumi.String(physical),
		AlarmDescription: pulumi.String(a.description),
		Namespace:        pulumi.String("AWS/S3"),
		MetricName:       pulumi.String(a.metric),
		Statistic:        pulumi.String(a.statistic),
		Dimensions: pulumi.StringMap{
			"SourceBucket":      pulumi.String(b.args.Source.Name),
			"DestinationBucket": pulumi.String(b.args.Target.Name),
			"RuleId":            pulumi.String(ruleID),
		},
		ComparisonOperator: pulumi.String("GreaterThanThreshold"),
		Threshold:          pulumi.Float64(a.threshold),
		Period:             pulumi.Int(periodSeconds),
		EvaluationPeriods:  pulumi.Int(a.periods),
		DatapointsToAlarm:  pulumi.Int(a.periods),
		TreatMissingData:   pulumi.String("notBreaching"),
		AlarmActions:       actions,
		OkActions:          actions,
		Tags:               b.tags(physical),
	}, a.where)
	return err
}
