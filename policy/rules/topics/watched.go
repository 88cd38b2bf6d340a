package topics

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

// watched are the rules on who is told of what is reckoned, waits, fails or is counted.
var watched = []rules.Rule{
	across("alb-errors-told", errorsTold, targetGroup, balancer),
	across("sqs-told", lettersTold, queue),
	across("sfn-failures-told", failuresTold, stateMachine),
	across("sfn-starts-own", startsOwn, stateMachine),
	across("cw-filter-told", countsTold, metricFilter),
	across("cw-metric-counted", ofWhatCounts, metricAlarm),
}

// tellsOf says whether an alarm of the region that tells somebody is on a sum with a metric that is as asked.
func tellsOf(l *rules.Look, metric string, as func(q *rules.Look) bool) bool {
	return slices.ContainsFunc(l.Graph().OfType(metricAlarm), func(r *graph.Resource) bool {
		alarm := l.At(r)
		return r.Nearby(l.Resource) && slices.ContainsFunc(alarm.Each("metricQueries"), func(q *rules.Look) bool {
			return q.Text("metric.metricName") == metric && as(q)
		}) && filled(alarm, "alarmActions")
	})
}

// errorsTold demands that somebody is told of the share of requests that fail: of a host's, whatever the application
// answers; of a load balancer's, those that find no task or none in time, as a whole and by the zone they enter by.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func errorsTold(l *rules.Look) {
	if l.Resource.Type == targetGroup {
		of := watch{of: targetGroup}
		told := func(q *rules.Look) bool { return of.at("metric.dimensions.TargetGroup", q, l, "") }
		if servesHost(l) && !rests(l) && !tellsOf(l, "HTTPCode_Target_5XX_Count", told) {
			lacks(l, "nobody is told of HTTPCode_Target_5XX_Count of it", "a MetricAlarm with it in metricQueries", share)
		}
		return
	}
	if kind := l.Text("loadBalancerType"); kind != "" && kind != "application" {
		return
	}
	for _, metric := range []string{"HTTPCode_ELB_502_Count", "HTTPCode_ELB_504_Count"} {
		errorsOfBalancer(l, metric, "")
	}
	for _, zone := range zonesOf(l.Named("subnets[*]", subnet)) {
		errorsOfBalancer(l, "HTTPCode_ELB_504_Count", zone)
	}
}

// share is how to mend it where nobody is told of errors.
const share = "declare one on its share of RequestCount, with a topic as alarmActions"

func errorsOfBalancer(l *rules.Look, metric, zone string) {
	told := tellsOf(l, metric, func(q *rules.Look) bool {
		return watch{of: balancer}.at("metric.dimensions.LoadBalancer", q, l, "") &&
			q.Text("metric.dimensions.AvailabilityZone") == zone
	})
	if !told {
		where := strings.TrimSuffix(" of it in "+zone, " in ")
		lacks(l, "nobody is told of "+metric+where, "a MetricAlarm with it in metricQueries", share)
	}
}

// reads says whether a queue is told of each object that is made in a bucket: what is not read from it is not copied.
func reads(l *rules.Look) []*rules.Look {
	return slices.DeleteFunc(l.Naming(bucketEvents, "queues[*].queueArn"), func(n *rules.Look) bool {
		return !slices.ContainsFunc(n.Each("queues"), func(q *rules.Look) bool {
			return slices.Contains(q.Texts("events[*]"), created) && called(q, "queueArn", queue) == l.Resource.URN
		})
	})
}

// takesLetters says whether a queue keeps what could not be delivered or handled.
func takesLetters(l *rules.Look) bool {
	return len(l.Naming(schedule, "target.deadLetterConfig.arn")) > 0 ||
		len(l.Naming(eventTarget, "deadLetterConfig.arn")) > 0 || len(mentioning(l, queue, "redrivePolicy")) > 0
}

const eventTarget = "aws:cloudwatch/eventTarget:EventTarget"

// mentioning are the resources of a type that name this one in a document at a path.
func mentioning(l *rules.Look, token, path string) []*rules.Look {
	found := l.Naming(token, path)
	if len(found) > 0 {
		return found
	}
	if arn := l.Output().Text("arn"); arn != "" {
		for _, r := range l.Graph().OfType(token) {
			if other := l.At(r); strings.Contains(other.Text(path), `"`+arn+`"`) {
				found = append(found, other)
			}
		}
	}
	return found
}

