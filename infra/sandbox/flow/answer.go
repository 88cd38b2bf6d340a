package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/props"
)

// The types between a host name and the tasks that answer for it.
const (
	recordType       = "aws:route53/record:Record"
	healthCheckType  = "aws:route53/healthCheck:HealthCheck"
	balancerType     = "aws:lb/loadBalancer:LoadBalancer"
	listenerRuleType = "aws:lb/listenerRule:ListenerRule"
)

// Answer is who answers for a host.
type Answer struct {
	// Region is where the tasks run, Stack whose they are.
	Region, Stack string
	// Database is the Pulumi ID of the database that they work on.
	Database string
}

// Ask follows a host name as a user's request does: its record, as health checks have it, the load balancer, the rule
// for the host, a service with tasks, and their database. The error is where that ends.
func Ask(w *world.World, host string) (Answer, error) {
	var answer Answer
	err := settled(w, func(tx *world.Tx) (err error) {
		answer, err = ask(tx, newEngine(tx, 0), host)
		return err
	})
	return answer, err
}

func ask(tx *world.Tx, e *engine, host string) (Answer, error) {
	balancer, err := resolve(tx, e, host)
	if err != nil {
		return Answer{}, err
	}
	for _, rule := range tx.List(listenerRuleType, balancer.Account, balancer.Region) {
		if !slices.Contains(props.Texts(rule.Outputs, "conditions[*].hostHeader.values[*]"), host) {
			continue
		}
		for _, group := range targetsOf(rule) {
			if answer, err := e.behind(group, balancer.Region); err == nil {
				return answer, nil
			}
		}
	}
	return Answer{}, fmt.Errorf("no service with a sound database answers for %s in %s", host, balancer.Region)
}

// resolve is the load balancer that a host's record leads to.
func resolve(tx *world.Tx, e *engine, host string) (cloud.Resource, error) {
	var ways []cloud.Resource
	for _, record := range tx.List(recordType, "", "") {
		if record.Text("name") == host && record.Text("type") == "A" {
			ways = append(ways, record)
		}
	}
	slices.SortFunc(ways, func(a, b cloud.Resource) int { return strings.Compare(failover(a), failover(b)) })
	why := fmt.Errorf("%s has no record", host)
	for _, record := range ways {
		if why = healthy(tx, record); why != nil {
			continue
		}
		name := text(record, "aliases[*].name")
		for _, balancer := range tx.List(balancerType, "", "") {
			if strings.EqualFold(balancer.Text("dnsName"), name) {
				if e.struck.lost(balancer) {
					return balancer, fmt.Errorf("%s leads to %s, which is lost", host, balancer.Region)
				}
				return balancer, nil
			}
		}
		why = fmt.Errorf("%s leads to %s, which is not there", host, name)
	}
	return cloud.Resource{}, why
}

// failover is "PRIMARY" or "SECONDARY", in that order; "" of a record that is alone.
func failover(record cloud.Resource) string { return text(record, "failoverRoutingPolicies[*].type") }

var errUnhealthy = errors.New("its health check has failed")

// healthy says whether Route 53 answers with a record. A health check on an alarm is healthy until the alarm is raised.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
func healthy(tx *world.Tx, record cloud.Resource) error {
	id := record.Text("healthCheckId")
	if id == "" {
		return nil
	}
	check, found := tx.Find(healthCheckType, record.Account, "global", "id", id)
	if !found {
		return errUnhealthy
	}
	raised := slices.ContainsFunc(world.Alarms.All(tx), func(a world.Alarm) bool {
		return a.Name == check.Text("cloudwatchAlarmName") && a.Region == check.Text("cloudwatchAlarmRegion") &&
			a.State == world.InAlarm
	})
	if raised != flag(check.Outputs, "invertHealthcheck", false) {
		return errUnhealthy
	}
	return nil
}

// targetsOf are the target groups that a rule leads to.
func targetsOf(rule cloud.Resource) []string {
	return slices.Concat(props.Texts(rule.Outputs, "actions[*].targetGroupArn"),
		props.Texts(rule.Outputs, "actions[*].forward.targetGroups[*].arn"))
}

// behind is the service behind a target group, where it has tasks and they have their database.
func (e *engine) behind(targetGroup, region string) (Answer, error) {
	for _, service := range e.all(serviceType) {
		if service.Region != region || number(service.Outputs, "desiredCount") == 0 ||
			!slices.Contains(texts(service, "loadBalancers[*].targetGroupArn"), targetGroup) {
			continue
		}
		for _, database := range e.all(databaseType) {
			if database.Region != region || tag(database, "tenant") != tag(service, "tenant") || !e.uses(service, database) {
				continue
			}
			return Answer{Region: region, Stack: stackOf(service), Database: database.ID}, firstOf(
				func() error { return e.available(database) },
				func() error { return e.connected(database) },
			)
		}
	}
	return Answer{}, fmt.Errorf("nothing stands behind %s", targetGroup)
}

// uses says whether the tasks of a service name a database.
func (e *engine) uses(service, database cloud.Resource) bool {
	definition, found := e.taskDefinition(service.Text("taskDefinition"))
	return found && strings.Contains(definition.Text("containerDefinitions"), database.Text("address"))
}

// stackOf is the stack that made a resource.
func stackOf(r cloud.Resource) string {
	stack, _, _ := strings.Cut(strings.TrimPrefix(r.URN, "urn:pulumi:"), "::")
	return stack
}

// Publish gives a metric of somebody's own a value, in a region that answers: it is how a latch is set.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
func Publish(w *world.World, series world.Series, value float64) error {
	return w.Update(func(tx *world.Tx) error {
		if err := tx.Answers(series.Provider, series.Region); err != nil {
			return err
		}
		e := newEngine(tx, 0)
		e.run(tx.Now().UTC())
		e.data.measured(series, tx.Now().UTC(), value)
		return e.data.save(tx)
	})
}
