package library_test

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
	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/library"
	"haven/policy/rules"
)

// begin is a day on which the exceptions hold.
var begin = time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC)

// tenants are the demo's, one of each tier.
var tenants = []string{"acme", "globex", "initech"}

// steps are what becomes of a tenant's data, one after the other. TENANT stands for its name.
var steps = []struct{ name, data string }{
	{"brought back", `
      generation: 2
      from: {generation: 1, at: "2026-11-20T12:50:00Z", dump: tenants/TENANT/dumps/20261120T010000Z/manifest.json}
      quarantined: [1]`},
	{"released", `
      generation: 2
      from: {generation: 1, at: "2026-11-20T12:50:00Z", dump: tenants/TENANT/dumps/20261120T010000Z/manifest.json}
      quarantined: [1]
      released: [1]
      releasedAt: "2026-11-20T13:00:00Z"`},
	{"retired", `
      generation: 2
      from: {generation: 1, at: "2026-11-20T12:50:00Z", dump: tenants/TENANT/dumps/20261120T010000Z/manifest.json}`},
	{"brought back again", `
      generation: 3
      from: {generation: 2, dump: tenants/TENANT/dumps/20261120T010000Z/manifest.json}
      quarantined: [2]`},
}

// TestGenerationsKeepEveryPromise: the whole library holds while data lies in quarantine, once it is released, and when
// it is gone.
func TestGenerationsKeepEveryPromise(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "stacks"))))
	w := world.At(filepath.Join(t.TempDir(), "world.db")).Ticking(func() time.Time { return begin })
	d := flowtest.New(w, folder)
	require.NoError(t, d.Environment(t.Context(), "demo"))
	_, err := flow.Advance(w, flow.Options{To: begin.Add(time.Hour)}) // until there are backups
	require.NoError(t, err)
	files := map[string]string{}
	for _, tenant := range tenants {
		text, err := os.ReadFile(stackFile(folder, tenant))
		require.NoError(t, err)
		files[tenant] = string(text)
	}
	for i, step := range steps {
		for _, tenant := range tenants {
			data := "    data:" + strings.ReplaceAll(step.data, "TENANT", tenant) + "\n    application:\n"
			changed := strings.Replace(files[tenant], "    application:\n", data, 1)
			require.NoError(t, os.WriteFile(stackFile(folder, tenant), []byte(changed), 0o600))
			require.NoError(t, d.Up(t.Context(), "demo-"+tenant), step.name)
		}
		g, err := d.Graph()
		require.NoError(t, err)
		t.Run(step.name, func(t *testing.T) { assert.Empty(t, fails(t, g, everything)) })
		begin := begin.Add(time.Duration(i+2) * time.Hour)
		_, err = flow.Advance(w, flow.Options{To: begin}) // until there are backups of what was made
		require.NoError(t, err)
	}
}

func stackFile(folder, tenant string) string {
	return filepath.Join(folder, "Pulumi.demo-"+tenant+".yaml")
}

// fails are the failures of the whole library about some resources, most of which pass.
func fails(t *testing.T, g *graph.Graph, of func(urn string) bool) (failed []string) {
	t.Helper()
	run := check.Run{Library: library.All(), Exceptions: accepted(t), Now: begin, MostUndecided: check.MostUndecided}
	outcomes, err := run.Over(withAccount(g))
	require.NoError(t, err)
	passed := 0
	for _, o := range outcomes {
		if o.Result == rules.Pass {
			passed++
		}
		if o.Result == rules.Fail && of(o.URN) {
			failed = append(failed, o.Rule+" of "+graphtest.Short(o.URN)+": "+o.Message)
		}
	}
	assert.Greater(t, passed, 5000)
	return failed
}

func everything(string) bool { return true }

// withAccount says which account is the stacks' own, which a graph of a world does not.
func withAccount(made *graph.Graph) *graph.Graph {
	const token = "pulumi:providers:aws"
	provider := graphtest.New("demo-cell", token, "aws", map[string]any{"allowedAccountIds": []any{"123456789012"}})
	return graphtest.Plus(made, provider)
}

// accepted are all exceptions.
func accepted(t *testing.T) []exceptions.Exception {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "exceptions.yaml"))
	require.NoError(t, err)
	all, err := exceptions.Parse(text, library.All().Has, begin)
	require.NoError(t, err)
	return all
}
