// Package graphtest makes graphs for tests: that of the demo, and what it would be with something else in it.
package graphtest

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
)

// Unknown stands in plain values for one that is not known yet.
var Unknown any = resource.Computed{Element: resource.NewProperty("")}

var demo = sync.OnceValues(func() (*graph.Graph, error) {
	folder, err := os.MkdirTemp("", "haven-graph")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	return flowtest.Graph(world.At(filepath.Join(folder, "world.db")), filepath.Join("..", "..", "stacks"), "demo")
})

// Demo is what the demo's stacks declare, as the sandbox made it, once for all tests of a package two folders below the
// module's.
func Demo(t testing.TB) *graph.Graph {
	t.Helper()
	g, err := demo()
	require.NoError(t, err)
	return g
}

// Change is what becomes of a resource; nil where it is removed.
type Change func(*graph.Resource) *graph.Resource

// Removed is a resource that is gone.
func Removed(*graph.Resource) *graph.Resource { return nil }

// Set gives a path another value, in what is declared and in what came of it; nil takes it away.
func Set(path string, value any) Change {
	return edit(path, func(property.Value) property.Value { return plain(value) })
}

// Append adds values to the list at a path.
func Append(path string, values ...any) Change {
	return edit(path, func(before property.Value) property.Value {
		var list []property.Value
		if before.IsArray() {
			list = append(list, before.AsArray().AsSlice()...)
		}
		for _, value := range values {
			list = append(list, plain(value))
		}
		return property.New(list)
	})
}

func edit(path string, change func(property.Value) property.Value) Change {
	return func(r *graph.Resource) *graph.Resource {
		changed, steps := *r, strings.Split(path, ".")
		changed.Inputs, changed.Outputs = at(r.Inputs, steps, change), at(r.Outputs, steps, change)
		return &changed
	}
}

func at(m property.Map, steps []string, change func(property.Value) property.Value) property.Map {
	before := m.Get(steps[0])
	if len(steps) > 1 && !before.IsMap() {
		return m
	}
	if len(steps) > 1 {
		return m.Set(steps[0], property.New(at(before.AsMap(), steps[1:], change)))
	}
	if after := change(before); !after.IsNull() {
		return m.Set(steps[0], after)
	}
	return m.Delete(steps[0])
}

func plain(value any) property.Value {
	return resource.FromResourcePropertyValue(resource.NewPropertyValue(value))
}

// With is a graph in which one resource, "stack::name", is another one. It must be there.
func With(t *testing.T, g *graph.Graph, name string, changes ...Change) *graph.Graph {
	t.Helper()
	found := false
	changed := g.Map(func(r *graph.Resource) *graph.Resource {
		if Short(r.URN) != name {
			return r
		}
		found = true
		for _, change := range changes {
			if r = change(r); r == nil {
				return nil
			}
		}
		return r
	})
	require.True(t, found, "there is no %s", name)
	return changed
}

// Plus is a graph with more resources.
func Plus(g *graph.Graph, more ...*graph.Resource) *graph.Graph {
	return graph.New(append(append([]*graph.Resource{}, g.All()...), more...))
}

// New is a resource of a stack, with these plain values declared. Its id is its name.
func New(stack, token, name string, inputs map[string]any) *graph.Resource {
	declared := resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(inputs))
	return &graph.Resource{
		Stack: stack, URN: "urn:pulumi:" + stack + "::haven::" + token + "::" + name, Type: token, ID: name, Inputs: declared,
		Outputs: declared,
	}
}

// Find is the resource "stack::name".
func Find(t *testing.T, g *graph.Graph, name string) *graph.Resource {
	t.Helper()
	for _, r := range g.All() {
		if Short(r.URN) == name {
			return r
		}
	}
	require.FailNow(t, "there is none", name)
	return nil
}

// Short is a URN as "stack::name".
func Short(urn string) string {
	stack, rest, is := strings.Cut(strings.TrimPrefix(urn, "urn:pulumi:"), "::")
	if !is { // it is about a stack as a whole
		return stack
	}
	return stack + "::" + rest[strings.LastIndex(rest, "::")+2:]
}

// Shorts are URNs as "stack::name".
func Shorts(urns []string) []string {
	var all []string
	for _, urn := range urns {
		all = append(all, Short(urn))
	}
	return all
}
