package flow

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/props"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Alert policies of Cloud Monitoring: https://cloud.google.com/monitoring/alerts/concepts-indepth. Two kinds of
// conditions count what moves: one in PromQL that nothing was counted for so long, and one on a metric of the transfer
// service's. Others are not evaluated.

// absence is the one form of PromQL that is understood: nothing was counted of a series within so many minutes. The
// alarm is raised once that has held for the condition's duration, its own beginning included.
var absence = regexp.MustCompile(`^\(sum\(increase\((\w+)(?::(\w+))?\{([^}]*)\}\[(\d+)m\]\)\) or vector\(0\)\) == 0$`)

// metricType is that of a filter: metric.type = "…".
var metricType = regexp.MustCompile(`metric\.type\s*=\s*"([^"]+)"`)

var promLabel = regexp.MustCompile(`(\w+)="([^"]*)"`)

func (e *engine) alertEvaluations() []event {
	watched := map[string]bool{}
	var all []event
	for _, policy := range e.all(alertPolicyType) {
		condition, known := e.condition(policy)
		if !known || !flag(policy.Outputs, "enabled", true) {
			continue
		}
		id := firstText(policy.Text("name"), policy.ID)
		watched[id] = true
		e.register(world.Alarm{ID: id, Name: policy.Text("displayName"), Provider: "gcp", Account: policy.Account,
			Region: "global", Since: e.madeAt(policy)})
		all = append(all, event{rank: judging, id: "alert|" + id, again: every(condition.period), do: func() {
			state, reason := world.OK, "the condition does not hold"
			if why, holds := condition.holds(); holds {
				state, reason = world.InAlarm, why
			}
			e.become(id, state, reason, map[string][]string{world.InAlarm: texts(policy, "notificationChannels[*]"),
				world.OK: texts(policy, "notificationChannels[*]")})
		}})
	}
	e.forget("gcp", watched)
	return all
}

// condition is what raises an alarm, and how often it is looked at.
type condition struct {
	// holds says whether it does now, and why.
	holds  func() (why string, holds bool)
	period time.Duration
}

// condition is a policy's first; false where it is of another kind.
func (e *engine) condition(policy cloud.Resource) (condition, bool) {
	if prom := props.Maps(policy.Outputs, "conditions[*].conditionPrometheusQueryLanguage"); len(prom) > 0 {
		return e.absent(policy, prom[0])
	}
	if threshold := props.Maps(policy.Outputs, "conditions[*].conditionThreshold"); len(threshold) > 0 {
		return e.exceeded(policy, threshold[0])
	}
	return condition{}, false
}

// absent is that nothing was counted for so long.
func (e *engine) absent(policy cloud.Resource, prom property.Map) (condition, bool) {
	parsed := absence.FindStringSubmatch(props.Text(prom, "query"))
	if parsed == nil {
		return condition{}, false
	}
	minutes, _ := strconv.Atoi(parsed[4])
	held, _ := time.ParseDuration(props.Text(prom, "duration"))
	window := time.Duration(minutes)*time.Minute + held
	series, since := e.promSeries(policy.Account, parsed[1], parsed[2], parsed[3]), e.madeAt(policy)
	return condition{period: 5 * time.Minute, holds: func() (string, bool) {
		return "nothing was counted for " + strings.TrimSuffix(window.String(), "0s"),
			!e.now.Before(since.Add(held)) && e.counted(series, window) == 0
	}}, true
}

// exceeded is that a metric of the transfer service's is above a threshold.
func (e *engine) exceeded(policy cloud.Resource, threshold property.Map) (condition, bool) {
	filter := metricType.FindStringSubmatch(props.Text(threshold, "filter"))
	window, err := time.ParseDuration(props.Text(threshold, "aggregations[*].alignmentPeriod"))
	if filter == nil || err != nil || !strings.HasPrefix(filter[1], transferService+"/") {
		return condition{}, false
	}
	name, limit := strings.TrimPrefix(filter[1], transferService+"/"), float(threshold, "thresholdValue")
	series := func(s *world.Series) bool {
		return s.Provider == "gcp" && s.Account == policy.Account && s.Namespace == transferService && s.Name == name
	}
	return condition{period: window, holds: func() (string, bool) {
		return name + " is above its threshold", e.counted(series, window) > limit
	}}, true
}

