package alarms

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// alarm is one thing that is watched.
type alarm struct {
	part     string // of names
	severity severity
	// description says what is the matter and what to do first.
	description string

	measured metric
	// of is what measured is a percentage of; nil where it counts by itself.
	of        *metric
	is        comparison
	threshold float64

	// The alarm goes off when all of so many periods, each so many seconds long, are beyond the threshold.
	seconds, periods int
	missing          missing
}

// metric is what CloudWatch measures.
type metric struct {
	namespace, name string
	dimensions      pulumi.StringMap
	// statistic is "Sum" and the like, or a percentile, "p95".
	statistic string
}

// comparison is of a measured value with the threshold.
type comparison string

const (
	above comparison = "GreaterThanThreshold"
	below comparison = "LessThanThreshold"
)

// missing is what a period without data counts as.
type missing string

const (
	breaching    missing = "breaching"
	notBreaching missing = "notBreaching"
	ignore       missing = "ignore"
)

// Periods, in seconds.
const (
	minute      = 60
	fiveMinutes = 5 * minute
	hour        = 60 * minute
	day         = 24 * hour
)

// watcher declares alarms.
type watcher struct {
	ctx    *pulumi.Context
	name   string
	scope  naming.Scope
	topics Topics
	opts   []pulumi.ResourceOption
}

// in is the watcher of another region.
func (w watcher) in(region *aws.Provider, topics Topics) watcher {
	w.topics = topics
	w.opts = append(slices.Clip(w.opts), pulumi.Provider(region))
	return w
}

// watch declares them all, and answers their ARNs in the same order.
func (w watcher) watch(alarms []alarm) (pulumi.StringArray, error) {
	var arns pulumi.StringArray
	for _, a := range alarms {
		declared, err := cloudwatch.NewMetricAlarm(w.ctx, w.name+"-"+a.part, w.settings(a), w.opts...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.part, err)
		}
		arns = append(arns, declared.Arn)
	}
	return arns, nil
}

func (w watcher) settings(a alarm) *cloudwatch.MetricAlarmArgs {
	physical := w.scope.Name(a.part)
	settings := &cloudwatch.MetricAlarmArgs{
		Name:               pulumi.String(physical),
		AlarmDescription:   pulumi.String(a.description),
		ComparisonOperator: pulumi.String(a.is),
		Threshold:          pulumi.Float64(a.threshold),
		EvaluationPeriods:  pulumi.Int(a.periods),
		DatapointsToAlarm:  pulumi.Int(a.periods),
		TreatMissingData:   pulumi.String(a.missing),
		AlarmActions:       w.topics.actions(a.severity),
		OkActions:          w.topics.actions(a.severity),
		Tags:               pulumi.ToStringMap(w.scope.Tags("alarms", physical, naming.Internal)),
	}
	if a.of != nil {
		settings.MetricQueries = a.percentage()
		return settings
	}
	settings.Namespace = pulumi.String(a.measured.namespace)
	settings.MetricName = pulumi.String(a.measured.name)
	settings.Dimensions = a.measured.dimensions
	settings.Period = pulumi.Int(a.seconds)
	if a.measured.statistic[0] == 'p' {
		settings.ExtendedStatistic = pulumi.String(a.measured.statistic)
		settings.EvaluateLowSampleCountPercentiles = pulumi.String("ignore")
	} else {
		settings.Statistic = pulumi.String(a.measured.statistic)
	}
	return settings
}

// fewest is of how many a percentage is taken; of fewer it says nothing.
const fewest = 20

// percentage is measured out of what it is a part of.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
func (a alarm) percentage() cloudwatch.MetricAlarmMetricQueryArray {
	return cloudwatch.MetricAlarmMetricQueryArray{
		cloudwatch.MetricAlarmMetricQueryArgs{
			Id:         pulumi.String("percentage"),
			Expression: pulumi.String(fmt.Sprintf("IF(whole >= %d, 100 * FILL(part, 0) / whole, 0)", fewest)),
			Label:      pulumi.String(a.measured.name + ", percent"),
			ReturnData: pulumi.Bool(true),
		},
		a.query("part", a.measured),
		a.query("whole", *a.of),
	}
}

func (a alarm) query(id string, m metric) cloudwatch.MetricAlarmMetricQueryArgs {
	return cloudwatch.MetricAlarmMetricQueryArgs{
		Id: pulumi.String(id),
		Metric: cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace:  pulumi.String(m.namespace),
			MetricName: pulumi.String(m.name),
			Dimensions: m.dimensions,
			Stat:       pulumi.String(m.statistic),
			Period:     pulumi.Int(a.seconds),
		},
	}
}