// lettersTold demands that somebody is told of what lies in a queue: of each letter that could not be delivered, of
// objects whose messages nobody reads, and of objects of which no message came.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
func lettersTold(l *rules.Look) {
	name := l.Text("name")
	of := func(metric string) {
		told := slices.ContainsFunc(l.Graph().OfType(metricAlarm), func(r *graph.Resource) bool {
			alarm := l.At(r)
			return alarm.Text("metricName") == metric && alarm.Text("dimensions.QueueName") == name && name != "" &&
				r.Nearby(l.Resource) && filled(alarm, "alarmActions")
		})
		if !told {
			lacks(l, "nobody is told of "+metric+" of it", "a MetricAlarm with it as dimensions.QueueName",
				"declare one, with a topic as alarmActions")
		}
	}
	if takesLetters(l) {
		of("ApproximateNumberOfMessagesVisible")
	}
	for _, n := range reads(l) {
		of("ApproximateAgeOfOldestMessage")
		silent := tellsOf(l, "NumberOfMessagesSent", func(q *rules.Look) bool {
			return q.Text("metric.dimensions.QueueName") == name && name != ""
		})
		if !silent {
			lacks(l, "nobody is told when it hears nothing of objects, of which "+n.Resource.Name()+" has it told",
				"a MetricAlarm with its NumberOfMessagesSent and the bucket's PutRequests in metricQueries",
				"declare one, with a topic as alarmActions", n.Resource)
		}
	}
}

// failuresTold demands that somebody hears of executions that fail, of machines that the clock or an event starts: who
// starts another one sees it fail. Of express ones Step Functions tells nobody, and how old what they make is, is told.
// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
func failuresTold(l *rules.Look) {
	unseen := len(l.Naming(schedule, "target.arn")) > 0 || len(l.Naming(eventTarget, "arn")) > 0
	if !unseen || l.Text("type") == "EXPRESS" || opensNothing(l) {
		return
	}
	alarmed := slices.ContainsFunc(near(l, metricAlarm, "dimensions.StateMachineArn"), func(alarm *rules.Look) bool {
		return alarm.Text("metricName") == "ExecutionsFailed" && filled(alarm, "alarmActions")
	})
	heard := alarmed || slices.ContainsFunc(mentioning(l, eventRule, "eventPattern"), func(rule *rules.Look) bool {
		p, is := patternOf(rule)
		return !is || slices.Contains(p.Kinds, "Step Functions Execution Status Change") &&
			slices.Contains(plainTexts(p.Detail["status"]), "FAILED")
	})
	if !heard {
		lacks(l, "nobody is told of its executions that fail", "a MetricAlarm on ExecutionsFailed of it as "+
			"dimensions.StateMachineArn, or an EventRule on their status", "declare one")
	}
}

// startsMachine is where the definition of a state machine names another one that it starts.
var startsMachine = regexp.MustCompile(`"StateMachineArn"\s*:\s*"(arn:[^"]+)"`)

// startsOwn demands that a state machine starts those only that its stack declares.
func startsOwn(l *rules.Look) {
	for _, match := range startsMachine.FindAllStringSubmatch(l.Text("definition"), -1) {
		if !slices.ContainsFunc(inStack(l, stateMachine), func(r *graph.Resource) bool { return r.IsCalled(match[1]) }) {
			l.RefuseFound("definition", "one that starts "+match[1], "a StateMachine of the stack",
				"declare it, or name another")
		}
	}
}

// countsTold demands that somebody is told of what a filter counts, unless none of its stack's services has a task.
func countsTold(l *rules.Look) {
	running := func(r *graph.Resource) bool { return !idle(l.At(r)) }
	if services := inStack(l, service); len(services) > 0 && !slices.ContainsFunc(services, running) {
		return
	}
	name, space := l.Text("metricTransformation.name"), l.Text("metricTransformation.namespace")
	told := slices.ContainsFunc(inStack(l, metricAlarm), func(r *graph.Resource) bool {
		alarm := l.At(r)
		return alarm.Text("metricName") == name && alarm.Text("namespace") == space && filled(alarm, "alarmActions")
	})
	if !told && l.Sure() {
		l.RefuseFound("metricTransformation.name", name+" in "+space+", of which nobody is told",
			"that of a MetricAlarm, as its metricName", "declare one, with a topic as alarmActions")
	}
}

// ofWhatCounts demands of an alarm on a metric of its stack that something counts it: a filter, or what says how old
// copies are.
func ofWhatCounts(l *rules.Look) {
	name, space := l.Text("metricName"), l.Text("namespace")
	if name == "" || space == latch || name == "CopyAgeMinutes" || !strings.HasPrefix(space, "Haven/") {
		return
	}
	counts := slices.ContainsFunc(inStack(l, metricFilter), func(r *graph.Resource) bool {
		filter := l.At(r)
		return filter.Text("metricTransformation.name") == name && filter.Text("metricTransformation.namespace") == space &&
			r.Nearby(l.Resource)
	})
	if !counts && l.Sure() {
		l.RefuseFound("metricName", fmt.Sprintf("%s in %s, which nothing counts", name, space),
			"that of a LogMetricFilter of the stack, as metricTransformation.name", "declare the filter, or name its metric")
	}
}
