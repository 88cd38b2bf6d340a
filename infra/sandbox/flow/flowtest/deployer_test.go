package flowtest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
)

var ctx = context.Background()

// files are a copy of the stack files, to be changed.
func files(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "..", "..", "stacks"))))
	return folder
}

// TestDeployer: what is as declared stays, what is declared otherwise changes, what is no longer declared goes.
func TestDeployer(t *testing.T) {
	begin := time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC)
	w := world.At(filepath.Join(t.TempDir(), "world.db")).Ticking(func() time.Time { return begin })
	d := flowtest.New(w, files(t))
	require.NoError(t, d.Environment(ctx, "demo"))
	before, err := w.Entries()
	require.NoError(t, err)
	require.NoError(t, d.Up(ctx, "demo-cell", "demo-acme", "demo-globex"))
	again, err := w.Entries()
	require.NoError(t, err)
	assert.Equal(t, before, again, "there is nothing to change")
	outputs, err := d.Outputs("demo-acme")
	require.NoError(t, err)
	assert.Equal(t, "acme", outputs["tenant"].(map[string]any)["name"])
	assert.Greater(t, len(d.Declared("demo-acme")), 100)

	path := filepath.Join(d.Folder, "Pulumi.demo-acme.yaml")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	suspended := strings.Replace(string(text), "    slot: 1\n", "    slot: 1\n    state: suspended\n", 1)
	require.NoError(t, os.WriteFile(path, []byte(suspended), 0o600))
	require.NoError(t, d.Up(ctx, "demo-acme"))
	changed, err := w.Entries()
	require.NoError(t, err)
	assert.Less(t, len(changed), len(before), "its alarms on tasks are gone")

	require.NoError(t, d.Down(ctx, "demo-acme"))
	left, err := w.Entries()
	require.NoError(t, err)
	for _, entry := range left {
		assert.NotContains(t, entry.URN, "urn:pulumi:demo-acme::")
	}
	outputs, err = d.Outputs("demo-acme")
	require.NoError(t, err)
	assert.Nil(t, outputs)
}
