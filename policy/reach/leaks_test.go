package reach_test

import (
	"testing"

	"haven/policy/graph"
	. "haven/policy/graph/graphtest"
)

const (
	in        = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	out       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	oldRule   = "aws:ec2/securityGroupRule:SecurityGroupRule"
	group     = "aws:ec2/securityGroup:SecurityGroup"
	list      = "aws:ec2/managedPrefixList:ManagedPrefixList"
	route     = "aws:ec2/route:Route"
	peering   = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	transit   = "aws:ec2transitgateway/transitGateway:TransitGateway"
	attach    = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
	machine   = "aws:ec2/instance:Instance"
	balancer  = "aws:lb/loadBalancer:LoadBalancer"
	listener  = "aws:lb/listener:Listener"
	targets   = "aws:lb/targetGroup:TargetGroup"
	target    = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	offer     = "aws:ec2/vpcEndpointService:VpcEndpointService"
	endpoint  = "aws:ec2/vpcEndpoint:VpcEndpoint"
	cell      = "demo-cell"
	everyone  = "0.0.0.0/0"
	cellRange = "10.20.0.0/16"
	awayRange = "10.21.0.0/16"
)

// id is what the provider calls a resource.
func id(t *testing.T, g *graph.Graph, name string) string {
	t.Helper()
	return Find(t, g, name).ID
}

// rule is a rule of a group for TCP on one port.
func rule(stack, token, name, of string, port float64, peer, who string) *graph.Resource {
	return New(stack, token, name, map[string]any{"securityGroupId": of, "ipProtocol": "tcp", "fromPort": port,
		"toPort": port, peer: who})
}

const reference, v4, v6, lists = "referencedSecurityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId"

// between lets the application of a tenant in to a store of another one.
func between(t *testing.T, g *graph.Graph, from, to, part string, port float64) []*graph.Resource {
	t.Helper()
	app, of := id(t, g, from+"::perimeter-application"), id(t, g, to+"::perimeter-"+part)
	return []*graph.Resource{
		rule(from, out, "out", app, port, reference, of), rule(to, in, "in", of, port, reference, app),
	}
}

// ends are the rules by which acme's application gets out to addresses, and globex's database lets addresses in.
func ends(t *testing.T, g *graph.Graph, path, to, from string) []*graph.Resource {
	t.Helper()
	return []*graph.Resource{
		rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 3306, path, to),
		rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-database"), 3306, path, from),
	}
}

// allow is an entry of a network ACL for all traffic.
func allow(number float64, path, addresses string) map[string]any {
	return map[string]any{"action": "allow", "ruleNo": number, "protocol": "-1", path: addresses, "fromPort": 0.0,
		"toPort": 0.0}
}

// unlisted is a graph whose network ACLs let everything through.
func unlisted(t *testing.T, g *graph.Graph, stacks ...string) *graph.Graph {
	t.Helper()
	for _, stack := range stacks {
		for _, tier := range []string{"private", "isolated", "public"} {
			g = With(t, g, stack+"::network-"+tier+"-acl",
				Append("ingress", allow(1, "cidrBlock", everyone), allow(2, "ipv6CidrBlock", "::/0")),
				Append("egress", allow(1, "cidrBlock", everyone), allow(2, "ipv6CidrBlock", "::/0")))
		}
	}
	return g
}

// joined has a way between the private subnets of the cell and the isolated ones of the standby, by this property.
func joined(t *testing.T, g *graph.Graph, path, way string) []*graph.Resource {
	t.Helper()
	return []*graph.Resource{
		New(cell, route, "there", map[string]any{"routeTableId": id(t, g, cell+"::network-private-a-routes"),
			"destinationCidrBlock": awayRange, path: way}),
		New("demo-standby", route, "back", map[string]any{
			"routeTableId":         id(t, g, "demo-standby::network-isolated-a-routes"),
			"destinationCidrBlock": cellRange, path: way}),
		rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 3306, v4, awayRange),
		rule("demo-globex", in, "in", id(t, g, "demo-globex::replica-group"), 3306, v4, cellRange),
	}
}

func peered(t *testing.T, g *graph.Graph) *graph.Resource {
	t.Helper()
	return New(cell, peering, "pcx", map[string]any{"vpcId": id(t, g, cell+"::network-vpc"),
		"peerVpcId": id(t, g, "demo-standby::network-vpc")})
}

func attached(t *testing.T, g *graph.Graph, stack string) *graph.Resource {
	t.Helper()
	return New(stack, attach, "attachment", map[string]any{"transitGatewayId": "tgw",
		"vpcId": id(t, g, stack+"::network-vpc")})
}

