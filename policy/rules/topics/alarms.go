package topics

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

var alarms = []rules.Rule{
	on("cw-alarm-fires", fires, metricAlarm),
	across("w-metric-covers-every-x", covered, watchedTypes()...),
}

// watch is what is measured of a type of resource, and when somebody must be told.
type watch struct {
	namespace, metric, statistic string
	below                        bool
	// bound is the most that may be asked for before it rings; of what must not fall below it, the least.
	bound   float64
	minutes float64
	missing string
	// of is the type of which each must have such an alarm, whose dimension by is what it is called as; "" is none.
	of, by, as string
	// only are those of the type that must; nil is all.
	only func(*rules.Look) bool
	// span is from where on and below what the threshold of one of two alarms on the same metric is.
	span [2]float64
}

// measured follow what AWS recommends for each service.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
var measured = []watch{
	{metric: "ClientTLSNegotiationErrorCount", statistic: "Sum", bound: 1000, minutes: 15, of: balancer, by: "LoadBalancer"},
	{metric: "RejectedConnectionCount", statistic: "Sum", minutes: 5, of: balancer, by: "LoadBalancer"},
	{metric: "HealthyHostCount", statistic: "Minimum", below: true, bound: 1, minutes: 5, missing: "breaching",
		of: targetGroup, by: "TargetGroup"},
	{metric: "HealthyStateRouting", statistic: "Minimum", below: true, bound: 2, minutes: 15,
		of: targetGroup, by: "TargetGroup", only: servesHost},
	{metric: "TargetConnectionErrorCount", statistic: "Sum", bound: 10, minutes: 10,
		of: targetGroup, by: "TargetGroup", only: servesHost},
	{metric: "TargetResponseTime", bound: 5, minutes: 15, of: targetGroup, by: "TargetGroup", only: servesHost},
	{metric: "UnHealthyHostCount", statistic: "Maximum", minutes: 10,
		of: targetGroup, by: "TargetGroup", only: servesHost},
	// ACM renews a certificate 60 days before it expires: one alarm leaves weeks to mend what hinders it, another says
	// that it was not mended.
	{metric: "DaysToExpiry", statistic: "Minimum", below: true, bound: 14, minutes: 1440, missing: "ignore",
		of: certificate, by: "CertificateArn", as: "arn", span: [2]float64{0, 30}},
	{metric: "DaysToExpiry", statistic: "Minimum", below: true, bound: 30, minutes: 1440, missing: "ignore",
		of: certificate, by: "CertificateArn", as: "arn", span: [2]float64{30, 60}},
	{namespace: "AWS/ECS", metric: "CPUUtilization", statistic: "Average", bound: 90, minutes: 30,
		of: service, by: "ServiceName", as: "name"},
	{namespace: "AWS/ECS", metric: "MemoryUtilization", statistic: "Maximum", bound: 95, minutes: 15,
		of: service, by: "ServiceName", as: "name"},
	{namespace: "ECS/ContainerInsights", metric: "RunningTaskCount", statistic: "Minimum", below: true, bound: 1,
		minutes: 15, missing: "breaching", of: service, by: "ServiceName", as: "name"},
	{namespace: "AWS/EFS", metric: "PercentIOLimit", statistic: "Maximum", bound: 100, minutes: 15,
		of: fileSystem, by: "FileSystemId", as: "id"},
	{namespace: "AWS/ElastiCache", metric: "DatabaseMemoryUsagePercentage", statistic: "Maximum", bound: 90, minutes: 15,
		missing: "breaching", of: cacheGroup, by: "CacheClusterId"},
	{namespace: "AWS/ElastiCache", metric: "EngineCPUUtilization", statistic: "Average", bound: 90, minutes: 30,
		of: cacheGroup, by: "CacheClusterId"},
	{namespace: "AWS/ElastiCache", metric: "Evictions", statistic: "Sum", minutes: 5, of: cacheGroup, by: "CacheClusterId"},
	{namespace: "AWS/ElastiCache", metric: "ReplicationLag", statistic: "Maximum", bound: 30, minutes: 5,
		of: cacheGroup, by: "CacheClusterId"},
	{namespace: "AWS/NATGateway", metric: "ErrorPortAllocation", statistic: "Sum", minutes: 3,
		of: natGateway, by: "NatGatewayId", as: "id"},
	{namespace: "AWS/NATGateway", metric: "PacketsDropCount", statistic: "Sum", bound: 100, minutes: 15,
		of: natGateway, by: "NatGatewayId", as: "id"},
	{namespace: "AWS/RDS", metric: "CPUUtilization", statistic: "Average", bound: 90, minutes: 30, missing: "breaching",
		of: database, by: "DBInstanceIdentifier", as: "identifier", only: leads},
	{namespace: "AWS/RDS", metric: "DatabaseConnections", statistic: "Maximum", bound: 5000, minutes: 15,
		missing: "breaching", of: database, by: "DBInstanceIdentifier", as: "identifier", only: leads},
	{namespace: "AWS/RDS", metric: "FreeStorageSpace", statistic: "Minimum", below: true, bound: 1 << 30, minutes: 30,
		missing: "breaching", of: database, by: "DBInstanceIdentifier", as: "identifier", only: leads},
	{namespace: "AWS/RDS", metric: "FreeableMemory", statistic: "Minimum", below: true, bound: 100 << 20, minutes: 30,
		missing: "breaching", of: database, by: "DBInstanceIdentifier", as: "identifier", only: leads},
	{namespace: "AWS/RDS", metric: "ReplicaLag", statistic: "Maximum", bound: 300, minutes: 10, missing: "breaching",
		of: database, by: "DBInstanceIdentifier", as: "identifier", only: follows},
	// A replica that has stopped says -1.
	{namespace: "AWS/RDS", metric: "ReplicaLag", statistic: "Minimum", below: true, minutes: 10, missing: "breaching",
		of: database, by: "DBInstanceIdentifier", as: "identifier", only: follows},
	{namespace: "AWS/S3", metric: "BytesPendingReplication", statistic: "Minimum", minutes: 60,
		of: bucketReplication, by: "SourceBucket", as: "bucket"},
	{namespace: "AWS/S3", metric: "OperationsFailedReplication", statistic: "Sum", minutes: 5,
		of: bucketReplication, by: "SourceBucket", as: "bucket"},
	{namespace: "AWS/S3", metric: "ReplicationLatency", statistic: "Maximum", bound: 900, minutes: 5,
		of: bucketReplication, by: "SourceBucket", as: "bucket"},
	{namespace: "AWS/SQS", metric: "ApproximateAgeOfOldestMessage", statistic: "Maximum", bound: 3600, minutes: 5},
	{namespace: "AWS/SQS", metric: "ApproximateNumberOfMessagesVisible", statistic: "Maximum", minutes: 5},
	{namespace: "AWS/States", metric: "ExecutionsFailed", statistic: "Sum", minutes: 1},
	{namespace: "AWS/WAFV2", metric: "BlockedRequests", statistic: "Sum", bound: 10000, minutes: 10,
		of: webACL, by: "WebACL", as: "name"},
	{namespace: latch, metric: "TakenOver", statistic: "Maximum", bound: 1, minutes: 1, missing: "ignore"},
	{namespace: "Haven/", metric: "CopyAgeMinutes", statistic: "Maximum", bound: 3000, minutes: 30, missing: "breaching"},
	{namespace: "Haven/", metric: "JobsWaiting", statistic: "Minimum", bound: 1000, minutes: 30},
}

