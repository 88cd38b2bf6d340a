package topics

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	group       = "aws:ec2/securityGroup:SecurityGroup"
	groupRule   = "aws:ec2/securityGroupRule:SecurityGroupRule"
	ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressRule  = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

var opening = []string{group, groupRule, ingressRule}

var groups = []rules.Rule{
	on("sg-descriptions", described, group, groupRule, ingressRule, egressRule),
	on("sg-no-ssh-world", closedTo(22), opening...),
	on("sg-no-rdp-world", closedTo(3389), opening...),
	across("sg-no-http80-world", plainOnlyToRedirect, opening...),
	on("sg-no-all-ports-ingress", notWhollyOpen, opening...),
	across("sg-world-only-on-edge", onlyBalancersOpen, opening...),
	on("sg-high-risk-ports", closedTo(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000,
		5432,
		5500, 5601, 8080, 8088, 8888, 9200, 9300), opening...),
	on("sg-no-mysql-world", closedTo(3306), opening...),
	on("sg-no-datastore-ports-world", closedTo(20, 21, 23, 1433, 1434, 1521, 2049, 2483, 5432, 5601, 6379, 7199, 8888,
		9092,
		9160, 9200, 9300, 11211, 27017, 27018), opening...),
	on("sg-no-wide-public-cidr", noPublicRange, opening...),
	on("sg-no-egress-all", noOpenEgress, group, groupRule, egressRule),
	across("sg-attached", attachedGroup, group),
	across("sg-rule-count", fewRules, group),
	on("sg-not-launch-wizard", notByWizard, group),
}

func described(l *rules.Look) {
	has(l, "description", "what it is for")
	for _, direction := range []string{"ingress", "egress"} {
		for _, inline := range l.Each(direction) {
			has(inline, "description", "what it is for")
		}
	}
}

// sources are the properties that hold ranges of addresses.
var sources = []string{"cidrIpv4", "cidrIpv6", "cidrBlocks[*]", "ipv6CidrBlocks[*]"}

// openings are what a group, or a rule of one, lets through in a direction.
func openings(l *rules.Look, direction string) []*rules.Look {
	switch l.Resource.Type {
	case group:
		return l.Each(direction)
	case groupRule:
		if l.Text("type") != direction {
			return nil
		}
	}
	return []*rules.Look{l}
}

// worldOpenings are those for all addresses.
func worldOpenings(l *rules.Look, direction string) []*rules.Look {
	return slices.DeleteFunc(openings(l, direction), func(o *rules.Look) bool {
		return !slices.ContainsFunc(sources, func(path string) bool { return slices.ContainsFunc(o.Texts(path), anywhere) })
	})
}

func closedTo(ports ...float64) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, o := range worldOpenings(l, "ingress") {
			for _, port := range ports {
				if admits(o, port) {
					refuseOpening(o, port)
				}
			}
		}
	}
}

func notWhollyOpen(l *rules.Look) {
	for _, o := range worldOpenings(l, "ingress") {
		if admits(o, 1) && admits(o, 65535) {
			path := worldPath(o, sources...)
			o.RefuseFound(path, o.Texts(path)[0]+" with every port open", "the ports that are used", "set fromPort and toPort")
		}
	}
}

// plainOnlyToRedirect lets port 80 be open where a load balancer does nothing there but redirect.
func plainOnlyToRedirect(l *rules.Look) {
	for _, o := range worldOpenings(l, "ingress") {
		if !admits(o, 80) {
			continue
		}
		for _, b := range balancersOf(l) {
			if redirects(b) {
				return
			}
		}
		if l.Sure() {
			refuseOpening(o, 80)
		}
	}
}

// of is the group that a rule belongs to; a group is its own.
func groupsOf(l *rules.Look) []*rules.Look {
	if l.Resource.Type == group {
		return []*rules.Look{l}
	}
	return l.Named("securityGroupId", group)
}

func balancersOf(l *rules.Look) []*rules.Look {
	var found []*rules.Look
	for _, g := range groupsOf(l) {
		found = append(found, g.Naming(balancer, "securityGroups[*]")...)
	}
	return found
}

