package reach

import (
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// entry is a rule of a network ACL.
type entry struct {
	traffic
	number float64
	allows bool
	prefix netip.Prefix
	// sure is Maybe where something of it is not known.
	sure graph.Sure
}

// list is the network ACL of a subnet: its own, else the default one of its VPC; nil where the graph has neither, so
// that everything passes, as AWS lets it.
func (n *network) list(subnet *graph.Resource) *graph.Resource {
	return once(n.lists, subnet, n.findList)
}

func (n *network) findList(subnet *graph.Resource) *graph.Resource {
	for _, token := range []string{accessList, defaultList} {
		for _, list := range n.OfType(token) {
			if n.Names(list, "subnetIds", subnet) != graph.No {
				return list
			}
		}
	}
	for _, use := range n.OfType(listAssociation) {
		if n.Names(use, "subnetId", subnet) != graph.No {
			return n.one(use, "networkAclId", accessList)
		}
	}
	home := n.home(subnet)
	if home == nil {
		return nil
	}
	for _, list := range n.OfType(defaultList) {
		if list.ID != "" && home.Text("defaultNetworkAclId") == list.ID ||
			slices.Contains(list.Sources("defaultNetworkAclId"), home.URN) {
			return list
		}
	}
	return nil
}

// readEntries are the rules of a list in a direction, in the order in which they decide.
func (n *network) readEntries(of direction) []entry {
	list, inline := of.list, "ingress"
	if of.egress {
		inline = "egress"
	}
	var all []entry
	for _, v := range flat(props.At(list.Declared(), inline)) {
		switch {
		case v.IsComputed():
			all = append(all, entry{traffic: traffic{to: lastPort}, allows: true, sure: graph.Maybe})
		case v.IsMap():
			all = append(all, entryOf(v.AsMap(), "ruleNo", "action"))
		}
	}
	for _, rule := range n.OfType(accessListRule) {
		if n.Names(rule, "networkAclId", list) != graph.No && props.Flag(rule.Declared(), "egress") == of.egress {
			all = append(all, entryOf(rule.Declared(), "ruleNumber", "ruleAction"))
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return int(a.number - b.number) })
	return all
}

func entryOf(rule property.Map, number, action string) entry {
	t, sure := trafficOf(rule)
	e := entry{traffic: t, sure: sure, allows: props.Text(rule, action) == "allow"}
	e.number, _ = props.Number(rule, number)
	for _, path := range []string{"cidrBlock", "ipv6CidrBlock"} {
		if p, is := prefix(props.Text(rule, path)); is {
			e.prefix = p
		}
	}
	for _, path := range []string{number, action, "cidrBlock", "ipv6CidrBlock"} {
		if !props.Known(rule, path) {
			e.sure = graph.Maybe
		}
	}
	return e
}

// passes says whether a list lets something of the traffic with one of the addresses through.
func (n *network) passes(list *graph.Resource, egress bool, t traffic, with netip.Prefix) graph.Sure {
	if list == nil {
		return graph.Yes
	}
	left, sure := []traffic{t}, graph.No
	for _, e := range once(n.entries, direction{list, egress}, n.readEntries) {
		if e.sure == graph.Maybe {
			sure = max(sure, graph.Maybe)
			continue
		}
		if !e.prefix.Overlaps(with) {
			continue
		}
		for _, piece := range left {
			if _, some := piece.and(e.traffic); some && e.allows {
				return graph.Yes
			}
		}
		if covers := e.prefix.Bits() <= with.Bits(); covers {
			left = cut(left, e.traffic)
		}
	}
	return sure
}

// cut takes traffic out of each piece.
func cut(pieces []traffic, by traffic) []traffic {
	var left []traffic
	for _, piece := range pieces {
		left = append(left, piece.without(by)...)
	}
	return left
}
