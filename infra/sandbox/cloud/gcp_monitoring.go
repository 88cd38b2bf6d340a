package cloud

import (
	"net/mail"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Alerting: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies and, for its limits,
// https://cloud.google.com/monitoring/quotas#alerting_limits.
func gcpMonitoringTypes() []*Type {
	return []*Type{
		{
			Token: gcpChannel, ID: ofProject("notificationChannels"),
			Refuse: refuseChannel, Computed: namedByID,
		},
		{
			Token: gcpAlertPolicy, ID: ofProject("alertPolicies"),
			References: []Reference{{Property: "notificationChannels[*]", To: gcpChannel, By: "name",
				NotFound: google.says("", "notFound", "Could not find notification channel %s").withStatus(404),
				InUse: google.says("", "failedPrecondition", "Notification channel %s is used by an alert policy and cannot"+
					" be deleted without force")}},
			Refuse:   firstOf(refusePolicy, refuseAlertConditions, refuseLogFilter("conditions[*].conditionMatchedLog.filter")),
			Computed: alertPolicyOutputs,
		},
	}
}

func refuseChannel(c *Call) error {
	if c.text("type") != "email" {
		return nil
	}
	address := c.text("labels.email_address")
	if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
		return google.refuses("", "badRequest", "Field \"notification_channel.labels['email_address']\" had an invalid"+
			" value of \"%s\": must be a well-formed email address", address)
	}
	return nil
}

const (
	conditionsPerPolicy = 6
	channelsPerPolicy   = 16
	longestAlertFilter  = 2048
	// longestThreshold is 23 hours and 30 minutes, the longest duration of a threshold or an absence.
	longestThreshold = 23*hourSeconds + 30*60
)

// refusePolicy: a condition on log entries stands alone, and its notifications are limited; no other's are.
func refusePolicy(c *Call) error {
	conditions := props.Maps(c.Inputs, "conditions[*]")
	onLogs := len(props.Maps(c.Inputs, "conditions[*].conditionMatchedLog")) > 0
	limit, autoClose := c.text("alertStrategy.notificationRateLimit.period"), c.text("alertStrategy.autoClose")
	switch {
	case len(conditions) == 0 || len(conditions) > conditionsPerPolicy:
		return google.refuses("", "badRequest", "An alert policy has between 1 and %d conditions", conditionsPerPolicy)
	case len(c.texts("notificationChannels[*]")) > channelsPerPolicy:
		return google.refuses("", "badRequest", "An alert policy has at most %d notification channels", channelsPerPolicy)
	case onLogs && len(conditions) > 1:
		return google.says("", "badRequest", "A log-based alert policy has exactly one condition")
	case onLogs != (limit != ""):
		return google.says("", "badRequest", "Field alert_policy.alert_strategy.notification_rate_limit is required for"+
			" log-based alert policies, and for no others")
	case limit != "" && !durationWithin(limit, 5*60, 183*daySeconds):
		return google.refuses("", "badRequest", "The notification rate limit must be between 5 minutes and 183 days: %s",
			limit)
	case autoClose != "" && !durationWithin(autoClose, 30*60, 7*daySeconds):
		return google.refuses("", "badRequest", "Field alert_policy.alert_strategy.auto_close must be between 30 minutes"+
			" and 7 days: %s", autoClose)
	}
	return nil
}

var conditionKinds = []string{"conditionAbsent", "conditionMatchedLog", "conditionMonitoringQueryLanguage",
	"conditionPrometheusQueryLanguage", "conditionThreshold"}

