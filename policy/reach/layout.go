package reach

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// Layout is everything by which a network would not stand when a zone is lost, meets another one, or lets out what
// should stay inside.
func Layout(g *graph.Graph) []graph.Finding {
	n := newNetwork(g)
	n.overlaps()
	n.gateways()
	n.spread()
	n.outgoing()
	n.endpoints()
	return n.findings
}

// overlaps asks that no two networks have the same addresses, so that any two can be joined, and that subnets have their
// own share of their network.
func (n *network) overlaps() {
	n.apart(n.OfType(vpc), func(a, b *graph.Resource) bool { return true })
	n.apart(n.OfType(subnet), func(a, b *graph.Resource) bool { return n.home(a) != nil && n.home(a) == n.home(b) })
	for _, s := range n.OfType(subnet) {
		home := n.home(s)
		if home == nil {
			continue
		}
		inner, is := prefix(props.Text(s.Declared(), "cidrBlock"))
		outer, has := prefix(props.Text(home.Declared(), "cidrBlock"))
		if is && has && (inner.Bits() < outer.Bits() || !outer.Contains(inner.Addr())) {
			n.find("layout/addresses", graph.Yes, s, []*graph.Resource{s, home}, fmt.Sprintf("cidrBlock is %s, which is not "+
				"within %s of %s; expected a share of it: choose one", inner, outer, called(home)))
		}
	}
}

func (n *network) apart(all []*graph.Resource, together func(a, b *graph.Resource) bool) {
	for i, a := range all {
		for _, b := range all[i+1:] {
			one, is := prefix(props.Text(a.Declared(), "cidrBlock"))
			other, has := prefix(props.Text(b.Declared(), "cidrBlock"))
			if is && has && one.Overlaps(other) && together(a, b) {
				n.find("layout/addresses", graph.Yes, b, []*graph.Resource{a, b}, fmt.Sprintf("cidrBlock is %s, and %s has %s; "+
					"expected addresses of its own: choose a range that is free", other, called(a), one))
			}
		}
	}
}

// gateways asks that what a subnet sends out goes by a NAT gateway of its own zone, which is lost with it alone.
func (n *network) gateways() {
	for _, s := range n.OfType(subnet) {
		for _, h := range n.hops(s) {
			if h.kind != toNAT || h.way == nil {
				continue
			}
			at := n.one(h.way, "subnetId", subnet)
			if at == nil || !props.Known(s.Declared(), "availabilityZone") || !props.Known(at.Declared(), "availabilityZone") {
				continue
			}
			here, there := zone(s), zone(at)
			if here != there {
				n.find("layout/zones", h.sure, h.by, []*graph.Resource{s, h.table, h.by, h.way, at}, fmt.Sprintf("%s in %s goes "+
					"out by %s in %s; expected the gateway of its own zone: lead the route there", called(s), here,
					called(h.way), there))
			}
		}
	}
}

func zone(subnet *graph.Resource) string { return props.Text(subnet.Declared(), "availabilityZone") }

// spread asks that services, databases and load balancers of a network stand in the same zones, two or more.
func (n *network) spread() {
	all := map[*graph.Resource]map[string]bool{} // of networks, wherever one of them stands
	var spread []*nic
	for _, one := range n.interfaces {
		if one.of.Type != service && one.of.Type != instance && one.of.Type != loadBalancer || one.hidden {
			continue
		}
		spread = append(spread, one)
		for _, s := range one.subnets {
			if home := n.home(s.Resource); home != nil && zone(s.Resource) != "" {
				if all[home] == nil {
					all[home] = map[string]bool{}
				}
				all[home][zone(s.Resource)] = true
			}
		}
	}
	for _, one := range spread {
		own, home := map[string]bool{}, (*graph.Resource)(nil)
		for _, s := range one.subnets {
			own[zone(s.Resource)], home = true, n.home(s.Resource)
		}
		if home != nil && (len(own) < 2 || len(own) < len(all[home])) && !own[""] {
			n.find("layout/zones", graph.Yes, one.of, append(append([]*graph.Resource{one.of}, one.by...), home), fmt.Sprintf(
				"it stands in %s; expected each zone in which its network's services, databases and load balancers stand, two "+
					"or more: %s: name a subnet of each", list(own), list(all[home])))
		}
	}
}

