package reach_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/reach"
)

func all(g *graph.Graph) []graph.Finding {
	return slices.Concat(reach.Isolation(g), reach.Internet(g), reach.Layout(g))
}

func TestTheDemoIsClosed(t *testing.T) {
	t.Parallel()
	graphtest.AssertHolds(t, all)
}

// leak is something open in the demo.
type leak struct {
	make func(*testing.T, *graph.Graph) *graph.Graph
	// rule has to find it for the resource, by this way.
	rule, of string
	witness  []string
}

func TestLeaks(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	assert.GreaterOrEqual(t, len(leaks), 60)
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graphtest.AssertFound(t, all(leak.make(t, g)), leak.rule, leak.of, leak.witness...)
		})
	}
}

// TestLookAlikes: what looks like a leak and is none is not reported.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	assert.GreaterOrEqual(t, len(safe), 24)
	for name, make := range safe {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, graphtest.Told(all(make(t, g))))
		})
	}
}

// TestUnknown: what is not known yet is undecided, and neither passes nor fails.
func TestUnknown(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	for name, test := range unknown {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graphtest.AssertUndecided(t, all(test.make(t, g)), test.rule, test.of)
		})
	}
}

// TestEveryPairOfTenants: whichever application of a tenant is let in to whichever store of another one, that path is
// found, and no other.
func TestEveryPairOfTenants(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	tenants := []string{"demo-acme", "demo-globex", "demo-initech"}
	for _, from := range tenants {
		for _, to := range tenants {
			for part, port := range map[string]float64{"database": 3306, "cache": 6379, "files": 2049} {
				if from == to {
					continue
				}
				t.Run(from+" to the "+part+" of "+to, func(t *testing.T) {
					t.Parallel()
					var paths []graph.Finding
					for _, f := range reach.Isolation(graphtest.Plus(g, between(t, g, from, to, part, port)...)) {
						if f.Rule == "isolation/path" {
							paths = append(paths, f)
						}
					}
					require.Len(t, paths, 1)
					assert.Equal(t, to, graphtest.Find(t, g, graphtest.Short(paths[0].URN)).Stack)
					graphtest.AssertFound(t, paths, "isolation/path", graphtest.Short(paths[0].URN), from+"::*",
						from+"::perimeter-application", from+"::out", to+"::in", to+"::perimeter-"+part,
						graphtest.Short(paths[0].URN))
				})
			}
		}
	}
}
