package reach

import (
	"net/netip"

	"haven/policy/graph"
	"haven/policy/props"
)

// link is a connection that one interface may open to another.
type link struct {
	traffic
	sure graph.Sure
	// by leads from the one to the other: groups, rules and routes.
	by []*graph.Resource
}

// everyone is whoever has an address.
var everyone = []peer{
	{prefix: netip.MustParsePrefix("0.0.0.0/0"), sure: graph.Yes},
	{prefix: netip.MustParsePrefix("::/0"), sure: graph.Yes},
}

// side is an opening of an interface, with the group that it has it from.
type side struct {
	group *graph.Resource
	opening
}

func (n *network) sides(one *nic, egress bool) []side {
	if one.open {
		return n.unlimited(one, egress)
	}
	var all []side
	for _, group := range one.groups {
		list := n.openings[group.Resource].in
		if egress {
			list = n.openings[group.Resource].out
		}
		for _, o := range list {
			o.sure = min(o.sure, group.sure)
			all = append(all, side{group.Resource, o})
		}
	}
	return all
}

// unlimited are the openings of a load balancer that is in no group: in at the ports that it listens at.
func (n *network) unlimited(one *nic, egress bool) []side {
	if egress {
		return []side{{nil, opening{traffic: traffic{to: lastPort}, sure: graph.Yes, peers: everyone}}}
	}
	var all []side
	for _, l := range n.OfType(listener) {
		if sure := n.Names(l, "loadBalancerArn", one.of); sure != graph.No {
			port, known := props.Number(l.Declared(), "port")
			t := traffic{everyProtocol, int(port), int(port)}
			if !known {
				t, sure = traffic{to: lastPort}, graph.Maybe
			}
			all = append(all, side{nil, opening{by: l, traffic: t, sure: sure, peers: everyone}})
		}
	}
	return all
}

// meets is how sure it is that an opening is for an interface, and by which peer.
func (s side) meets(other *nic) (graph.Sure, peer) {
	var best peer
	sure := graph.No
	for _, p := range s.peers {
		if m := min(s.sure, other.means(p)); m > sure {
			best, sure = p, m
		}
	}
	return sure, best
}

// connect is the surest link from one interface to another; sure is No where there is none.
func (n *network) connect(from, to *nic) link {
	var best link
	ins := n.sides(to, false)
	for _, out := range n.sides(from, true) {
		leaves, toward := out.meets(to)
		if leaves <= best.sure {
			continue
		}
		for _, in := range ins {
			enters, by := in.meets(from)
			t, some := out.traffic.and(in.traffic)
			if enters <= best.sure || !some {
				continue
			}
			way, passes := n.way(from, to, t)
			if sure := min(leaves, enters, passes); sure > best.sure {
				best = link{traffic: t, sure: sure, by: trail(out, toward, way, by, in)}
			}
		}
	}
	return best
}

func trail(out side, toward peer, way []*graph.Resource, by peer, in side) []*graph.Resource {
	all := append([]*graph.Resource{out.group, rule(out), toward.list}, way...)
	return append(all, by.list, rule(in), in.group)
}

// rule is the rule of an opening, nil where that is the group itself.
func rule(s side) *graph.Resource {
	if s.by == s.group {
		return nil
	}
	return s.by
}

// way says how traffic gets from one interface to another through routes and network ACLs. What is in subnets that the
// graph does not have may be anywhere.
func (n *network) way(from, to *nic, t traffic) (by []*graph.Resource, sure graph.Sure) {
	if len(from.subnets) == 0 || len(to.subnets) == 0 {
		return nil, graph.Yes
	}
	for _, a := range from.subnets {
		for _, b := range to.subnets {
			routes, routed := n.between(a.Resource, b.Resource, to.ranges(b.Resource))
			if routed <= sure {
				continue
			}
			if s := min(routed, a.sure, b.sure, n.filtered(from, a.Resource, to, b.Resource, t)); s > sure {
				by, sure = routes, s
			}
		}
	}
	return by, sure
}

// filtered says whether the network ACLs of two subnets let traffic through, and its answers back. Within a subnet
// there are none.
func (n *network) filtered(from *nic, a *graph.Resource, to *nic, b *graph.Resource, t traffic) graph.Sure {
	if a == b {
		return graph.Yes
	}
	if len(from.ranges(a)) == 0 || len(to.ranges(b)) == 0 {
		return graph.Maybe
	}
	sure := graph.No
	for _, source := range from.ranges(a) {
		for _, target := range to.ranges(b) {
			if source.Addr().Is4() == target.Addr().Is4() {
				sure = max(sure, n.exchange(n.list(a), source, n.list(b), target, t))
			}
		}
	}
	return sure
}

func (n *network) exchange(here *graph.Resource, source netip.Prefix, there *graph.Resource, target netip.Prefix,
	t traffic,
) graph.Sure {
	sure := min(n.passes(here, true, t, target), n.passes(there, false, t, source))
	if t.protocol == "tcp" {
		sure = min(sure, n.passes(there, true, answers, source), n.passes(here, false, answers, target))
	}
	return sure
}
