package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/stacks/config"
)

// TestReplicatedBackups: AWS replicates the backups of twenty databases to a region, so a cell has no more tenants
// whose tier needs it.
func TestReplicatedBackups(t *testing.T) {
	dir := t.TempDir()
	write := func(stack, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi."+stack+".yaml"), []byte(text), 0o644))
	}
	tenant := func(n int, tier string) {
		write(fmt.Sprintf("demo-t%02d", n), fmt.Sprintf(`config:
  haven:role: tenant
  haven:tenant: {cell: demo-cell, slot: %d, tier: %s, application: {image: "example/image:1"}}
`, n, tier))
	}
	write("demo-cell", `config:
  haven:role: cell
  haven:cell:
    {environment: demo, account: "123456789012", domain: demo.haven.example, network: {cidr: 10.20.0.0/16}}
`)
	for n := 1; n <= 20; n++ {
		tenant(n, "continuity")
	}
	tenant(21, "standard")
	_, err := config.LoadDir(dir)
	require.NoError(t, err)

	tenant(21, "continuity")
	_, err = config.LoadDir(dir)
	assert.EqualError(t, err, `Pulumi.demo-t21.yaml: tenant.tier: got "continuity"; want another tier: AWS replicates `+
		"the backups of 20 databases to a region, and so many of demo-cell have it; choose another tier, or "+
		"another cell")
}
