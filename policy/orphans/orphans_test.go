package orphans_test

import (
	"testing"

	"haven/policy/graph"
	. "haven/policy/graph/graphtest"
	"haven/policy/orphans"
)

func TestTheDemo(t *testing.T) {
	t.Parallel()
	AssertHolds(t, orphans.Check)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	AssertFaults(t, orphans.Check, faults)
}

func TestLookAlikes(t *testing.T) {
	t.Parallel()
	AssertLookAlikes(t, orphans.Check, sound)
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	AssertUnknown(t, orphans.Check, unknown)
}

func with(name string, changes ...Change) func(*testing.T, *graph.Graph) *graph.Graph {
	return func(t *testing.T, g *graph.Graph) *graph.Graph {
		t.Helper()
		return With(t, g, name, changes...)
	}
}

// plus has one more resource of acme's, called "more".
func plus(token string, inputs map[string]any) func(*testing.T, *graph.Graph) *graph.Graph {
	return func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-acme", token, inputs))
	}
}

// more is a resource called so, with an id of its own.
func more(stack, token string, inputs map[string]any) *graph.Resource {
	r := New(stack, token, "more", inputs)
	r.ID = "sg-0123456789"
	return r
}

func trust(principal string) map[string]any {
	return map[string]any{"arn": "arn:aws:iam::123456789012:role/more", "assumeRolePolicy": `{"Version":"2012-10-17",` +
		`"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal + `}]}`}
}

const (
	role     = "aws:iam/role:Role"
	task     = "aws:ecs/taskDefinition:TaskDefinition"
	group    = "aws:ec2/securityGroup:SecurityGroup"
	logGroup = "aws:cloudwatch/logGroup:LogGroup"
)

var faults = map[string]Fault{
	"a group nobody is in": {plus(group, nil), "orphans/group", "demo-acme::more", nil},
	"a group that has only rules": {with("demo-acme::database-instance", Set("vpcSecurityGroupIds", []any{"x"})),
		"orphans/group", "demo-acme::perimeter-database", nil},
	"a key that encrypts nothing": {plus("aws:kms/key:Key", nil), "orphans/key", "demo-acme::more", nil},
	"a role of no service": {plus(role, trust(`{"Service":"ecs-tasks.amazonaws.com"}`)),
		"orphans/role", "demo-acme::more", nil},
	"a role nobody can assume": {plus(role, trust(`{"AWS":[]}`)), "orphans/role", "demo-acme::more", nil},
	"a log group nobody writes": {plus(logGroup, map[string]any{"name": "/haven/more"}),
		"orphans/log-group", "demo-acme::more", nil},
	"a log group of a database gone": {with("demo-acme::database-instance", Removed),
		"orphans/log-group", "demo-acme::database-error-log", nil},
	"a target group without a listener": {plus("aws:lb/targetGroup:TargetGroup", nil), "orphans/target-group",
		"demo-acme::more", nil},
	"a target group whose rule is gone": {with("demo-acme::routing-rule", Removed), "orphans/target-group",
		"demo-acme::routing-target-group", nil},
	"a subnet group without a database": {with("demo-acme::database-instance", Set("dbSubnetGroupName", "x")),
		"orphans/settings", "demo-acme::database-subnets", nil},
	"settings of no database": {with("demo-acme::database-instance", Set("parameterGroupName", "x")),
		"orphans/settings", "demo-acme::database-parameters", nil},
	"settings of no cache": {with("demo-acme::cache-group", Set("parameterGroupName", "x")),
		"orphans/settings", "demo-acme::cache-parameters", nil},
	"a secret nobody reads": {plus("aws:secretsmanager/secret:Secret", nil),
		"orphans/secret", "demo-acme::more", nil},
	"a topic nobody speaks to": {plus("aws:sns/topic:Topic", nil),
		"orphans/topic", "demo-acme::more", nil},
	"a firewall before nothing": {with("demo-standby::firewall-association", Removed),
		"orphans/firewall", "demo-standby::firewall-acl", nil},
	"addresses that no firewall asks": {plus("aws:wafv2/ipSet:IpSet", nil),
		"orphans/firewall", "demo-acme::more", nil},
	"an event rule without a target": {with("demo-acme::dump-failed-target", Removed),
		"orphans/event-rule", "demo-acme::dump-failed", nil},
	"a policy that no role has": {plus("aws:iam/policy:Policy", nil),
		"orphans/policy", "demo-acme::more", nil},
	"a way into files that nobody mounts": {plus("aws:efs/accessPoint:AccessPoint", nil),
		"orphans/access-point", "demo-acme::more", nil},
	"a prefix list that no rule is about": {plus("aws:ec2/managedPrefixList:ManagedPrefixList", nil),
		"orphans/prefix-list", "demo-acme::more", nil},
	"a secret of a quarantine that is not there": {plus("aws:secretsmanager/secret:Secret",
		map[string]any{"tags": map[string]any{"quarantine": "held"}}), "orphans/secret", "demo-acme::more", nil},
	"a database of no tenant": {func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-cell", "aws:rds/instance:Instance", nil))
	}, "orphans/tenant", "demo-cell::more", nil},
}

// named is a graph in which a resource of acme's, "more", is named by a task.
func named(token string, inputs map[string]any, as string) func(*testing.T, *graph.Graph) *graph.Graph {
	return func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-acme", token, inputs), New("demo-acme", task, "task",
			map[string]any{"containerDefinitions": `[{"x":"` + as + `"}]`}))
	}
}

var sound = map[string]Make{
	"a secret of data in quarantine": func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, g, "demo-acme::files-system", Set("tags.quarantine", "held"))
		return Plus(g, more("demo-acme", "aws:secretsmanager/secret:Secret",
			map[string]any{"tags": map[string]any{"quarantine": "held"}}))
	},
	"a role for people":          plus(role, trust(`{"Federated":"arn:aws:iam::123456789012:saml-provider/sso"}`)),
	"a role for another account": plus(role, trust(`{"AWS":"arn:aws:iam::210987654321:root"}`)),
	"a role that is named": named(role, trust(`{"Service":"ecs-tasks.amazonaws.com"}`),
		"arn:aws:iam::123456789012:role/more"),
	"a log group that a task writes": named(logGroup, map[string]any{"name": "/haven/more"}, "/haven/more"),
	"a log group of a service": func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-acme", logGroup, map[string]any{"name": "/aws/lambda/mended"}),
			New("demo-acme", "aws:lambda/function:Function", "function", map[string]any{"name": "mended"}))
	},
	"a key that is named": named("aws:kms/key:Key", map[string]any{"arn": "arn:key"}, "arn:key"),
	"a secret that is named": named("aws:secretsmanager/secret:Secret", map[string]any{"arn": "arn:secret"},
		"arn:secret:password::"),
	"a group of a task of a state machine": func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-acme", group, nil), New("demo-acme", "aws:sfn/stateMachine:StateMachine", "machine",
			map[string]any{"definition": `{"SecurityGroups":["sg-0123456789"]}`}))
	},
	"a topic of a tenant's alarms": func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-account", "aws:sns/topic:Topic", nil), New("demo-acme",
			"aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", map[string]any{"alarmActions": []any{"sg-0123456789"}}))
	},
	"what its stack exports": func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = Plus(g, more("demo-cell", "aws:kms/key:Key", map[string]any{"arn": "arn:key"}))
		return Alone(With(t, g, "demo-cell::haven-demo-cell", Set("cell.key", "arn:key")), "demo-cell")
	},
	"what something is made from": func(_ *testing.T, g *graph.Graph) *graph.Graph {
		key := more("demo-acme", "aws:kms/key:Key", map[string]any{"arn": Unknown})
		key.ID = ""
		user := New("demo-acme", task, "task", map[string]any{"volumes": Unknown})
		user.Dependencies = map[string][]string{"volumes": {key.URN}}
		return Plus(g, key, user)
	},
	"what waits for what its stack will bring back": func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, g, "demo-acme::application-service", Set("tags.restored-of", "demo-acme"))
		return Plus(g, more("demo-acme", group, nil))
	},
	"a second policy of a role": func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-acme", "aws:iam/policy:Policy", map[string]any{"arn": "arn:policy"}), New("demo-acme",
			"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "has", map[string]any{"policyArn": "arn:policy"}))
	},
	"a database that its stack says is a tenant's": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::database-instance", Set("tags", nil))
	},
}

var unknown = map[string]Fault{
	"whether a task needs it": {func(_ *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(g, more("demo-acme", group, nil), New("demo-acme", "aws:ecs/service:Service", "service",
			map[string]any{"networkConfiguration": Unknown}))
	}, "orphans/group", "demo-acme::more", nil},
	"what its stack exports": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = Plus(g, more("demo-cell", "aws:kms/key:Key", nil))
		return Alone(With(t, g, "demo-cell::haven-demo-cell", Set("cell.key", Unknown)), "demo-cell")
	}, "orphans/key", "demo-cell::more", nil},
}
