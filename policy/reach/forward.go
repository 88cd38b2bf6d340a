package reach

import (
	"net/netip"
	"slices"

	"haven/policy/graph"
	"haven/policy/props"
)

// forwards is how a load balancer sends on what comes in. One for HTTP sends requests of everybody to applications,
// which is what it is for; that is no path to them. To what keeps data it must send nothing.
func (n *network) forwards(v *visit, to *nic) link {
	if !transparent(v.of) && to.kind == compute {
		return link{}
	}
	for _, group := range n.targetGroups(v.of) {
		sure := min(n.targets(group.Resource, to), group.sure)
		if enters, by := n.admits(to, v); min(sure, enters) != graph.No {
			return link{sure: min(sure, enters), by: append([]*graph.Resource{group.Resource}, by...)}
		}
	}
	return link{}
}

// admits says whether the groups of an interface let in what a load balancer hands on: as itself, or, where it keeps
// their addresses, as those who came.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
func (n *network) admits(to *nic, v *visit) (sure graph.Sure, by []*graph.Resource) {
	for _, s := range n.sides(to, false) {
		enters, p := s.meets(v.nic)
		if v.from != nil && enters != graph.Yes {
			if as, other := s.meets(v.from.nic); as > enters {
				enters, p = as, other
			}
		}
		if enters > sure {
			sure, by = enters, []*graph.Resource{p.list, rule(s), s.group}
		}
	}
	return sure, by
}

// transparent says whether a load balancer hands on connections as they are.
func transparent(balancer *graph.Resource) bool {
	kind := props.Text(balancer.Declared(), "loadBalancerType")
	return kind == "network" || kind == "gateway"
}

// targetGroups are those that the listeners of a load balancer, and their rules, send to.
func (n *network) targetGroups(balancer *graph.Resource) []named {
	return once(n.targeted, balancer, n.findTargetGroups)
}

func (n *network) findTargetGroups(balancer *graph.Resource) []named {
	var all []named
	for _, l := range n.OfType(listener) {
		of := n.Names(l, "loadBalancerArn", balancer)
		if of == graph.No {
			continue
		}
		all = append(all, n.actions(l, "defaultActions", of)...)
		for _, rule := range n.OfType(listenerRule) {
			if sure := min(of, n.Names(rule, "listenerArn", l)); sure != graph.No {
				all = append(all, n.actions(rule, "actions", sure)...)
			}
		}
	}
	return all
}

func (n *network) actions(of *graph.Resource, path string, sure graph.Sure) []named {
	var all []named
	for _, at := range []string{"[*].targetGroupArn", "[*].forward.targetGroups[*].arn"} {
		groups, _, _ := n.names(of, path+at, targetGroup)
		for _, group := range groups {
			all = append(all, named{group.Resource, min(sure, group.sure)})
		}
	}
	return all
}

// targets says whether an interface is a target: as the tasks of a service, or by its address or name.
func (n *network) targets(group *graph.Resource, to *nic) graph.Sure {
	sure := graph.No
	if to.of.Type == service {
		sure = n.Names(to.of, "loadBalancers[*].targetGroupArn", group)
	}
	for _, attachment := range n.OfType(targetAttachment) {
		if of := n.Names(attachment, "targetGroupArn", group); of != graph.No {
			sure = max(sure, min(of, n.isTarget(attachment, to)))
		}
	}
	return sure
}

// isTarget says whether an attachment is of an interface. An address that nobody has told may be of anybody who lives
// where it lies.
func (n *network) isTarget(attachment *graph.Resource, to *nic) graph.Sure {
	if sure := n.Names(attachment, "targetId", to.of); sure != graph.No {
		return sure
	}
	text := props.Text(attachment.Declared(), "targetId")
	at, err := netip.ParseAddr(text)
	switch told := slices.Contains([]string{to.of.Text("ipAddress"), to.of.Text("privateIp")}, text); {
	case err != nil:
		return graph.No
	case told:
		return graph.Yes
	}
	if to.of.Text("ipAddress") != "" {
		return graph.No
	}
	return min(graph.Maybe, to.has(netip.PrefixFrom(at, at.BitLen())))
}

// offers is how an endpoint leads to the load balancer of the service that it is for.
func (n *network) offers(from, to *nic) link {
	if to.kind != balancer {
		return link{}
	}
	for _, offered := range n.OfType(endpointService) {
		sure := n.Names(offered, "networkLoadBalancerArns", to.of)
		called := props.Text(from.of.Declared(), "serviceName")
		its := called != "" && called == offered.Text("serviceName")
		if !its && !slices.Contains(from.of.Sources("serviceName"), offered.URN) {
			continue
		}
		if sure != graph.No {
			return link{sure: sure, by: []*graph.Resource{offered}}
		}
	}
	return link{}
}