// tier are the cell's subnets of a tier.
func tier(t *testing.T, g *graph.Graph, name string) []any {
	t.Helper()
	var all []any
	for _, zone := range []string{"a", "b", "c"} {
		all = append(all, id(t, g, cell+"::network-"+name+"-"+zone))
	}
	return all
}

// network is a load balancer for TCP of the platform that sends port 2049 to the first mount target of globex.
func network(t *testing.T, g *graph.Graph, kind string, internal bool) []*graph.Resource {
	t.Helper()
	return []*graph.Resource{
		New(cell, balancer, "lb", map[string]any{"loadBalancerType": kind, "internal": internal, "arn": "lb",
			"subnets": tier(t, g, "private")}),
		New(cell, listener, "port", map[string]any{"loadBalancerArn": "lb", "port": 2049.0, "protocol": "TCP",
			"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": "targets"}}}),
		New(cell, targets, "targets", map[string]any{"targetType": "ip", "port": 2049.0}),
		New(cell, target, "target", map[string]any{"targetGroupArn": "targets",
			"targetId": Find(t, g, "demo-globex::files-mount-1").Text("ipAddress")}),
	}
}

// hops are those from a task of acme's to globex's database, by rules called out and in.
func hops(between ...string) []string {
	hops := append([]string{"demo-acme::*", "demo-acme::perimeter-application", "demo-acme::out"}, between...)
	return append(hops, "demo-globex::in", "demo-globex::perimeter-database", "demo-globex::database-instance")
}

func plus(more func(*testing.T, *graph.Graph) []*graph.Resource) func(*testing.T, *graph.Graph) *graph.Graph {
	return func(t *testing.T, g *graph.Graph) *graph.Graph {
		t.Helper()
		return Plus(g, more(t, g)...)
	}
}

const (
	services = "networkConfiguration.securityGroups"
	database = "demo-globex::database-instance"
	path     = "isolation/path"
)

// joinGroup puts a service of acme into a group.
func joinGroup(t *testing.T, g *graph.Graph, group string) *graph.Graph {
	t.Helper()
	return With(t, g, "demo-acme::application-service", Append(services, group))
}

// throughGlobex is the way to globex's database of whoever is in the group of globex's application.
func throughGlobex(from string) []string {
	return []string{from, "demo-globex::perimeter-application", "demo-globex::perimeter-application-to-database",
		"demo-globex::perimeter-database-from-application", "demo-globex::perimeter-database", database}
}

// way is a route of the standby's isolated subnet in zone a.
func way(t *testing.T, g *graph.Graph, to, path, gateway string) *graph.Resource {
	t.Helper()
	return New("demo-standby", route, "way", map[string]any{
		"routeTableId": id(t, g, "demo-standby::network-isolated-a-routes"), to: everything(to), path: gateway})
}

func everything(path string) string {
	if path == "destinationIpv6CidrBlock" {
		return "::/0"
	}
	return everyone
}

// wayOut is the witness of a way of the standby's isolated subnet.
func wayOut(by ...string) []string {
	return append([]string{"demo-globex::replica-instance", "demo-globex::replica-subnets",
		"demo-standby::network-isolated-a", "demo-standby::network-isolated-a-routes"}, by...)
}

