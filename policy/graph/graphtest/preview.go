package graphtest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
)

var previews = sync.OnceValues(func() (map[string]*graph.Graph, error) {
	g, err := demo()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "haven-preview")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	w := world.At(filepath.Join(folder, "world.db"))
	exports := map[string]property.Map{}
	for _, stack := range g.Stacks() {
		exports[stack] = g.Exports(stack)
	}
	all := map[string]*graph.Graph{}
	for _, stack := range g.Stacks() {
		if all[stack], err = flowtest.Preview(w, filepath.Join("..", "..", "stacks"), stack, exports); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// Preview is a stack of the demo as its first preview shows it, when those that it refers to are up.
func Preview(t testing.TB, stack string) *graph.Graph {
	t.Helper()
	all, err := previews()
	require.NoError(t, err)
	require.Contains(t, all, stack)
	return all[stack]
}
