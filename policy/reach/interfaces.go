package reach

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// kind is what an interface does with connections.
type kind int

const (
	compute  kind = iota // runs programs, which may connect on
	store                // keeps data
	private              // leads to a service
	balancer             // hands on
)

// nic stands for the network interfaces of a resource.
type nic struct {
	of     *graph.Resource
	kind   kind
	owner  string
	groups []named
	// strangers are groups that the graph does not have; unsure says that some are not known.
	strangers []string
	unsure    bool
	// open says that no group limits it.
	open    bool
	subnets []named
	// hidden says that it is in subnets that the graph does not have.
	hidden bool
	// by leads from the resource to its subnets, where it does not name them itself.
	by []*graph.Resource
	// published says whether it asks for a public address.
	published graph.Sure
	// dual says that it may have addresses of IPv6.
	dual bool
}

// holder is where a type says which groups and subnets its interfaces are in.
type holder struct {
	kind            kind
	groups, subnets []string
	// group is the type of the subnet group in between.
	group string
	// public is the flag that asks for a public address.
	public string
	// family is where it says that it speaks IPv4 only, beginning with "ip"; without it addresses follow the subnet.
	family string
}

const (
	inService  = "networkConfiguration."
	inSchedule = "target.ecsParameters.networkConfiguration."
	inEvent    = "ecsTarget.networkConfiguration."
)

var holders = map[string]holder{
	service: {compute, []string{inService + "securityGroups"}, []string{inService + "subnets"}, "",
		inService + "assignPublicIp", ""},
	"aws:scheduler/schedule:Schedule": {compute, []string{inSchedule + "securityGroups"},
		[]string{inSchedule + "subnets"}, "", inSchedule + "assignPublicIp", ""},
	"aws:cloudwatch/eventTarget:EventTarget": {compute, []string{inEvent + "securityGroups"},
		[]string{inEvent + "subnets"}, "", inEvent + "assignPublicIp", ""},
	"aws:lambda/function:Function": {compute, []string{"vpcConfig.securityGroupIds"}, []string{"vpcConfig.subnetIds"},
		"", "", ""},
	"aws:ec2/instance:Instance": {compute, []string{"vpcSecurityGroupIds", "securityGroups"}, []string{"subnetId"}, "",
		"associatePublicIpAddress", ""},
	"aws:ec2/networkInterface:NetworkInterface": {compute, []string{"securityGroups"}, []string{"subnetId"}, "", "", ""},
	"aws:rds/proxy:Proxy": {
		compute, []string{"vpcSecurityGroupIds"}, []string{"vpcSubnetIds"}, "", "", "",
	},
	instance: {store, []string{"vpcSecurityGroupIds"}, []string{"dbSubnetGroupName"}, subnetGroup, "publiclyAccessible",
		"networkType"},
	"aws:rds/cluster:Cluster": {store, []string{"vpcSecurityGroupIds"}, []string{"dbSubnetGroupName"}, subnetGroup, "",
		"networkType"},
	"aws:elasticache/replicationGroup:ReplicationGroup": {store, []string{"securityGroupIds"}, []string{"subnetGroupName"},
		cacheSubnetGroup, "", "networkType"},
	"aws:elasticache/cluster:Cluster": {store, []string{"securityGroupIds"}, []string{"subnetGroupName"}, cacheSubnetGroup,
		"", "networkType"},
	"aws:elasticache/serverlessCache:ServerlessCache": {store, []string{"securityGroupIds"}, []string{"subnetIds"}, "", "",
		""},
	mountTarget: {store, []string{"securityGroups"}, []string{"subnetId"}, "", "", "ipAddressType"},
	endpoint:    {private, []string{"securityGroupIds"}, []string{"subnetIds"}, "", "", "ipAddressType"},
	loadBalancer: {balancer, []string{"securityGroups"}, []string{"subnets", "subnetMappings[*].subnetId"}, "", "",
		"ipAddressType"},
}

const mountTarget = "aws:efs/mountTarget:MountTarget"

func (n *network) readInterfaces() {
	for _, r := range n.All() {
		if h, has := holders[r.Type]; has {
			n.read(r, h)
		}
	}
	for _, machine := range n.OfType(stateMachine) {
		n.readMachine(machine)
	}
	for _, test := range n.OfType(restoreTest) {
		n.readRestored(test)
	}
}

