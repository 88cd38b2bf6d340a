package cloud

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// healthCheckType: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html. Records do not
// keep theirs from being deleted:
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHealthCheck.html.
func healthCheckType() *Type {
	return &Type{
		Token: route53HealthCheck, Global: true, ID: func(c *Call) string { return uuid(digest(32, "health check", c.URN)) },
		Refuse: firstOf(refuseAlarmOfCheck, refuseAlarmKind),
		Computed: func(c *Call) map[string]property.Value {
			return c.outputs().text("arn", "arn:aws:route53:::healthcheck/"+c.ID).values
		},
	}
}

func checkRefused(format string, args ...any) error {
	return route53.refuses("CreateHealthCheck", "InvalidInput", format, args...)
}

// refuseAlarmOfCheck is about what a health check on an alarm has to name.
func refuseAlarmOfCheck(c *Call) error {
	onAlarm := c.text("type") == "CLOUDWATCH_METRIC"
	name, region := c.text("cloudwatchAlarmName"), c.text("cloudwatchAlarmRegion")
	switch {
	case !onAlarm && (name != "" || region != "" || c.has("insufficientDataHealthStatus")):
		return checkRefused("AlarmIdentifier and InsufficientDataHealthStatus are for health checks of the type" +
			" CLOUDWATCH_METRIC.")
	case !onAlarm:
		return nil
	case !c.has("cloudwatchAlarmName") || !c.has("cloudwatchAlarmRegion"):
		return checkRefused("AlarmIdentifier is required for health checks of the type CLOUDWATCH_METRIC.")
	case c.has("fqdn") || c.has("ipAddress") || c.has("port") || c.has("resourcePath") || c.has("requestInterval") ||
		c.has("failureThreshold"):
		return checkRefused("A health check of the type CLOUDWATCH_METRIC has no endpoint.")
	}
	if _, found := c.World.Find(metricAlarm, c.Account, region, "name", name); !found {
		return checkRefused("The specified CloudWatch alarm %s in region %s does not exist.", name, region)
	}
	return nil
}

// refuseAlarmKind: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html#health-checks-creating-values-cloudwatch.
func refuseAlarmKind(c *Call) error {
	alarm, found := c.World.Find(metricAlarm, c.Account, c.text("cloudwatchAlarmRegion"), "name",
		c.text("cloudwatchAlarmName"))
	if !found {
		return nil
	}
	period, _ := numberAt(alarm.Outputs, "period")
	needed, given := numberAt(alarm.Outputs, "datapointsToAlarm")
	periods, _ := numberAt(alarm.Outputs, "evaluationPeriods")
	switch {
	case len(props.Maps(alarm.Outputs, "metricQueries[*]")) > 0:
		return checkRefused("The alarm %s uses metric math, which health checks do not support.", alarm.ID)
	case alarm.Text("extendedStatistic") != "":
		return checkRefused("The alarm %s uses an extended statistic, which health checks do not support.", alarm.ID)
	case period < 60:
		return checkRefused("The alarm %s is on a high-resolution metric, which health checks do not support.", alarm.ID)
	case given && needed != periods:
		return checkRefused("The alarm %s needs M out of N datapoints, which health checks do not support.", alarm.ID)
	}
	return nil
}

// refuseFailover: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover-alias.html.
func refuseFailover(c *Call) error {
	if id := c.text("healthCheckId"); id != "" {
		if _, found := c.findGlobal(route53HealthCheck, "id", id); !found {
			return route53.refuses("ChangeResourceRecordSets", "InvalidChangeBatch",
				"[No health check found with ID: %s]", id).withStatus(400)
		}
	}
	name, kind, set := fqdn(c), c.text("type"), c.text("setIdentifier")
	failover := props.Text(c.Inputs, "failoverRoutingPolicies[*].type")
	for _, other := range c.others(c.listGlobal(route53Record)) {
		if other.Text("zoneId") != c.text("zoneId") || other.Text("fqdn") != name || other.Text("type") != kind {
			continue
		}
		otherSet, otherFailover := other.Text("setIdentifier"), props.Text(other.Outputs, "failoverRoutingPolicies[*].type")
		switch {
		case (set == "") != (otherSet == ""):
			return changeRefused("RRSet with DNS name %s., type %s, SetIdentifier %s cannot be created as other RRSets"+
				" exist with the same name and type.", name, kind, orNone(set))
		case set != "" && (failover == "") != (otherFailover == ""):
			return changeRefused("RRSet with DNS name %s., type %s, SetIdentifier %s cannot be created as a non-failover"+
				" set with the same name and type already exists.", name, kind, set)
		case failover != "" && failover == otherFailover:
			return changeRefused("Failover resource record set with DNS name %s., type %s, SetIdentifier %s cannot be created"+
				" because a %s set with the same name and type already exists.", name, kind, set, failover)
		}
	}
	return nil
}

func orNone(text string) string {
	if text == "" {
		return "null"
	}
	return text
}
