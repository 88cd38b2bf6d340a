package topics

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	googleTopic       = "gcp:pubsub/topic:Topic"
	googleTopicMember = "gcp:pubsub/topicIAMMember:TopicIAMMember"
	transferJob       = "gcp:storage/transferJob:TransferJob"
)

var googleAlerts = []rules.Rule{
	on("galert-condition", conditionsHold, alertPolicy),
	on("glog-metric-filter", countsByTenant, logMetric),
	on("gtransfer-reports", reportsSuccess, transferJob),
	across("gtransfer-alerts", transfersWatched, transferJob),
	on("gpubsub-reporter", reporter, googleTopicMember),
	across("gproj-one-project", oneProject, googleTopic, googleTopicMember, auditConfig),
}

// comparison is one term of a filter as Cloud Logging and Cloud Monitoring read it.
// https://cloud.google.com/logging/docs/view/logging-query-language
const (
	quoted     = `"(?:[^"\\]|\\.)*"`
	comparison = `[A-Za-z_.]+ ?(?:=|!=|=~|<|>) ?(?:` + quoted + `|\(` + quoted + `(?: OR ` + quoted + `)*\)|[A-Z]+)`
)

var (
	filterForm = regexp.MustCompile(`^` + comparison + `(?: AND ` + comparison + `)*$`)
	// silence is a query that is true while nothing is counted.
	// https://cloud.google.com/monitoring/promql/promql-in-alerting
	silence = regexp.MustCompile(`^\(sum\(increase\([a-z_:]+\{[^{}]*\}\[[0-9]+m\]\)\) or vector\(0\)\) == 0$`)
)

// longestSilence is a day: the loss that the slowest tier allows.
const longestSilence = secondsOfDay

// conditionsHold demands that an alert has one condition of each of its parts, which can come true.
func conditionsHold(l *rules.Look) {
	for _, c := range l.Each("conditions") {
		switch {
		case c.Has("conditionMatchedLog"):
			filtered(c, "conditionMatchedLog.filter")
		case c.Has("conditionPrometheusQueryLanguage"):
			silent(c, l.Text("userLabels.tenant"))
		case c.Has("conditionThreshold"):
			exceeded(c)
		default:
			c.Refuse("", "conditionMatchedLog, conditionPrometheusQueryLanguage or conditionThreshold", "set one")
		}
	}
}

func filtered(l *rules.Look, path string) {
	if !filterForm.MatchString(l.Text(path)) {
		l.Refuse(path, "comparisons joined by AND", "correct it: what cannot be read matches nothing")
	}
}

// silent demands that an alert on silence rings within a day, and is about its own tenant.
func silent(l *rules.Look, tenant string) {
	const at = "conditionPrometheusQueryLanguage."
	query := l.Text(at + "query")
	if !silence.MatchString(query) || tenant != "" && !strings.Contains(query, `tenant="`+tenant+`"`) {
		l.Refuse(at+"query", "(sum(increase(METRIC{LABELS}[10m])) or vector(0)) == 0, with the tenant among the labels",
			"correct it")
	}
	atMost(l, at+"duration", longestSilence)
}

// counts are the ways to sum up what was counted. Of anything else a mean is taken.
var counts = []string{"ALIGN_DELTA", "ALIGN_RATE", "ALIGN_SUM"}

// exceeded demands that an alert on a number sums up what was counted, and rings at the first; or takes the mean of a
// share, and rings before it is the whole. Each rings within the hour.
// https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#aggregation
func exceeded(l *rules.Look) {
	const at = "conditionThreshold."
	filtered(l, at+"filter")
	atMost(l, at+"duration", secondsOfHour)
	aggregations := l.Each(at + "aggregations")
	if len(aggregations) == 0 {
		l.Refuse(at+"aggregations", "how what was counted is summed up", "set an alignmentPeriod and a perSeriesAligner")
	}
	for _, a := range aggregations {
		oneOf(a, "perSeriesAligner", append(counts, "ALIGN_MEAN")...)
		if a.Known("perSeriesAligner") {
			ringsAt(l, at+"thresholdValue", slices.Contains(counts, a.Text("perSeriesAligner")))
		}
		if has(a, "alignmentPeriod", "over how long it is summed up"); filled(a, "alignmentPeriod") {
			atLeast(a, "alignmentPeriod", secondsOfMinute)
			atMost(a, "alignmentPeriod", secondsOfHour)
		}
	}
}

// ringsAt demands that a count rings at the first, and a share before it is the whole.
func ringsAt(l *rules.Look, path string, count bool) {
	n, is := l.Number(path)
	lacking := !is && !l.Has(path)
	switch {
	case count && (lacking || is && n > 0):
		l.Refuse(path, "0 or less", "set it to 0")
	case !count && (lacking || is && (n <= 0 || n >= 1)):
		l.Refuse(path, "more than 0 and less than 1", "set the share of which somebody is told")
	}
}

const secondsOfHour = 60 * secondsOfMinute