func (n *network) read(r *graph.Resource, h holder) {
	declared := r.Declared()
	one := &nic{of: r, kind: h.kind, owner: n.owner(r), dual: true}
	for _, path := range h.subnets {
		n.place(one, path, h)
	}
	for _, path := range h.groups {
		all, others, hidden := n.names(r, path, securityGroup, defaultGroup)
		one.groups = append(one.groups, all...)
		one.strangers, one.unsure = append(one.strangers, others...), one.unsure || hidden
	}
	if h.kind == compute && len(one.subnets) == 0 && !one.hidden {
		return // it is not in a network
	}
	if r.Type == endpoint && !strings.EqualFold(props.Text(declared, "vpcEndpointType"), "Interface") {
		return // it is an entry in route tables
	}
	if h.public != "" {
		one.published = flag(declared, h.public)
	}
	if h.family != "" && props.Known(declared, h.family) {
		family := strings.ToLower(props.Text(declared, h.family))
		one.dual = strings.Contains(family, "dual") || strings.Contains(family, "ipv6")
	}
	if r.Type == loadBalancer {
		one.open = props.Text(declared, "loadBalancerType") == "network" && len(one.groups)+len(one.strangers) == 0
		one.published = facing(declared)
	}
	n.closeUp(one)
	n.interfaces = append(n.interfaces, one)
}

// facing says whether a load balancer faces the internet: unless it is said to be internal it does.
func facing(declared property.Map) graph.Sure {
	switch {
	case !props.Known(declared, "internal"):
		return graph.Maybe
	case props.Flag(declared, "internal"):
		return graph.No
	}
	return graph.Yes
}

func flag(declared property.Map, path string) graph.Sure {
	switch {
	case !props.Known(declared, path):
		return graph.Maybe
	case props.Flag(declared, path):
		return graph.Yes
	}
	return graph.No
}

// place puts interfaces into the subnets at a path, or those of the subnet group there.
func (n *network) place(one *nic, path string, h holder) {
	if h.group == "" {
		n.put(one, one.of, path)
		return
	}
	groups, others, hidden := n.names(one.of, path, h.group)
	one.hidden = one.hidden || hidden || len(others) > 0
	for _, group := range groups {
		if !one.of.Nearby(group.Resource) {
			continue
		}
		one.by = append(one.by, group.Resource)
		n.put(one, group.Resource, "subnetIds")
	}
}

func (n *network) put(one *nic, r *graph.Resource, path string) {
	all, others, hidden := n.names(r, path, subnet)
	one.subnets = append(one.subnets, all...)
	one.hidden = one.hidden || hidden || len(others) > 0
}

// closeUp puts what is in no group into the default one of its VPC.
// https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
func (n *network) closeUp(one *nic) {
	if one.open || one.unsure || len(one.groups)+len(one.strangers) > 0 {
		return
	}
	for _, group := range n.OfType(defaultGroup) {
		home := n.one(group, "vpcId", vpc)
		if home != nil && slices.ContainsFunc(one.subnets, func(s named) bool { return n.home(s.Resource) == home }) {
			one.groups = append(one.groups, named{group, graph.Yes})
		}
	}
	one.unsure = len(one.groups) == 0 && (one.hidden || len(one.subnets) > 0)
}

// home is the VPC of a subnet, nil where the graph does not have it.
func (n *network) home(subnet *graph.Resource) *graph.Resource {
	return once(n.homes, subnet, func(*graph.Resource) *graph.Resource { return n.one(subnet, "vpcId", vpc) })
}

// readMachine finds the tasks that a state machine runs.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
func (n *network) readMachine(machine *graph.Resource) {
	const at = "definition"
	if !props.Known(machine.Declared(), at) {
		one := &nic{of: machine, owner: n.owner(machine), dual: true}
		unknown := props.At(machine.Declared(), at)
		one.groups, _, _ = n.mean(machine, at, unknown, securityGroup, defaultGroup)
		one.subnets, _, _ = n.mean(machine, at, unknown, subnet)
		one.hidden = len(one.subnets) == 0
		if len(one.groups) > 0 {
			n.interfaces = append(n.interfaces, one)
		}
		return
	}
	var definition any
	if json.Unmarshal([]byte(props.Text(machine.Declared(), at)), &definition) != nil {
		return
	}
	for _, awsvpc := range within(definition, "AwsvpcConfiguration") {
		one := &nic{of: machine, owner: n.owner(machine), dual: true}
		texts := func(key string) []property.Value { return values(awsvpc[key]) }
		one.groups, one.strangers, _ = n.mean(machine, at, texts("SecurityGroups"), securityGroup, defaultGroup)
		var others []string
		one.subnets, others, _ = n.mean(machine, at, texts("Subnets"), subnet)
		one.hidden = len(others) > 0
		if awsvpc["AssignPublicIp"] == "ENABLED" {
			one.published = graph.Yes
		}
		n.closeUp(one)
		n.interfaces = append(n.interfaces, one)
	}
}