func list(zones map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(zones)), ", ")
}

// https is what tenants may send to the internet.
var https = traffic{"tcp", 443, 443}

// outgoing asks that what a tenant runs sends nothing but HTTPS to the internet.
func (n *network) outgoing() {
	told := map[*graph.Resource]bool{}
	for _, one := range n.interfaces {
		if one.owner == "" || one.kind != compute {
			continue
		}
		for _, s := range n.sides(one, true) {
			for _, p := range s.peers {
				if told[s.by] || !p.prefix.IsValid() || !public(p.prefix) || s.traffic == https {
					continue
				}
				told[s.by] = true
				n.find("layout/egress", min(s.sure, p.sure), s.by, []*graph.Resource{one.of, s.group, rule(s), p.list},
					fmt.Sprintf("it lets %s of %s send more than HTTPS to %s; expected TCP on port 443 only: set the protocol and "+
						"the ports", called(one.of), one.owner, p))
			}
		}
	}
}

// endpoints asks that through an endpoint only the own account is served, and that nobody from outside the network gets
// to it.
func (n *network) endpoints() {
	for _, e := range n.OfType(endpoint) {
		const fix = "limit each statement by aws:PrincipalAccount"
		if !props.Known(e.Declared(), "policy") {
			n.find("layout/endpoints", graph.Maybe, e, nil, "policy is not known yet")
			continue
		}
		policy, err := access.Parse("its policy", props.Text(e.Declared(), "policy"))
		if err != nil {
			n.find("layout/endpoints", graph.Yes, e, nil, "policy is absent or none, so that every account is served; "+
				"expected the own one alone: "+fix)
			continue
		}
		for _, c := range policy.Clauses() {
			if !c.Deny && !limited(c) {
				n.find("layout/endpoints", graph.Yes, e, nil, fmt.Sprintf("%s serves every account; expected the own one alone, "+
					"or named objects to be read: %s", c.At, fix))
			}
		}
	}
	told := map[*graph.Resource]bool{}
	for _, one := range n.interfaces {
		if one.kind != private {
			continue
		}
		for _, s := range n.sides(one, false) {
			for _, p := range s.peers {
				if p.prefix.IsValid() && n.outside(p.prefix, one) && !told[s.by] {
					told[s.by] = true
					n.find("layout/endpoints", min(s.sure, p.sure), s.by, []*graph.Resource{one.of, s.group, rule(s), p.list},
						fmt.Sprintf("it lets %s in to %s; expected addresses of its own network only: name its subnets", p,
							called(one.of)))
				}
			}
		}
	}
}

// outside says whether a range has addresses that are not of an interface's own network.
func (n *network) outside(p netip.Prefix, one *nic) bool {
	known := false
	for _, s := range one.subnets {
		home := n.home(s.Resource)
		if home == nil {
			continue
		}
		own, is := prefix(props.Text(home.Declared(), "cidrBlock"))
		if is && own.Bits() <= p.Bits() && own.Contains(p.Addr()) {
			return false
		}
		known = known || is
	}
	return known || public(p)
}

// limits are the keys of conditions that name accounts.
var limits = []string{"aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"}

// limited says whether a statement of an endpoint is for named accounts, or lets named objects be read.
func limited(c access.Clause) bool {
	for _, r := range c.Conditions {
		named := slices.ContainsFunc(limits, func(key string) bool { return strings.EqualFold(key, r.Key) })
		if named && !r.Negated && !r.IfExists && len(r.Values) > 0 && !slices.Contains(r.Values, "*") {
			return true
		}
	}
	reads := len(c.Actions) > 0 && !slices.ContainsFunc(c.Actions, func(a string) bool { return a != "s3:GetObject" })
	names := len(c.Resources) > 0 && !slices.ContainsFunc(c.Resources, func(r string) bool {
		return strings.HasPrefix(strings.TrimPrefix(r, "arn:aws:s3:::"), "*")
	})
	return reads && names
}
