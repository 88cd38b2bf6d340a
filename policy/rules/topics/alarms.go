package topics

import (
	"fmt"
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
}

// measured follow what AWS recommends for each service.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
var measured = []watch{
	{metric: "ClientTLSNegotiationErrorCount", statistic: "Sum", bound: 1000, minutes: 15, of: balancer, by: "LoadBalancer"},
	{metric: "RejectedConnectionCount", statistic: "Sum", minutes: 5, of: balancer, by: "LoadBalancer"},
	{metric: "HealthyHostCount", statistic: "Minimum", below: true, bound: 1, minutes: 5, missing: "breaching",
		of: targetGroup, by: "TargetGroup"},
	{metric: "HealthyStateRouting", statistic: "Minimum", below: true, bound: 2, minutes: 15},
	{metric: "TargetConnectionErrorCount", statistic: "Sum", bound: 10, minutes: 10},
	{metric: "TargetResponseTime", bound: 5, minutes: 15},
	{metric: "UnHealthyHostCount", statistic: "Maximum", minutes: 10},
	{metric: "DaysToExpiry", statistic: "Minimum", below: true, bound: 14, minutes: 1440, missing: "ignore",
		of: certificate, by: "CertificateArn", as: "arn"},
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
		of: database, by: "DBInstanceIdentifier", as: "identifier"},
	{namespace: "AWS/RDS", metric: "DatabaseConnections", statistic: "Maximum", bound: 5000, minutes: 15,
		missing: "breaching", of: database, by: "DBInstanceIdentifier", as: "identifier"},
	{namespace: "AWS/RDS", metric: "FreeStorageSpace", statistic: "Minimum", below: true, bound: 1 << 30, minutes: 30,
		missing: "breaching", of: database, by: "DBInstanceIdentifier", as: "identifier"},
	{namespace: "AWS/RDS", metric: "FreeableMemory", statistic: "Minimum", below: true, bound: 100 << 20, minutes: 30,
		missing: "breaching", of: database, by: "DBInstanceIdentifier", as: "identifier"},
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
		if slices.Contains(l.Texts("metricQueries[*].metric.namespace"), balancerSpace) {
			firesForShare(l)
		}
		return
	}
	if !l.Sure() { // whether it is of queries
		return
	}
	for _, path := range []string{"metricName", "namespace"} {
		has(l, path, "what is measured")
	}
	for _, name := range dimensionsOf[l.Text("namespace")] {
		has(l, "dimensions."+name, "of which it is measured")
	}
	for _, w := range measured {
		if w.measures(l) {
			w.demand(l)
			return
		}
	}
	if l.Text("namespace") == latch {
		return
	}
	if strings.HasPrefix(l.Text("namespace"), "Haven/") { // what a filter counts in the trail
		watch{statistic: "Sum", bound: 10, minutes: 5}.demand(l)
	}
}

// dimensionsOf are the dimensions without which a metric of a namespace is of nothing in particular.
var dimensionsOf = map[string][]string{
	"AWS/SQS": {"QueueName"}, "AWS/States": {"StateMachineArn"}, "AWS/RDS": {"DBInstanceIdentifier"},
	"AWS/S3": {"SourceBucket", "DestinationBucket", "RuleId"}, "AWS/WAFV2": {"WebACL", "Region", "Rule"},
	"AWS/ECS": {"ClusterName", "ServiceName"}, "ECS/ContainerInsights": {"ClusterName", "ServiceName"},
	"AWS/ApplicationELB": {"LoadBalancer"}, "AWS/ElastiCache": {"CacheClusterId"}, "AWS/EFS": {"FileSystemId"},
	"AWS/NATGateway": {"NatGatewayId"}, "AWS/CertificateManager": {"CertificateArn"},
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

// firesForShare is for an alarm on how much of something fails.
func firesForShare(l *rules.Look) {
	oneOf(l, "comparisonOperator", "GreaterThanThreshold", "GreaterThanOrEqualToThreshold")
	most("threshold", 10)(l)
	most("evaluationPeriods", 5)(l)
	oneOf(l, "treatMissingData", "notBreaching")
	ids, returned := map[string]bool{}, 0
	for _, q := range l.Each("metricQueries") {
		ids[q.Text("id")] = true
		if q.Flag("returnData") {
			returned++
		}
		if len(q.Each("metric")) == 0 {
			continue
		}
		oneOf(q, "metric.stat", "Sum")
		most("metric.period", 300)(q)
		least("metric.period", 60)(q)
		oneOf(q, "metric.namespace", balancerSpace)
		has(q, "metric.dimensions.LoadBalancer", "whose requests they are")
		oneOf(q, "metric.metricName", "RequestCount", "HTTPCode_ELB_502_Count", "HTTPCode_ELB_504_Count",
			"HTTPCode_Target_5XX_Count")
	}
	share := l.Text("metricQueries[*].expression")
	if returned != 1 || !ids["part"] || !ids["whole"] || share != failing {
		l.RefuseFound("metricQueries", "not the percentage of part in whole, once returned", failing,
			"set the expression, the ids and returnData")
	}
}

// failing is the share of requests that fail, where there are enough of them to tell.
const failing = "IF(whole >= 20, 100 * FILL(part, 0) / whole, 0)"

// covered demands that somebody is told of each thing that AWS recommends to watch.
func covered(l *rules.Look) {
	if rests(l) || quarantined(l) {
		return
	}
	for _, w := range measured {
		if w.of != l.Resource.Type || w.of == database && l.Filled("replicateSourceDb") {
			continue
		}
		found := false
		for _, a := range l.Graph().OfType(metricAlarm) {
			alarm := l.At(a)
			found = found || w.measures(alarm) && w.isOf(alarm, l) && filled(alarm, "alarmActions")
		}
		if !found {
			lacks(l, "nobody is told of "+w.metric+" of it", "a MetricAlarm with it as dimensions."+w.by,
				"declare one, with a topic as alarmActions")
		}
	}
}

// isOf says whether an alarm is of a resource: where that is not made yet, by what its dimension is made from.
func (w watch) isOf(alarm, l *rules.Look) bool {
	path, token := "dimensions."+w.by, w.of
	if w.as == "bucket" {
		token = bucket
	}
	if !alarm.MadeFrom(path, token) {
		return w.names(alarm.Text(path), l)
	}
	if token != w.of {
		return called(alarm, path, token) == called(l, w.as, token)
	}
	return called(alarm, path, token) == l.Resource.URN
}

// names says whether a dimension is what a resource is called there.
func (w watch) names(dimension string, l *rules.Look) bool {
	if dimension == "" {
		return false
	}
	switch w.as {
	case "":
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

// rests says whether nothing runs that could be watched: a service without tasks, a target group of none that has any,
// files that wait for a take-over.
func rests(l *rules.Look) bool {
	none := func(s *rules.Look) bool {
		tasks, is := s.Number("desiredCount")
		return is && tasks == 0
	}
	switch l.Resource.Type {
	case service:
		return none(l)
	case fileSystem:
		return waits(l) && !slices.ContainsFunc(l.Graph().OfType(service), func(r *graph.Resource) bool {
			return r.Stack == l.Resource.Stack && !none(l.At(r))
		})
	case targetGroup:
		services := l.Naming(service, "loadBalancers[*].targetGroupArn")
		return !slices.ContainsFunc(services, func(s *rules.Look) bool { return !none(s) })
	}
	return false
}