// seconds is a length of time as Google writes it, "300s".
func seconds(l *rules.Look, path string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSuffix(l.Text(path), "s"), 64)
	return n, err == nil
}

// atMost demands a time of no more than that, where there is one: else it is none at all.
func atMost(l *rules.Look, path string, bound float64) {
	if n, is := seconds(l, path); l.Has(path) && (!is || n > bound) {
		l.Refuse(path, fmt.Sprintf("%vs or less", bound), fmt.Sprintf("set it to %vs", bound))
	}
}

func atLeast(l *rules.Look, path string, bound float64) {
	if n, is := seconds(l, path); !is || n < bound {
		l.Refuse(path, fmt.Sprintf("%vs or more", bound), fmt.Sprintf("set it to %vs", bound))
	}
}

// countsByTenant demands of a metric of what arrives that it can be read, and tells whose it is.
func countsByTenant(l *rules.Look) {
	filtered(l, "filter")
	for _, label := range l.Each("metricDescriptor.labels") {
		key := label.Text("key")
		if key == "" {
			continue
		}
		if !strings.HasPrefix(l.Text("labelExtractors."+key), "REGEXP_EXTRACT(") ||
			!strings.HasSuffix(l.Text("labelExtractors."+key), ")") {
			l.Refuse("labelExtractors."+key, "what the label is taken from, as REGEXP_EXTRACT(FIELD, PATTERN)", "set it")
		}
	}
}

// leastLookedBack is a week: as long as a failure may take to be mended.
const leastLookedBack = 7 * secondsOfDay

// reportsSuccess demands of a transfer by the clock that it says when it has succeeded, and looks back far enough to
// bring what was missed. Nothing else tells of a job that does not run: Storage Transfer Service counts what it copies
// only.
// https://cloud.google.com/storage-transfer/docs/pubsub-notifications
func reportsSuccess(l *rules.Look) {
	if !l.Has("schedule") {
		return
	}
	const at = "notificationConfig."
	has(l, at+"pubsubTopic", "where it reports")
	if !slices.Contains(l.Texts(at+"eventTypes[*]"), "TRANSFER_OPERATION_SUCCESS") {
		l.Refuse(at+"eventTypes", "with TRANSFER_OPERATION_SUCCESS", "add it")
	}
	if back := "transferSpec.objectConditions.maxTimeElapsedSinceLastModification"; l.Has(back) {
		atLeast(l, back, leastLookedBack)
	}
}

// erring and copying are what Storage Transfer Service counts.
// https://cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-storagetransfer
const (
	erring  = "storagetransfer.googleapis.com/transferjob/error_count"
	copying = "storagetransfer_googleapis_com:transferjob_copied_objects_count"
)

// transfersWatched demands that somebody is told of objects that could not be copied, of no object copied at all, and
// of a transfer by the clock that does not report.
func transfersWatched(l *rules.Look) {
	watched := func(what, path, part string) {
		told := slices.ContainsFunc(inStack(l, alertPolicy), func(r *graph.Resource) bool {
			alert := l.At(r)
			return filled(alert, "notificationChannels") && slices.ContainsFunc(alert.Texts(path), func(text string) bool {
				return strings.Contains(text, part)
			})
		})
		if !told {
			lacks(l, "nobody is told of "+what, "an AlertPolicy on "+part, "declare one")
		}
	}
	const query = "conditions[*].conditionPrometheusQueryLanguage.query"
	watched("what could not be copied", "conditions[*].conditionThreshold.filter", erring)
	watched("nothing being copied", query, copying)
	for _, topic := range l.Named("notificationConfig.pubsubTopic", googleTopic) {
		watched("a transfer that does not run", query, `topic_id="`+topic.Text("name")+`"`)
	}
}

// reporter demands that Google's own account for transfers may report, and nobody may do more.
func reporter(l *rules.Look) {
	oneOf(l, "role", "roles/pubsub.publisher")
	if ofService(l, "member") {
		return
	}
	const account = "@storage-transfer-service.iam.gserviceaccount.com"
	if who := l.Text("member"); !strings.HasPrefix(who, "serviceAccount:") || !strings.HasSuffix(who, account) {
		l.Refuse("member", "serviceAccount: … "+account, "name the account of the project's transfers")
	}
}

// ofService says whether a value is not known before a service of the project is turned on, which dictates it. It is
// looked at once it is known, before the resource is made.
func ofService(l *rules.Look, path string) bool {
	return l.MadeFrom(path, "gcp:projects/service:Service")
}

// oneProject demands that what says its project says the same as all else in its stack.
func oneProject(l *rules.Look) {
	if ofService(l, "project") {
		return
	}
	project := l.Text("project")
	for _, token := range []string{googleTopic, googleTopicMember, auditConfig} {
		for _, r := range inStack(l, token) {
			other := l.At(r)
			if ofService(other, "project") {
				continue
			}
			if of := other.Text("project"); project != "" && of != "" && of != project {
				l.Refuse("project", of+", as of "+r.Name(), "set it")
				return
			}
		}
	}
}
