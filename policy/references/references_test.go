package references_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
	"haven/policy/references"
)

var demo = sync.OnceValues(func() (*graph.Graph, error) {
	folder, err := os.MkdirTemp("", "haven-references")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	return flowtest.Graph(world.At(filepath.Join(folder, "world.db")), filepath.Join("..", "..", "stacks"), "demo")
})

func TestTheDemoNamesWhatItOwns(t *testing.T) {
	t.Parallel()
	g, err := demo()
	require.NoError(t, err)
	for _, f := range references.Check(g) {
		assert.Fail(t, f.Rule, "%s: %s", f.URN, f.Message)
	}
}

// with is the demo with one property of a resource changed, or the resource removed.
func with(t *testing.T, stack, name, property string, to any) []graph.Finding {
	t.Helper()
	g, err := demo()
	require.NoError(t, err)
	touched := 0
	changed := g.Map(func(r *graph.Resource) *graph.Resource {
		if r.Stack != stack || r.Name() != name {
			return r
		}
		touched++
		if property == "" {
			return nil
		}
		other := *r
		other.Inputs = r.Inputs.Set(property, graph.Object(map[string]any{"v": to}).Get("v"))
		return &other
	})
	require.Equal(t, 1, touched)
	return references.Check(changed)
}

func find(t *testing.T, stack, name string) *graph.Resource {
	t.Helper()
	g, err := demo()
	require.NoError(t, err)
	for _, r := range g.All() {
		if r.Stack == stack && r.Name() == name {
			return r
		}
	}
	require.Fail(t, "there is none", "%s::%s", stack, name)
	return nil
}

func TestWhatIsAnothersIsFound(t *testing.T) {
	t.Parallel()
	globex := find(t, "demo-globex", "database-key-primary")
	for property, name := range map[string]string{
		"kmsKeyId": "files-system", "performanceInsightsKmsKeyId": "database-instance",
	} {
		found := with(t, "demo-acme", name, property, globex.Text("arn"))
		require.Len(t, found, 1, name)
		assert.Equal(t, "references/foreign", found[0].Rule)
		assert.Equal(t, property+` is "`+globex.Text("arn")+`", which is of demo-globex; expected one of its own: `+
			"name what is the stack's own", found[0].Message)
		assert.Equal(t, []string{found[0].URN, globex.URN}, found[0].Witness)
	}
	group := find(t, "demo-globex", "perimeter-database")
	found := with(t, "demo-acme", "database-instance", "vpcSecurityGroupIds", []any{group.ID})
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Message, "vpcSecurityGroupIds[0] is ")
	secret := find(t, "demo-globex", "app-key-secret")
	found = with(t, "demo-cell", "edge-zone", "comment", `{"secret": "`+secret.Text("arn")+`"}`)
	require.Len(t, found, 1, "within a document, and in a stack that is no tenant's")
	assert.Equal(t, "references/foreign", found[0].Rule)
}

func TestWhatIsMissingIsFound(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]string{
		"database-key-primary": "kmsKeyId", "perimeter-database": "vpcSecurityGroupIds[0]",
		"database-subnets": "dbSubnetGroupName", "database-parameters": "parameterGroupName",
	} {
		found := with(t, "demo-acme", name, "", nil)
		messages := ""
		for _, f := range found {
			assert.Equal(t, "references/missing", f.Rule)
			messages += f.Message
		}
		assert.Contains(t, messages, by+" is ", name)
	}
	for by, of := range map[string][2]string{
		"keyArn":                         {"demo-account", "guards-volumes-key-regional"},
		"validationRecordFqdns[0]":       {"demo-acme", "routing-certificate-record"},
		"notificationConfig.pubsubTopic": {"demo-mirror", "transfer-demo-cell-hourly-reports"},
	} {
		messages := ""
		for _, f := range with(t, of[0], of[1], "", nil) {
			messages += f.Message
		}
		assert.Contains(t, messages, by+" is ", of)
	}
	found := with(t, "demo-acme", "database-instance", "monitoringRoleArn", "arn:aws:iam::123456789012:role/none")
	require.Len(t, found, 1)
	assert.Equal(t, `monitoringRoleArn is "arn:aws:iam::123456789012:role/none", which no stack declares; expected one `+
		"of its own: declare it, or name another", found[0].Message)
}

// TestWhatTheCloudMakesIsNotMissing: nothing is said of what is no resource of anybody's.
func TestWhatTheCloudMakesIsNotMissing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"arn:aws:iam::aws:policy/SecurityAudit", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1",
		"arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/X", "a text", "", "sg",
		"arn:aws:logs:eu-west-1:123456789012:log-group:/aws/rds/*",
		"arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:copyjob-1", "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-1",
	} {
		assert.Empty(t, with(t, "demo-acme", "database-instance", "monitoringRoleArn", text), text)
	}
}