// members are the types that are in groups, and where they say so.
var members = map[string]string{
	"aws:rds/instance:Instance":                         "vpcSecurityGroupIds[*]",
	"aws:elasticache/replicationGroup:ReplicationGroup": "securityGroupIds[*]",
	"aws:efs/mountTarget:MountTarget":                   "securityGroups[*]",
	"aws:ecs/service:Service":                           "networkConfiguration.securityGroups[*]",
	"aws:scheduler/schedule:Schedule":                   "target.ecsParameters.networkConfiguration.securityGroups[*]",
	"aws:ec2/vpcEndpoint:VpcEndpoint":                   "securityGroupIds[*]",
	"aws:lambda/function:Function":                      "vpcConfig.securityGroupIds[*]",
	"aws:ec2/instance:Instance":                         "vpcSecurityGroupIds[*]",
	"aws:ec2/networkInterface:NetworkInterface":         "securityGroups[*]",
}

func onlyBalancersOpen(l *rules.Look) {
	for _, o := range worldOpenings(l, "ingress") {
		path := worldPath(o, sources...)
		if len(balancersOf(l)) == 0 && l.Sure() {
			o.RefuseFound(path, o.Texts(path)[0]+" in a group of no load balancer", "the groups or addresses that need it",
				"let only the load balancer's group be open to the internet")
		}
		for _, g := range groupsOf(l) {
			for token, at := range members {
				for _, member := range g.Naming(token, at) {
					if !l.Sure() {
						continue
					}
					o.RefuseFound(path, o.Texts(path)[0]+" in a group that "+member.Resource.Name()+" is in",
						"a load balancer's group",
						"give the load balancer a group of its own", member.Resource)
				}
			}
		}
	}
}

const widest = 23

func noPublicRange(l *rules.Look) {
	for _, o := range openings(l, "ingress") {
		for _, path := range sources {
			for _, text := range o.Texts(path) {
				if prefix, err := netip.ParsePrefix(text); err == nil && publicRange(prefix) {
					o.RefuseFound(path, text, "a range of the own networks, or all addresses at the edge",
						"name the group that may come in")
				}
			}
		}
	}
}

func publicRange(prefix netip.Prefix) bool {
	if prefix.Bits() == 0 || prefix.Addr().IsPrivate() || prefix.Addr().IsLinkLocalUnicast() ||
		prefix.Addr().IsLoopback() {
		return false
	}
	return prefix.Addr().Is4() && prefix.Bits() <= widest || prefix.IsSingleIP()
}

func noOpenEgress(l *rules.Look) {
	for _, o := range worldOpenings(l, "egress") {
		if protocol := o.Text("protocol") + o.Text("ipProtocol"); protocol == "-1" || protocol == "all" {
			path := worldPath(o, sources...)
			o.RefuseFound(path, o.Texts(path)[0]+" with every protocol", "the ports that are used", "set the protocol and ports")
		}
	}
}

func attachedGroup(l *rules.Look) {
	if len(l.Naming(balancer, "securityGroups[*]")) > 0 {
		return
	}
	for token, path := range members {
		if len(l.Naming(token, path)) > 0 {
			return
		}
	}
	if restores(l) || waits(l) {
		return
	}
	lacks(l, "nothing is in it", "a resource that names it", "remove it, or put what it is for into it")
}

const restoreTest = "aws:backup/restoreTestingSelection:RestoreTestingSelection"

// restores says whether what tests of restores make is in a group: AWS Backup takes their groups as text.
func restores(l *rules.Look) bool {
	const at = "restoreMetadataOverrides.vpcSecurityGroupIds"
	return len(l.Naming(restoreTest, at)) > 0 || slices.ContainsFunc(l.Graph().OfType(restoreTest),
		func(r *graph.Resource) bool {
			return l.Resource.ID != "" && strings.Contains(l.At(r).Text(at), l.Resource.ID)
		})
}

// waits says whether a group is there for what its stack will bring back.
func waits(l *rules.Look) bool { return l.Text("tags.restored-of") != "" }

// mostRules is half of what a group may have.
const mostRules = 50

func fewRules(l *rules.Look) {
	for direction, token := range map[string]string{"ingress": ingressRule, "egress": egressRule} {
		if n := len(l.Each(direction)) + len(l.Naming(token, "securityGroupId")); n > mostRules {
			lacks(l, fmt.Sprintf("it has %d rules of %s", n, direction), fmt.Sprintf("%d or fewer", mostRules),
				"refer to groups or prefix lists, not to single addresses")
		}
	}
}

func notByWizard(l *rules.Look) {
	if strings.HasPrefix(l.Text("name"), "launch-wizard") {
		l.Refuse("name", "a name that says what it is for", "declare a group of its own")
	}
}