// within are the objects of that name anywhere inside a document.
func within(document any, name string) []map[string]any {
	var all []map[string]any
	switch document := document.(type) {
	case []any:
		for _, element := range document {
			all = append(all, within(element, name)...)
		}
	case map[string]any:
		for key, inner := range document {
			if object, is := inner.(map[string]any); is && key == name {
				all = append(all, object)
				continue
			}
			all = append(all, within(inner, name)...)
		}
	}
	return all
}

func values(of any) []property.Value {
	var all []property.Value
	elements, _ := of.([]any)
	for _, element := range elements {
		if text, is := element.(string); is {
			all = append(all, property.New(text))
		}
	}
	return all
}

// readRestored finds what tests of restores make of databases: AWS Backup takes their groups as text.
func (n *network) readRestored(test *graph.Resource) {
	const at = "restoreMetadataOverrides."
	if props.Text(test.Declared(), "protectedResourceType") != "RDS" {
		return
	}
	one := &nic{of: test, kind: store, owner: n.owner(test)}
	n.place(one, at+"dbSubnetGroupName", holders[instance])
	var ids []any
	text := props.At(test.Declared(), at+"vpcSecurityGroupIds")
	if json.Unmarshal([]byte(props.Text(test.Declared(), at+"vpcSecurityGroupIds")), &ids) == nil {
		text = values(ids)
	}
	one.groups, one.strangers, one.unsure = n.mean(test, at+"vpcSecurityGroupIds", text, securityGroup, defaultGroup)
	if props.Text(test.Declared(), at+"publiclyAccessible") == "true" {
		one.published = graph.Yes
	}
	n.closeUp(one)
	n.interfaces = append(n.interfaces, one)
}

// ranges are the addresses that interfaces in a subnet may have.
func (one *nic) ranges(subnet *graph.Resource) []netip.Prefix {
	var all []netip.Prefix
	if p, is := prefix(props.Text(subnet.Declared(), "cidrBlock")); is {
		all = append(all, p)
	}
	for _, text := range []string{props.Text(subnet.Declared(), "ipv6CidrBlock"), subnet.Text("ipv6CidrBlock")} {
		if p, is := prefix(text); is && one.dual {
			all = append(all, p)
		}
	}
	return all
}

// has says whether an interface may have an address of a range.
func (one *nic) has(p netip.Prefix) graph.Sure {
	sure := graph.No
	for _, s := range one.subnets {
		for _, own := range one.ranges(s.Resource) {
			if own.Overlaps(p) {
				sure = max(sure, s.sure)
			}
		}
		if !props.Known(s.Declared(), "cidrBlock") || one.dual && !props.Known(s.Declared(), "ipv6CidrBlock") {
			sure = max(sure, graph.Maybe)
		}
	}
	switch {
	case !one.hidden || sure == graph.Yes:
		return sure
	case p.Bits() == 0:
		return graph.Yes
	}
	return graph.Maybe
}

// means says whether a peer is an interface.
func (one *nic) means(p peer) graph.Sure {
	switch {
	case p.group != nil:
		return min(p.sure, one.in(p.group))
	case p.prefix.IsValid():
		return min(p.sure, one.has(p.prefix))
	case p.text != "" && slices.Contains(one.strangers, p.text):
		return p.sure
	case p.sure == graph.Maybe:
		return graph.Maybe
	}
	return graph.No
}

// in says whether an interface is in a group.
func (one *nic) in(group *graph.Resource) graph.Sure {
	for _, g := range one.groups {
		if g.Resource == group {
			return g.sure
		}
	}
	if one.unsure {
		return graph.Maybe
	}
	return graph.No
}