// promSeries are the series that PromQL means by a name: "logging_googleapis_com:user_demo_mirror_dumps" is the metric
// "logging.googleapis.com/user/demo-mirror-dumps". Labels that series here do not have select nothing out.
// https://cloud.google.com/monitoring/promql/promql-mapping
func (e *engine) promSeries(project, service, name, labels string) func(*world.Series) bool {
	wanted := map[string]string{}
	for _, label := range promLabel.FindAllStringSubmatch(labels, -1) {
		if label[1] != "monitored_resource" {
			wanted[label[1]] = label[2]
		}
	}
	return func(s *world.Series) bool {
		if s.Provider != "gcp" || s.Account != project || inPromQL(s.Namespace) != service || inPromQL(s.Name) != name {
			return false
		}
		for label, value := range wanted {
			if !slices.Contains(s.Dimensions, label+"="+value) {
				return false
			}
		}
		return true
	}
}

var notInPromQL = regexp.MustCompile(`[^a-zA-Z0-9_]`)

func inPromQL(name string) string { return notInPromQL.ReplaceAllString(name, "_") }

// counted is the sum of all series of a kind within a window that ends now.
func (e *engine) counted(of func(*world.Series) bool, window time.Duration) float64 {
	sum := 0.0
	for id, series := range e.data.series {
		if !of(series) {
			continue
		}
		for _, point := range e.data.between(id, e.now.Add(-window).Add(time.Nanosecond), e.now.Add(time.Nanosecond)) {
			sum += point.Value
		}
	}
	return sum
}

// Tests of a filter of Cloud Logging that are understood, and the expression of a label's extractor.
var (
	equalTest = regexp.MustCompile(`([\w.]+)\s*=\s*"([^"]*)"`)
	matchTest = regexp.MustCompile(`([\w.]+)\s*=~\s*"((?:[^"\\]|\\.)*)"`)
	extractor = regexp.MustCompile(`^REGEXP_EXTRACT\(([\w.]+), "((?:[^"\\]|\\.)*)"\)$`)
)

// logCreation writes the audit log's entry of a new object, which metrics count: only a project that logs who writes
// data has any.
// https://cloud.google.com/storage/docs/audit-logging
func (e *engine) logCreation(bucket cloud.Resource, key string) {
	logged := slices.ContainsFunc(e.all(auditConfigType), func(config cloud.Resource) bool {
		return config.Account == bucket.Account &&
			slices.Contains(texts(config, "auditLogConfigs[*].logType"), "DATA_WRITE")
	})
	if !logged {
		return
	}
	entry := map[string]string{
		"resource.type": "gcs_bucket", "resource.labels.bucket_name": bucket.ID,
		"protoPayload.serviceName": "storage.googleapis.com", "protoPayload.methodName": "storage.objects.create",
		"protoPayload.resourceName": "projects/_/buckets/" + bucket.ID + "/objects/" + key,
	}
	for _, metric := range e.all(logMetricType) {
		if metric.Account != bucket.Account || !filtered(metric.Text("filter"), entry) {
			continue
		}
		dimensions := []string{}
		for _, extractors := range props.Maps(metric.Outputs, "labelExtractors") {
			for label, expression := range extractors.All {
				if !expression.IsString() {
					continue
				}
				if value, found := extracted(expression.AsString(), entry); found {
					dimensions = append(dimensions, label+"="+value)
				}
			}
		}
		e.data.measured(world.Series{Provider: "gcp", Account: bucket.Account, Region: "global",
			Namespace: "logging.googleapis.com", Name: "user/" + metric.Text("name"), Dimensions: dimensions}, e.now, 1)
	}
}

// filtered says whether an entry passes the tests of a filter that are joined by AND.
func filtered(filter string, entry map[string]string) bool {
	for _, test := range equalTest.FindAllStringSubmatch(filter, -1) {
		if entry[test[1]] != test[2] {
			return false
		}
	}
	for _, test := range matchTest.FindAllStringSubmatch(filter, -1) {
		expression, err := regexp.Compile(test[2])
		if err != nil || !expression.MatchString(entry[test[1]]) {
			return false
		}
	}
	return true
}

func extracted(expression string, entry map[string]string) (string, bool) {
	parsed := extractor.FindStringSubmatch(expression)
	if parsed == nil {
		return "", false
	}
	pattern, err := regexp.Compile(parsed[2])
	if err != nil {
		return "", false
	}
	groups := pattern.FindStringSubmatch(entry[parsed[1]])
	if len(groups) < 2 {
		return "", false
	}
	return groups[1], true
}