func refuseAlertConditions(c *Call) error {
	for _, condition := range props.Maps(c.Inputs, "conditions[*]") {
		kinds := 0
		for _, kind := range conditionKinds {
			kinds += len(props.Maps(condition, kind))
		}
		if kinds != 1 {
			return google.refuses("", "badRequest", "A condition is of exactly one kind, not %d", kinds)
		}
		for _, kind := range []string{"conditionAbsent", "conditionThreshold"} {
			for _, one := range props.Maps(condition, kind) {
				if err := refuseSeries(c, one); err != nil {
					return err
				}
			}
		}
		for _, one := range props.Maps(condition, "conditionPrometheusQueryLanguage") {
			if err := refusePromQL(c, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// wholeMinutes says whether a duration is a number of minutes, of at most so many seconds.
func wholeMinutes(text string, most int) bool {
	return durationWithin(text, 0, most) && seconds(text)%60 == 0
}

func seconds(text string) int {
	n := 0
	for _, digit := range strings.TrimSuffix(text, "s") {
		n = n*10 + int(digit-'0')
	}
	return n
}

var metricTypeIn = regexp.MustCompile(`metric\.type *= *"([^"]+)"`)

// refuseSeries: https://cloud.google.com/monitoring/api/v3/filters.
func refuseSeries(c *Call, condition property.Map) error {
	filter, duration := Text(condition, "filter"), Text(condition, "duration")
	metric := metricTypeIn.FindStringSubmatch(filter)
	switch {
	case metric == nil || !strings.Contains(filter, "resource.type"):
		return google.refuses("", "badRequest", "Field alert_policy.conditions[0] had an invalid value of \"%s\": must"+
			" specify a restriction on \"resource.type\" and on \"metric.type\" in the filter", filter)
	case len(filter) > longestAlertFilter:
		return google.refuses("", "badRequest", "The filter is longer than %d characters", longestAlertFilter)
	case !wholeMinutes(duration, longestThreshold):
		return google.refuses("", "badRequest", "Field alert_policy.conditions[0].duration must be a multiple of a minute,"+
			" and at most 23 hours and 30 minutes: %s", duration)
	}
	for _, period := range props.Texts(condition, "aggregations[*].alignmentPeriod") {
		if !durationWithin(period, 60, 25*hourSeconds) {
			return google.refuses("", "badRequest", "The alignment period must be between 60s and 90000s: %s", period)
		}
	}
	name, ofUser := strings.CutPrefix(metric[1], "logging.googleapis.com/user/")
	return refuseMetric(c, ofUser, metric[1], func(known string) bool { return known == name })
}

// refuseMetric: a log-based metric must be there before an alert is raised on it.
func refuseMetric(c *Call, ofUser bool, shown string, is func(name string) bool) error {
	if !ofUser {
		return nil
	}
	for _, metric := range c.listGlobal(gcpLogMetric) {
		if is(metric.Text("name")) {
			return nil
		}
	}
	return google.refuses("", "notFound", "Cannot find metric(s) that match type = \"%s\". If a metric was created"+
		" recently, it could take up to 10 minutes to become available. Please try again soon.", shown).withStatus(404)
}

var (
	promQLMetric = regexp.MustCompile(`logging_googleapis_com:user_([A-Za-z0-9_]+)`)
	promQLRange  = regexp.MustCompile(`\[(\d+)([smhd])\]`)
	promQLUnit   = map[string]int{"s": 1, "m": 60, "h": hourSeconds, "d": daySeconds}
	notInPromQL  = regexp.MustCompile(`[^A-Za-z0-9_]`)
)

// refusePromQL: https://cloud.google.com/monitoring/alerts/using-promql. A query that reaches back further than 25
// hours is evaluated every five minutes at most.
func refusePromQL(c *Call, condition property.Map) error {
	query, interval := Text(condition, "query"), Text(condition, "evaluationInterval")
	if strings.Count(query, "(") != strings.Count(query, ")") || strings.Count(query, `"`)%2 != 0 {
		return google.refuses("", "badRequest", "Invalid PromQL query: %s", query)
	}
	if interval == "" {
		interval = "30s"
	}
	if !durationWithin(interval, 30, daySeconds) || seconds(interval)%30 != 0 {
		return google.refuses("", "badRequest", "The evaluation interval must be a positive multiple of 30 seconds: %s",
			interval)
	}
	for _, found := range promQLRange.FindAllStringSubmatch(query, -1) {
		if reach := seconds(found[1]) * promQLUnit[found[2]]; reach > 25*hourSeconds && seconds(interval) < 5*60 {
			return google.refuses("", "badRequest", "A query over more than 25 hours needs an evaluation interval of at"+
				" least 5 minutes: %s", found[0])
		}
	}
	for _, found := range promQLMetric.FindAllStringSubmatch(query, -1) {
		err := refuseMetric(c, true, found[0], func(name string) bool {
			return notInPromQL.ReplaceAllString(name, "_") == found[1]
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// alertPolicyOutputs name the conditions as well.
func alertPolicyOutputs(c *Call) map[string]property.Value {
	conditions := []property.Value{}
	for _, condition := range props.Maps(c.Inputs, "conditions[*]") {
		name := property.New(c.ID + "/conditions/" + decimal(c.ID+Text(condition, "displayName"), 1<<31))
		conditions = append(conditions, property.New(condition.Set("name", name)))
	}
	return c.outputs().text("name", c.ID).fillText("project", c.Account).
		set("conditions", property.New(conditions)).
		set("creationRecords", property.New([]property.Value{})).values
}
