package freshness

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// periods are how many quarters of an hour in a row a copy is too old, or its age not known, before the alarm goes off:
// a refusal that passes tells nobody.
const periods = 2

// alarms are one for each kind in the region, and answer their ARNs.
func (s site) alarms(ctx *pulumi.Context, name string) (pulumi.StringArray, error) {
	var arns pulumi.StringArray
	for _, kind := range s.kinds {
		alarm, err := cloudwatch.NewMetricAlarm(ctx, fmt.Sprintf("%s-%s-age", name, kind.copy), s.alarm(kind), s.opts...)
		if err != nil {
			return nil, fmt.Errorf("alarm %s: %w", kind.copy, err)
		}
		arns = append(arns, alarm.Arn)
	}
	return arns, nil
}

func (s site) alarm(of bounded) *cloudwatch.MetricAlarmArgs {
	scope := s.args.Scope
	physical := scope.Name(string(of.copy) + "-age")
	limit := of.bound + of.margin
	args := &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(physical),
		AlarmDescription: pulumi.String(fmt.Sprintf("%s is older than %s, or its age is not known. %s Started by hand with "+
			"StartSyncExecution, the state machine %s says what AWS answered.",
			of.what, words(limit), of.look, scope.Name(s.part))),
		Namespace:          pulumi.String(Namespace(scope)),
		MetricName:         pulumi.String(Metric),
		Dimensions:         pulumi.StringMap{Dimension: pulumi.String(of.copy)},
		Statistic:          pulumi.String("Maximum"),
		ComparisonOperator: pulumi.String("GreaterThanThreshold"),
		Threshold:          pulumi.Float64(limit.Minutes()),
		Period:             pulumi.Int(15 * 60),
		EvaluationPeriods:  pulumi.Int(periods),
		DatapointsToAlarm:  pulumi.Int(periods),
		TreatMissingData:   pulumi.String("breaching"),
		Tags:               pulumi.ToStringMap(scope.Tags("freshness", physical, naming.Internal)),
	}
	if s.topic != nil {
		args.AlarmActions, args.OkActions = pulumi.Array{s.topic}, pulumi.Array{s.topic}
	}
	return args
}

// words are a time of whole hours, or of minutes.
func words(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}
