package reach

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// opening is what a rule of a security group lets through.
type opening struct {
	// by is the rule, or the group in which it stands.
	by *graph.Resource
	traffic
	// sure is Maybe where it is not known what it lets through, or of which group it is.
	sure  graph.Sure
	peers []peer
}

// peer is who may be at the other end: a group, or the addresses of a range. One that is neither is not known.
type peer struct {
	group  *graph.Resource
	prefix netip.Prefix
	// list is the prefix list in which the range stands.
	list *graph.Resource
	sure graph.Sure
	// text is how it is written.
	text string
}

// openings are those of a group.
type openings struct{ in, out []opening }

func (o *openings) add(egress bool, one opening) {
	if egress {
		o.out = append(o.out, one)
	} else {
		o.in = append(o.in, one)
	}
}

// words are the properties in which a kind of rule says who may be at the other end.
var words = struct{ ranges, groups, lists []string }{
	ranges: []string{"cidrIpv4", "cidrIpv6", "cidrBlocks[*]", "ipv6CidrBlocks[*]"},
	groups: []string{"referencedSecurityGroupId", "sourceSecurityGroupId", "securityGroups[*]"},
	lists:  []string{"prefixListId", "prefixListIds[*]"},
}

func (n *network) readOpenings() {
	for _, token := range []string{securityGroup, defaultGroup} {
		for _, group := range n.OfType(token) {
			n.openings[group] = n.inline(group)
		}
	}
	for token, egress := range map[string]bool{ingressRule: false, egressRule: true} {
		for _, rule := range n.OfType(token) {
			n.attach(rule, egress, graph.Yes)
		}
	}
	for _, rule := range n.OfType(groupRule) {
		sure := graph.Yes
		if !props.Known(rule.Declared(), "type") {
			sure = graph.Maybe
		}
		if kind := props.Text(rule.Declared(), "type"); kind != "ingress" {
			n.attach(rule, true, sure)
		}
		if kind := props.Text(rule.Declared(), "type"); kind != "egress" {
			n.attach(rule, false, sure)
		}
	}
}

// inline are the openings that stand in a group itself.
func (n *network) inline(group *graph.Resource) openings {
	var all openings
	for _, direction := range []string{"ingress", "egress"} {
		for _, v := range flat(props.At(group.Declared(), direction)) {
			switch {
			case v.IsComputed():
				all.add(direction == "egress", opening{by: group, traffic: traffic{to: lastPort}, sure: graph.Maybe,
					peers: []peer{{sure: graph.Maybe}}})
			case v.IsMap():
				all.add(direction == "egress", n.opening(group, direction, v.AsMap(), group))
			}
		}
	}
	return all
}

// attach gives the openings of a rule of its own to its group. The default group of a VPC is one too.
func (n *network) attach(rule *graph.Resource, egress bool, sure graph.Sure) {
	groups, _, _ := n.names(rule, "securityGroupId", securityGroup, defaultGroup)
	for _, group := range groups {
		one := n.opening(rule, "", rule.Declared(), group.Resource)
		one.sure = min(one.sure, group.sure, sure)
		all := n.openings[group.Resource]
		all.add(egress, one)
		n.openings[group.Resource] = all
	}
}

func (n *network) opening(by *graph.Resource, inside string, rule property.Map, group *graph.Resource) opening {
	t, sure := trafficOf(rule)
	one := opening{by: by, traffic: t, sure: sure}
	for _, path := range words.ranges {
		for _, v := range flat(props.At(rule, path)) {
			one.peers = append(one.peers, ranged(v, nil))
		}
	}
	for _, path := range words.groups {
		all, others, hidden := n.mean(by, at(inside, path), props.At(rule, path), securityGroup, defaultGroup)
		for _, g := range all {
			one.peers = append(one.peers, peer{group: g.Resource, sure: g.sure, text: g.Name()})
		}
		one.peers = append(one.peers, strangers(others, hidden)...)
	}
	for _, path := range words.lists {
		one.peers = append(one.peers, n.listed(by, at(inside, path), props.At(rule, path))...)
	}
	if props.Flag(rule, "self") {
		one.peers = append(one.peers, peer{group: group, sure: graph.Yes, text: group.Name()})
	}
	return one
}

// at is the path of which dependencies are told: that of an inline rule is the list it stands in.
func at(inside, path string) string {
	if inside != "" {
		return inside
	}
	return path
}

// strangers are groups that the graph does not have.
func strangers(others []string, hidden bool) []peer {
	var all []peer
	for _, text := range others {
		all = append(all, peer{sure: graph.Yes, text: text})
	}
	if hidden {
		all = append(all, peer{sure: graph.Maybe})
	}
	return all
}

func ranged(v property.Value, list *graph.Resource) peer {
	if v.IsString() {
		p, _ := prefix(v.AsString())
		return peer{prefix: p, list: list, sure: graph.Yes, text: v.AsString()}
	}
	return peer{list: list, sure: graph.Maybe}
}

// listed are the ranges of prefix lists. Those of a gateway endpoint have the addresses of an AWS service, in which
// nobody has an interface.
func (n *network) listed(by *graph.Resource, path string, values []property.Value) []peer {
	lists, others, hidden := n.mean(by, path, values, prefixList)
	var all []peer
	for _, list := range lists {
		all = append(all, n.rangesOf(list.Resource)...)
	}
	for _, text := range others {
		if n.First(endpoint, "prefixListId", text) == nil {
			all = append(all, peer{sure: graph.Maybe, text: text})
		}
	}
	if hidden && len(n.fromEndpoints(by, path)) == 0 {
		all = append(all, peer{sure: graph.Maybe})
	}
	return all
}

func (n *network) fromEndpoints(by *graph.Resource, path string) []*graph.Resource {
	var all []*graph.Resource
	for _, urn := range by.Sources(path) {
		if r := n.ByURN(urn); r != nil && r.Type == endpoint {
			all = append(all, r)
		}
	}
	return all
}

func (n *network) rangesOf(list *graph.Resource) []peer {
	var all []peer
	for _, v := range flat(props.At(list.Declared(), "entries[*].cidr")) {
		all = append(all, ranged(v, list))
	}
	for _, entry := range n.OfType(prefixListEntry) {
		if n.Names(entry, "prefixListId", list) != graph.No {
			for _, v := range props.At(entry.Declared(), "cidr") {
				all = append(all, ranged(v, list))
			}
		}
	}
	return all
}

// String is a peer as a message names it.
func (p peer) String() string {
	switch {
	case p.list != nil:
		return fmt.Sprintf("%s of %s", p.text, called(p.list))
	case p.text == "":
		return "somebody who is not known yet"
	}
	return p.text
}
