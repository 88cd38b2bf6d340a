package headroom_test

import (
	"fmt"
	"testing"

	"haven/policy/graph"
	. "haven/policy/graph/graphtest"
	"haven/policy/headroom"
)

func TestTheDemo(t *testing.T) {
	t.Parallel()
	AssertHolds(t, headroom.Check)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	AssertFaults(t, headroom.Check, faults)
}

func TestLookAlikes(t *testing.T) {
	t.Parallel()
	AssertLookAlikes(t, headroom.Check, sound)
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	AssertUnknown(t, headroom.Check, unknown)
}

const (
	listener = "aws:lb/listenerRule:ListenerRule"
	groupIn  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	groupOut = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	address  = "aws:ec2/eip:Eip"
)

// more are resources of a type, in a region and alike, called "more-1" and so on.
func more(stack, token, region string, count int, inputs map[string]any) []*graph.Resource {
	var all []*graph.Resource
	for i := range count {
		r := New(stack, token, fmt.Sprintf("more-%d", i+1), inputs)
		r.Region = region
		all = append(all, r)
	}
	return all
}

func plus(more func(*testing.T, *graph.Graph) []*graph.Resource) func(*testing.T, *graph.Graph) *graph.Graph {
	return func(t *testing.T, g *graph.Graph) *graph.Graph {
		t.Helper()
		return Plus(g, more(t, g)...)
	}
}

// at is a declaration that names the listener of the cell.
func at(t *testing.T, g *graph.Graph) map[string]any {
	t.Helper()
	return map[string]any{"listenerArn": Find(t, g, "demo-cell::edge-https").ID}
}

// arn is one of the demo's account.
func arn(of string) map[string]any { return map[string]any{"arn": "arn:aws:" + of + ":123456789012:x"} }

func of(t *testing.T, g *graph.Graph, name, path string) map[string]any {
	t.Helper()
	return map[string]any{path: Find(t, g, name).ID}
}

// groups are names of groups that have no meaning.
func groups(count int) []any {
	var all []any
	for i := range count {
		all = append(all, fmt.Sprintf("sg-%d", i))
	}
	return all
}

var faults = map[string]Fault{
	"addresses": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-cell", address, "eu-west-1", 2, arn("ec2:eu-west-1"))
	}), "headroom/used", "demo-cell::more-2", nil},
	"networks": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-cell", "aws:ec2/vpc:Vpc", "eu-west-1", 4, arn("ec2:eu-west-1"))
	}), "headroom/used", "demo-cell::more-4", nil},
	"trails": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-account", "aws:cloudtrail/trail:Trail", "eu-west-1", 4, arn("cloudtrail:eu-west-1"))
	}), "headroom/used", "demo-account::more-4", nil},
	"databases": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-cell", "aws:rds/instance:Instance", "eu-west-1", 78, arn("rds:eu-west-1"))
	}), "headroom/used", "demo-cell::more-78", nil},
	"databases for which another region has room": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, g, "demo-account::quotas-instances", Removed)
		return Plus(g, more("demo-cell", "aws:rds/instance:Instance", "eu-west-1", 30, arn("rds:eu-west-1"))...)
	}, "headroom/used", "demo-cell::more-30", nil},
	"a restored database for each tenant without room": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, g, "demo-account::quotas-instances", Removed)
		for _, tenant := range []string{"demo-acme", "demo-globex", "demo-initech"} {
			g = Plus(g, more(tenant, "aws:rds/instance:Instance", "eu-west-1", 1, arn("rds:eu-west-1"))...)
		}
		return g
	}, "headroom/full", "demo-initech::more-1", nil},
	"roles": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-account", "aws:iam/role:Role", "global", 780, arn("iam:"))
	}), "headroom/used", "demo-account::more-728", nil},
	"certificates of a load balancer": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return more("demo-cell", "aws:lb/listenerCertificate:ListenerCertificate", "eu-west-1", 24, at(t, g))
	}), "headroom/used", "demo-cell::more-23", nil},
	"rules of a load balancer": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return more("demo-cell", listener, "eu-west-1", 100, at(t, g))
	}), "headroom/used", "demo-cell::more-93", nil},
	"rules of a load balancer once it is full": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return more("demo-acme", listener, "eu-west-1", 5, at(t, g))
	}), "headroom/full", "demo-acme::more-5", nil},
	"event rules of a region once it is full": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-acme", "aws:cloudwatch/eventRule:EventRule", "eu-west-1", 20, arn("events:eu-west-1"))
	}), "headroom/full", "demo-acme::more-20", nil},
	"rules of a group": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return more("demo-acme", groupIn, "eu-west-1", 60, of(t, g, "demo-acme::perimeter-database", "securityGroupId"))
	}), "headroom/used", "demo-acme::more-60", nil},
	"policies of a role": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return more("demo-acme", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "global", 11,
			map[string]any{"role": Find(t, g, "demo-acme::dump-schedule-role").Text("name")})
	}), "headroom/used", "demo-acme::more-11", nil},
	"groups of an interface": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::database-instance", Set("vpcSecurityGroupIds", groups(6)))
	}, "headroom/used", "demo-acme::database-instance", nil},
	"subnets of a network": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return more("demo-cell", "aws:ec2/subnet:Subnet", "eu-west-1", 200, of(t, g, "demo-cell::network-vpc", "vpcId"))
	}), "headroom/used", "demo-cell::more-192", nil},
}

