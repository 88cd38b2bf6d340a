package flowtest

import (
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
	exported, err := declare(w, folder, environment)
	if err != nil {
		return nil, err
	}
	return graphOf(w, exported)
}

// Graph is all that the stacks have that are up.
func (d *Deployer) Graph() (*graph.Graph, error) { return graphOf(d.World, d.exported) }

func graphOf(w *world.World, exported map[string]property.Map) (*graph.Graph, error) {
	entries, err := w.Entries()
	if err != nil {
		return nil, err
	}
	var all []*graph.Resource
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		all = append(all, stackItself(path.Base(name), exported[name]))
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
