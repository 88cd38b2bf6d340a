package reach

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// Internet is everything by which a data store has a way to or from the internet, and everything that can be reached
// from there but the load balancers of the edge.
func Internet(g *graph.Graph) []graph.Finding {
	n := newNetwork(g)
	n.publicStores()
	n.routedStores()
	n.openStores()
	n.googleStores()
	n.exposed()
	n.frontDoors()
	n.edges()
	return n.findings
}

// publicStores asks that no store asks for a public address.
func (n *network) publicStores() {
	for _, one := range n.stores() {
		if one.published != graph.No {
			n.find("internet/public", one.published, one.of, nil, fmt.Sprintf("%s asks for a public address; expected none "+
				"for what keeps data: set publiclyAccessible to false", called(one.of)))
		}
	}
}

// routedStores asks that no subnet of a store has a route to the internet or from there. Those that a cell offers to
// its tenants for stores count before there is any.
func (n *network) routedStores() {
	told := map[*graph.Resource]bool{}
	for _, one := range append(n.stores(), n.offered()...) {
		for _, s := range one.subnets {
			for _, h := range n.hops(s.Resource) {
				if !h.outward() || told[h.by] {
					continue
				}
				told[h.by] = true
				n.find("internet/route", min(h.sure, s.sure), h.by, n.witness(one, s.Resource, h), fmt.Sprintf(
					"it leads from %s, in which %s lives, to %s; expected no route to the internet from where data is kept: "+
						"remove the route", called(s.Resource), called(one.of), h.kind))
			}
		}
	}
}

// offered are the subnets that cells export for stores, each cell's as if a store lived there.
func (n *network) offered() []*nic {
	var all []*nic
	for _, stack := range n.OfType("pulumi:pulumi:Stack") {
		one := &nic{of: stack, kind: store}
		for _, id := range props.Texts(stack.Outputs, "cell.isolatedSubnetIds[*]") {
			if s := n.First(subnet, "id", id); s != nil {
				one.subnets = append(one.subnets, named{s, graph.Yes})
			}
		}
		all = append(all, one)
	}
	return all
}

// openStores asks that no rule of a store's groups is about addresses of the internet, whatever else keeps them out.
func (n *network) openStores() {
	told := map[*graph.Resource]bool{}
	for _, one := range n.stores() {
		for _, egress := range []bool{false, true} {
			for _, s := range n.sides(one, egress) {
				for _, p := range s.peers {
					outside := p.prefix.IsValid() && public(p.prefix)
					hidden := p.group == nil && !p.prefix.IsValid() && p.text == ""
					if told[s.by] || !outside && !hidden {
						continue
					}
					told[s.by] = true
					n.find("internet/open", min(s.sure, p.sure), s.by, []*graph.Resource{one.of, s.group, rule(s), p.list},
						fmt.Sprintf("it opens the way %s for %s; expected no address of the internet for what keeps data: name the "+
							"group that needs it", way(egress, p), called(one.of)))
				}
			}
		}
	}
}

func way(egress bool, p peer) string {
	if egress {
		return "to " + p.String()
	}
	return "from " + p.String()
}

// anywhere are the addresses of the internet.
var anywhere = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// exposed asks that nothing but load balancers has an address that the internet finds.
func (n *network) exposed() {
	for _, one := range n.interfaces {
		if one.kind == balancer {
			continue
		}
		found, witness := n.address(one)
		if found == graph.No {
			continue
		}
		if sure, rules := n.welcomes(one); sure != graph.No {
			n.find("internet/reachable", min(found, sure), one.of, append(witness, rules...), fmt.Sprintf("the internet "+
				"reaches %s; expected nothing but the edge's load balancers: move it to a private subnet", called(one.of)))
			continue
		}
		n.find("internet/address", found, one.of, witness, fmt.Sprintf("%s has a public address in a subnet of the "+
			"internet, and only its groups keep it closed; expected none: move it to a private subnet", called(one.of)))
	}
}

