package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var onErrors = settings{
	"name": "errors", "namespace": "AWS/ApplicationELB", "metricName": "RequestCount", "statistic": "Sum", "period": 60,
	"evaluationPeriods": 3, "comparisonOperator": "GreaterThanThreshold", "threshold": 1,
}

// onMath is an alarm on metric math.
func onMath(queries ...settings) settings {
	return settings{"name": "ratio", "evaluationPeriods": 3, "comparisonOperator": "GreaterThanThreshold", "threshold": 1,
		"metricQueries": queries}
}

func query(id string, more settings) settings { return with(settings{"id": id}, more) }

func measuredEach(seconds int) settings {
	return settings{"metric": settings{"metricName": "m", "namespace": "n", "stat": "Sum", "period": seconds}}
}

func TestAlarms(t *testing.T) {
	result := query("ratio", settings{"expression": "100 * a", "returnData": true})
	each(t, newWorld, func(*fakeWorld) []attempt {
		try := func(name string, changes settings, want string) attempt {
			return attempt{name, metricAlarm, with(onErrors, changes), want}
		}
		math := func(name, want string, queries ...settings) attempt {
			return attempt{name, metricAlarm, onMath(queries...), want}
		}
		return []attempt{
			try("metric", nil, ""),
			try("percentile", settings{"statistic": nil, "extendedStatistic": "p99.9"}, ""),
			try("odd percentile", settings{"statistic": nil, "extendedStatistic": "p101"}, "invalid value for extended_statistic"),
			try("no statistic", settings{"statistic": nil}, "one of `statistic` or `extended_statistic` must be set"),
			try("no namespace", settings{"namespace": nil}, "The parameter Namespace is required"),
			try("no period", settings{"period": nil}, "Period must not be null"),
			try("high resolution", settings{"period": 10}, ""),
			try("odd period", settings{"period": 90}, "expected period to be divisible by 60, got: 90"),
			try("nothing measured", settings{"metricName": nil}, "Exactly one of MetricName and Metrics"),
			try("no threshold", settings{"threshold": nil}, "Exactly one of Threshold and ThresholdMetricId"),
			try("threshold of no query", settings{"thresholdMetricId": "band"}, "ThresholdMetricId band is no ID"),
			try("no periods", settings{"evaluationPeriods": 0}, "expected evaluation_periods to be at least (1), got 0"),
			try("some points", settings{"datapointsToAlarm": 3}, ""),
			try("too many points", settings{"datapointsToAlarm": 4}, "DatapointsToAlarm must not be greater"),
			try("a day", settings{"period": 300, "evaluationPeriods": 288}, ""),
			try("over a day", settings{"period": 300, "evaluationPeriods": 289}, "EvaluationPeriods * Period must be <= 86400"),
			try("a week", settings{"period": 86400, "evaluationPeriods": 7}, ""),
			try("over a week", settings{"period": 86400, "evaluationPeriods": 8}, "EvaluationPeriods * Period must be <= 604800"),
			try("topic", settings{"alarmActions": []string{topicARN}}, ""),
			try("topic of another region", settings{"okActions": []string{strings.Replace(topicARN, ireland, germany, 1)}},
				"api error ValidationError: Invalid region eu-central-1 specified. Only eu-west-1 is supported."),
			try("no topic", settings{"alarmActions": []string{"critical"}}, "Invalid arn syntax: critical"),
			try("six topics", settings{"alarmActions": []string{topicARN, topicARN, topicARN, topicARN, topicARN, topicARN}},
				"Member must have length less than or equal to 5: alarmActions"),
			math("math", "", result, query("a", measuredEach(300))),
			math("math without a result", "Exactly one element of the metrics list should return data",
				query("a", measuredEach(300))),
			math("ID twice", "The id ratio is not unique", result, result),
			math("odd ID", `Invalid metric query ID "A"`, result, query("A", measuredEach(300))),
			math("neither", "Metric query a must have exactly one of", result, query("a", nil)),
			math("odd period of math", "divisible by 60, got: 45", result, query("a", measuredEach(45))),
			math("long math", "must be <= 604800", result, query("a", measuredEach(5*86400))),
		}
	})
}

func TestDashboards(t *testing.T) {
	each(t, newWorld, func(*fakeWorld) []attempt {
		try := func(name, widget, want string) attempt {
			return attempt{name, dashboard,
				settings{"dashboardName": "cell", "dashboardBody": `{"widgets":[` + widget + `]}`}, want}
		}
		const place = `"x":0,"y":0,"width":24,"height":6`
		return []attempt{
			try("empty", "", ""),
			try("text", `{"type":"text",`+place+`,"properties":{"markdown":"a"}}`, ""),
			try("alarms", `{"type":"alarm",`+place+`,"properties":{"alarms":["arn:x"]}}`, ""),
			try("no alarms", `{"type":"alarm",`+place+`,"properties":{"alarms":[]}}`, "fewer than 1 items"),
			try("many alarms", `{"type":"alarm",`+place+`,"properties":{"alarms":["a"`+strings.Repeat(`,"a"`, 100)+`]}}`,
				`"/widgets/0/properties/alarms", "message": "Should NOT have more than 100 items"`),
			try("metrics", `{"type":"metric",`+place+`,"properties":{"region":"eu-west-1","metrics":[["a","b"]]}}`, ""),
			try("metrics of no region", `{"type":"metric",`+place+`,"properties":{"metrics":[["a","b"]]}}`,
				"Should have required property 'region'"),
			try("many metrics", `{"type":"metric",`+place+`,"properties":{"region":"r","metrics":[[]`+
				strings.Repeat(`,[]`, 500)+`]}}`, "more than 500 items"),
			try("odd type", `{"type":"picture",`+place+`}`, `"/widgets/0/type"`),
			try("too wide", `{"type":"text","x":20,"y":0,"width":6,"height":1}`, "Should be within the 24 columns"),
			try("many widgets", `{"type":"text",`+place+`}`+strings.Repeat(`,{"type":"text",`+place+`}`, 500),
				`"/widgets", "message": "Should NOT have more than 500 items"`),
			{"no JSON", dashboard, settings{"dashboardName": "cell", "dashboardBody": "{"}, "must be a valid JSON object"},
			{"odd name", dashboard, settings{"dashboardName": "a b", "dashboardBody": "{}"}, "in dashboard_name: \"a b\""},
		}
	})
}

func TestAlarmsAndDashboardsAreNamed(t *testing.T) {
	w := newWorld(t)
	alarm := w.make(metricAlarm, onErrors)
	assert.Equal(t, "errors", alarm.ID)
	assert.Equal(t, "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors", alarm.Text("arn"))
	board := w.make(dashboard, settings{"dashboardName": "cell", "dashboardBody": `{"widgets":[]}`})
	assert.Equal(t, "global cell", fmt.Sprint(board.Region, " ", board.ID))
	assert.Equal(t, "arn:aws:cloudwatch::123456789012:dashboard/cell", board.Text("dashboardArn"))
}