var leaks = map[string]leak{
	"a rule between tenants through a third group": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		of := id(t, g, "demo-globex::perimeter-database")
		return Plus(joinGroup(t, g, "third"), New(cell, group, "third", nil),
			rule(cell, out, "out", "third", 3306, reference, of), rule("demo-globex", in, "in", of, 3306, reference, "third"))
	}, path, database, []string{"demo-acme::application-service", "demo-cell::third", "demo-cell::out", "demo-globex::in",
		"demo-globex::perimeter-database", database}},
	"a third group lets both in by itself": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		self := []any{map[string]any{"protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "self": true}}
		g = With(t, joinGroup(t, g, "third"), database, Append("vpcSecurityGroupIds", "third"))
		return Plus(g, New(cell, group, "third", map[string]any{"ingress": self, "egress": self}))
	}, path, database, []string{"demo-acme::application-service", "demo-cell::third", database}},
	"an interface in the groups of two tenants": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return joinGroup(t, g, id(t, g, "demo-globex::perimeter-application"))
	}, path, database, throughGlobex("demo-acme::application-service")},
	"an interface in a group that is not its own": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return joinGroup(t, g, id(t, g, "demo-globex::perimeter-application"))
	}, "isolation/groups", "demo-acme::application-service", []string{"demo-acme::application-service",
		"demo-globex::perimeter-application"}},
	"an interface in a group of another stack, seen from its own alone": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Alone(joinGroup(t, g, id(t, g, "demo-globex::perimeter-application")), "demo-acme")
	}, "isolation/groups", "demo-acme::application-service", nil},
	"a scheduled task in the group of another tenant": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::dump-schedule", Append("target.ecsParameters."+services,
			id(t, g, "demo-globex::perimeter-application")))
	}, path, database, throughGlobex("demo-acme::dump-schedule")},
	"a task of a state machine in another's group": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-acme", "aws:sfn/stateMachine:StateMachine", "machine", map[string]any{
			"definition": `{"States":{"Run":{"Type":"Task","Resource":"arn:aws:states:::ecs:runTask.sync","Arguments":` +
				`{"NetworkConfiguration":{"AwsvpcConfiguration":{"SecurityGroups":["` +
				id(t, g, "demo-globex::perimeter-application") + `"],"Subnets":["` +
				id(t, g, "demo-cell::network-private-a") + `"]}}}}}}`})}
	}), path, database, throughGlobex("demo-acme::machine")},
	"a range that covers the subnets of the other": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return ends(t, g, v4, cellRange, "10.20.0.0/19")
	}), path, database, hops()},
	"a range that lets in whoever lives there": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-database"), 3306, v4,
			"10.20.0.0/19")}
	}), "isolation/admits", "demo-globex::in", []string{database, "demo-globex::perimeter-database", "demo-globex::in"}},
	"a group of another tenant let in": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-database"), 3306, reference,
			id(t, g, "demo-acme::perimeter-application"))}
	}), "isolation/admits", "demo-globex::in", []string{database, "demo-globex::perimeter-database", "demo-globex::in",
		"demo-acme::perimeter-application"}},
	"a rule on the group of another tenant": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule("demo-acme", in, "in", id(t, g, "demo-globex::perimeter-database"), 3306, reference,
			id(t, g, "demo-acme::perimeter-application"))}
	}), "isolation/rules", "demo-acme::in", []string{"demo-acme::in", "demo-globex::perimeter-database"}},
	"a shared subnet behind a permissive network ACL": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, unlisted(t, g, cell), "demo-globex::database-subnets",
			Set("subnetIds", []any{id(t, g, "demo-cell::network-public-a")}))
		return Plus(g, ends(t, g, v4, cellRange, cellRange)...)
	}, path, database, hops()},
	"prefix lists": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		entry := func(cidr string) map[string]any {
			return map[string]any{"entries": []any{map[string]any{"cidr": cidr}}}
		}
		return append(ends(t, g, lists, "stores", "lives"), New(cell, list, "stores", entry("10.20.40.0/21")),
			New(cell, list, "lives", entry("10.20.0.0/20")))
	}), path, database, hops("demo-cell::stores", "demo-cell::lives")},
	"IPv6": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, unlisted(t, g, cell), "demo-cell::network-private-a", Set("ipv6CidrBlock", "2600:db8:0:1::/64"))
		g = With(t, g, "demo-cell::network-isolated-a", Set("ipv6CidrBlock", "2600:db8:0:2::/64"))
		g = With(t, g, database, Set("networkType", "DUAL"))
		return Plus(g, ends(t, g, v6, "2600:db8:0:2::/64", "2600:db8:0:1::/64")...)
	}, path, database, hops()},
	"rules of the older type": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		app, of := id(t, g, "demo-acme::perimeter-application"), id(t, g, "demo-globex::perimeter-database")
		old := func(stack, name, kind, group, other string) *graph.Resource {
			return New(stack, oldRule, name, map[string]any{"type": kind, "protocol": "6", "fromPort": 3300.0, "toPort": 3310.0,
				"securityGroupId": group, "sourceSecurityGroupId": other})
		}
		return []*graph.Resource{old("demo-acme", "out", "egress", app, of), old("demo-globex", "in", "ingress", of, app)}
	}), path, database, hops()},
	"a rule inside of a group": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		app, of := id(t, g, "demo-acme::perimeter-application"), id(t, g, "demo-globex::perimeter-database")
		g = With(t, g, "demo-globex::perimeter-database", Set("ingress", []any{map[string]any{"protocol": "-1",
			"fromPort": 0.0, "toPort": 0.0, "securityGroups": []any{app}}}))
		return Plus(g, rule("demo-acme", out, "out", app, 3306, reference, of))
	}, path, database, []string{"demo-acme::*", "demo-acme::perimeter-application", "demo-acme::out",
		"demo-globex::perimeter-database", database}},
	"a route through a peering": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(unlisted(t, g, cell, "demo-standby"), append(joined(t, g, "vpcPeeringConnectionId", "pcx"),
			peered(t, g))...)
	}, path, "demo-globex::replica-instance", []string{"demo-acme::*", "demo-acme::perimeter-application",
		"demo-acme::out", "demo-cell::there", "demo-cell::pcx", "demo-globex::in", "demo-globex::replica-group",
		"demo-globex::replica-instance"}},
	"a route through a transit gateway": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(unlisted(t, g, cell, "demo-standby"), append(joined(t, g, "transitGatewayId", "tgw"),
			New(cell, transit, "tgw", nil), attached(t, g, cell), attached(t, g, "demo-standby"))...)
	}, path, "demo-globex::replica-instance", []string{"demo-acme::*", "demo-acme::perimeter-application",
		"demo-acme::out", "demo-cell::there", "demo-cell::tgw", "demo-globex::in", "demo-globex::replica-group",
		"demo-globex::replica-instance"}},
	"a peering to where data is kept": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{peered(t, g), way(t, g, "destinationCidrBlock", "vpcPeeringConnectionId", "pcx")}
	}), "isolation/transit", "demo-standby::way", wayOut("demo-standby::way", "demo-cell::pcx")},
	"a VPN to where data is kept": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{way(t, g, "destinationCidrBlock", "gatewayId", "vgw-1")}
	}), "isolation/transit", "demo-standby::way", wayOut("demo-standby::way")},
	"a machine of the platform that both know": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		app, of := id(t, g, "demo-acme::perimeter-application"), id(t, g, "demo-globex::perimeter-database")
		return []*graph.Resource{
			New(cell, group, "proxies", nil), New(cell, machine, "proxy", map[string]any{
				"vpcSecurityGroupIds": []any{"proxies"}, "subnetId": id(t, g, "demo-cell::network-private-a")}),
			rule("demo-acme", out, "out", app, 3128, reference, "proxies"),
			rule(cell, in, "proxy-in", "proxies", 3128, reference, app),
			rule(cell, out, "proxy-out", "proxies", 3306, reference, of),
			rule("demo-globex", in, "in", of, 3306, reference, "proxies"),
		}
	}), path, database, hops("demo-cell::proxy-in", "demo-cell::proxies", "demo-cell::proxy", "demo-cell::proxies",
		"demo-cell::proxy-out")},
	"a load balancer that sends to files": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(network(t, g, "network", true),
			rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 2049, v4, "10.20.0.0/19"),
			rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-files"), 2049, v4, "10.20.0.0/19"))
	}), path, "demo-globex::files-mount-1", []string{"demo-acme::*", "demo-acme::perimeter-application", "demo-acme::out",
		"demo-cell::port", "demo-cell::lb", "demo-cell::targets", "demo-globex::in", "demo-globex::perimeter-files",
		"demo-globex::files-mount-1"}},
	"an endpoint of a service that sends to files": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(network(t, g, "network", true),
			New("demo-globex", offer, "offer", map[string]any{"networkLoadBalancerArns": []any{"lb"}, "serviceName": "files"}),
			New("demo-acme", endpoint, "door", map[string]any{"vpcEndpointType": "Interface", "serviceName": "files",
				"securityGroupIds": []any{id(t, g, "demo-acme::perimeter-application")},
				"subnetIds":        []any{id(t, g, "demo-cell::network-private-b")}}),
			rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-files"), 2049, v4, "10.20.0.0/19"))
	}), path, "demo-globex::files-mount-1", []string{"demo-acme::door", "demo-globex::offer", "demo-cell::lb",
		"demo-cell::targets", "demo-globex::in", "demo-globex::perimeter-files", "demo-globex::files-mount-1"}},
	"the edge sends to files": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(network(t, g, "network", true)[2:],
			New(cell, "aws:lb/listenerRule:ListenerRule", "send", map[string]any{
				"listenerArn": id(t, g, "demo-cell::edge-https"),
				"actions":     []any{map[string]any{"type": "forward", "targetGroupArn": "targets"}}}),
			rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-files"), 2049, reference,
				id(t, g, "demo-cell::edge-group")))
	}), path, "demo-globex::files-mount-1", []string{"demo-acme::*", "demo-acme::perimeter-application",
		"demo-acme::perimeter-application-to-internet", "demo-cell::edge-in-443", "demo-cell::edge-group",
		"demo-cell::edge-balancer", "demo-cell::targets", "demo-globex::in", "demo-globex::perimeter-files",
		"demo-globex::files-mount-1"}},
	"settings that another tenant can change": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, database, Set("parameterGroupName", Find(t, g, "demo-acme::database-parameters").Text("name")))
	}, "isolation/settings", database, []string{database, "demo-acme::database-parameters"}},

	"a public database": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, database, Set("publiclyAccessible", true))
	}, "internet/public", database, nil},
	"tests that restore a public database": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::backup-restore-test-database",
			Set("restoreMetadataOverrides.publiclyAccessible", "true"))
	}, "internet/public", "demo-acme::backup-restore-test-database", nil},
	"a route of isolated subnets to the internet": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{way(t, g, "destinationCidrBlock", "gatewayId", id(t, g, "demo-standby::network-internet"))}
	}), "internet/route", "demo-standby::way", wayOut("demo-standby::way", "demo-standby::network-internet")},
	"a route of isolated subnets to a NAT gateway": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{way(t, g, "destinationCidrBlock", "natGatewayId", id(t, g, "demo-standby::network-nat-a"))}
	}), "internet/route", "demo-standby::way", wayOut("demo-standby::way", "demo-standby::network-nat-a")},
	"a route of isolated subnets out by IPv6": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{way(t, g, "destinationIpv6CidrBlock", "egressOnlyGatewayId", "eigw-1")}
	}), "internet/route", "demo-standby::way", wayOut("demo-standby::way")},
	"a route inside of a table": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-standby::network-isolated-a-routes", Set("routes", []any{map[string]any{
			"cidrBlock": everyone, "gatewayId": id(t, g, "demo-standby::network-internet")}}))
	}, "internet/route", "demo-standby::network-isolated-a-routes", wayOut("demo-standby::network-internet")},
	"the table of another subnet": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-standby::network-isolated-a-association", Set("routeTableId",
			id(t, g, "demo-standby::network-private-a-routes")))
	}, "internet/route", "demo-standby::network-private-a-default", []string{"demo-globex::replica-instance",
		"demo-globex::replica-subnets", "demo-standby::network-isolated-a", "demo-standby::network-private-a-routes",
		"demo-standby::network-private-a-default", "demo-standby::network-nat-a"}},
	"a cell that offers its tenants a subnet with a way out": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Alone(Plus(g, way(t, g, "destinationCidrBlock", "gatewayId", id(t, g, "demo-standby::network-internet"))),
			"demo-standby")
	}, "internet/route", "demo-standby::way", []string{"demo-standby::haven-demo-standby",
		"demo-standby::network-isolated-a", "demo-standby::network-isolated-a-routes", "demo-standby::way",
		"demo-standby::network-internet"}},
	"the group of a database open to everyone": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return ends(t, g, v4, cellRange, everyone)[1:]
	}), "internet/open", "demo-globex::in", []string{database, "demo-globex::perimeter-database", "demo-globex::in"}},
	"the group of a database open to everyone by IPv6": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return ends(t, g, v6, "::/0", "::/0")[1:]
	}), "internet/open", "demo-globex::in", []string{database, "demo-globex::perimeter-database", "demo-globex::in"}},
	"the group of a database open to a list": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(ends(t, g, lists, "offices", "offices")[1:], New(cell, list, "offices", map[string]any{
			"entries": []any{map[string]any{"cidr": "203.0.113.0/24"}}}))
	}), "internet/open", "demo-globex::in", []string{database, "demo-globex::perimeter-database", "demo-globex::in",
		"demo-cell::offices"}},
	"a database that may call everyone": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule("demo-globex", out, "calls", id(t, g, "demo-globex::perimeter-database"), 443, v4,
			everyone)}
	}), "internet/open", "demo-globex::calls", []string{database, "demo-globex::perimeter-database",
		"demo-globex::calls"}},
	"a public address of a task": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::application-service", Set("networkConfiguration.assignPublicIp", true),
			Set("networkConfiguration.subnets", []any{id(t, g, "demo-cell::network-public-a")}))
	}, "internet/address", "demo-acme::application-service", []string{"demo-cell::network-internet",
		"demo-cell::network-public-default", "demo-cell::network-public-routes", "demo-cell::network-public-a",
		"demo-acme::application-service"}},
	"a task that the internet reaches": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = Plus(g, rule("demo-acme", in, "open", id(t, g, "demo-acme::perimeter-application"), 8080, v4, everyone))
		return With(t, g, "demo-acme::application-service", Set("networkConfiguration.assignPublicIp", true),
			Set("networkConfiguration.subnets", []any{id(t, g, "demo-cell::network-public-a")}))
	}, "internet/reachable", "demo-acme::application-service", []string{"demo-cell::network-internet",
		"demo-cell::network-public-default", "demo-cell::network-public-routes", "demo-cell::network-public-a",
		"demo-acme::application-service", "demo-acme::perimeter-application", "demo-acme::open"}},
	"a task that the internet reaches by IPv6": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, unlisted(t, g, cell), "demo-cell::network-private-a", Set("ipv6CidrBlock", "2600:db8:0:1::/64"))
		return Plus(g, rule("demo-acme", in, "open", id(t, g, "demo-acme::perimeter-application"), 8080, v6, "::/0"),
			New(cell, route, "six", map[string]any{"routeTableId": id(t, g, "demo-cell::network-private-a-routes"),
				"destinationIpv6CidrBlock": "::/0", "gatewayId": id(t, g, "demo-cell::network-internet")}))
	}, "internet/reachable", "demo-acme::application-service", []string{"demo-cell::network-internet", "demo-cell::six",
		"demo-cell::network-private-a-routes", "demo-cell::network-private-a", "demo-acme::application-service",
		"demo-acme::perimeter-application", "demo-acme::open"}},
	"an elastic address of a machine": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{
			New(cell, machine, "bastion", map[string]any{"vpcSecurityGroupIds": []any{id(t, g, "demo-cell::edge-group")},
				"subnetId": id(t, g, "demo-cell::network-public-a")}),
			New(cell, "aws:ec2/eipAssociation:EipAssociation", "given", map[string]any{"instanceId": "bastion"})}
	}), "internet/reachable", "demo-cell::bastion", []string{"demo-cell::network-internet",
		"demo-cell::network-public-default", "demo-cell::network-public-routes", "demo-cell::network-public-a",
		"demo-cell::bastion", "demo-cell::edge-group", "demo-cell::*"}},
	"a load balancer for TCP that faces the internet": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return network(t, g, "network", false)[:1]
	}), "internet/balancer", "demo-cell::lb", nil},
	"a load balancer of a tenant that faces the internet": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-acme", balancer, "lb", map[string]any{"loadBalancerType": "application"})}
	}), "internet/balancer", "demo-acme::lb", nil},
	"a second listener": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, listener, "other", map[string]any{"port": 8443.0, "protocol": "HTTPS",
			"loadBalancerArn": id(t, g, "demo-cell::edge-balancer")})}
	}), "internet/listener", "demo-cell::other", []string{"demo-cell::edge-balancer", "demo-cell::other"}},
	"a listener from another stack, seen from that alone": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Alone(Plus(g, New("demo-acme", listener, "other", map[string]any{"port": 443.0, "protocol": "HTTPS",
			"loadBalancerArn": id(t, g, "demo-cell::edge-balancer")})), "demo-acme")
	}, "internet/listener", "demo-acme::other", nil},
	"plain HTTP that is served": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::edge-http", Set("defaultActions", []any{map[string]any{"type": "forward",
			"targetGroupArn": id(t, g, "demo-acme::routing-target-group")}}))
	}, "internet/listener", "demo-cell::edge-http", []string{"demo-cell::edge-balancer", "demo-cell::edge-http"}},
	"an edge without a firewall": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::firewall-association", Removed)
	}, "internet/firewall", "demo-cell::edge-balancer", nil},
	"a URL of a function": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, "aws:lambda/functionUrl:FunctionUrl", "url", nil)}
	}), "internet/door", "demo-cell::url", nil},
	"networks with the same addresses": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, "aws:ec2/vpc:Vpc", "other", map[string]any{"cidrBlock": "10.20.128.0/17"})}
	}), "layout/addresses", "demo-cell::other", []string{"demo-cell::network-vpc", "demo-cell::other"}},
	"subnets with the same addresses": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, "aws:ec2/subnet:Subnet", "other", map[string]any{"cidrBlock": "10.20.4.0/24",
			"vpcId": id(t, g, "demo-cell::network-vpc")})}
	}), "layout/addresses", "demo-cell::other", []string{"demo-cell::network-private-a", "demo-cell::other"}},
	"a subnet of other addresses": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, "aws:ec2/subnet:Subnet", "other", map[string]any{"cidrBlock": "10.30.4.0/24",
			"vpcId": id(t, g, "demo-cell::network-vpc")})}
	}), "layout/addresses", "demo-cell::other", []string{"demo-cell::other", "demo-cell::network-vpc"}},
	"the NAT gateway of another zone": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::network-private-a-default", Set("natGatewayId", id(t, g, "demo-cell::network-nat-b")))
	}, "layout/zones", "demo-cell::network-private-a-default", []string{"demo-cell::network-private-a",
		"demo-cell::network-private-a-routes", "demo-cell::network-private-a-default", "demo-cell::network-nat-b",
		"demo-cell::network-public-b"}},
	"a service in one zone": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::application-service", Set("networkConfiguration.subnets",
			tier(t, g, "private")[:1]))
	}, "layout/zones", "demo-acme::application-service", []string{"demo-acme::application-service",
		"demo-cell::network-vpc"}},
	"a database in fewer zones than what calls it": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-globex::database-subnets", Set("subnetIds", tier(t, g, "isolated")[:2]))
	}, "layout/zones", database, []string{database, "demo-globex::database-subnets", "demo-cell::network-vpc"}},
	"a tenant that may send anything": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-acme", out, "out", map[string]any{"ipProtocol": "-1", v4: everyone,
			"securityGroupId": id(t, g, "demo-acme::perimeter-application")})}
	}), "layout/egress", "demo-acme::out", []string{"demo-acme::*", "demo-acme::perimeter-application", "demo-acme::out"}},
	"an endpoint without a policy": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::network-endpoint-s3", Set("policy", nil))
	}, "layout/endpoints", "demo-cell::network-endpoint-s3", nil},
	"an endpoint for every account": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::network-endpoint-s3", Set("policy", policy(`"Action":"*","Resource":"*"`)))
	}, "layout/endpoints", "demo-cell::network-endpoint-s3", nil},
	"an endpoint that may be written to by everybody": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::network-endpoint-s3", Set("policy",
			policy(`"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::elsewhere/*"`)))
	}, "layout/endpoints", "demo-cell::network-endpoint-s3", nil},
	"endpoints open to another network": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule(cell, in, "in", id(t, g, "demo-cell::network-endpoints-group"), 443, v4, awayRange)}
	}), "layout/endpoints", "demo-cell::in", []string{"demo-cell::*", "demo-cell::network-endpoints-group",
		"demo-cell::in"}},
	"the tag of another tenant": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, database, Set("tags.tenant", "acme"))
	}, "isolation/tags", database, nil},
	"no tag of a tenant": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Alone(With(t, g, database, Set("tags.tenant", nil)), "demo-globex")
	}, "isolation/tags", database, nil},
	"a public database at Google": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{google(map[string]any{"ipv4Enabled": true})}
	}), "internet/public", "demo-mirror::sql", nil},
	"a database at Google as it comes": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{google(nil)}
	}), "internet/public", "demo-mirror::sql", nil},
	"a database at Google that addresses may reach": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{google(map[string]any{"ipv4Enabled": false, "authorizedNetworks": []any{
			map[string]any{"value": "203.0.113.7/32"}}})}
	}), "internet/open", "demo-mirror::sql", nil},
}