// address says whether an interface has an address to which the internet has a route, and how that leads there.
func (n *network) address(one *nic) (sure graph.Sure, witness []*graph.Resource) {
	for _, s := range one.subnets {
		for _, h := range n.hops(s.Resource) {
			if h.kind != toInternet {
				continue
			}
			has := n.hasAddress(one, s.Resource, h)
			if s := min(has, s.sure, h.sure); s > sure {
				sure, witness = s, nil
			}
			if sure != graph.No && witness == nil {
				witness = []*graph.Resource{h.way, h.table, s.Resource, one.of}
				if h.by != h.table {
					witness = []*graph.Resource{h.way, h.by, h.table, s.Resource, one.of}
				}
			}
		}
	}
	return sure, witness
}

// hasAddress says whether an interface has a public address in a subnet that a route serves. All addresses of IPv6 are.
func (n *network) hasAddress(one *nic, subnet *graph.Resource, h hop) graph.Sure {
	if h.to.IsValid() && h.to.Addr().Is6() {
		v6 := slices.ContainsFunc(one.ranges(subnet), func(p netip.Prefix) bool { return p.Addr().Is6() })
		if v6 {
			return graph.Yes
		}
		return graph.No
	}
	sure := max(one.published, n.given(one.of))
	if one.of.Type == "aws:ec2/instance:Instance" || one.of.Type == "aws:ec2/networkInterface:NetworkInterface" {
		sure = max(sure, flag(subnet.Declared(), "mapPublicIpOnLaunch"))
	}
	return sure
}

// given says whether an elastic address is given to something.
func (n *network) given(r *graph.Resource) graph.Sure {
	sure := graph.No
	for token, paths := range map[string][]string{
		address: {"instance", "networkInterface"}, addressUse: {"instanceId", "networkInterfaceId"}} {
		for _, one := range n.OfType(token) {
			for _, path := range paths {
				sure = max(sure, n.Names(one, path, r))
			}
		}
	}
	return sure
}

// welcomes says whether groups and network ACLs let the internet in, and by which rules.
func (n *network) welcomes(one *nic) (sure graph.Sure, rules []*graph.Resource) {
	for _, s := range n.sides(one, false) {
		for _, p := range s.peers {
			outside := p.prefix.IsValid() && public(p.prefix)
			unknown := p.group == nil && !p.prefix.IsValid() && p.text == ""
			if !outside && !unknown {
				continue
			}
			if found := min(s.sure, p.sure, n.letsIn(one, s.traffic)); found > sure {
				sure, rules = found, []*graph.Resource{s.group, rule(s), p.list}
			}
		}
	}
	return sure, rules
}

func (n *network) letsIn(one *nic, t traffic) graph.Sure {
	sure := graph.No
	for _, s := range one.subnets {
		list := n.list(s.Resource)
		for _, from := range anywhere {
			passes := n.passes(list, false, t, from)
			if t.protocol == "tcp" {
				passes = min(passes, n.passes(list, true, answers, from))
			}
			sure = max(sure, min(s.sure, passes))
		}
	}
	return sure
}

// doors are the types that the internet reaches by what they are, without a network.
var doors = map[string]string{
	"aws:lambda/functionUrl:FunctionUrl":            "a URL of a function",
	"aws:apigateway/restApi:RestApi":                "an API",
	"aws:apigatewayv2/api:Api":                      "an API",
	"aws:appsync/graphQLApi:GraphQLApi":             "an API",
	"aws:apprunner/service:Service":                 "a service with a name of its own",
	"aws:cloudfront/distribution:Distribution":      "a distribution",
	"aws:globalaccelerator/accelerator:Accelerator": "an accelerator",
	"aws:transfer/server:Server":                    "a server for files",
	"aws:lightsail/instance:Instance":               "a machine outside of the networks",
}

func (n *network) frontDoors() {
	for _, r := range n.All() {
		if what, is := doors[r.Type]; is {
			n.find("internet/door", graph.Yes, r, nil, "it is "+what+", which the internet reaches; expected nothing but the "+
				"edge's load balancers: put it behind them")
		}
	}
}

