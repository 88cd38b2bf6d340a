package library_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/rpo"
	"haven/stacks/config"
)

// TestRestoringStacksKeepEveryPromise: the whole library holds over stacks that bring tenants back beside their own, wait
// for a take-over, and have taken over.
func TestRestoringStacksKeepEveryPromise(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join("..", "..", "stacks"))))
	w := world.At(filepath.Join(t.TempDir(), "world.db")).Ticking(func() time.Time { return begin })
	d := flowtest.New(w, folder)
	require.NoError(t, d.Environment(t.Context(), "demo"))
	_, err := flow.Advance(w, flow.Options{To: begin.Add(24 * time.Hour)}) // until there is a copy of each kind
	require.NoError(t, err)
	directory, err := config.LoadDir(folder)
	require.NoError(t, err)
	environment, err := directory.Environment("demo")
	require.NoError(t, err)
	tenants, err := recovery.Tenants(environment, d)
	require.NoError(t, err)
	r := &recovery.Recovery{Environment: environment, Folder: folder, Cloud: recovery.Sandbox{World: w}, Deployer: d}

	holds := func(name, suffix string, but ...string) {
		g, err := d.Graph()
		require.NoError(t, err)
		of := func(urn string) bool {
			stack, _, _ := strings.Cut(graphtest.Short(urn), "::")
			return strings.HasSuffix(stack, suffix)
		}
		t.Run(name, func(t *testing.T) { assert.ElementsMatch(t, but, fails(t, g, of)) })
	}
	beside, err := r.Trial(t.Context(), tenants, false, begin.Add(22*time.Hour))
	require.NoError(t, err)
	holds("beside", "")
	var names []string
	for _, one := range beside {
		names = append(names, one.Stack)
	}
	require.NoError(t, r.Retire(t.Context(), names...))

	offsite, err := r.OffSite(t.Context(), tenants)
	require.NoError(t, err)
	holds("off site", "-offsite")
	require.NoError(t, r.Serve(t.Context(), offsite))
	holds("served off site", "-offsite")
	for i, one := range offsite {
		names[i] = one.Stack
	}
	require.NoError(t, r.Retire(t.Context(), names...))

	_, err = r.Provide(t.Context(), tenants)
	require.NoError(t, err)
	holds("ready", "")
	taken, err := r.TakeOver(t.Context(), tenants)
	require.NoError(t, err)
	const uncopied = "it serves in the place of demo-acme, and nothing copies what is written: set copies to true"
	var alone []string
	for _, tenant := range tenants {
		alone = append(alone, "copies/taken-over of "+recovery.TakeOverStack(tenant)+": "+
			strings.Replace(uncopied, "demo-acme", tenant.Stack, 1))
	}
	holds("active", "-dr", alone...)
	for _, one := range taken {
		file := recovery.FileOf(folder, one.Stack)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		copied := active.ReplaceAllString(string(text), "${1}mode: active\n${1}copies: true")
		require.NoError(t, os.WriteFile(file, []byte(copied), 0o600))
		require.NoError(t, d.Up(t.Context(), one.Stack))
	}
	holds("copied", "-dr")
	g, err := d.Graph()
	require.NoError(t, err)
	for _, one := range taken {
		schedule := one.Stack + "::dump-schedule"
		assert.Empty(t, late(g, one.Stack))
		assert.Contains(t, late(graphtest.With(t, g, schedule, graphtest.Removed), one.Stack), "rpo/link", one.Stack)
		rare := graphtest.Set("scheduleExpression", "rate(1 day)")
		assert.Contains(t, late(graphtest.With(t, g, schedule, rare), one.Stack), "rpo/sum", one.Stack)
	}
}

// late are what the proof finds of the copies of a stack that can be too old.
func late(g *graph.Graph, stack string) (found []string) {
	for _, finding := range rpo.Check(g) {
		if of, _, _ := strings.Cut(graphtest.Short(finding.URN), "::"); of == stack {
			found = append(found, finding.Rule)
		}
	}
	return found
}

// active is the line of a stack file by which it has taken over.
var active = regexp.MustCompile(`(?m)^( *)mode: active$`)