func watchedTypes() []string {
	var all []string
	for _, w := range measured {
		if w.of != "" && !slices.Contains(all, w.of) {
			all = append(all, w.of)
		}
	}
	return all
}

// space is the namespace, that of load balancers where none is said, certificates aside.
func (w watch) space() string {
	switch {
	case w.namespace != "":
		return w.namespace
	case w.metric == "DaysToExpiry":
		return "AWS/CertificateManager"
	}
	return balancerSpace
}

func (w watch) measures(alarm *rules.Look) bool {
	return alarm.Text("metricName") == w.metric && strings.HasPrefix(alarm.Text("namespace"), w.space())
}

// fires demands that an alarm rings: in time, by a number that can be reached, and when nothing is measured where that
// is a bad sign.
func fires(l *rules.Look) {
	if len(l.Each("metricQueries")) > 0 {
		firesForSum(l)
		return
	}
	if !l.Sure() { // whether it is of queries
		return
	}
	has(l, "metricName", "what is measured")
	known(l, "namespace")
	name := l.Text("metricName")
	for _, dimension := range dimensionsOf(l.Text("namespace"), name) {
		has(l, "dimensions."+dimension, "of which it is measured")
	}
	if stack := l.Resource.Stack; l.Text("namespace") == latch && l.Text("dimensions.Stack") != stack {
		l.Refuse("dimensions.Stack", stack, "set it: else the take-over of another stack is this one's")
	}
	if w := watchOf(l); w != nil {
		w.demand(l)
		return
	}
	if l.Known("metricName") && strings.HasPrefix(l.Text("namespace"), "Haven/") { // what a filter counts in the trail
		watch{statistic: "Sum", bound: 10, minutes: 5}.demand(l)
	}
}

