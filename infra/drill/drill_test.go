package drill_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/drill"
	"haven/infra/drill/makespan"
	"haven/infra/drill/realdata"
	"haven/infra/evidence"
	"haven/infra/recovery"
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
		if recovery.Written(text) { // by a verb in this checkout: it is no part of the demo
			continue
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
	return drill.Options{Environment: environment, Folder: stacks, World: w, Deployer: &recording{of.On(w, stacks), nil},
		Seed: 1}
}

// recording remembers what was told of a stack before it was brought back, and after.
type recording struct {
	*flowtest.Deployer
	acme [][]makespan.Resource
}

func (r *recording) Made(stack string) ([]makespan.Resource, error) {
	made, err := r.Deployer.Made(stack)
	if stack == "demo-acme-dr" {
		r.acme = append(r.acme, slices.Clone(made))
	}
	return made, err
}

// backInTime plans the same for a full cell: tenants do not wait for each other, so that all are back when one is, within
// a quarter more than restoring and warming one database takes. It is simulated, with the medians of the table.
func backInTime(t *testing.T, of *recording) {
	t.Helper()
	require.Len(t, of.acme, 2, "before, and after")
	before := map[string]bool{}
	for _, r := range of.acme[0] {
		before[r.URN] = true
	}
	const full = 25
	var tasks []makespan.Task
	for i := range full {
		own := func(name string) string { return fmt.Sprintf("%d %s", i, name) }
		var made []makespan.Resource
		for _, r := range of.acme[1] {
			one := makespan.Resource{URN: own(r.URN), Type: r.Type}
			one.Exists = before[r.URN] && drill.Stays(r.Type)
			if r.Type == database {
				one.Kind = makespan.Restored
			}
			for _, other := range r.After {
				one.After = append(one.After, own(other))
			}
			made = append(made, one)
		}
		stack := recovery.Restoring{Stack: own("demo-acme-dr"), Source: recovery.Source{Copy: recovery.Copy{Kind: recovery.Snapshot}}}
		tasks = append(tasks, drill.Restoration(stack, made)...)
	}
	plan, err := makespan.Of(tasks)
	require.NoError(t, err)
	one := makespan.Creating(database, makespan.Restored).Median + makespan.Step("warm").Median
	t.Logf("simulated: %d tenants are back after %s; one database takes %s", full, plan.Total, one)
	for _, span := range plan.Critical("") {
		t.Log(span)
	}
	assert.LessOrEqual(t, plan.Total, one*5/4)
	assert.Less(t, plan.Total, 45*time.Minute)
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
			options := demo(t)
			done := run(t, name, options)
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
			if name == "region-loss" {
				backInTime(t, options.Deployer.(*recording))
			}
		})
	}
}

// TestOnRealServers: what real servers say of each tenant's corruption is a part of the drill's verdict and evidence.
func TestOnRealServers(t *testing.T) {
	options := demo(t)
	options.Real = &realdata.Options{Rows: 1000, Writers: 2}
	done := run(t, "application-corruption", options)
	assert.True(t, done.Met, strings.Join(done.Failures, "\n"))
	require.Len(t, done.Tenants, 3)
	for _, tenant := range done.Tenants {
		require.NotNil(t, tenant.Real, tenant.Tenant)
		assert.True(t, tenant.Real.Verified)
		assert.Equal(t, 1000, tenant.Real.Requests)
		assert.Positive(t, tenant.Real.RTOSeconds)
	}

	options = demo(t)
	options.Real = &realdata.Options{}
	done = run(t, "application-corruption", options)
	assert.False(t, done.Met)
	assert.Contains(t, strings.Join(done.Failures, "\n"), "acme: on a real server: acme: 0 rows and 0 writers")
}
