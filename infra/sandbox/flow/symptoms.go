package flow

import (
	"slices"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

// What a disaster shows itself by in the metrics of load balancers, gateways and databases. The sandbox publishes them
// of what a disaster has touched, and of nothing else.
const (
	gatewayType = "aws:ec2/natGateway:NatGateway"
	subnetType  = "aws:ec2/subnet:Subnet"
)

// symptom is how a metric shows that something is lost, and that it is there again; false where no disaster ever touched
// what it measures.
func (e *engine) symptom(m metric) (func() (float64, bool), bool) {
	measured := e.data.series[m.series.ID()] != nil
	value, sound, shown, is := 0.0, 0.0, false, true
	switch m.series.Namespace + " " + m.series.Name {
	case "AWS/NATGateway PacketsDropCount":
		if shown = e.dropping(m); shown {
			value = 10_000
		}
	case "AWS/ApplicationELB HealthyHostCount":
		sound = 2
		if shown = e.ill(m, world.NetworkLost, world.DatabaseLost); !shown {
			value = sound
		}
	case "AWS/ApplicationELB UnHealthyHostCount":
		if shown = e.ill(m, world.NetworkLost, world.DatabaseLost, world.DataLost); shown {
			value = 2
		}
	case "AWS/RDS DatabaseConnections":
		database, found := e.find(databaseType, m.series.Region, "identifier", m.dimension("DBInstanceIdentifier"))
		shown = found && e.damage(database) != nil
		value, sound = 10, 10
		is = !shown // it reports nothing, which is what the alarm takes for the worst
	default:
		return nil, false
	}
	return func() (float64, bool) {
		if e.data.series[m.series.ID()] == nil {
			e.wasSound(m, sound)
		}
		return value, is
	}, shown || measured
}

// wasSound gives a metric its values of before, of which the sandbox keeps none: an alarm looks back.
func (e *engine) wasSound(m metric, value float64) {
	const lookedBack = 20
	for i := lookedBack; i > 0; i-- {
		e.data.measured(m.series, e.now.Add(-time.Duration(i)*m.period-time.Second), value)
	}
}

// dropping says whether a gateway lies in a zone or a network that is lost.
func (e *engine) dropping(m metric) bool {
	gateway, _ := e.find(gatewayType, m.series.Region, "id", m.dimension("NatGatewayId"))
	subnet, found := e.find(subnetType, m.series.Region, "id", gateway.Text("subnetId"))
	return found && (e.struck.of(world.ZoneLost, subnet.Text("availabilityZone")) ||
		e.struck.of(world.NetworkLost, subnet.Text("vpcId")))
}

// ill says whether the tasks behind a target group fail their health check by a disaster of those kinds.
func (e *engine) ill(m metric, kinds ...world.Kind) bool {
	if !e.struck.any(func(d world.Disaster) bool { return slices.Contains(kinds, d.Kind) }) {
		return false
	}
	for _, service := range e.all(serviceType) {
		if service.Region != m.series.Region || !behindSuffix(service, m.dimension("TargetGroup")) {
			continue
		}
		for _, database := range e.all(databaseType) {
			if !e.uses(service, database) {
				continue
			}
			for _, kind := range kinds {
				if e.struck.of(kind, database.ID) || kind == world.NetworkLost && e.connected(database) != nil {
					return true
				}
			}
		}
	}
	return false
}

// behindSuffix says whether a service stands behind the target group whose ARN ends so.
func behindSuffix(service cloud.Resource, suffix string) bool {
	return slices.ContainsFunc(texts(service, "loadBalancers[*].targetGroupArn"), func(arn string) bool {
		return suffix != "" && arnPart(arn, 5) == suffix
	})
}