// watchOf is the watch that an alarm keeps: of two on one metric, the first with its direction.
func watchOf(alarm *rules.Look) *watch {
	var found *watch
	for i, w := range measured {
		if w.measures(alarm) && (found == nil || !found.directs(alarm) && w.directs(alarm)) {
			found = &measured[i]
		}
	}
	return found
}

// directs says whether an alarm rings in the direction of the watch.
func (w watch) directs(alarm *rules.Look) bool {
	return strings.HasPrefix(alarm.Text("comparisonOperator"), "Less") == w.below
}

// known demands a namespace that somebody measures in: of AWS, of the stack itself, or that in which a take-over is
// said.
func known(l *rules.Look, path string) {
	space := l.Text(path)
	if byNamespace[space] == nil && space != "Haven/"+l.Resource.Stack && space != latch {
		l.Refuse(path, "one of AWS, or Haven/"+l.Resource.Stack, "correct it: in another nobody measures anything")
	}
}

// byNamespace are the dimensions without which a metric of a namespace is of nothing in particular.
var byNamespace = map[string][]string{
	"AWS/SQS": {"QueueName"}, "AWS/States": {"StateMachineArn"}, "AWS/RDS": {"DBInstanceIdentifier"},
	"AWS/S3": {"SourceBucket", "DestinationBucket", "RuleId"}, "AWS/WAFV2": {"WebACL", "Region", "Rule"},
	"AWS/ECS": {"ClusterName", "ServiceName"}, "ECS/ContainerInsights": {"ClusterName", "ServiceName"},
	balancerSpace: {"LoadBalancer"}, "AWS/ElastiCache": {"CacheClusterId"}, "AWS/EFS": {"FileSystemId"},
	"AWS/NATGateway": {"NatGatewayId"}, "AWS/CertificateManager": {"CertificateArn"}, latch: {"Stack"},
}

// byMetric are those of metrics that have others.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
var byMetric = map[string][]string{
	"PutRequests": {"BucketName", "FilterId"}, "CopyAgeMinutes": {"Copy"},
	"HealthyHostCount": ofTargets, "UnHealthyHostCount": ofTargets, "HealthyStateRouting": ofTargets,
	"TargetConnectionErrorCount": ofTargets, "TargetResponseTime": ofTargets, "HTTPCode_Target_5XX_Count": ofTargets,
}

var ofTargets = []string{"LoadBalancer", "TargetGroup"}

func dimensionsOf(namespace, metric string) []string {
	if all, is := byMetric[metric]; is {
		return all
	}
	return byNamespace[namespace]
}

