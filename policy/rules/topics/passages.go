package topics

import (
	"fmt"
	"slices"

	"haven/policy/rules"
)

// passages are the rules on what networks let through at all.
var passages = []rules.Rule{
	on("nacl-single-ports", singlePorts, accessList),
	across("nacl-world", worldOfList, accessList),
	across("nacl-each-subnet", companion(accessList, "subnetIds[*]", "a list of what it lets through", nil), subnet),
	across("nacl-default-closed", closedByDefault, vpc),
	on("sg-egress-https", leavesByHTTPS, group, groupRule, egressRule),
	across("efs-in-each-zone", mountedInEachZone, fileSystem),
}

// allowances are what a list lets through in a direction.
func allowances(l *rules.Look, direction string) []*rules.Look {
	return slices.DeleteFunc(l.Each(direction), func(o *rules.Look) bool { return o.Text("action") != "allow" })
}

// ported are the protocols with ports.
var ported = []string{"tcp", "udp", "6", "17"}

// singlePorts demands that a list lets through ports one by one, and the range on which answers come back.
func singlePorts(l *rules.Look) {
	for _, direction := range []string{"ingress", "egress"} {
		for _, o := range allowances(l, direction) {
			from, hasFrom := o.Number("fromPort")
			to, hasTo := o.Number("toPort")
			if slices.Contains(ported, o.Text("protocol")) && hasFrom && hasTo && from != to && !answers(o) {
				o.RefuseFound("fromPort", fmt.Sprintf("%v to %v", from, to), "one port, or 1024 to 65535 for answers",
					"name the ports that are used")
			}
		}
	}
}

// web are the ports on which anybody may come in, or be asked.
var web = []float64{80, 443}

// worldOfList demands that a list lets through from and to everywhere what the web and answers need only; where nobody
// can come in from there, only what is asked goes out and its answers come in; and nothing of it where there is no way
// there.
// https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html
func worldOfList(l *rules.Look) {
	subnets := l.Named("subnetIds[*]", subnet)
	if len(subnets) == 0 {
		return
	}
	entered := slices.ContainsFunc(subnets, func(s *rules.Look) bool { return len(internetRoutes(s)) > 0 })
	left := slices.ContainsFunc(subnets, func(s *rules.Look) bool { return len(routesOf(s)) > 0 })
	if !l.Sure() {
		return
	}
	for _, direction := range []string{"ingress", "egress"} {
		for _, o := range allowances(l, direction) {
			if !anywhere(o.Text("cidrBlock")) && !anywhere(o.Text("ipv6CidrBlock")) || o.Text("protocol") == "icmp" && left {
				continue
			}
			port, _ := o.Number("fromPort")
			asked, answered := slices.Contains(web, port), answers(o)
			fine := left && (asked || answered) && (entered || asked == (direction == "egress"))
			if !fine && l.Sure() {
				o.RefuseFound(worldPath(o, "cidrBlock", "ipv6CidrBlock"), "everywhere, on port "+fmt.Sprint(port),
					"the ranges of the own networks", "name them")
			}
		}
	}
}

// routesOf are the routes of a subnet out of its network.
func routesOf(of *rules.Look) []*rules.Look {
	var found []*rules.Look
	for _, association := range of.Naming(routeAssociation, "subnetId") {
		for _, table := range association.Named("routeTableId", routeTable) {
			for _, r := range of.At(table.Resource).Naming(route, "routeTableId") {
				if anywhere(r.Text("destinationCidrBlock")) {
					found = append(found, r)
				}
			}
		}
	}
	return found
}

const defaultList = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"

// closedByDefault demands that the list that a network comes with lets nothing through.
func closedByDefault(l *rules.Look) {
	lists := l.Naming(defaultList, "vpcId")
	id := l.Output().Text("defaultNetworkAclId")
	for _, r := range l.Graph().OfType(defaultList) {
		if list := l.At(r); id != "" && list.Text("defaultNetworkAclId") == id {
			lists = append(lists, list)
		}
	}
	if len(lists) == 0 {
		lacks(l, "no "+kind(defaultList)+" names its list", "one without entries", "declare it")
	}
	for _, list := range lists {
		for _, direction := range []string{"ingress", "egress"} {
			if len(allowances(list, direction)) > 0 {
				list.Refuse(direction, "absent", "remove it: what is in no other list is in this one")
			}
		}
	}
}

const https = 443

// leavesByHTTPS demands that a group lets out to everywhere what goes by HTTPS only.
func leavesByHTTPS(l *rules.Look) {
	for _, o := range worldOpenings(l, "egress") {
		from, _ := o.Number("fromPort")
		to, _ := o.Number("toPort")
		if l.Resource.Type != ingressRule && (from != https || to != https) && o.Known("fromPort") && o.Known("toPort") {
			path := worldPath(o, sources...)
			o.RefuseFound(path, o.Texts(path)[0]+fmt.Sprintf(" on ports %v to %v", from, to), "port 443, or the own networks",
				"name the group or range that it is for")
		}
	}
}

const mountTarget = "aws:efs/mountTarget:MountTarget"

// mountedInEachZone demands that a file system can be mounted in each zone of the network, without the others.
// https://docs.aws.amazon.com/efs/latest/ug/how-it-works.html
func mountedInEachZone(l *rules.Look) {
	targets := l.Naming(mountTarget, "fileSystemId")
	var subnets []*rules.Look
	for _, t := range targets {
		subnets = append(subnets, t.Named("subnetId", subnet)...)
	}
	if have, want := len(zonesOf(subnets)), zonesBeside(l, subnets); have < want || len(targets) < 2 {
		lacks(l, fmt.Sprintf("it can be mounted in %d subnets", len(targets)), "a MountTarget in each zone of the network",
			"declare it")
	}
}
