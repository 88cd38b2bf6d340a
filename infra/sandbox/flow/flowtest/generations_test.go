package flowtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
)

// TestGenerations: a tenant's data is brought back beside what was there, which stays until it was released, and only
// then goes.
func TestGenerations(t *testing.T) {
	begin := time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC)
	w := world.At(filepath.Join(t.TempDir(), "world.db")).Ticking(func() time.Time { return begin })
	d := flowtest.New(w, files(t))
	require.NoError(t, d.Environment(ctx, "demo"))
	_, err := flow.Advance(w, flow.Options{To: begin.Add(time.Hour)}) // until there are backups
	require.NoError(t, err)
	path := filepath.Join(d.Folder, "Pulumi.demo-acme.yaml")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	up := func(lists string) error {
		data := "    slot: 1\n    data:\n      generation: 2\n      from:\n        generation: 1\n" +
			"        dump: tenants/acme/dumps/20261120T010000Z/manifest.json\n" + lists
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), "    slot: 1\n", data, 1)), 0o600))
		return d.Up(ctx, "demo-acme")
	}
	stores := func() (found []string) {
		entries, err := w.Entries()
		require.NoError(t, err)
		for _, entry := range entries {
			_, name, _ := strings.Cut(entry.URN, "::haven::")
			for _, kind := range []string{"aws:rds/instance:Instance", "aws:efs/fileSystem:FileSystem"} {
				if entry.Type == kind && strings.HasPrefix(entry.URN, "urn:pulumi:demo-acme::") {
					found = append(found, name[strings.LastIndex(name, "::")+2:])
				}
			}
		}
		return found
	}

	const quarantined = "      quarantined: [1]\n"
	all := []string{"database-instance", "files-system", "database-g2-instance", "files-g2-system"}
	require.NoError(t, up(quarantined))
	assert.ElementsMatch(t, all, stores())
	outputs, err := d.Outputs("demo-acme")
	require.NoError(t, err)
	tenant := outputs["tenant"].(map[string]any)
	assert.EqualValues(t, 2, tenant["generation"])
	assert.Equal(t, "demo-acme-database-g2", tenant["databaseId"])
	assert.NotEmpty(t, tenant["restorationArn"])
	assert.Empty(t, tenant["released"])

	require.ErrorContains(t, up(""), "protect", "one that was not released does not go")
	assert.ElementsMatch(t, all, stores())

	require.NoError(t, up(quarantined+"      released: [1]\n      releasedAt: \"2026-11-20T12:00:00Z\"\n"))
	assert.ElementsMatch(t, all, stores())
	outputs, err = d.Outputs("demo-acme")
	require.NoError(t, err)
	assert.Equal(t, []any{"demo-acme-database"}, outputs["tenant"].(map[string]any)["released"])
	require.NoError(t, up(""))
	assert.ElementsMatch(t, []string{"database-g2-instance", "files-g2-system"}, stores())
}