var sound = map[string]Make{
	"addresses of two regions": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return append(more("demo-cell", address, "eu-west-1", 1, arn("ec2:eu-west-1")),
			more("demo-standby", address, "eu-central-1", 1, arn("ec2:eu-central-1"))...)
	}),
	"addresses of another account": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-cell", address, "eu-west-1", 4, map[string]any{"arn": "arn:aws:ec2:eu-west-1:210987654321:x"})
	}),
	"a quota that was raised": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return append(more("demo-cell", address, "eu-west-1", 6, arn("ec2:eu-west-1")),
			more("demo-account", "aws:servicequotas/serviceQuota:ServiceQuota", "eu-west-1", 1, map[string]any{
				"serviceCode": "ec2", "quotaCode": "L-0263D0A3", "value": 20.0})...)
	}),
	"a restored database for each tenant": func(_ *testing.T, g *graph.Graph) *graph.Graph {
		for _, tenant := range []string{"demo-acme", "demo-globex", "demo-initech"} {
			g = Plus(g, more(tenant, "aws:rds/instance:Instance", "eu-west-1", 1, arn("rds:eu-west-1"))...)
		}
		return g
	},
	"targets of many event rules": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		var all []*graph.Resource
		for _, rule := range g.OfType("aws:cloudwatch/eventRule:EventRule") {
			all = append(all, more(rule.Stack, "aws:cloudwatch/eventTarget:EventTarget", rule.Region, 1,
				map[string]any{"rule": rule.Text("name")})...)
		}
		return all
	}),
	"rules of both directions": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		group := of(t, g, "demo-acme::perimeter-database", "securityGroupId")
		return append(more("demo-acme", groupIn, "eu-west-1", 55, group),
			more("demo-acme", groupOut, "eu-west-1", 55, group)...)
	}),
	"rules of two groups": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(
			more("demo-acme", groupIn, "eu-west-1", 55, of(t, g, "demo-acme::perimeter-database", "securityGroupId")),
			more("demo-acme", groupIn, "eu-west-1", 55, of(t, g, "demo-acme::perimeter-cache", "securityGroupId"))...)
	}),
	"groups of an interface": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::database-instance", Set("vpcSecurityGroupIds", groups(5)))
	},
	"a cell with few slots": func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, g, "demo-cell::haven-demo-cell", Set("cell.slots", 3.0))
		return Plus(g, more("demo-acme", listener, "eu-west-1", 20, at(t, g))...)
	},
}

var unknown = map[string]Fault{
	"which group a rule is of": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return more("demo-acme", groupIn, "eu-west-1", 61, map[string]any{"securityGroupId": Unknown})
	}), "headroom/used", "demo-acme::more-60", nil},
}
