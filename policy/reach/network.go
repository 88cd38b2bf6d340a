package reach

import (
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// The types that make up networks.
const (
	vpc                 = "aws:ec2/vpc:Vpc"
	subnet              = "aws:ec2/subnet:Subnet"
	securityGroup       = "aws:ec2/securityGroup:SecurityGroup"
	defaultGroup        = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	ingressRule         = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressRule          = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	groupRule           = "aws:ec2/securityGroupRule:SecurityGroupRule"
	prefixList          = "aws:ec2/managedPrefixList:ManagedPrefixList"
	prefixListEntry     = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
	accessList          = "aws:ec2/networkAcl:NetworkAcl"
	defaultList         = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
	accessListRule      = "aws:ec2/networkAclRule:NetworkAclRule"
	listAssociation     = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
	routeTable          = "aws:ec2/routeTable:RouteTable"
	defaultTable        = "aws:ec2/defaultRouteTable:DefaultRouteTable"
	route               = "aws:ec2/route:Route"
	routeAssociation    = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	mainAssociation     = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
	internetGateway     = "aws:ec2/internetGateway:InternetGateway"
	egressGateway       = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	natGateway          = "aws:ec2/natGateway:NatGateway"
	vpnGateway          = "aws:ec2/vpnGateway:VpnGateway"
	peering             = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	transitGateway      = "aws:ec2transitgateway/transitGateway:TransitGateway"
	transitAttachment   = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
	endpoint            = "aws:ec2/vpcEndpoint:VpcEndpoint"
	endpointService     = "aws:ec2/vpcEndpointService:VpcEndpointService"
	address             = "aws:ec2/eip:Eip"
	addressUse          = "aws:ec2/eipAssociation:EipAssociation"
	loadBalancer        = "aws:lb/loadBalancer:LoadBalancer"
	listener            = "aws:lb/listener:Listener"
	listenerRule        = "aws:lb/listenerRule:ListenerRule"
	targetGroup         = "aws:lb/targetGroup:TargetGroup"
	targetAttachment    = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	webACLUse           = "aws:wafv2/webAclAssociation:WebAclAssociation"
	service             = "aws:ecs/service:Service"
	instance            = "aws:rds/instance:Instance"
	subnetGroup         = "aws:rds/subnetGroup:SubnetGroup"
	parameterGroup      = "aws:rds/parameterGroup:ParameterGroup"
	cacheSubnetGroup    = "aws:elasticache/subnetGroup:SubnetGroup"
	cacheParameterGroup = "aws:elasticache/parameterGroup:ParameterGroup"
	stateMachine        = "aws:sfn/stateMachine:StateMachine"
	restoreTest         = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
)

// network is what a graph says of networks, while something is proven of it.
type network struct {
	*graph.Graph
	owners     map[string]string // of stacks: their tenant, as they export it, else as most of their tags say
	openings   map[*graph.Resource]openings
	interfaces []*nic
	findings   []graph.Finding

	// What was found out of subnets, network ACLs and load balancers.
	homes    map[*graph.Resource]*graph.Resource
	lists    map[*graph.Resource]*graph.Resource
	tables   map[*graph.Resource][]*graph.Resource
	routes   map[*graph.Resource][]hop
	entries  map[direction][]entry
	targeted map[*graph.Resource][]named
}

// direction is one of a network ACL's two.
type direction struct {
	list   *graph.Resource
	egress bool
}

// once is what make gives for a key, made once.
func once[K comparable, V any](known map[K]V, key K, make func(K) V) V {
	v, is := known[key]
	if !is {
		v = make(key)
		known[key] = v
	}
	return v
}

func newNetwork(g *graph.Graph) *network {
	n := &network{
		Graph: g, owners: map[string]string{}, openings: map[*graph.Resource]openings{},
		homes: map[*graph.Resource]*graph.Resource{}, lists: map[*graph.Resource]*graph.Resource{},
		tables: map[*graph.Resource][]*graph.Resource{}, routes: map[*graph.Resource][]hop{},
		entries: map[direction][]entry{}, targeted: map[*graph.Resource][]named{},
	}
	counts := map[string]map[string]int{}
	for _, r := range g.All() {
		if tenant := props.Text(r.Declared(), "tags.tenant"); tenant != "" {
			if counts[r.Stack] == nil {
				counts[r.Stack] = map[string]int{}
			}
			counts[r.Stack][tenant]++
			if most := n.owners[r.Stack]; counts[r.Stack][tenant] > counts[r.Stack][most] {
				n.owners[r.Stack] = tenant
			}
		}
	}
	for _, stack := range g.Stacks() {
		if name := props.Text(g.Exports(stack), "tenant.name"); name != "" {
			n.owners[stack] = name
		}
	}
	n.readOpenings()
	n.readInterfaces()
	return n
}

// owner is the tenant that a resource belongs to, "" where it is nobody's alone: by its tags, else by its stack.
func (n *network) owner(r *graph.Resource) string {
	if tenant := props.Text(r.Declared(), "tags.tenant"); tenant != "" {
		return tenant
	}
	return n.owners[r.Stack]
}

// whose is an owner in words.
func whose(owner string) string {
	if owner == "" {
		return "the platform"
	}
	return owner
}

// named is a resource that another one names, and how sure that is.
type named struct {
	*graph.Resource
	sure graph.Sure
}

// names are the resources of these types that are declared at a path. Others are what is written there and belongs to
// no resource of the graph; hidden says that something there is not known, and comes from none of them either.
func (n *network) names(r *graph.Resource, path string, tokens ...string) (all []named, others []string, hidden bool) {
	return n.mean(r, path, props.At(r.Declared(), path), tokens...)
}

func (n *network) mean(r *graph.Resource, path string, values []property.Value, tokens ...string) (
	all []named, others []string, hidden bool,
) {
	for _, v := range flat(values) {
		found := false
		for _, token := range tokens {
			for _, other := range n.OfType(token) {
				if sure := n.Mean(r, path, []property.Value{v}, other); sure != graph.No {
					all, found = append(all, named{other, sure}), true
				}
			}
		}
		switch {
		case found:
		case v.HasComputed():
			hidden = true
		case v.IsString() && v.AsString() != "":
			others = append(others, v.AsString())
		}
	}
	return all, others, hidden
}

func flat(values []property.Value) []property.Value {
	var all []property.Value
	for _, v := range values {
		if v.IsArray() {
			all = append(all, flat(v.AsArray().AsSlice())...)
		} else {
			all = append(all, v)
		}
	}
	return all
}

// one is the only resource of these types that is declared at a path; nil where it is not known or not of the graph.
func (n *network) one(r *graph.Resource, path string, tokens ...string) *graph.Resource {
	all, _, _ := n.names(r, path, tokens...)
	if len(all) == 0 {
		return nil
	}
	return all[0].Resource
}

// prefix reads a range of addresses.
func prefix(text string) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(text)
	return p, err == nil
}

// own are the ranges of addresses that the internet does not route.
// https://www.iana.org/assignments/iana-ipv4-special-registry
var own = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

// public says whether a range has addresses of the internet.
func public(p netip.Prefix) bool {
	for _, private := range own {
		if private.Bits() <= p.Bits() && private.Overlaps(p) {
			return false
		}
	}
	return true
}

// find notes what does not hold. A finding that rests on what is not sure is undecided. In the witness, nil is nothing
// on the way there, and who stands there twice in a row is told once.
func (n *network) find(rule string, sure graph.Sure, about *graph.Resource, witness []*graph.Resource, message string) {
	found := graph.Finding{Rule: rule, URN: about.URN, Message: message, Undecided: sure == graph.Maybe}
	for _, r := range witness {
		if r != nil && (len(found.Witness) == 0 || found.Witness[len(found.Witness)-1] != r.URN) {
			found.Witness = append(found.Witness, r.URN)
		}
	}
	n.findings = append(n.findings, found)
}

// called is a resource in words: its type's last part and its name.
func called(r *graph.Resource) string {
	return r.Type[strings.LastIndex(r.Type, ":")+1:] + " " + r.Name()
}
