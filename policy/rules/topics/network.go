package topics

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"haven/policy/rules"
)

const (
	vpc              = "aws:ec2/vpc:Vpc"
	flowLog          = "aws:ec2/flowLog:FlowLog"
	logGroup         = "aws:cloudwatch/logGroup:LogGroup"
	defaultGroup     = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	subnet           = "aws:ec2/subnet:Subnet"
	internetGateway  = "aws:ec2/internetGateway:InternetGateway"
	route            = "aws:ec2/route:Route"
	routeTable       = "aws:ec2/routeTable:RouteTable"
	routeAssociation = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	address          = "aws:ec2/eip:Eip"
	natGateway       = "aws:ec2/natGateway:NatGateway"
	accessList       = "aws:ec2/networkAcl:NetworkAcl"
	accessListRule   = "aws:ec2/networkAclRule:NetworkAclRule"
	endpoint         = "aws:ec2/vpcEndpoint:VpcEndpoint"
)

var network = []rules.Rule{
	across("vpc-flow-logs", companion(flowLog, "vpcId", "a log of all its traffic", allTraffic), vpc),
	across("default-sg-closed", companion(defaultGroup, "vpcId", "its default group without rules", noOpenings), vpc),
	on("subnet-no-public-ip", mustNot("mapPublicIpOnLaunch"), subnet),
	across("subnets-in-2-azs", inTwoZones, vpc),
	across("public-private-split", publicAndPrivate, vpc),
	on("default-route-via-nat", throughGateway, route),
	on("peering-least-route", narrowPeering, route),
	across("eip-attached", attachedAddress, address),
	on("nacl-no-ssh", listClosedTo(22), accessList, accessListRule),
	on("nacl-no-rdp", listClosedTo(3389), accessList, accessListRule),
	on("nacl-no-ftp", listClosedTo(20, 21), accessList, accessListRule),
	on("nacl-no-all-ports", listNotWhollyOpen, accessList, accessListRule),
	on("nacl-attached", attachedList, accessList),
	across("vpc-endpoints-present", hasEndpoints, vpc),
	on("vpc-endpoint-multi-az", where("vpcEndpointType", []string{"Interface"}, endpointInTwoZones), endpoint),
	on("vpc-endpoint-policy-trust", trustedEndpoint, endpoint),
}

func allTraffic(log *rules.Look) {
	oneOf(log, "trafficType", "ALL")
	for _, group := range log.Named("logDestination", logGroup) {
		has(group, "kmsKeyId", "the key that encrypts it")
	}
}

func noOpenings(group *rules.Look) {
	for _, direction := range []string{"ingress", "egress"} {
		if filled(group, direction) {
			group.Refuse(direction, "absent", "remove it: what is in no other group is in this one")
		}
	}
}

func inTwoZones(l *rules.Look) {
	zones := map[string]bool{}
	for _, s := range l.Naming(subnet, "vpcId") {
		if s.Known("availabilityZone") {
			zones[s.Text("availabilityZone")] = true
		}
	}
	if len(zones) < 2 {
		lacks(l, fmt.Sprintf("its subnets are in %d availability zones", len(zones)), "2 or more",
			"declare subnets in another zone")
	}
}

func publicAndPrivate(l *rules.Look) {
	public, private := 0, 0
	for _, s := range l.Naming(subnet, "vpcId") {
		if len(internetRoutes(s)) > 0 {
			public++
		} else {
			private++
		}
	}
	if public == 0 || private == 0 {
		lacks(l, fmt.Sprintf("%d of its subnets have a route to an internet gateway, %d have none", public, private),
			"some of each", "keep what need not be reached in subnets without such a route")
	}
}

// internetRoutes are the routes of a subnet that lead to an internet gateway.
func internetRoutes(of *rules.Look) []*rules.Look {
	var found []*rules.Look
	for _, association := range of.Naming(routeAssociation, "subnetId") {
		for _, table := range association.Named("routeTableId", routeTable) {
			for _, r := range of.At(table.Resource).Naming(route, "routeTableId") {
				if len(r.Named("gatewayId", internetGateway)) > 0 || strings.HasPrefix(r.Text("gatewayId"), "igw-") {
					found = append(found, r)
				}
			}
		}
	}
	return found
}

// ways are the properties of a route that say where it leads.
var ways = []string{"carrierGatewayId", "coreNetworkArn", "localGatewayId", "networkInterfaceId", "transitGatewayId",
	"vpcPeeringConnectionId"}

func throughGateway(l *rules.Look) {
	if !anywhere(l.Text("destinationCidrBlock")) && !anywhere(l.Text("destinationIpv6CidrBlock")) {
		return
	}
	for _, way := range ways {
		if filled(l, way) {
			l.Refuse(way, "absent in a default route", "lead it to a NAT gateway, or to the internet gateway for load balancers")
		}
	}
}