// edges asks that what faces the internet is a load balancer of the platform, behind a firewall, that does nothing but
// HTTPS and sending there.
func (n *network) edges() {
	for _, one := range n.interfaces {
		if one.kind != balancer || one.published == graph.No {
			continue
		}
		if transparent(one.of) || one.owner != "" {
			n.find("internet/balancer", one.published, one.of, nil, fmt.Sprintf("%s of %s faces the internet; expected only "+
				"the platform's application load balancers: set internal to true", called(one.of), whose(one.owner)))
			continue
		}
		n.guarded(one)
		n.listening(one)
	}
	for _, l := range n.OfType(listener) {
		if _, others, _ := n.names(l, "loadBalancerArn", loadBalancer); len(others) > 0 {
			n.find("internet/listener", graph.Yes, l, nil, "it opens a port of a load balancer that no stack declares that is "+
				"seen here; expected listeners where the load balancer is declared: move it there, or add a listener rule")
		}
	}
}

func (n *network) guarded(one *nic) {
	sure := graph.No
	for _, use := range n.OfType(webACLUse) {
		sure = max(sure, n.Names(use, "resourceArn", one.of))
	}
	switch sure {
	case graph.No:
		n.find("internet/firewall", one.published, one.of, nil, fmt.Sprintf("%s faces the internet without a firewall; "+
			"expected a web ACL before it: declare a WebAclAssociation", called(one.of)))
	case graph.Maybe:
		n.find("internet/firewall", graph.Maybe, one.of, nil, "it is not known whether a web ACL is before it")
	case graph.Yes:
	}
}

// listening asks for one listener of HTTPS, one that sends there, and no other.
func (n *network) listening(one *nic) {
	var https []*graph.Resource
	for _, l := range n.OfType(listener) {
		sure := n.Names(l, "loadBalancerArn", one.of)
		if sure == graph.No {
			continue
		}
		declared := l.Declared()
		port, _ := props.Number(declared, "port")
		known := props.Known(declared, "port") && props.Known(declared, "protocol")
		if !known {
			sure = graph.Maybe
		}
		switch {
		case port == 443 && props.Text(declared, "protocol") == "HTTPS":
			https = append(https, l)
		case port == 80 && props.Text(declared, "protocol") == "HTTP" && redirects(l):
		default:
			n.find("internet/listener", sure, l, []*graph.Resource{one.of, l}, fmt.Sprintf("it serves the internet at port %v; "+
				"expected HTTPS at 443, and at 80 nothing but sending there: remove it", port))
		}
	}
	if len(https) > 1 {
		n.find("internet/listener", graph.Yes, https[1], []*graph.Resource{one.of, https[0], https[1]}, fmt.Sprintf(
			"%s has %d listeners of HTTPS; expected one", called(one.of), len(https)))
	}
}

func redirects(l *graph.Resource) bool {
	actions := props.Maps(l.Declared(), "defaultActions[*]")
	return len(actions) > 0 && !slices.ContainsFunc(actions, func(a property.Map) bool {
		return props.Text(a, "type") != "redirect" || props.Text(a, "redirect.protocol") != "HTTPS"
	})
}

const googleDatabase = "gcp:sql/databaseInstance:DatabaseInstance"

// googleStores asks the same of databases in Google's cloud.
// https://cloud.google.com/sql/docs/mysql/configure-private-ip
func (n *network) googleStores() {
	const at = "settings.ipConfiguration."
	for _, r := range n.OfType(googleDatabase) {
		declared := r.Declared()
		ip := flag(declared, at+"ipv4Enabled")
		if len(props.At(declared, at+"ipv4Enabled")) == 0 {
			ip = graph.Yes // as Google sets it
		}
		if ip != graph.No {
			n.find("internet/public", ip, r, nil, at+"ipv4Enabled is not false, so that it has a public "+
				"address; expected a private one only: set it to false, and privateNetwork")
		}
		if len(props.At(declared, at+"authorizedNetworks[*]")) > 0 {
			sure := graph.Yes
			if !props.Known(declared, at+"authorizedNetworks") {
				sure = graph.Maybe
			}
			n.find("internet/open", sure, r, nil, at+"authorizedNetworks admits addresses; expected none: remove them, "+
				"and connect from the private network")
		}
	}
}
