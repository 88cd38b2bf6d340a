package cloud

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Alarms: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html. To put an alarm of
// a name that is there changes it. Dashboards belong to no region.
func cloudWatchTypes() []*Type {
	return []*Type{
		{
			Token: metricAlarm, ID: func(c *Call) string { return c.name("name") },
			Refuse: firstOf(refusePeriod, refuseStatistic, refuseQueries, refuseThreshold, refuseEvaluation, refuseAlarmActions,
				oneMore(alarmsPerRegion, cloudWatch.says("PutMetricAlarm", "LimitExceeded",
					"The quota for alarms for this customer has already been reached."))),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().fillText("name", c.ID).text("arn", c.arn("cloudwatch", "alarm:"+c.ID)).values
			},
		},
		{
			Token: dashboard, Global: true, ID: func(c *Call) string { return c.text("dashboardName") },
			Refuse: firstOf(refuseDashboardName, refuseDashboardBody),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("dashboardArn", "arn:aws:cloudwatch::"+c.Account+":dashboard/"+c.ID).values
			},
		},
	}
}

func alarmRefused(format string, args ...any) error {
	return cloudWatch.refuses("PutMetricAlarm", "ValidationError", format, args...)
}

func refusePeriod(c *Call) error {
	for _, path := range []string{"period", "metricQueries[*].metric.period"} {
		for _, value := range props.At(c.Inputs, path) {
			if !value.IsNumber() {
				continue
			}
			if n := int(value.AsNumber()); !slices.Contains([]int{10, 20, 30}, n) && (n < 60 || n%60 != 0) {
				return fmt.Errorf("expected period to be divisible by 60, got: %d", n)
			}
		}
	}
	return nil
}

// extendedStatistic: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html.
var extendedStatistic = regexp.MustCompile(
	`^((p|tm|tc|ts|wm)(\d{1,2}(\.\d{1,10})?|100)|(tm|tc|ts|wm|TM|TC|TS|WM|PR)\(.*:.*\)|IQM)$`)

// refuseStatistic is about an alarm on one metric.
func refuseStatistic(c *Call) error {
	extended := c.text("extendedStatistic")
	switch {
	case !c.has("metricName"):
		return nil
	case !c.has("statistic") && !c.has("extendedStatistic"):
		return errors.New("one of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm")
	case extended != "" && !extendedStatistic.MatchString(extended):
		return fmt.Errorf("invalid value for extended_statistic: %q", extended)
	case !c.has("namespace"):
		return alarmRefused("The parameter Namespace is required.")
	case !c.has("period"):
		return alarmRefused("Period must not be null")
	}
	return nil
}

var queryID = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)

// refuseQueries is about an alarm on metric math:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html.
func refuseQueries(c *Call) error {
	seen, returned := map[string]bool{}, 0
	queries := props.Maps(c.Inputs, "metricQueries[*]")
	for _, query := range queries {
		id := Text(query, "id")
		switch {
		case !queryID.MatchString(id):
			return alarmRefused("Invalid metric query ID %q: it must start with a lowercase letter", id)
		case seen[id]:
			return alarmRefused("The id %s is not unique", id)
		case absent(query, "expression") == absent(query, "metric"):
			return alarmRefused("Metric query %s must have exactly one of Expression and MetricStat", id)
		}
		seen[id] = true
		if props.Flag(query, "returnData") {
			returned++
		}
	}
	switch {
	case len(queries) == 0 && !c.has("metricName"):
		return alarmRefused("Exactly one of MetricName and Metrics must be specified")
	case len(queries) > 0 && returned != 1 && !c.has("thresholdMetricId"):
		return alarmRefused("Exactly one element of the metrics list should return data.")
	}
	return nil
}

func refuseThreshold(c *Call) error {
	band := c.text("thresholdMetricId")
	_, given := c.number("threshold")
	switch {
	case !given && !c.has("threshold") && !c.has("thresholdMetricId"):
		return alarmRefused("Exactly one of Threshold and ThresholdMetricId must be specified")
	case band != "" && !slices.Contains(props.Texts(c.Inputs, "metricQueries[*].id"), band):
		return alarmRefused("ThresholdMetricId %s is no ID of the metrics list", band)
	}
	return nil
}

const (
	secondsOfHour = 60 * 60
	secondsOfDay  = 24 * secondsOfHour
)

func refuseEvaluation(c *Call) error {
	periods, _ := c.number("evaluationPeriods")
	points, limited := c.number("datapointsToAlarm")
	seconds, _ := c.number("period")
	for _, value := range props.At(c.Inputs, "metricQueries[*].metric.period") {
		if value.IsNumber() {
			seconds = max(seconds, int(value.AsNumber()))
		}
	}
	switch longest := evaluated(seconds); {
	case c.has("evaluationPeriods") && periods < 1:
		return fmt.Errorf("expected evaluation_periods to be at least (1), got %d", periods)
	case limited && points > periods:
		return alarmRefused("DatapointsToAlarm must not be greater than EvaluationPeriods")
	case periods*seconds > longest:
		return alarmRefused("Metrics cannot be checked across more than that (EvaluationPeriods * Period must be <= %d)",
			longest)
	}
	return nil
}

// evaluated is how many seconds an alarm with that period may look back.
func evaluated(period int) int {
	if period < secondsOfHour {
		return secondsOfDay
	}
	return 7 * secondsOfDay
}

// refuseAlarmActions: an alarm acts in its own region only. CloudWatch does not look whether there is what it tells.
func refuseAlarmActions(c *Call) error {
	const most = 5
	for _, property := range []string{"alarmActions", "okActions", "insufficientDataActions"} {
		actions := c.texts(property + "[*]")
		if len(actions) > most {
			return alarmRefused("Member must have length less than or equal to %d: %s", most, property)
		}
		for _, action := range actions {
			region, _, _, ok := arnParts(action)
			switch {
			case !ok:
				return alarmRefused("Invalid arn syntax: %s", action)
			case region != c.Region:
				return alarmRefused("Invalid region %s specified. Only %s is supported.", region, c.Region)
			}
		}
	}
	return nil
}
