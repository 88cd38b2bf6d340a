package copies_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/copies"
	"haven/policy/graph"
	. "haven/policy/graph/graphtest"
)

const (
	pastDatabase = "demo-acme::database-past"
	pastFiles    = "demo-acme::files-past"
	closed       = "demo-acme::closed"
	denying      = "demo-acme::files-past-policy"
	zoneA        = "demo-acme::files-past-a"
)

// quarantine is the demo with a generation of acme's data in quarantine: an instance and a file system that nobody
// reaches, and that are backed up.
func quarantine(t *testing.T) *graph.Graph {
	t.Helper()
	g, err := demo()
	require.NoError(t, err)
	past := func(serving, name, arn string, changes ...Change) *graph.Resource {
		r := *Find(t, g, "demo-acme::"+serving)
		for _, change := range append(changes, Set("tags.quarantine", "held")) {
			r = *change(&r)
		}
		r = *Set("arn", arn)(&r)
		r.URN, r.ID = "urn:pulumi:demo-acme::haven::"+r.Type+"::"+name, name
		return &r
	}
	const database, files = "arn:aws:rds:eu-west-1:123456789012:db:past", "arn:aws:elasticfilesystem:eu-west-1:x/past"
	target := func(name, subnet string) *graph.Resource {
		return New("demo-acme", "aws:efs/mountTarget:MountTarget", name, map[string]any{
			"fileSystemId": "files-past", "subnetId": subnet, "securityGroups": []any{"closed"}})
	}
	g = With(t, g, "demo-acme::backup-database-selection", Append("resources", database))
	g = With(t, g, "demo-acme::backup-files-selection", Append("resources", files))
	return Plus(g,
		past("database-instance", "database-past", database, Set("vpcSecurityGroupIds", []any{"closed"})),
		past("files-system", "files-past", files),
		New("demo-acme", "aws:ec2/securityGroup:SecurityGroup", "closed", map[string]any{"id": "closed"}),
		target("files-past-a", "a"), target("files-past-b", "b"),
		New("demo-acme", "aws:efs/fileSystemPolicy:FileSystemPolicy", "files-past-policy", map[string]any{
			"fileSystemId": "files-past", "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",` +
				`"Action":["elasticfilesystem:ClientMount"],"Resource":["` + files + `"]}]}`}))
}

// TestQuarantine: what nobody reaches needs no dump and no test of its own.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	assert.Empty(t, Told(copies.Check(quarantine(t))))
}

// TestQuarantineIsProven: the mark alone is not believed, and takes no backup away.
func TestQuarantineIsProven(t *testing.T) {
	t.Parallel()
	g := quarantine(t)
	rule := func(token, group string) Make {
		return func(_ *testing.T, g *graph.Graph) *graph.Graph {
			return Plus(g, New("demo-cell", token, "open", map[string]any{"securityGroupId": group}))
		}
	}
	with := func(name string, changes ...Change) Make {
		return func(t *testing.T, g *graph.Graph) *graph.Graph { return With(t, g, name, changes...) }
	}
	const allowing = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":` +
		`["elasticfilesystem:ClientMount"],"Resource":["x"]}]}`
	for name, fault := range map[string]Fault{
		"who is let in": {rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "closed"),
			"copies/quarantine", pastDatabase, nil},
		"who is let in to files": {rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "closed"),
			"copies/quarantine", pastFiles, nil},
		"where it gets out": {rule("aws:ec2/securityGroupRule:SecurityGroupRule", "closed"), "copies/quarantine", pastDatabase, nil},
		"a rule of the group": {with(closed, Set("ingress", []any{map[string]any{"fromPort": 3306.0}})),
			"copies/quarantine", pastDatabase, nil},
		"a group of nobody knows what": {with(pastDatabase, Set("vpcSecurityGroupIds", []any{"other"})),
			"copies/quarantine", pastDatabase, nil},
		"the network's own group":       {with(pastDatabase, Set("vpcSecurityGroupIds", nil)), "copies/quarantine", pastDatabase, nil},
		"one mount target that is open": {with(zoneA, Set("securityGroups", []any{"x"})), "copies/quarantine", pastFiles, nil},
		"a policy that lets mount":      {with(denying, Set("policy", allowing)), "copies/quarantine", pastFiles, nil},
		"no policy":                     {with(denying, Removed), "copies/quarantine", pastFiles, nil},
		"nothing that serves": {with("demo-acme::database-instance", Removed),
			"copies/quarantine", pastDatabase, nil},
		"what serves marked so": {with("demo-acme::database-instance", Set("tags.quarantine", "held")),
			"copies/quarantine", "demo-acme::database-instance", nil},
		"no backup of its database": {with("demo-acme::backup-database-selection", Set("resources", []any{"x"})),
			"copies/snapshot", pastDatabase, nil},
		"no backup of its files": {with("demo-acme::backup-files-selection", Set("resources", []any{"x"})),
			"copies/snapshot", pastFiles, nil},
		"no mark on its database": {with(pastDatabase, Set("tags.quarantine", nil)), "copies/restore-test", pastDatabase, nil},
		"no mark on its files":    {with(pastFiles, Set("tags.quarantine", nil)), "copies/restore-test", pastFiles, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var found []string
			for _, f := range copies.Check(fault.Make(t, g)) {
				found = append(found, f.Rule+" of "+Short(f.URN))
			}
			assert.Contains(t, found, fault.Rule+" of "+fault.Of)
		})
	}
}
