package orphans

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

const (
	role      = "aws:iam/role:Role"
	logGroup  = "aws:cloudwatch/logGroup:LogGroup"
	stackType = "pulumi:pulumi:Stack"
)

// permissions are types that say who may do something with others.
var permissions = []string{"aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy",
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment"}

// watchers are types that look at what others do.
var watchers = []string{"aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/dashboard:Dashboard",
	"aws:cloudwatch/logMetricFilter:LogMetricFilter"}

// need is what somebody has to need of a type.
type need struct {
	rule string
	// but are types that name such a resource without needing it.
	but []string
	// by are the only ones that need it, where it is told by their names: types, and where they name it.
	by map[string][]string
	// user is who is expected to, fix what to do.
	user, fix string
}

var (
	actions     = []string{"targetGroupArn", "forward.targetGroups[*].arn"}
	inListeners = under("defaultActions[*].", actions)
	inRules     = under("actions[*].", actions)
	inDatabases = []string{"aws:rds/instance:Instance", "aws:rds/cluster:Cluster"}
	inCaches    = []string{"aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster"}
)

func under(prefix string, paths []string) []string {
	var all []string
	for _, path := range paths {
		all = append(all, prefix+path)
	}
	return all
}

// naming are types that name something at a path.
func naming(path string, tokens ...string) map[string][]string {
	by := map[string][]string{}
	for _, token := range tokens {
		by[token] = []string{path}
	}
	return by
}

var needs = map[string]need{
	"aws:ec2/securityGroup:SecurityGroup": {
		rule: "orphans/group", user: "something that is in it", fix: "remove it, or put what it is for into it",
		but: []string{"aws:ec2/securityGroupRule:SecurityGroupRule",
			"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
			"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"},
	},
	"aws:kms/key:Key": {
		rule: "orphans/key", user: "something that it encrypts", fix: "remove it, or name it where data is encrypted",
		but: slices.Concat(permissions, watchers, []string{"aws:kms/alias:Alias", "aws:kms/replicaKey:ReplicaKey", role,
			"aws:cloudwatch/eventRule:EventRule"}),
	},
	role: {
		rule: "orphans/role", user: "a service that is told to assume it", fix: "remove it, or give it to what it is for",
		but: permissions,
	},
	logGroup: {
		rule: "orphans/log-group", user: "something that writes to it", fix: "remove it, or name it where logs are sent",
		but: slices.Concat(permissions, watchers, []string{"aws:kms/key:Key"}),
	},
	"aws:secretsmanager/secret:Secret": {
		rule: "orphans/secret", user: "something that reads it", fix: "remove it, or give it to what it is for",
		but: slices.Concat(permissions, watchers, []string{"aws:secretsmanager/secretVersion:SecretVersion",
			"aws:secretsmanager/secretPolicy:SecretPolicy", "aws:cloudwatch/eventRule:EventRule", "aws:kms/key:Key"}),
	},
	"aws:sns/topic:Topic": {
		rule: "orphans/topic", user: "something that publishes to it", fix: "remove it, or send to it",
		but: slices.Concat(permissions, []string{"aws:sns/topicPolicy:TopicPolicy",
			"aws:sns/topicSubscription:TopicSubscription"}),
	},
	"aws:efs/accessPoint:AccessPoint": {
		rule: "orphans/access-point", user: "a task that mounts it", fix: "remove it, or mount it", but: permissions,
	},
	"aws:iam/policy:Policy": {
		rule: "orphans/policy", user: "a role that has it", fix: "remove it, or attach it to a role",
	},
	"aws:wafv2/ipSet:IpSet": {
		rule: "orphans/firewall", user: "a web ACL that asks it", fix: "remove it, or ask it",
	},
	"aws:ec2/managedPrefixList:ManagedPrefixList": {
		rule: "orphans/prefix-list", user: "a rule or route that is about it", fix: "remove it, or name it in a rule",
		but: []string{"aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"},
	},
	"aws:wafv2/webAcl:WebAcl": {
		rule: "orphans/firewall", user: "a load balancer or user pool behind it",
		fix: "remove it, or declare a WebAclAssociation",
		by:  naming("webAclArn", "aws:wafv2/webAclAssociation:WebAclAssociation"),
	},
	"aws:lb/targetGroup:TargetGroup": {
		rule: "orphans/target-group", user: "a listener, or a rule of one, that sends to it", fix: "remove it, or send to it",
		by: map[string][]string{"aws:lb/listener:Listener": inListeners, "aws:lb/listenerRule:ListenerRule": inRules},
	},
	"aws:cloudwatch/eventRule:EventRule": {
		rule: "orphans/event-rule", user: "a target", fix: "remove it, or give it a target",
		by: naming("rule", "aws:cloudwatch/eventTarget:EventTarget"),
	},
	"aws:rds/subnetGroup:SubnetGroup": {
		rule: "orphans/settings", user: "a database that is in it", fix: "remove it, or name it in dbSubnetGroupName",
		by: naming("dbSubnetGroupName", inDatabases...),
	},
	"aws:rds/parameterGroup:ParameterGroup": {
		rule: "orphans/settings", user: "a database that takes its settings from it",
		fix: "remove it, or name it in parameterGroupName",
		by:  naming("parameterGroupName", inDatabases...),
	},
	"aws:elasticache/subnetGroup:SubnetGroup": {
		rule: "orphans/settings", user: "a cache that is in it", fix: "remove it, or name it in subnetGroupName",
		by: naming("subnetGroupName", inCaches...),
	},
	"aws:elasticache/parameterGroup:ParameterGroup": {
		rule: "orphans/settings", user: "a cache that takes its settings from it",
		fix: "remove it, or name it in parameterGroupName",
		by:  naming("parameterGroupName", inCaches...),
	},
}

// stores are the types that keep a customer's data.
var stores = []string{"aws:rds/instance:Instance", "aws:efs/fileSystem:FileSystem",
	"aws:elasticache/replicationGroup:ReplicationGroup"}

// finder is a graph while it is looked for what nobody needs.
type finder struct {
	*graph.Graph
	// naming are the resources that name another one.
	naming map[*graph.Resource][]*graph.Resource
	// hidden are those that may name any, in a value that is not known yet; veiled those of whose values it is known what
	// they are made from, so that they may name only what is called so before it is made.
	hidden, veiled []*graph.Resource
	// alone says that it is one stack, so that what it exports is needed by others.
	alone bool
	// unsure are those that somebody may need, by their rules.
	unsure   map[string][]*graph.Resource
	findings []graph.Finding
}

// Check is everything that nobody needs, and every data store that is no tenant's.
func Check(g *graph.Graph) []graph.Finding {
	f := &finder{
		Graph: g, naming: map[*graph.Resource][]*graph.Resource{}, unsure: map[string][]*graph.Resource{},
		alone: len(g.Stacks()) == 1,
	}
	waits := map[string]bool{} // for what will be restored
	past := map[string]bool{}  // it has data in quarantine
	for _, stack := range g.Stacks() {
		waits[stack] = g.Restoring(stack)
	}
	for _, r := range g.All() {
		past[r.Stack] = past[r.Stack] || slices.Contains(stores, r.Type) && r.Quarantine() != ""
	}
	f.read()
	for _, r := range g.All() {
		quarantined := r.Quarantine() != "" && past[r.Stack]
		if need, has := needs[r.Type]; has && !waits[r.Stack] && !quarantined {
			f.look(r, need)
		}
		if slices.Contains(stores, r.Type) && f.tenant(r) == "" {
			f.find("orphans/tenant", r, "it keeps data, and belongs to no tenant; expected the tag tenant: declare it in a "+
				"tenant's stack")
		}
	}
	f.undecided()
	return f.findings
}

func (f *finder) tenant(r *graph.Resource) string {
	if tenant := props.Text(r.Declared(), "tags.tenant"); tenant != "" {
		return tenant
	}
	return props.Text(f.Exports(r.Stack), "tenant.name")
}

func (f *finder) find(rule string, r *graph.Resource, message string) {
	f.findings = append(f.findings, graph.Finding{Rule: rule, URN: r.URN, Message: message})
}

// look looks for somebody who needs a resource.
func (f *finder) look(r *graph.Resource, need need) {
	sure := f.named(r, need)
	if r.Type == role {
		sure = max(sure, f.assumed(r))
	}
	if need.by != nil {
		sure = max(sure, f.taken(r, need))
	}
	switch sure {
	case graph.No:
		f.find(need.rule, r, fmt.Sprintf("nobody needs it; expected %s: %s", need.user, need.fix))
	case graph.Maybe:
		f.unsure[need.rule] = append(f.unsure[need.rule], r)
	case graph.Yes:
	}
}

// undecided tells in one for each rule what somebody may need: they wait for the same values.
func (f *finder) undecided() {
	for _, rule := range slices.Sorted(maps.Keys(f.unsure)) {
		var names []string
		for _, r := range f.unsure[rule] {
			names = append(names, r.Name())
		}
		f.findings = append(f.findings, graph.Finding{
			Rule: rule, URN: f.unsure[rule][0].URN, Undecided: true,
			Message: "it is not known yet whether anybody needs " + strings.Join(names, ", "),
		})
	}
}

// taken says whether one of those that may need a resource names it where they do.
func (f *finder) taken(r *graph.Resource, need need) graph.Sure {
	sure := graph.No
	for token, paths := range need.by {
		for _, one := range f.OfType(token) {
			for _, path := range paths {
				if one.Nearby(r) {
					sure = max(sure, f.Names(one, path, r))
				}
			}
		}
	}
	return sure
}

// named says whether anybody names a resource, or may.
func (f *finder) named(r *graph.Resource, need need) graph.Sure {
	counts := func(one *graph.Resource) bool {
		if one.Type == stackType {
			return f.alone
		}
		return one != r && need.by == nil && !slices.Contains(need.but, one.Type)
	}
	switch {
	case slices.ContainsFunc(f.naming[r], counts), r.Type == logGroup && f.written(r):
		return graph.Yes
	case slices.ContainsFunc(f.hidden, counts), known(r) && slices.ContainsFunc(f.veiled, counts):
		return graph.Maybe
	}
	return graph.No
}

// writers are the types whose log groups AWS names by them, "/aws/rds/instance/NAME/error", and the property with the
// name.
var writers = map[string]struct{ in, name string }{
	"aws:rds/instance:Instance":    {"/aws/rds/instance/", "identifier"},
	"aws:rds/cluster:Cluster":      {"/aws/rds/cluster/", "clusterIdentifier"},
	"aws:lambda/function:Function": {"/aws/lambda/", "name"},
	"aws:ecs/cluster:Cluster":      {"/aws/ecs/containerinsights/", "name"},
}

// written says whether a resource writes to a log group by what AWS calls it.
func (f *finder) written(group *graph.Resource) bool {
	for token, writer := range writers {
		rest, within := strings.CutPrefix(props.Text(group.Declared(), "name"), writer.in)
		name, _, _ := strings.Cut(rest, "/")
		if within && slices.ContainsFunc(f.OfType(token), func(r *graph.Resource) bool {
			return name != "" && props.Text(r.Declared(), writer.name) == name
		}) {
			return true
		}
	}
	return false
}

// assumed says whether somebody from outside may assume a role, so that nobody in the graph has to. That nobody at all
// can is told at once.
func (f *finder) assumed(r *graph.Resource) graph.Sure {
	const at = "assumeRolePolicy"
	if !props.Known(r.Declared(), at) {
		return graph.Maybe
	}
	trust, err := access.Parse("the trust policy", props.Text(r.Declared(), at))
	if err != nil {
		return graph.No // who may assume it is judged elsewhere
	}
	able, outside := false, graph.No
	for _, c := range trust.Clauses() {
		if c.Deny {
			continue
		}
		for kind, who := range c.Principals {
			able = able || len(who) > 0
			if kind != access.Service && len(who) > 0 {
				outside = graph.Yes
			}
		}
	}
	if !able {
		f.find("orphans/role", r, "nobody can assume it; expected a principal in its trust policy: remove it, or name who "+
			"it is for")
		return graph.Yes
	}
	return outside
}