func policy(statement string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",` + statement + `}]}`
}

func google(ip map[string]any) *graph.Resource {
	return New("demo-mirror", "gcp:sql/databaseInstance:DatabaseInstance", "sql", map[string]any{
		"settings": map[string]any{"ipConfiguration": ip}})
}

var safe = map[string]func(*testing.T, *graph.Graph) *graph.Graph{
	"a second group of the tenant's own": func(t *testing.T, g *graph.Graph) *graph.Graph {
		of := id(t, g, "demo-acme::perimeter-database")
		return Plus(joinGroup(t, g, "reports"), New("demo-acme", group, "reports", nil),
			rule("demo-acme", out, "out", "reports", 3306, reference, of),
			rule("demo-acme", in, "in", of, 3306, reference, "reports"))
	},
	"a way out that nobody lets in": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return between(t, g, "demo-acme", "demo-globex", "database", 3306)[:1]
	}),
	"ports that do not meet": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{
			rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 8081, v4, cellRange),
			rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-application"), 8080, v4, cellRange)}
	}),
	"protocols that do not meet": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{
			New("demo-acme", out, "out", map[string]any{"securityGroupId": id(t, g, "demo-acme::perimeter-application"),
				"ipProtocol": "udp", "fromPort": 8080.0, "toPort": 8080.0, v4: cellRange}),
			rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-application"), 8080, v4, cellRange)}
	}),
	"what a network ACL denies": func(t *testing.T, g *graph.Graph) *graph.Graph {
		app := "demo-globex::application-service"
		g = With(t, g, app, Set("networkConfiguration.subnets", tier(t, g, "public")))
		g = With(t, g, "demo-cell::network-public-acl", Append("ingress", map[string]any{"action": "deny", "ruleNo": 1.0,
			"protocol": "tcp", "cidrBlock": "10.20.0.0/16", "fromPort": 9000.0, "toPort": 9100.0}))
		return Plus(g,
			rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 9050, v4, "10.20.32.0/21"),
			rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-application"), 9050, v4, cellRange))
	},
	"a prefix list of other addresses": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{
			rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 443, lists, "offices"),
			New(cell, list, "offices", map[string]any{"entries": []any{map[string]any{"cidr": "203.0.113.0/24"}}}),
			rule("demo-globex", in, "in", id(t, g, "demo-globex::perimeter-application"), 443, v4, "10.20.32.0/21")}
	}),
	"the prefix list of an endpoint": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-database"), 443, lists,
			Find(t, g, "demo-cell::network-endpoint-s3").Text("prefixListId"))}
	}),
	"a peering that no route leads to": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{peered(t, g)}
	}),
	"a peering with a route there and none back": func(t *testing.T, g *graph.Graph) *graph.Graph {
		more := joined(t, g, "vpcPeeringConnectionId", "pcx")
		return Plus(unlisted(t, g, cell, "demo-standby"), more[0], more[2], peered(t, g))
	},
	"a transit gateway with one VPC": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, transit, "tgw", nil), attached(t, g, cell),
			joined(t, g, "transitGatewayId", "tgw")[0]}
	}),
	"a peering of public subnets": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{peered(t, g), New(cell, route, "there", map[string]any{
			"routeTableId": id(t, g, "demo-cell::network-public-routes"), "destinationCidrBlock": awayRange,
			"vpcPeeringConnectionId": "pcx"})}
	}),
	"a load balancer of its own for a tenant": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, New("demo-acme", balancer, "lb", map[string]any{"loadBalancerType": "network", "internal": true,
			"arn": "lb", "securityGroups": []any{id(t, g, "demo-acme::perimeter-application")},
			"subnets": tier(t, g, "private")}))
	},
	"a load balancer for files that nobody lets in": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(network(t, g, "network", true),
			rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 2049, v4, "10.20.0.0/19"))
	}),
	"a public address where no internet is": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::application-service", Set("networkConfiguration.assignPublicIp", true))
	},
	"IPv6 where there is none": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule("demo-acme", in, "in", id(t, g, "demo-acme::perimeter-application"), 8080, v6, "::/0")}
	}),
	"a machine without an address in a public subnet": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, group, "machines", nil), New(cell, machine, "machine", map[string]any{
			"vpcSecurityGroupIds": []any{"machines"},
			"subnetId":            id(t, g, "demo-cell::network-public-a")})}
	}),
	"a load balancer within": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, balancer, "lb", map[string]any{"loadBalancerType": "application",
			"internal": true}), New(cell, listener, "plain", map[string]any{"loadBalancerArn": "lb", "port": 8080.0,
			"protocol": "HTTP"})}
	}),
	"a rule of the default group, in which nobody is": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::network-default-group", Set("ingress", []any{map[string]any{"protocol": "-1",
			"fromPort": 0.0, "toPort": 0.0, "self": true}}))
	},
	"a network beside the others": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, "aws:ec2/vpc:Vpc", "other", map[string]any{"cidrBlock": "10.22.0.0/16"})}
	}),
	"a subnet in what is left": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, "aws:ec2/subnet:Subnet", "other", map[string]any{"cidrBlock": "10.20.255.0/24",
			"vpcId": id(t, g, "demo-cell::network-vpc")})}
	}),
	"an endpoint for the organization": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-cell::network-endpoint-s3", Set("policy", policy(
			`"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`)))
	},
	"endpoints open to a part of their network": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule(cell, in, "in", id(t, g, "demo-cell::network-endpoints-group"), 443, v4,
			"10.20.1.0/24")}
	}),
	"HTTPS to one address": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{rule("demo-acme", out, "out", id(t, g, "demo-acme::perimeter-application"), 443, v4,
			"203.0.113.7/32")}
	}),
	"a scheduled task in one zone": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::dump-schedule", Set("target.ecsParameters.networkConfiguration.subnets",
			tier(t, g, "private")[:1]))
	},
	"a database at Google with a private address": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{google(map[string]any{"ipv4Enabled": false, "privateNetwork": "network"})}
	}),
}

