package freshness

import (
	"slices"

	"haven/components/asl"
	"haven/components/iamdoc"
	"haven/components/naming"
)

const (
	// Metric is the age of the newest copy of a kind, in minutes; Dimension is its kind's name.
	Metric    = "CopyAgeMinutes"
	Dimension = "Copy"
)

// Namespace is that of a tenant's own metrics.
func Namespace(scope naming.Scope) string { return "Haven/" + scope.Stack }

// patiently tries a call again for a quarter of a minute, for an execution that runs every quarter of an hour.
var patiently = []asl.Retry{{
	ErrorEquals: []string{"States.TaskFailed"}, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 3,
}}

// asked is a kind of copy with its question.
type asked struct {
	bounded
	question
}

// definition is a machine that measures all kinds, side by side.
func definition(all []asked, scope naming.Scope, machineARN string) string {
	const since, measure = "Since", "Measure"
	var branches []asl.Machine
	for _, one := range all {
		branches = append(branches, branch(one, Namespace(scope)))
	}
	machine := asl.Machine{
		Comment: "Measures how old the newest copies of the data of " + scope.Stack + " are", TimeoutSeconds: 240,
		StartAt: since,
		States: map[string]asl.State{
			since: {
				Type: "Task", Resource: asl.SDK("sfn", "describeStateMachine"),
				Arguments: map[string]any{"StateMachineArn": machineARN},
				Assign:    map[string]any{"since": asl.Expression("$toMillis($states.result.CreationDate)")},
				Output:    map[string]any{},
				Retry:     patiently,
				Catch: []asl.Catch{{
					ErrorEquals: []string{asl.AnyError}, Assign: map[string]any{"since": nil}, Output: map[string]any{},
					Next: measure,
				}},
				Next: measure,
			},
			measure: {Type: "Parallel", Branches: branches, End: true},
		},
	}
	return machine.String()
}

// branch measures one kind, reports its age, and tells what kept it from that.
func branch(one asked, namespace string) asl.Machine {
	kind := string(one.copy)
	find, report, lost := "Find "+kind, "Report "+kind, "Lost "+kind
	caught := []asl.Catch{{
		ErrorEquals: []string{asl.AnyError},
		Output: map[string]any{"copy": kind,
			"error": asl.Expression("$states.errorOutput.Error"), "cause": asl.Expression("$states.errorOutput.Cause")},
		Next: lost,
	}}
	return asl.Machine{StartAt: find, States: map[string]asl.State{
		find: {
			Type: "Task", Resource: one.call, Arguments: one.arguments,
			Assign: map[string]any{"age": asl.Expression(
				"($newest := " + one.newest + "; ($millis() - ($exists($newest) ? $newest : $since)) / 60000)")},
			Output: map[string]any{},
			Retry:  patiently, Catch: caught, Next: report,
		},
		report: {
			Type: "Task", Resource: asl.SDK("cloudwatch", "putMetricData"),
			Arguments: map[string]any{
				"Namespace": namespace,
				"MetricData": []any{map[string]any{
					"MetricName": Metric,
					"Dimensions": []any{map[string]any{"Name": Dimension, "Value": kind}},
					"Value":      asl.Expression("$age"),
				}},
			},
			Output: map[string]any{"copy": kind, "ageMinutes": asl.Expression("$age")},
			Retry:  patiently, Catch: caught, End: true,
		},
		lost: {Type: "Succeed"},
	}}
}

// permissions are those of the state machine's role. CloudWatch has no resource for a metric, but its namespace.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
func permissions(all []asked, scope naming.Scope, machineARN string) (string, error) {
	statements := []iamdoc.Statement{
		{
			Sid:       "AskSince",
			Actions:   []string{"states:DescribeStateMachine"},
			Resources: []string{machineARN},
		},
		{
			Sid:       "ReportAges",
			Actions:   []string{"cloudwatch:PutMetricData"},
			Resources: []string{"*"},
			Conditions: iamdoc.Conditions{
				iamdoc.StringEquals: {"cloudwatch:namespace": {Namespace(scope)}},
			},
		},
	}
	for _, one := range all {
		named := func(s iamdoc.Statement) bool { return s.Sid == one.permission.Sid }
		if !slices.ContainsFunc(statements, named) { // kinds in the same vault share theirs
			statements = append(statements, one.permission)
		}
	}
	return iamdoc.Document{Statements: statements}.Identity()
}
