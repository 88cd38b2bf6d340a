package regions_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/regions"
)

func TestNetworksAreInTwoRegions(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	assert.Empty(t, regions.Networks(g))
	graphtest.AssertFound(t, regions.Networks(graphtest.Alone(g, "demo-cell")), "networks", "demo-cell::network-vpc",
		"demo-cell::network-vpc")
	assert.Empty(t, regions.Networks(graph.New(nil)), "without a network there is none to recover")
}
