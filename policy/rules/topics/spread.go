package topics

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/rules"
)

var spread = []rules.Rule{
	across("subnets-in-each-zone", inEachZone, subnetGroup, cacheSubnets, balancer, service, schedule, endpoint, accessList),
	across("w-pairs-of-rules", paired, egressRule, ingressRule),
	across("sm-has-value", companion("aws:secretsmanager/secretVersion:SecretVersion", "secretId", "a value", nil), secret),
	across("eb-rule-has-target", companion("aws:cloudwatch/eventTarget:EventTarget", "rule", "whom it tells", nil),
		eventRule),
	across("efs-backed-up", companion("aws:efs/backupPolicy:BackupPolicy", "fileSystemId", "its backup", nil), fileSystem),
}

const cacheSubnets = "aws:elasticache/subnetGroup:SubnetGroup"

// spreads are where the types name subnets.
var spreads = map[string]string{
	subnetGroup: "subnetIds[*]", cacheSubnets: "subnetIds[*]", balancer: "subnets[*]", endpoint: "subnetIds[*]",
	service: "networkConfiguration.subnets[*]", schedule: "target.ecsParameters.networkConfiguration.subnets[*]",
	accessList: "subnetIds[*]",
}

// inEachZone demands that the subnets that are named are in every zone of their network.
func inEachZone(l *rules.Look) {
	path := spreads[l.Resource.Type]
	named := l.Named(path, subnet)
	if len(named) == 0 {
		return
	}
	if have, want := len(zonesOf(named)), zonesBeside(l, named); have < want && l.Sure() {
		l.RefuseFound(path, fmt.Sprintf("in %d of the network's %d zones", have, want), "a subnet of each zone",
			"name one of each")
	}
}

func zonesOf(subnets []*rules.Look) []string {
	var all []string
	for _, s := range subnets {
		if z := s.Text("availabilityZone"); z != "" && !slices.Contains(all, z) {
			all = append(all, z)
		}
	}
	return all
}

// zonesBeside is in how many zones the network of these subnets has any; none where nothing is known of them.
func zonesBeside(l *rules.Look, subnets []*rules.Look) int {
	if len(subnets) == 0 {
		return 0
	}
	network := called(subnets[0], "vpcId", vpc)
	var siblings []*rules.Look
	for _, s := range l.Graph().OfType(subnet) {
		if sibling := l.At(s); called(sibling, "vpcId", vpc) == network && network != "" {
			siblings = append(siblings, sibling)
		}
	}
	return len(zonesOf(siblings))
}

// called is the URN of the one resource of a type that is named at a path, which is told before its id is; the text that
// stands there where it is none of the graph.
func called(l *rules.Look, path, token string) string {
	if named := l.Named(path, token); len(named) == 1 {
		return named[0].Resource.URN
	}
	return l.Text(path)
}

const reference = "pulumi:pulumi:StackReference"

// exportedGroup demands of a group that no stack at hand declares that another one, to which this stack refers, exports
// it. Of one stack alone there is nothing to say: what belongs to others is seen where they are at hand, and so is whether
// they let in there what leaves here.
func exportedGroup(l *rules.Look, path string) {
	name := l.Text(path)
	exported := func(r *graph.Resource) bool { return tells(property.New(r.Outputs), name) }
	if len(l.Graph().Stacks()) > 1 && !slices.ContainsFunc(inStack(l, reference), exported) {
		l.Refuse(path, "a SecurityGroup that a stack declares", "declare it, or name one that is declared")
	}
}

// tells says whether a text stands anywhere in a value.
func tells(v property.Value, text string) bool {
	switch {
	case v.IsString():
		return v.AsString() == text
	case v.IsArray():
		return slices.ContainsFunc(v.AsArray().AsSlice(), func(e property.Value) bool { return tells(e, text) })
	case v.IsMap():
		for _, inner := range v.AsMap().All {
			if tells(inner, text) {
				return true
			}
		}
	}
	return false
}

// paired demands of a rule between two groups that the other one has the rule that goes with it: what may leave here may
// come in there.
func paired(l *rules.Look) {
	const other = "referencedSecurityGroupId"
	token := ingressRule
	if l.Resource.Type == ingressRule {
		token = egressRule
	}
	mine, peer := called(l, "securityGroupId", group), called(l, other, group)
	if mine == "" || peer == "" {
		return
	}
	if len(l.Named(other, group)) == 0 {
		exportedGroup(l, other)
		return
	}
	ours, _ := l.Number("fromPort")
	matches := false
	for _, r := range l.Graph().OfType(token) {
		candidate := l.At(r)
		theirs, is := candidate.Number("fromPort")
		matches = matches || is && theirs == ours && called(candidate, "securityGroupId", group) == peer &&
			(candidate.Text("cidrIpv4") != "" || called(candidate, other, group) == mine)
	}
	if !matches {
		lacks(l, "no "+kind(token)+" of the group at "+other+" goes with it", "one with the same ports",
			"declare it with this group as "+other+", or remove this one")
	}
}
