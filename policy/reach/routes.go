package reach

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// hop is a route.
type hop struct {
	// by is the route, or the table in which it stands; table is that.
	by, table *graph.Resource
	to        netip.Prefix // not valid where it is not known, or is a prefix list
	kind      exit
	// way is the gateway, where the graph has it.
	way  *graph.Resource
	sure graph.Sure
}

// exit is where a route leads.
type exit string

const (
	toInternet exit = "an internet gateway"
	toNAT      exit = "a NAT gateway"
	toOutside  exit = "an egress-only internet gateway"
	toPeer     exit = "a peering"
	toTransit  exit = "a transit gateway"
	toVPN      exit = "a VPN"
	toOther    exit = "another network"
)

// exits are the properties of a route that say where it leads. What leads to an endpoint stays inside.
var exits = []struct {
	path   string
	kind   exit
	tokens []string
}{
	{"natGatewayId", toNAT, []string{natGateway}},
	{"egressOnlyGatewayId", toOutside, []string{egressGateway}},
	{"vpcPeeringConnectionId", toPeer, []string{peering}},
	{"transitGatewayId", toTransit, []string{transitGateway}},
	{"gatewayId", toInternet, []string{internetGateway}},
	{"carrierGatewayId", toInternet, nil},
	{"localGatewayId", toOther, nil},
	{"coreNetworkArn", toOther, nil},
	{"networkInterfaceId", toOther, nil},
}

// tablesOf are the route tables of a subnet: its own, else the main one of its VPC.
func (n *network) tablesOf(subnet *graph.Resource) []*graph.Resource {
	return once(n.tables, subnet, n.findTables)
}

func (n *network) findTables(subnet *graph.Resource) []*graph.Resource {
	all := n.associated("subnetId", routeAssociation, subnet)
	if home := n.home(subnet); len(all) == 0 && home != nil {
		all = n.associated("vpcId", mainAssociation, home)
		for _, table := range n.OfType(defaultTable) {
			if len(all) == 0 && (slices.Contains(table.Sources("defaultRouteTableId"), home.URN) ||
				home.Text("defaultRouteTableId") == table.ID && table.ID != "") {
				all = append(all, table)
			}
		}
	}
	return all
}

func (n *network) associated(path, token string, with *graph.Resource) []*graph.Resource {
	var all []*graph.Resource
	for _, use := range n.OfType(token) {
		if n.Names(use, path, with) == graph.No {
			continue
		}
		if table := n.one(use, "routeTableId", routeTable, defaultTable); table != nil {
			all = append(all, table)
		}
	}
	return all
}

// hops are the routes of a subnet that lead out of its VPC.
func (n *network) hops(subnet *graph.Resource) []hop { return once(n.routes, subnet, n.findHops) }

func (n *network) findHops(subnet *graph.Resource) []hop {
	const inline = "routes"
	var all []hop
	for _, table := range n.tablesOf(subnet) {
		for _, v := range flat(props.At(table.Declared(), inline)) {
			if v.IsMap() {
				all = append(all, n.hop(table, inline, v.AsMap(), table)...)
			}
		}
		for _, r := range n.OfType(route) {
			if sure := n.Names(r, "routeTableId", table); sure != graph.No {
				for _, h := range n.hop(r, "", r.Declared(), table) {
					h.sure = min(h.sure, sure)
					all = append(all, h)
				}
			}
		}
		if len(props.At(table.Declared(), "propagatingVgws[*]")) > 0 {
			all = append(all, hop{by: table, table: table, kind: toVPN, sure: graph.Yes})
		}
	}
	return all
}

func (n *network) hop(by *graph.Resource, inside string, r property.Map, table *graph.Resource) []hop {
	h := hop{by: by, table: table, sure: graph.Yes}
	for _, path := range []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock"} {
		if p, is := prefix(props.Text(r, path)); is {
			h.to = p
		}
	}
	for _, e := range exits {
		values := props.At(r, e.path)
		all, others, hidden := n.mean(by, at(inside, e.path), values, e.tokens...)
		switch {
		case len(all) > 0:
			h.kind, h.way, h.sure = e.kind, all[0].Resource, all[0].sure
		case len(others) > 0:
			h.kind = kindOf(others[0], e.kind)
		case hidden && e.path == "gatewayId" && n.fromGateway(by, at(inside, e.path)) != "":
			h.kind = n.fromGateway(by, at(inside, e.path))
		case hidden:
			h.kind = e.kind
		}
	}
	if h.kind == "" {
		return nil
	}
	return []hop{h}
}

// kindOf tells what a gateway is by its id.
func kindOf(id string, usual exit) exit {
	switch {
	case strings.HasPrefix(id, "vgw-"):
		return toVPN
	case id == "local", strings.HasPrefix(id, "vpce-"):
		return ""
	}
	return usual
}

func (n *network) fromGateway(by *graph.Resource, path string) exit {
	for _, urn := range by.Sources(path) {
		if r := n.ByURN(urn); r != nil && r.Type == vpnGateway {
			return toVPN
		}
	}
	return ""
}

// outward says whether a route leads to the internet, or from there.
func (h hop) outward() bool { return h.kind == toInternet || h.kind == toNAT || h.kind == toOutside }

// between says how traffic gets from one subnet to another: within a VPC by itself, else by a route there and one back.
func (n *network) between(from, to *graph.Resource, ranges []netip.Prefix) (way []*graph.Resource, sure graph.Sure) {
	here, there := n.home(from), n.home(to)
	if here == nil || there == nil || here == there {
		return nil, graph.Yes
	}
	for _, h := range n.hops(from) {
		leads := n.joins(h, here, there)
		covers := !h.to.IsValid() || slices.ContainsFunc(ranges, h.to.Overlaps)
		if leads == graph.No || !covers || !n.returns(to, from, h) {
			continue
		}
		if s := min(leads, h.sure); s > sure {
			way, sure = []*graph.Resource{h.by, h.way}, s
		}
	}
	return way, sure
}

// joins says whether a route leads from one VPC to another.
func (n *network) joins(h hop, here, there *graph.Resource) graph.Sure {
	if h.way == nil {
		return graph.No
	}
	switch h.kind {
	case toPeer:
		forth := min(n.Names(h.way, "vpcId", here), n.Names(h.way, "peerVpcId", there))
		back := min(n.Names(h.way, "vpcId", there), n.Names(h.way, "peerVpcId", here))
		return max(forth, back)
	case toTransit:
		return min(n.attached(h.way, here), n.attached(h.way, there))
	}
	return graph.No
}

func (n *network) attached(gateway, to *graph.Resource) graph.Sure {
	sure := graph.No
	for _, attachment := range n.OfType(transitAttachment) {
		sure = max(sure, min(n.Names(attachment, "transitGatewayId", gateway), n.Names(attachment, "vpcId", to)))
	}
	return sure
}

// returns says whether answers find back the way they came.
func (n *network) returns(from, to *graph.Resource, by hop) bool {
	ranges := (&nic{dual: true}).ranges(to)
	return slices.ContainsFunc(n.hops(from), func(back hop) bool {
		return back.way == by.way && (!back.to.IsValid() || slices.ContainsFunc(ranges, back.to.Overlaps))
	})
}
