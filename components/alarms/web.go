package alarms

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

const loadBalancing = "AWS/ApplicationELB"

// webAlarms are on what users of a tenant notice.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func webAlarms(a TenantArgs) []alarm {
	of := func(name, statistic string) metric {
		return metric{loadBalancing, name, targets(a.LoadBalancer, a.TargetGroup), statistic}
	}
	requests := of("RequestCount", "Sum")
	all := []alarm{{
		part: "unreachable", severity: critical,
		description: "No web task is healthy: users see an error page. Look at the events of the service and its log.",
		measured:    of("HealthyHostCount", "Minimum"), is: below, threshold: 1,
		seconds: minute, periods: 3, missing: breaching,
	}, {
		part: "unhealthy-targets", severity: warning,
		description: "A web task has been failing its health check for ten minutes. Look at its log.",
		measured:    of("UnHealthyHostCount", "Maximum"), is: above, threshold: 0,
		seconds: minute, periods: 10, missing: notBreaching,
	}, {
		part: "zones", severity: warning,
		description: "Fewer than two zones have a healthy web task: losing one more ends the service. " +
			"Look at the zone's health and at where tasks run.",
		measured: of("HealthyStateRouting", "Minimum"), is: below, threshold: 2,
		seconds: minute, periods: 15, missing: notBreaching,
	}, {
		part: "errors", severity: critical,
		description: "More than 5 % of all requests end in a server error. Look at the application's log and at the " +
			"database.",
		measured: of("HTTPCode_Target_5XX_Count", "Sum"), of: &requests, is: above, threshold: 5,
		seconds: fiveMinutes, periods: 2, missing: notBreaching,
	}, {
		part: "connection-errors", severity: warning,
		description: "The load balancer cannot connect to web tasks. Look at whether they are overloaded.",
		measured:    of("TargetConnectionErrorCount", "Sum"), is: above, threshold: 10,
		seconds: fiveMinutes, periods: 2, missing: notBreaching,
	}, {
		part: "latency", severity: warning,
		description: "One request in twenty takes longer than 3 seconds. Look at slow queries and at the load of tasks.",
		measured:    of("TargetResponseTime", "p95"), is: above, threshold: 3,
		seconds: fiveMinutes, periods: 3, missing: notBreaching,
	}}
	if a.WebSocketTargetGroup == nil {
		return all
	}
	return append(all, alarm{
		part: "websocket-unreachable", severity: warning,
		description: "No websocket task is healthy: pages no longer update by themselves. Look at the service's log.",
		measured: metric{
			loadBalancing, "HealthyHostCount", targets(a.LoadBalancer, a.WebSocketTargetGroup), "Minimum",
		},
		is: below, threshold: 1, seconds: minute, periods: 5, missing: breaching,
	})
}

func targets(loadBalancer, targetGroup pulumi.StringInput) pulumi.StringMap {
	return pulumi.StringMap{"LoadBalancer": loadBalancer, "TargetGroup": targetGroup}
}
