package drill_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/drill"
	"haven/infra/evidence"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/stacks/config"
)

var ctx = context.Background()

// begin is when the demo was brought up, by the clock of these tests.
var begin = time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC)

func at(path string) *world.World {
	return world.At(path).Ticking(func() time.Time { return begin })
}

// original is the demo as its stacks declare it, brought up once for all tests.
var original = sync.OnceValues(func() (*flowtest.Deployer, error) {
	folder, err := os.MkdirTemp("", "haven-drill")
	if err != nil {
		return nil, err
	}
	stacks := filepath.Join(folder, "stacks")
	if err := copyStacks(stacks); err != nil {
		return nil, err
	}
	d := flowtest.New(at(filepath.Join(folder, "world.db")), stacks)
	return d, d.Environment(ctx, "demo")
})

func copyStacks(to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "stacks", "Pulumi.*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if d, err := original(); err == nil {
		_ = os.RemoveAll(filepath.Dir(d.Folder))
	}
	os.Exit(code)
}

// demo is a copy of it, to be drilled in.
func demo(t *testing.T) drill.Options {
	t.Helper()
	of, err := original()
	require.NoError(t, err)
	folder := t.TempDir()
	for _, suffix := range []string{"", ".key"} {
		data, err := os.ReadFile(of.World.Path() + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "world.db"+suffix), data, 0o600))
	}
	stacks := filepath.Join(folder, "stacks")
	require.NoError(t, os.CopyFS(stacks, os.DirFS(of.Folder)))
	directory, err := config.LoadDir(stacks)
	require.NoError(t, err)
	environment, err := directory.Environment("demo")
	require.NoError(t, err)
	w := at(filepath.Join(folder, "world.db"))
	return drill.Options{Environment: environment, Folder: stacks, World: w, Deployer: of.On(w, stacks), Seed: 1}
}

func run(t *testing.T, name string, options drill.Options) evidence.Drill {
	t.Helper()
	scenario, err := drill.ScenarioNamed(name)
	require.NoError(t, err)
	options.Say = func(text string) { t.Log(text) }
	record, err := drill.Run(ctx, scenario, options)
	require.NoError(t, err)
	return *record.Drill
}

// TestEveryScenarioIsGreen: from a fresh environment every objective of every tenant is met.
func TestEveryScenarioIsGreen(t *testing.T) {
	for _, name := range drill.Names() {
		t.Run(name, func(t *testing.T) {
			done := run(t, name, demo(t))
			assert.True(t, done.Met, strings.Join(done.Failures, "\n"))
			require.Len(t, done.Tenants, 3)
			for _, tenant := range done.Tenants {
				assert.True(t, tenant.Verified, tenant.Tenant)
				assert.LessOrEqual(t, tenant.RPOSeconds, tenant.RPOBoundSeconds)
				assert.LessOrEqual(t, tenant.RTOSeconds, tenant.RTOBoundSeconds)
				assert.Positive(t, tenant.RTOBoundSeconds)
			}
			assert.NotEmpty(t, done.Alarms)
			assert.NotEmpty(t, done.Timeline)
		})
	}
}
