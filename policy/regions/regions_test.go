package regions_test

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/regions"
)

func TestNoRegionOfTheDemoNeedsAnother(t *testing.T) {
	t.Parallel()
	for _, finding := range regions.Check(graphtest.Demo(t)) {
		assert.Fail(t, finding.Rule, "%s: %s", finding.URN, finding.Message)
	}
}

// in gives a new resource a region.
func in(region string, r *graph.Resource) *graph.Resource {
	r.Region = region
	return r
}

func madeFrom(r *graph.Resource, path, urn string) *graph.Resource {
	r.Dependencies = map[string][]string{path: {urn}}
	r.Inputs = r.Inputs.Set(path, property.New(property.Computed))
	return r
}

const (
	account = ":123456789012:"
	group   = "aws:ec2/securityGroup:SecurityGroup"
)

// drill is a stack that brings a tenant back in the standby.
func drill(t *testing.T, more ...*graph.Resource) *graph.Graph {
	return graphtest.Plus(graphtest.Demo(t), append([]*graph.Resource{
		{Stack: "demo-acme-dr", URN: "urn:pulumi:demo-acme-dr::haven::pulumi:pulumi:Stack::haven-demo-acme-dr",
			Type: "pulumi:pulumi:Stack", Outputs: graph.Object(map[string]any{"tenant": map[string]any{"name": "acme",
				"cell": "demo-standby"}})},
		in("eu-central-1", graphtest.New("demo-acme-dr", group, "group", map[string]any{"name": "demo-acme-dr",
			"tags": map[string]any{"tenant": "acme", "cell": "demo-standby"}})),
	}, more...)...)
}

func TestWhatNeedsAnotherRegion(t *testing.T) {
	t.Parallel()
	demo := graphtest.Demo(t)
	const instance = "demo-globex::replica-instance"
	primary := graphtest.Find(t, demo, "demo-globex::perimeter-database")
	for name, test := range map[string]struct {
		changed       *graph.Graph
		rule, says    string
		witness       []string
		leaves, alone bool
	}{
		"a copy under a key of the primary": {changed: graphtest.With(t, demo, "demo-globex::backup-recovery-vault",
			graphtest.Set("kmsKeyArn", "arn:aws:kms:eu-west-1"+account+"key/mrk-1")), rule: "regions/needs",
			says:    "it is in eu-central-1, and its kmsKeyArn names arn:aws:kms:eu-west-1:123456789012:key/mrk-1, which is in eu-west-1",
			witness: []string{"demo-globex::backup-recovery-vault"}},
		"a replica under a key of the primary": {changed: graphtest.With(t, demo, instance,
			graphtest.Set("kmsKeyId", "arn:aws:kms:eu-west-1"+account+"key/mrk-1")), rule: "regions/needs", says: "kmsKeyId",
			witness: []string{instance}},
		"an alarm that is told in the other region": {changed: graphtest.With(t, demo, "demo-standby::archive-replication-failed",
			graphtest.Set("alarmActions", []any{"arn:aws:sns:eu-west-1" + account + "demo-account-critical"})),
			rule: "regions/needs", says: "alarmActions", witness: []string{"demo-standby::archive-replication-failed"}},
		"a task with a host of the other region": {changed: drill(t, in("eu-central-1", graphtest.New("demo-acme-dr",
			"aws:ecs/taskDefinition:TaskDefinition", "task", map[string]any{"containerDefinitions": `[{"environment":[{"name":` +
				`"DB_HOSTNAME","value":"demo-acme-database.abc.eu-west-1.rds.amazonaws.com"}]}]`}))), rule: "regions/needs",
			says: "eu-west-1.rds.amazonaws.com, which is in eu-west-1", witness: []string{"demo-acme-dr::task"}},
		"a task with a secret of the other region": {changed: drill(t, in("eu-central-1", graphtest.New("demo-acme-dr",
			"aws:ecs/taskDefinition:TaskDefinition", "task", map[string]any{"containerDefinitions": `[{"secrets":[{"name":` +
				`"KEY","valueFrom":"arn:aws:secretsmanager:eu-west-1` + account + `secret:x"}]}]`}))), rule: "regions/needs",
			says: "secret:x", witness: []string{"demo-acme-dr::task"}},
		"an image of the other region": {changed: drill(t, in("eu-central-1", graphtest.New("demo-acme-dr",
			"aws:ecs/taskDefinition:TaskDefinition", "task", map[string]any{"containerDefinitions": `[{"image":` +
				`"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1"}]`}))), rule: "regions/needs", says: "dkr.ecr.eu-west-1",
			witness: []string{"demo-acme-dr::task"}},
		"a group of the other region by its id": {changed: graphtest.Plus(demo, in("eu-central-1", madeFrom(graphtest.New(
			"demo-globex", "aws:rds/proxy:Proxy", "proxy", nil), "vpcSecurityGroupIds", primary.URN))), rule: "regions/needs",
			says: "is made from perimeter-database, which is in eu-west-1", witness: []string{"demo-globex::proxy",
				"demo-globex::perimeter-database"}},
		"secrets that are copied within a region": {changed: graphtest.With(t, demo, "demo-globex::app-key-secret",
			graphtest.Set("replicas", []any{map[string]any{"region": "eu-west-1"}})), rule: "regions/same",
			says: "it copies within eu-west-1", witness: []string{"demo-globex::app-key-secret"}},
		"backups that are copied within a region": {changed: graphtest.Plus(demo, in("eu-west-1", graphtest.New("demo-globex",
			"aws:backup/plan:Plan", "plan", map[string]any{"rules": []any{map[string]any{"copyActions": []any{map[string]any{
				"destinationVaultArn": "arn:aws:backup:eu-west-1" + account + "backup-vault:x"}}}}}))), rule: "regions/same",
			says: "it copies within eu-west-1", witness: []string{"demo-globex::plan"}},
		"objects that are copied within a region": {changed: graphtest.Plus(demo, in("eu-west-1", graphtest.New("demo-cell",
			"aws:s3/bucketReplicationConfig:BucketReplicationConfig", "again", map[string]any{"rules": []any{map[string]any{
				"destination": map[string]any{"bucket": "arn:aws:s3:::demo-cell-archive-123456789012-eu-west-1"}}}}))),
			rule: "regions/same", says: "it copies within eu-west-1", witness: []string{"demo-cell::again"}},
		"something in the lost region": {changed: drill(t, in("eu-west-1", graphtest.New("demo-acme-dr", group, "copies",
			map[string]any{"name": "x"}))), rule: "regions/elsewhere", says: "it cannot be made when that region is lost",
			witness: []string{"demo-acme-dr::copies"}},
		"outputs of the original": {changed: drill(t, &graph.Resource{Stack: "demo-acme-dr", Type: "pulumi:pulumi:StackReference",
			URN:     "urn:pulumi:demo-acme-dr::haven::pulumi:pulumi:StackReference::demo-acme",
			Inputs:  graph.Object(map[string]any{"name": "organization/haven/demo-acme"}),
			Outputs: graph.Object(map[string]any{"outputs": map[string]any{"tenant": map[string]any{"name": "acme"}}})}),
			rule: "regions/reference", says: "takes what it needs from organization/haven/demo-acme",
			witness: []string{"demo-acme-dr::demo-acme"}},
		"outputs of the lost cell": {changed: drill(t, &graph.Resource{Stack: "demo-acme-dr", Type: "pulumi:pulumi:StackReference",
			URN:     "urn:pulumi:demo-acme-dr::haven::pulumi:pulumi:StackReference::demo-cell",
			Inputs:  graph.Object(map[string]any{"name": "organization/haven/demo-cell"}),
			Outputs: graph.Object(map[string]any{"outputs": map[string]any{"cell": map[string]any{"region": "eu-west-1"}}})}),
			rule: "regions/reference", says: "demo-cell", witness: []string{"demo-acme-dr::demo-cell"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := regions.Check(test.changed)
			require.Len(t, all, 1)
			assert.Equal(t, test.rule, all[0].Rule)
			assert.Contains(t, all[0].Message, test.says)
			assert.Equal(t, test.witness, graphtest.Shorts(all[0].Witness))
		})
	}
}