var unknown = map[string]leak{
	"the group of what a stack brings back": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, joinGroup(t, g, "sg-1"), "demo-acme::application-service", Set("tags.restored-of", "demo-acme"))
		return Alone(g, "demo-acme")
	}, "isolation/groups", "demo-acme::application-service", nil},
	"who is let in to a database": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-globex", in, "in", map[string]any{"ipProtocol": "tcp", "fromPort": 3306.0,
			"toPort": 3306.0, "securityGroupId": id(t, g, "demo-globex::perimeter-database"), v4: Unknown})}
	}), "isolation/admits", "demo-globex::in", nil},
	"whether a database is public": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, database, Set("publiclyAccessible", Unknown))
	}, "internet/public", database, nil},
	"which table a route is in": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-standby", route, "way", map[string]any{"routeTableId": Unknown,
			"destinationCidrBlock": everyone, "gatewayId": id(t, g, "demo-standby::network-internet")})}
	}), "internet/route", "demo-standby::way", nil},
	"whether a load balancer is internal": {plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New(cell, balancer, "lb", map[string]any{"loadBalancerType": "network",
			"internal": Unknown})}
	}), "internet/balancer", "demo-cell::lb", nil},
	"which group a service is in": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::application-service", Set(services, []any{Unknown}))
	}, path, database, nil},
}
