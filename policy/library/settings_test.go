package library_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
)

// settings are what the demo's tenants do not say, each of a tenant of its own.
var settings = map[string]string{
	"password": `
    maintenancePage: true
    identity: {mode: password, ssoOnly: true, noticesFrom: arn:aws:ses:eu-west-1:123456789012:identity/haven.example}`,
	"alone": `
    cache: {tokenRotation: 1}`,
	"released": `
    tier: critical
    standby: demo-standby
    database: {replica: released}`,
	"dropped": `
    tier: continuity
    standby: demo-standby
    database: {replica: dropped}`,
}

// TestWhatTenantsMaySayKeepsEveryPromise: no setting that validation accepts is refused by the policies.
func TestWhatTenantsMaySayKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "stacks"))))
	slot := 10
	for name, said := range settings {
		slot++
		text := "config:\n  haven:role: tenant\n  haven:tenant:\n    cell: demo-cell\n    mirror: demo-mirror\n    slot: " +
			strconv.Itoa(slot) +
			"\n    application: {image: public.ecr.aws/haven-demo/processmaker:4.15}" + said + "\n"
		require.NoError(t, os.WriteFile(stackFile(folder, name), []byte(text), 0o600))
	}
	d := flowtest.New(world.At(filepath.Join(t.TempDir(), "world.db")), folder)
	require.NoError(t, d.Environment(t.Context(), "demo"))
	g, err := d.Graph()
	require.NoError(t, err)
	for name := range settings {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, fails(t, g, func(urn string) bool { return strings.Contains(urn, ":demo-"+name+"::") }))
		})
	}
}
