package flowtest

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/infra/sandbox/world"
	"haven/policy/graph"
)

// Graph is what the stacks of an environment have declared once they are up in a world, which is empty before.
func Graph(w *world.World, folder, environment string) (*graph.Graph, error) {
	d := New(w, folder)
	if err := d.Environment(context.Background(), environment); err != nil {
		return nil, err
	}
	return d.Graph()
}

// Graph is all that the stacks have that are up.
func (d *Deployer) Graph() (*graph.Graph, error) {
	entries, err := d.World.Entries()
	if err != nil {
		return nil, err
	}
	var all []*graph.Resource
	for _, name := range slices.Sorted(maps.Keys(d.exported)) {
		all = append(all, stackItself(path.Base(name), d.exported[name]))
	}
	asked := map[string]*graph.Options{}
	for _, declared := range d.declared {
		for _, one := range declared {
			asked[one.URN] = one.options
		}
	}
	for _, entry := range entries {
		all = append(all, &graph.Resource{
			Stack:   stackOf(entry.URN),
			URN:     entry.URN,
			Type:    entry.Type,
			ID:      entry.ID,
			Region:  entry.Region,
			Inputs:  graph.Object(entry.Inputs),
			Outputs: graph.Object(entry.Outputs),
			Options: asked[entry.URN],
		})
	}
	return graph.New(all), nil
}

func stackItself(stack string, outputs property.Map) *graph.Resource {
	const kind = "pulumi:pulumi:Stack"
	urn := "urn:pulumi:" + stack + "::" + project + "::" + kind + "::" + project + "-" + stack
	return &graph.Resource{Stack: stack, URN: urn, Type: kind, Outputs: outputs}
}

// stackOf is the stack in a URN.
func stackOf(urn string) string {
	stack, _, _ := strings.Cut(strings.TrimPrefix(urn, "urn:pulumi:"), "::")
	return stack
}
