package topics

import (
	"slices"

	"haven/policy/graph"
	"haven/policy/rules"
)

const healthCheck = "aws:route53/healthCheck:HealthCheck"

// failover are the rules on which of two load balancers a host leads to.
var failover = []rules.Rule{
	across("r53-take-over-switch", switched, healthCheck),
	across("r53-failover-pair", ofTwo, record),
}

// switched demands that a health check follows an alarm of its stack and stays as it is while nothing is said: nobody
// is sent to a standby by a failure that lasts a minute, nor back by a region that is silent.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
func switched(l *rules.Look) {
	oneOf(l, "type", "CLOUDWATCH_METRIC")
	oneOf(l, "insufficientDataHealthStatus", "LastKnownStatus")
	name, region := l.Text("cloudwatchAlarmName"), l.Text("cloudwatchAlarmRegion")
	follows := slices.ContainsFunc(inStack(l, metricAlarm), func(r *graph.Resource) bool {
		alarm := l.At(r)
		return alarm.Text("name") == name && r.Region == region && alarm.Text("namespace") == latch
	})
	if !follows && l.Sure() {
		l.RefuseFound("cloudwatchAlarmName", name+" in "+region, "an alarm of the stack on "+latch+", and its region",
			"declare the MetricAlarm, or name it")
	}
}

// ofTwo demands of a record that fails over that there is the other one, and of the first that a check of its stack
// says which of them is answered with.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-configuring-options.html
func ofTwo(l *rules.Look) {
	const kind = "failoverRoutingPolicies[*].type"
	other := map[string]string{"PRIMARY": "SECONDARY", "SECONDARY": "PRIMARY"}[l.Text(kind)]
	same := func(r *rules.Look) bool {
		return r.Resource != l.Resource && r.Text("name") == l.Text("name") && r.Text("type") == l.Text("type")
	}
	for _, r := range inStack(l, record) {
		sibling := l.At(r)
		if other == "" && same(sibling) && sibling.Text(kind) != "" {
			l.Refuse("failoverRoutingPolicies", "one, as "+r.Name()+" of the same name has", "set its type")
		}
	}
	if other == "" {
		return
	}
	paired := slices.ContainsFunc(inStack(l, record), func(r *graph.Resource) bool {
		return same(l.At(r)) && l.At(r).Text(kind) == other
	})
	if !paired && l.Sure() {
		l.RefuseFound("failoverRoutingPolicies", l.Text(kind)+" without a "+other, "both, of the same name",
			"declare the other record")
	}
	if l.Text(kind) != "PRIMARY" {
		return
	}
	if has(l, "healthCheckId", "what says which of them is answered with"); !filled(l, "healthCheckId") {
		return
	}
	checks := l.Named("healthCheckId", healthCheck)
	if !slices.ContainsFunc(checks, func(c *rules.Look) bool { return c.Resource.Stack == l.Resource.Stack }) && l.Sure() {
		l.RefuseFound("healthCheckId", "none of the stack's", "the stack's own HealthCheck", "name it")
	}
}
