package cloud

import (
	"strings"

	"haven/policy/props"
)

// Metric filters: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html.
func metricFilterTypes() []*Type {
	return []*Type{{
		Token: logMetricFilter, ID: func(c *Call) string { return c.text("name") },
		References: []Reference{{Property: "logGroupName", To: logGroup, By: "name", NotFound: cloudWatchLogs.says(
			"PutMetricFilter", "ResourceNotFoundException", "The specified log group does not exist.")}},
		Refuse: refuseMetricFilter,
	}}
}

// refuseMetricFilter: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html.
func refuseMetricFilter(c *Call) error {
	const metric = "metricTransformation"
	refused := func(message string) error {
		return cloudWatchLogs.says("PutMetricFilter", "InvalidParameterException", message)
	}
	switch {
	case strings.ContainsAny(c.text("name"), ":*"):
		return refused("A metric filter's name must not contain : or *")
	case strings.ContainsAny(c.text(metric+".namespace")+c.text(metric+".name"), ":*$"):
		return refused("A metric's name and namespace must not contain : or * or $")
	case c.text(metric+".defaultValue") != "" && len(props.Maps(c.Inputs, metric+".dimensions")) > 0:
		return refused("A default value cannot be given together with dimensions")
	}
	return nil
}
