package alarms_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"haven/tests/harness"
)

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm"

// described are the declared alarms, each in a line, by their names without the prefix.
func described(t *testing.T, recorder *harness.Recorder, prefix string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, alarm := range recorder.OfType(alarmType) {
		name, ours := strings.CutPrefix(alarm.Input("name").(string), prefix)
		require.True(t, ours, alarm.Name)
		require.Equal(t, "alarms-"+name, alarm.Name)
		all[name] = describe(t, alarm)
	}
	return all
}

// describe is an alarm in a line: "critical: Sum AWS/X Name{Dimension=value} > 1, 3 x 60 s, breaching".
func describe(t *testing.T, alarm harness.Declared) string {
	t.Helper()
	severity := "nobody"
	if actions, ok := alarm.Input("alarmActions").([]any); ok {
		severity = strings.TrimPrefix(actions[0].(string), "arn:")
	}
	measured, period := describeMetric(alarm, ""), alarm.Input("period")
	if alarm.Input("metricQueries") != nil {
		measured, period = describePercentage(t, alarm), alarm.Input("metricQueries[1].metric.period")
	}
	require.Equal(t, alarm.Input("evaluationPeriods"), alarm.Input("datapointsToAlarm"), alarm.Name)
	sign := map[any]string{"GreaterThanThreshold": ">", "LessThanThreshold": "<"}[alarm.Input("comparisonOperator")]
	return fmt.Sprintf("%s: %s %s %.0f, %v x %v s, %v", severity, measured, sign, alarm.Input("threshold"),
		alarm.Input("evaluationPeriods"), period, alarm.Input("treatMissingData"))
}

func describePercentage(t *testing.T, alarm harness.Declared) string {
	t.Helper()
	harness.AssertInputs(t, alarm, map[string]any{
		"namespace": nil, "metricName": nil, "dimensions": nil, "period": nil, "statistic": nil,
		"metricQueries[0].expression": "IF(whole >= 20, 100 * FILL(part, 0) / whole, 0)",
		"metricQueries[0].returnData": true,
		"metricQueries[1].id":         "part",
		"metricQueries[1].returnData": nil,
		"metricQueries[2].id":         "whole",
		"metricQueries[2].returnData": nil,
	})
	require.Equal(t, alarm.Input("metricQueries[1].metric.period"), alarm.Input("metricQueries[2].metric.period"))
	return "percent " + describeMetric(alarm, "metricQueries[1].metric.") +
		" of " + describeMetric(alarm, "metricQueries[2].metric.")
}

func describeMetric(alarm harness.Declared, at string) string {
	statistic := alarm.Input(at + "stat")
	for _, name := range []string{"statistic", "extendedStatistic"} {
		if at == "" && alarm.Input(name) != nil {
			statistic = alarm.Input(name)
		}
	}
	var dimensions []string
	given, _ := alarm.Input(at + "dimensions").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		dimensions = append(dimensions, fmt.Sprintf("%s=%v", name, given[name]))
	}
	return fmt.Sprintf("%v %v %v{%s}", statistic, alarm.Input(at+"namespace"), alarm.Input(at+"metricName"),
		strings.Join(dimensions, ", "))
}

func joined(all ...map[string]string) map[string]string {
	together := map[string]string{}
	for _, one := range all {
		maps.Copy(together, one)
	}
	return together
}