func (w watch) demand(l *rules.Look) {
	if w.statistic != "" {
		oneOf(l, "statistic", w.statistic)
	} else {
		oneOf(l, "extendedStatistic", "p90", "p95", "p99")
	}
	if w.below {
		oneOf(l, "comparisonOperator", "LessThanThreshold", "LessThanOrEqualToThreshold")
		least("threshold", w.bound)(l)
	} else {
		oneOf(l, "comparisonOperator", "GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
		most("threshold", w.bound)(l)
	}
	missing := w.missing
	if missing == "" {
		missing = "notBreaching"
	}
	oneOf(l, "treatMissingData", missing)
	rings(l, w.minutes)
}

// latch is where a take-over is said: its alarm stays as it is until the opposite is said, and tells nobody.
const latch = "Haven/Recovery"

const secondsOfMinute = 60

func rings(l *rules.Look, minutes float64) {
	periods, _ := l.Number("evaluationPeriods")
	seconds, is := l.Number("period")
	if bound := minutes * secondsOfMinute; is && seconds*periods > bound {
		l.RefuseFound("period", fmt.Sprintf("%v seconds, %v times", seconds, periods),
			fmt.Sprintf("%v minutes together or less", minutes), "shorten the period or evaluationPeriods")
	} else if !is {
		l.Refuse("period", "how long a value is measured", "set period")
	}
}

const balancerSpace = "AWS/ApplicationELB"

// The sums that alarms are on: the share of requests that fail, where there are enough of them to tell, and that
// something was written of which nobody was told.
const (
	failing = "IF(whole >= 20, 100 * FILL(part, 0) / whole, 0)"
	untold  = "IF(written > 0 && FILL(told, 0) == 0, 1, 0)"
)

// sums are what each is made of, by the ids of its terms: the metrics that each may be.
var sums = map[string]map[string][]string{
	failing: {
		"part":  {"HTTPCode_ELB_502_Count", "HTTPCode_ELB_504_Count", "HTTPCode_Target_5XX_Count"},
		"whole": {"RequestCount"},
	},
	untold: {"written": {"PutRequests"}, "told": {"NumberOfMessagesSent"}},
}

// firesForSum is for an alarm on what is reckoned of several metrics.
func firesForSum(l *rules.Look) {
	oneOf(l, "comparisonOperator", "GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
	most("evaluationPeriods", 5)(l)
	oneOf(l, "treatMissingData", "notBreaching")
	var sum string
	metrics, returned := map[string]*rules.Look{}, 0
	for _, q := range l.Each("metricQueries") {
		if q.Flag("returnData") {
			returned++
			sum = q.Text("expression")
		}
		if len(q.Each("metric")) > 0 {
			metrics[q.Text("id")] = q
		}
	}
	terms := sums[sum]
	if !l.Known("metricQueries[*].returnData") || !l.Known("metricQueries[*].expression") {
		return
	}
	if returned != 1 || terms == nil {
		l.RefuseFound("metricQueries", "not a known sum, returned once", failing+", or "+untold,
			"set the expression and returnData")
		return
	}
	bound := 10.0 // per cent
	if sum == untold {
		bound = 0
	}
	most("threshold", bound)(l)
	for _, id := range slices.Sorted(maps.Keys(terms)) {
		if metrics[id] == nil {
			l.RefuseFound("metricQueries", "without the metric "+id, "it, in "+sum, "add it")
			continue
		}
		term(metrics[id], terms[id])
	}
	if part, whole := metrics["part"], metrics["whole"]; part != nil && whole != nil && !sameOf(part, whole) {
		l.RefuseFound("metricQueries", "of part and whole with other dimensions", "the same", "correct them")
	}
}

// longestTerm is an hour: less often nobody should look.
const longestTerm = 60 * secondsOfMinute

func term(q *rules.Look, metrics []string) {
	oneOf(q, "metric.stat", "Sum")
	oneOf(q, "metric.metricName", metrics...)
	known(q, "metric.namespace")
	for _, dimension := range dimensionsOf(q.Text("metric.namespace"), q.Text("metric.metricName")) {
		has(q, "metric.dimensions."+dimension, "of which it is measured")
	}
	least("metric.period", secondsOfMinute)(q)
	longest := 300.0
	if q.Text("metric.namespace") != balancerSpace {
		longest = longestTerm
	}
	most("metric.period", longest)(q)
}

// sameOf says whether two metrics are of the same. Of what is not made yet, each stack has one.
func sameOf(one, other *rules.Look) bool {
	for _, name := range []string{"LoadBalancer", "TargetGroup", "AvailabilityZone"} {
		path := "metric.dimensions." + name
		made := one.MadeFrom(path, balancer, targetGroup) && other.MadeFrom(path, balancer, targetGroup)
		if !made && one.Known(path) && other.Known(path) && one.Text(path) != other.Text(path) {
			return false
		}
	}
	return true
}

// covered demands that somebody is told of each thing that AWS recommends to watch.
func covered(l *rules.Look) {
	if rests(l) || quarantined(l) {
		return
	}
	for _, w := range measured {
		if w.of != l.Resource.Type || w.only != nil && !w.only(l) {
			continue
		}
		for _, node := range nodes(l) {
			if !w.kept(l, node) {
				lacks(l, "nobody is told of "+w.metric+" of "+cmp.Or(node, "it")+w.when(), "a MetricAlarm with it as dimensions."+
					w.by, "declare one, with a topic as alarmActions")
			}
		}
	}
}

// kept says whether an alarm that tells somebody keeps the watch over a resource, or over a node of it: where that is
// measured, which of replication is in either region.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
func (w watch) kept(l *rules.Look, node string) bool {
	return slices.ContainsFunc(l.Graph().OfType(metricAlarm), func(r *graph.Resource) bool {
		alarm := l.At(r)
		here := r.Nearby(l.Resource) || w.of == bucketReplication
		return here && w.measures(alarm) && w.directs(alarm) && w.spans(alarm) && w.isOf(alarm, l, node) && ofAll(alarm, l) &&
			filled(alarm, "alarmActions")
	})
}

func (w watch) spans(alarm *rules.Look) bool {
	n, is := alarm.Number("threshold")
	return w.span[1] == 0 || is && w.span[0] <= n && n < w.span[1]
}

func (w watch) when() string {
	if w.span[1] == 0 {
		return ""
	}
	return fmt.Sprintf(" with a threshold of %v or more, below %v", w.span[0], w.span[1])
}

// nodes are the parts of a resource that are measured one by one: the nodes of a cache, as far as their names are
// known; else one without a name.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
func nodes(l *rules.Look) []string {
	id, all := l.Text("replicationGroupId"), []string{""}
	if count, is := l.Number("numCacheClusters"); l.Resource.Type == cacheGroup && is && id != "" {
		all = nil
		for i := range int(min(count, mostNodes)) {
			all = append(all, fmt.Sprintf("%s-%03d", id, i+1))
		}
	}
	return all
}

// mostNodes is how many a cache without shards may have.
const mostNodes = 6

// leads and follows tell databases that are written to from their replicas.
func leads(l *rules.Look) bool { return !follows(l) }

func follows(l *rules.Look) bool { return l.Filled("replicateSourceDb") }

// servesHost says whether all of some host leads to a target group, but for paths that lead elsewhere.
func servesHost(l *rules.Look) bool {
	return slices.ContainsFunc(l.Naming(listenerRule, "actions[*].targetGroupArn"), func(rule *rules.Look) bool {
		return !rule.Has("conditions[*].pathPattern")
	})
}

// isOf says whether an alarm is of a resource, or of a node of it.
func (w watch) isOf(alarm, l *rules.Look, node string) bool {
	return w.at("dimensions."+w.by, alarm, l, node)
}

// at says whether what stands at a path is a resource: where that is not made yet, by what it is made from.
func (w watch) at(path string, in, l *rules.Look, node string) bool {
	token := w.of
	if w.as == "bucket" {
		token = bucket
	}
	if !in.MadeFrom(path, token) {
		return w.names(in.Text(path), l, node)
	}
	if token != w.of {
		return called(in, path, token) == called(l, w.as, token)
	}
	return called(in, path, token) == l.Resource.URN
}

// ofAll says whether an alarm is about all that goes through a firewall, or a rule that a replication has.
func ofAll(alarm, l *rules.Look) bool {
	switch l.Resource.Type {
	case webACL:
		return alarm.Text("dimensions.Rule") == "ALL"
	case bucketReplication:
		return slices.Contains(l.Texts("rules[*].id"), alarm.Text("dimensions.RuleId"))
	}
	return true
}

// names says whether a dimension is what a resource, or a node of it, is called there.
func (w watch) names(dimension string, l *rules.Look, node string) bool {
	if dimension == "" {
		return false
	}
	switch w.as {
	case "":
		if node != "" {
			return dimension == node
		}
		if w.of == cacheGroup {
			return strings.HasPrefix(dimension, l.Text("replicationGroupId")+"-")
		}
		return strings.HasSuffix(l.Output().Text("arn"), dimension)
	case "id":
		return dimension == l.Resource.ID
	case "arn":
		return dimension == l.Output().Text("arn")
	}
	return dimension == l.Text(w.as)
}

// quarantined says whether nobody uses something any longer, nor can: that nobody can is proven with the copies.
func quarantined(l *rules.Look) bool {
	return !l.Known("tags.quarantine") || l.Text("tags.quarantine") != ""
}

const scalingTarget = "aws:appautoscaling/target:Target"

// stopped says whether Application Auto Scaling lets a service have no task, whatever was declared before.
// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
func stopped(service *rules.Look) bool {
	name := service.Text("name")
	return name != "" && slices.ContainsFunc(inStack(service, scalingTarget), func(r *graph.Resource) bool {
		target := service.At(r)
		most, is := target.Number("maxCapacity")
		return is && most == 0 && strings.HasSuffix(target.Text("resourceId"), "/"+name)
	})
}

// rests says whether nothing runs that could be watched: a service without tasks, a target group of none that has any,
// files that wait for a take-over.
func rests(l *rules.Look) bool {
	switch l.Resource.Type {
	case service:
		return idle(l)
	case fileSystem:
		return waits(l) && !slices.ContainsFunc(l.Graph().OfType(service), func(r *graph.Resource) bool {
			return r.Stack == l.Resource.Stack && !idle(l.At(r))
		})
	case targetGroup:
		services := l.Naming(service, "loadBalancers[*].targetGroupArn")
		return !slices.ContainsFunc(services, func(s *rules.Look) bool { return !idle(s) })
	}
	return false
}

// idle says whether a service has no task.
func idle(service *rules.Look) bool {
	tasks, is := service.Number("desiredCount")
	return is && tasks == 0 || stopped(service)
}