func TestWhatNeedsNone(t *testing.T) {
	t.Parallel()
	demo := graphtest.Demo(t)
	for name, changed := range map[string]*graph.Graph{
		"a drill in the standby": drill(t),
		"its own cell's outputs": drill(t, &graph.Resource{Stack: "demo-acme-dr", Type: "pulumi:pulumi:StackReference",
			URN:    "urn:pulumi:demo-acme-dr::haven::pulumi:pulumi:StackReference::demo-standby",
			Inputs: graph.Object(map[string]any{"name": "organization/haven/demo-standby"}), Outputs: graph.Object(map[string]any{
				"outputs": map[string]any{"cell": map[string]any{"region": "eu-central-1", "standby": true}}})}),
		"a snapshot of its own region": drill(t, in("eu-central-1", graphtest.New("demo-acme-dr", "aws:rds/instance:Instance",
			"database", map[string]any{"snapshotIdentifier": "arn:aws:rds:eu-central-1" + account + "snapshot:awsbackup:x"}))),
		"what is said of the original": drill(t, in("eu-central-1", graphtest.New("demo-acme-dr",
			"aws:sfn/stateMachine:StateMachine", "machine", map[string]any{"definition": `{"Arguments":{"ByResourceArn":` +
				`"arn:aws:rds:eu-west-1` + account + `db:x"}}`}))),
		"a role that may reach there": drill(t, in("eu-central-1", graphtest.New("demo-acme-dr",
			"aws:iam/rolePolicy:RolePolicy", "policy", map[string]any{"policy": `{"Resource":"arn:aws:s3:eu-west-1::x"}`}))),
		"a host of everywhere": drill(t, in("eu-central-1", graphtest.New("demo-acme-dr", group, "other", map[string]any{
			"description": "sts.amazonaws.com and public.ecr.aws/a"}))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, regions.Check(changed))
		})
	}
	const replica = "aws:kms/replicaKey:ReplicaKey"
	there := in("eu-west-1", graphtest.New("demo", "aws:kms/key:Key", "primary", nil))
	here := in("eu-central-1", madeFrom(graphtest.New("demo", replica, "replica", nil), "primaryKeyArn", there.URN))
	vault := madeFrom(in("eu-central-1", graphtest.New("demo", "aws:backup/vault:Vault", "vault", nil)), "kmsKeyArn",
		there.URN)
	assert.Len(t, regions.Check(graph.New([]*graph.Resource{there, here, vault})), 1)
	vault.Dependencies["kmsKeyArn"] = append(vault.Dependencies["kmsKeyArn"], here.URN)
	assert.Empty(t, regions.Check(graph.New([]*graph.Resource{there, here, vault})), "it is made from the copy")
	machine := madeFrom(in("eu-central-1", graphtest.New("demo-globex", "aws:sfn/stateMachine:StateMachine", "m", nil)),
		"definition", graphtest.Find(t, demo, "demo-globex::database-instance").URN)
	assert.True(t, slices.ContainsFunc(regions.Check(graphtest.Plus(demo, machine)), func(f graph.Finding) bool {
		return f.Undecided && f.URN == machine.URN && f.Message == "not known yet: definition"
	}))
}