const narrowest = 20

func narrowPeering(l *rules.Look) {
	if !filled(l, "vpcPeeringConnectionId") {
		return
	}
	to, err := netip.ParsePrefix(l.Text("destinationCidrBlock"))
	if err == nil && to.Bits() < narrowest {
		l.Refuse("destinationCidrBlock", fmt.Sprintf("a prefix of /%d or longer", narrowest),
			"name the subnets that are needed, not the network")
	}
}

func attachedAddress(l *rules.Look) {
	if filled(l, "instance") || filled(l, "networkInterface") || len(l.Naming(natGateway, "allocationId")) > 0 ||
		len(l.Naming(balancer, "subnetMappings[*].allocationId")) > 0 {
		return
	}
	lacks(l, "nothing uses it", "a NAT gateway or load balancer with it as allocationId", "remove it")
}

// anywhere says whether a range is of all addresses.
func anywhere(cidr string) bool { return cidr == "0.0.0.0/0" || cidr == "::/0" }

// listed openings of an access list, be it as a whole or a rule of its own.
func listOpenings(l *rules.Look) []*rules.Look {
	all := l.Each("ingress")
	if l.Resource.Type == accessListRule && !l.Flag("egress") {
		all = []*rules.Look{l}
	}
	return slices.DeleteFunc(all, func(o *rules.Look) bool {
		allows := o.Text("action") == "allow" || o.Text("ruleAction") == "allow"
		world := anywhere(o.Text("cidrBlock")) || anywhere(o.Text("ipv6CidrBlock"))
		return !allows || !world
	})
}

// worldPath is where the range of all addresses stands.
func worldPath(l *rules.Look, paths ...string) string {
	for _, path := range paths {
		if slices.ContainsFunc(l.Texts(path), anywhere) {
			return path
		}
	}
	return paths[0]
}

func listClosedTo(ports ...float64) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, o := range listOpenings(l) {
			for _, port := range ports {
				if admits(o, port) && !answers(o) {
					refuseOpening(o, port)
				}
			}
		}
	}
}

func refuseOpening(o *rules.Look, port float64) {
	path := worldPath(o, "cidrBlock", "ipv6CidrBlock", "cidrIpv4", "cidrIpv6", "cidrBlocks[*]", "ipv6CidrBlocks[*]")
	o.RefuseFound(path, fmt.Sprintf("%s with port %v open", o.Texts(path)[0], port), "no address of the internet",
		"admit the addresses or groups that need it, or remove it")
}

// answers says whether an opening is what a list, which does not know connections, must have for answers to come back.
// https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
func answers(o *rules.Look) bool {
	from, _ := o.Number("fromPort")
	to, _ := o.Number("toPort")
	return from == 1024 && to == 65535
}

// admits says whether an opening lets a port of TCP through, as far as is known.
func admits(o *rules.Look, port float64) bool {
	protocol := o.Text("protocol") + o.Text("ipProtocol")
	switch protocol {
	case "-1", "all":
		return true
	case "tcp", "6":
	default:
		return false
	}
	from, hasFrom := o.Number("fromPort")
	to, hasTo := o.Number("toPort")
	return hasFrom && hasTo && from <= port && port <= to
}

func listNotWhollyOpen(l *rules.Look) {
	for _, o := range listOpenings(l) {
		from, hasFrom := o.Number("fromPort")
		to, hasTo := o.Number("toPort")
		everything := o.Text("protocol") == "-1" || o.Text("protocol") == "all"
		if everything || hasFrom && hasTo && from <= 1 && to >= 65535 {
			path := worldPath(o, "cidrBlock", "ipv6CidrBlock")
			o.RefuseFound(path, o.Text(path)+" with every port open", "the ports that are used", "set fromPort and toPort")
		}
	}
}

func attachedList(l *rules.Look) { has(l, "subnetIds", "the subnets that it is for") }

// services are what private subnets reach without the internet: images, their layers, logs and secrets.
var services = []string{"ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"}

func hasEndpoints(l *rules.Look) {
	present := map[string]bool{}
	for _, e := range l.Naming(endpoint, "vpcId") {
		if !e.Known("serviceName") {
			return
		}
		_, service, _ := strings.Cut(strings.TrimPrefix(e.Text("serviceName"), "com.amazonaws."), ".")
		present[service] = true
	}
	for _, service := range services {
		if !present[service] {
			lacks(l, "it has no endpoint for "+service, "one", "declare a VpcEndpoint for "+service)
		}
	}
}

func endpointInTwoZones(l *rules.Look) {
	if l.Count("subnetIds") < 2 {
		l.Refuse("subnetIds", "subnets of 2 zones or more", "name a subnet of each zone")
	}
}
