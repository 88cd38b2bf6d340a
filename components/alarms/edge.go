package alarms

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// balancer is a metric of the load balancer as a whole.
func balancer(loadBalancer pulumi.StringInput, name string) metric {
	return metric{loadBalancing, name, pulumi.StringMap{"LoadBalancer": loadBalancer}, "Sum"}
}

// edgeAlarms are on the load balancer. Answers of 503 are not counted: they are those of a tenant that is down, which
// its own alarms tell, or suspended.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func edgeAlarms(a CellArgs) []alarm {
	requests := balancer(a.LoadBalancer, "RequestCount")
	return []alarm{{
		part: "bad-gateway", severity: critical,
		description: "More than 1 % of all requests find no sound connection to a task (502). Look at the tenants' alarms.",
		measured:    balancer(a.LoadBalancer, "HTTPCode_ELB_502_Count"), of: &requests, is: above, threshold: 1,
		seconds: fiveMinutes, periods: 2, missing: notBreaching,
	}, {
		part: "gateway-timeout", severity: critical,
		description: "More than 1 % of all requests are not answered in time (504). Look at the tenants' alarms.",
		measured:    balancer(a.LoadBalancer, "HTTPCode_ELB_504_Count"), of: &requests, is: above, threshold: 1,
		seconds: fiveMinutes, periods: 2, missing: notBreaching,
	}, {
		part: "rejected-connections", severity: critical,
		description: "The load balancer refuses connections because it has reached its maximum. Look for an attack.",
		measured:    balancer(a.LoadBalancer, "RejectedConnectionCount"), is: above, threshold: 0,
		seconds: minute, periods: 3, missing: notBreaching,
	}, {
		part: "tls-errors", severity: info,
		description: "Many clients cannot agree on TLS with the load balancer: old clients, or a scan.",
		measured:    balancer(a.LoadBalancer, "ClientTLSNegotiationErrorCount"), is: above, threshold: 1000,
		seconds: fiveMinutes, periods: 3, missing: notBreaching,
	}}
}

// zoneAlarms are on a zone that answers badly while others do not.
func zoneAlarms(loadBalancer pulumi.StringInput, zone string) alarm {
	of := func(name string) metric {
		dimensions := pulumi.StringMap{"AvailabilityZone": pulumi.String(zone), "LoadBalancer": loadBalancer}
		return metric{loadBalancing, name, dimensions, "Sum"}
	}
	requests := of("RequestCount")
	return alarm{
		part: "zone-" + zone, severity: warning,
		description: "More than 5 % of the requests that enter by " + zone + " are not answered in time. Look at the " +
			"zone's health, and shift traffic away from it.",
		measured: of("HTTPCode_ELB_504_Count"), of: &requests, is: above, threshold: 5,
		seconds: minute, periods: 5, missing: notBreaching,
	}
}

// firewallAlarms: https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
func firewallAlarms(a CellArgs) []alarm {
	return []alarm{{
		part: "blocked-requests", severity: warning,
		description: "The firewall refuses more than 1000 requests in five minutes. Look at whose they are, by the saved " +
			"queries, and at whether a rule refuses users.",
		measured: metric{"AWS/WAFV2", "BlockedRequests", firewallDimensions(a), "Sum"},
		is:       above, threshold: 1000, seconds: fiveMinutes, periods: 2, missing: notBreaching,
	}}
}

// firewallDimensions are those of all rules together.
func firewallDimensions(a CellArgs) pulumi.StringMap {
	return pulumi.StringMap{
		"WebACL": pulumi.String(a.WebACL), "Region": pulumi.String(a.Region), "Rule": pulumi.String("ALL"),
	}
}

// portAlarms and dropAlarms: https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
func portAlarms(g Gateway) alarm {
	return alarm{
		part: "nat-ports-" + g.Zone, severity: critical,
		description: "The NAT gateway of " + g.Zone + " has no port left for new connections: calls of other services " +
			"fail. Look at what opens so many to one destination.",
		measured: gatewayMetric(g, "ErrorPortAllocation"), is: above, threshold: 0,
		seconds: minute, periods: 3, missing: notBreaching,
	}
}

func dropAlarms(g Gateway) alarm {
	return alarm{
		part: "nat-drops-" + g.Zone, severity: warning,
		description: "The NAT gateway of " + g.Zone + " drops packets. Look at the health of the zone.",
		measured:    gatewayMetric(g, "PacketsDropCount"), is: above, threshold: 100,
		seconds: fiveMinutes, periods: 3, missing: notBreaching,
	}
}

func gatewayMetric(g Gateway, name string) metric {
	return metric{"AWS/NATGateway", name, pulumi.StringMap{"NatGatewayId": g.ID}, "Sum"}
}
