package flowtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
)

// lowered are the ways in which a tenant of the tier critical is written, from that tier to another.
var lowered = map[string]string{
	"critical": "    tier: critical\n",
	"released": "    tier: critical\n    database: {replica: released}\n",
	"dropped":  "    tier: continuity\n    database: {replica: dropped}\n",
	"lower":    "    tier: continuity\n",
}

// TestATierIsLowered: a tenant leaves the tier critical in three updates, of which RDS refuses none, and the database
// stays the one that it is.
func TestATierIsLowered(t *testing.T) {
	d := critical(t)
	require.NoError(t, lower(t, d, "critical"))
	before := instance(t, d.World, "database-instance")
	assert.NotEmpty(t, instance(t, d.World, "replica-instance"))

	require.NoError(t, lower(t, d, "released"))
	outputs, err := d.Outputs("demo-acme")
	require.NoError(t, err)
	assert.Equal(t, []any{"demo-acme-replica"}, outputs["tenant"].(map[string]any)["released"])

	require.NoError(t, lower(t, d, "dropped"))
	assert.Empty(t, instance(t, d.World, "replica-instance"))
	assert.Equal(t, before, instance(t, d.World, "database-instance"))

	require.NoError(t, lower(t, d, "lower"))
	assert.Equal(t, before, instance(t, d.World, "database-instance"))
	outputs, err = d.Outputs("demo-acme")
	require.NoError(t, err)
	assert.Empty(t, outputs["tenant"].(map[string]any)["released"])
	assert.Contains(t, outputs["tenant"].(map[string]any)["databaseSecretArn"], ":secret:rds!db-")
}

// TestNoStepOfLoweringIsLeftOut: what is left out is refused.
func TestNoStepOfLoweringIsLeftOut(t *testing.T) {
	refused := map[string]struct{ from, to, says string }{
		"the password while there is a replica": {"released", "lower", "that has read replicas is not supported"},
		"a replica that is not released":        {"critical", "dropped", "protect"},
	}
	for name, test := range refused {
		t.Run(name, func(t *testing.T) {
			d := critical(t)
			require.NoError(t, lower(t, d, test.from))
			require.ErrorContains(t, lower(t, d, test.to), test.says)
			assert.NotEmpty(t, instance(t, d.World, "replica-instance"))
		})
	}
}

// critical is a deployer to cells and what they need, with a tenant that is not up yet.
func critical(t *testing.T) *flowtest.Deployer {
	t.Helper()
	d := flowtest.New(world.At(filepath.Join(t.TempDir(), "world.db")), files(t))
	require.NoError(t, d.Up(ctx, "demo-account", "demo-cell", "demo-standby", "demo-mirror"))
	return d
}

// lower brings the tenant up as it is written at that step.
func lower(t *testing.T, d *flowtest.Deployer, step string) error {
	t.Helper()
	path := filepath.Join(d.Folder, "Pulumi.demo-acme.yaml")
	original, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "stacks", "Pulumi.demo-acme.yaml"))
	require.NoError(t, err)
	text := strings.Replace(string(original), "    slot: 1\n", "    slot: 1\n"+lowered[step], 1)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return d.Up(ctx, "demo-acme")
}

// instance is the identifier of a tenant's instance; empty where there is none.
func instance(t *testing.T, w *world.World, name string) string {
	t.Helper()
	entries, err := w.Entries()
	require.NoError(t, err)
	for _, entry := range entries {
		if strings.HasSuffix(entry.URN, "aws:rds/instance:Instance::"+name) {
			return entry.ID
		}
	}
	return ""
}
