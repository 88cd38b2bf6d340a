package recovery

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const written = `# A tenant.
config:
  haven:role: tenant
  haven:tenant:
    cell: demo-cell # where it lives
    slot: 1
    data:
      # Raised after the release of May.
      generation: 2 # the second
      from: {generation: 1, dump: tenants/acme/dumps/20261120T010000Z/manifest.json}
      quarantined: [1]
# The sandbox's.
encryptionsalt: v1:abc=
`

// TestEdit: what is not changed stays as somebody wrote it, comments among it.
func TestEdit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "Pulumi.demo-acme.yaml")
	require.NoError(t, os.WriteFile(path, []byte(written), 0o600))
	read := func() string {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return string(text)
	}
	require.NoError(t, edit(path, func(map[string]any) {}))
	assert.Equal(t, written, read())
	require.NoError(t, edit(path, func(tenant map[string]any) {
		data := tenant["data"].(map[string]any)
		data["generation"], data["quarantined"] = 3, []any{1, 2}
		data["released"], data["releasedAt"] = []any{1}, "2026-11-29T10:00:00Z"
		delete(data, "from")
		delete(tenant, "slot")
		tenant["state"] = "suspended"
	}))
	assert.Equal(t, `# A tenant.
config:
  haven:role: tenant
  haven:tenant:
    cell: demo-cell # where it lives
    data:
      # Raised after the release of May.
      generation: 3 # the second
      quarantined: [1, 2]
      released: [1]
      releasedAt: "2026-11-29T10:00:00Z"
    state: suspended
# The sandbox's.
encryptionsalt: v1:abc=
`, read())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{path}, left)

	require.NoError(t, os.WriteFile(path, []byte("config:\n  haven:role: account\n"), 0o600))
	require.ErrorContains(t, edit(path, func(map[string]any) {}), "is no tenant's")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.ErrorContains(t, edit(path, func(map[string]any) {}), "is no tenant's")
}
