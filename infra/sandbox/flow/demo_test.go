package flow_test

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

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"haven/infra/report/status"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/stacks/config"
)

// begin is when the demo was brought up, by the clock of these tests.
var begin = time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC)

var stackFiles = filepath.Join("..", "..", "..", "stacks")

// original is the demo as its stacks declare it, brought up once for all tests.
var original = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "haven-flow")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "world.db")
	return path, flowtest.Up(at(path, begin), stackFiles, "demo")
})

// advanceVariable names a world that this program advances instead of running tests, so that it can be killed.
const advanceVariable = "HAVEN_TEST_ADVANCE"

func TestMain(m *testing.M) {
	if path := os.Getenv(advanceVariable); path != "" {
		_, err := flow.Advance(at(path, begin), flow.Options{To: begin.Add(20 * time.Hour)})
		fmt.Println(err)
		os.Exit(0)
	}
	code := m.Run()
	if path, err := original(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

func at(path string, now time.Time) *world.World {
	return world.At(path).Ticking(func() time.Time { return now })
}

// demo is a copy of it.
func demo(t *testing.T) *world.World {
	t.Helper()
	path, err := original()
	require.NoError(t, err)
	return clone(t, path)
}

func clone(t *testing.T, path string) *world.World {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "world.db")
	for _, suffix := range []string{"", ".key"} {
		data, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(copied+suffix, data, 0o600))
	}
	return at(copied, begin)
}

func advance(t *testing.T, w *world.World, until time.Duration) flow.Report {
	t.Helper()
	report, err := flow.Advance(w, flow.Options{To: begin.Add(until)})
	require.NoError(t, err)
	return report
}

// one is the resource of a type whose URN ends with that name.
func one(tx *world.Tx, token, stack, name string) (cloud.Resource, error) {
	for _, r := range tx.List(token, "", "") {
		if strings.HasPrefix(r.URN, "urn:pulumi:"+stack+"::") && strings.HasSuffix(r.URN, "::"+name) {
			return r, nil
		}
	}
	var names []string
	for _, r := range tx.List(token, "", "") {
		names = append(names, r.URN[strings.LastIndex(r.URN, "::")+2:])
	}
	return cloud.Resource{}, fmt.Errorf("no %s %s in %s; there are %s", token, name, stack, strings.Join(names, ", "))
}

// change is what is done to a world.
type change func(*world.Tx) error

// set gives a resource another value at a path.
func set(token, stack, name, path string, value any) change {
	return func(tx *world.Tx) error {
		r, err := one(tx, token, stack, name)
		if err != nil {
			return err
		}
		changed, err := replaced(property.New(r.Outputs), strings.Split(path, "."), value)
		if err != nil {
			return fmt.Errorf("%s %s: %w", name, path, err)
		}
		r.Outputs = changed.AsMap()
		return tx.Revise(r)
	}
}

// replaced is a value with another one at a path, in whose steps a number is a place in a list.
func replaced(in property.Value, path []string, value any) (property.Value, error) {
	if len(path) == 0 {
		return property.Any(value)
	}
	if in.IsArray() {
		items := in.AsArray().AsSlice()
		place := slices.Index([]string{"0", "1", "2"}, path[0])
		if place < 0 || place >= len(items) {
			return in, fmt.Errorf("no place %s", path[0])
		}
		items = slices.Clone(items)
		var err error
		items[place], err = replaced(items[place], path[1:], value)
		return property.New(items), err
	}
	m := property.Map{}
	if in.IsMap() {
		m = in.AsMap()
	}
	inner, err := replaced(m.Get(path[0]), path[1:], value)
	return property.New(m.Set(path[0], inner)), err
}

// edit replaces text in a property.
func edit(token, stack, name, property, old, with string) change {
	return func(tx *world.Tx) error {
		r, err := one(tx, token, stack, name)
		if err != nil {
			return err
		}
		if !strings.Contains(r.Text(property), old) {
			return fmt.Errorf("%s of %s has no %s: %s", property, name, old, r.Text(property))
		}
		return set(token, stack, name, property, strings.ReplaceAll(r.Text(property), old, with))(tx)
	}
}

// drop removes a resource.
func drop(token, stack, name string) change {
	return func(tx *world.Tx) error {
		r, err := one(tx, token, stack, name)
		if err != nil {
			return err
		}
		return tx.Delete(world.KeyOf(r))
	}
}

// raised are the names of the alarms that are in ALARM, or went into it after a time, without the environment's.
func raised(t *testing.T, w *world.World, after time.Duration) string {
	t.Helper()
	names := []string{}
	require.NoError(t, w.View(func(tx *world.Tx) error {
		for _, alarm := range world.Alarms.All(tx) {
			late := func(c world.Change) bool { return c.To == world.InAlarm && c.Time.After(begin.Add(after)) }
			if alarm.State == world.InAlarm || slices.ContainsFunc(alarm.History, late) {
				names = append(names, strings.TrimPrefix(alarm.Name, "demo-"))
			}
		}
		return nil
	}))
	slices.Sort(names)
	return strings.Join(names, " ")
}

// old are the copies that are older than their bounds, as `haven status` says: "initech:dump" each.
func old(t *testing.T, w *world.World) string {
	t.Helper()
	directory, err := config.LoadDir(stackFiles)
	require.NoError(t, err)
	environment, err := directory.Environment("demo")
	require.NoError(t, err)
	report, err := status.Of(context.Background(), environment, status.Sandbox{World: w})
	require.NoError(t, err)
	require.True(t, report.Up())
	copies := report.Old()
	slices.Sort(copies)
	return strings.ReplaceAll(strings.Join(copies, " "), ": ", ":")
}
