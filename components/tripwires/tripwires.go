package tripwires

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:tripwires:Tripwires"

const period = 300 // seconds

// Args are all required.
type Args struct {
	Scope naming.Scope
	// LogGroupName is the log group that the audit trail delivers to.
	LogGroupName pulumi.StringInput
	// CriticalTopicARN, WarningTopicARN and InfoTopicARN are the topics that alarms of each severity tell, in the region
	// of the log group.
	CriticalTopicARN, WarningTopicARN, InfoTopicARN pulumi.StringInput
}

// Tripwires are the alarms of an account's audit trail.
type Tripwires struct {
	pulumi.ResourceState
}

// New makes the alarms.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Tripwires, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("tripwires: %w", err)
	}
	t := &Tripwires{}
	if err := ctx.RegisterComponentResource(Type, name, t, opts...); err != nil {
		return nil, fmt.Errorf("tripwires: %w", err)
	}
	for _, wire := range all {
		if err := t.declare(ctx, name+"-"+wire.part, args, wire); err != nil {
			return nil, fmt.Errorf("tripwires: %s: %w", wire.part, err)
		}
	}
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("LogGroupName", a.LogGroupName != nil)
	problems.Require("CriticalTopicARN", a.CriticalTopicARN != nil)
	problems.Require("WarningTopicARN", a.WarningTopicARN != nil)
	problems.Require("InfoTopicARN", a.InfoTopicARN != nil)
	return problems.Err()
}

func (a Args) topic(of severity) pulumi.StringInput {
	return map[severity]pulumi.StringInput{
		critical: a.CriticalTopicARN, warning: a.WarningTopicARN, info: a.InfoTopicARN}[of]
}

// declare counts the events of one kind, and raises the alarm.
func (t *Tripwires) declare(ctx *pulumi.Context, name string, args Args, wire tripwire) error {
	physical := args.Scope.Name(wire.part)
	namespace := "Haven/" + args.Scope.Stack
	_, err := cloudwatch.NewLogMetricFilter(ctx, name+"-filter", &cloudwatch.LogMetricFilterArgs{
		Name:         pulumi.String(physical),
		LogGroupName: args.LogGroupName,
		Pattern:      pulumi.String(wire.pattern),
		MetricTransformation: cloudwatch.LogMetricFilterMetricTransformationArgs{
			Namespace:    pulumi.String(namespace),
			Name:         pulumi.String(wire.part),
			Value:        pulumi.String("1"),
			DefaultValue: pulumi.String("0"),
		},
	}, pulumi.Parent(t))
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewMetricAlarm(ctx, name+"-alarm", &cloudwatch.MetricAlarmArgs{
		Name:               pulumi.String(physical),
		AlarmDescription:   pulumi.String(wire.demand),
		Namespace:          pulumi.String(namespace),
		MetricName:         pulumi.String(wire.part),
		Statistic:          pulumi.String("Sum"),
		Period:             pulumi.Int(period),
		EvaluationPeriods:  pulumi.Int(1),
		ComparisonOperator: pulumi.String("GreaterThanOrEqualToThreshold"),
		Threshold:          pulumi.Float64(float64(wire.events)),
		// No event is no news.
		TreatMissingData: pulumi.String("notBreaching"),
		AlarmActions:     pulumi.Array{args.topic(wire.severity)},
		Tags:             pulumi.ToStringMap(args.Scope.Tags("tripwires", physical, naming.Internal)),
	}, pulumi.Parent(t))
	return err
}
