package copies_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/copies"
	"haven/policy/graph"
	. "haven/policy/graph/graphtest"
)

// as is the demo with acme brought back from another stack.
func as(t *testing.T, of, mode string, copied bool) *graph.Graph {
	t.Helper()
	g, err := demo()
	require.NoError(t, err)
	return With(t, g, "demo-acme::haven-demo-acme",
		Set("tenant.restoredOf", of), Set("tenant.restoreMode", mode), Set("tenant.copied", copied))
}

// TestRestoring: what is brought back has the copies that it needs, and no region's that is lost.
func TestRestoring(t *testing.T) {
	t.Parallel()
	const selection, files = "demo-acme::backup-database-selection", "demo-acme::files-key-replica"
	for name, test := range map[string]struct {
		of, mode string
		copied   bool
		without  string
		want     []string
	}{
		"beside what has every copy":         {"demo-globex", "drill", false, selection, nil},
		"beside nothing":                     {"demo-nobody", "drill", false, "", []string{"copies/taken-over of demo-acme"}},
		"what waits and has data":            {"demo-globex", "ready", false, "", []string{"copies/taken-over of demo-acme"}},
		"taken over":                         {"demo-globex", "active", false, "", []string{"copies/taken-over of demo-acme"}},
		"taken over and copied":              {"demo-globex", "active", true, "", nil},
		"nothing in the region that is lost": {"demo-globex", "active", true, files, nil},
		"taken over without a backup": {"demo-globex", "active", true, selection,
			[]string{"copies/snapshot of demo-acme::database-instance"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := as(t, test.of, test.mode, test.copied)
			if test.without != "" {
				g = With(t, g, test.without, Removed)
			}
			var found []string
			for _, f := range copies.Check(g) {
				found = append(found, f.Rule+" of "+Short(f.URN))
			}
			assert.Equal(t, test.want, found)
		})
	}
}
