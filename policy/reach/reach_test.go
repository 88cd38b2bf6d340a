package reach_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/reach"
)

func all(g *graph.Graph) []graph.Finding { return slices.Concat(reach.Isolation(g), reach.Internet(g)) }

// TestTheDemoIsClosed: the environment as a whole, and each of its stacks by itself.
func TestTheDemoIsClosed(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	for _, finding := range all(g) {
		assert.Fail(t, finding.Rule, "%s: %s", finding.URN, finding.Message)
	}
	for _, stack := range g.Stacks() {
		for _, finding := range all(alone(g, stack)) {
			assert.Fail(t, finding.Rule, "%s alone: %s: %s", stack, finding.URN, finding.Message)
		}
	}
}

// alone is what one stack declares.
func alone(g *graph.Graph, stack string) *graph.Graph {
	return g.Map(func(r *graph.Resource) *graph.Resource {
		if r.Stack == stack {
			return r
		}
		return nil
	})
}

// leak is something open in the demo.
type leak struct {
	make func(*testing.T, *graph.Graph) *graph.Graph
	// rule has to find it for the resource, by this way; "stack::*" is any resource of a stack where it could be several.
	rule, of string
	witness  []string
}

func TestLeaks(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	assert.GreaterOrEqual(t, len(leaks), 30)
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := all(leak.make(t, g))
			at := slices.IndexFunc(found, func(f graph.Finding) bool {
				return f.Rule == leak.rule && graphtest.Short(f.URN) == leak.of
			})
			require.GreaterOrEqual(t, at, 0, "not found; found were %v", rulesOf(found))
			assert.False(t, found[at].Undecided)
			assert.Contains(t, found[at].Message, "expected")
			witness := graphtest.Shorts(found[at].Witness)
			require.Len(t, witness, len(leak.witness), "%v", witness)
			for i, hop := range leak.witness {
				one, some := strings.CutSuffix(hop, "*")
				assert.True(t, witness[i] == hop || some && strings.HasPrefix(witness[i], one), "%s is %s", hop, witness[i])
			}
		})
	}
}

func rulesOf(found []graph.Finding) []string {
	var all []string
	for _, f := range found {
		all = append(all, f.Rule+" of "+graphtest.Short(f.URN)+": "+f.Message)
	}
	return all
}

// TestLookAlikes: what looks like a leak and is none is not reported.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	assert.GreaterOrEqual(t, len(safe), 15)
	for name, make := range safe {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, rulesOf(all(make(t, g))))
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
			found := all(test.make(t, g))
			require.NotEmpty(t, found)
			at := slices.IndexFunc(found, func(f graph.Finding) bool {
				return f.Rule == test.rule && graphtest.Short(f.URN) == test.of
			})
			require.GreaterOrEqual(t, at, 0, "not found; found were %v", rulesOf(found))
			for _, f := range found {
				assert.True(t, f.Undecided, "%s: %s", f.Rule, f.Message)
			}
		})
	}
}

// TestEveryPairOfTenants: whichever group of a tenant is let in to whichever store of another one, the path is found,
// and no other.
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
					opened := graphtest.Plus(g, between(t, g, from, to, part, port)...)
					var paths []graph.Finding
					for _, f := range reach.Isolation(opened) {
						if f.Rule == "isolation/path" {
							paths = append(paths, f)
						}
					}
					require.Len(t, paths, 1)
					witness := graphtest.Shorts(paths[0].Witness)
					assert.Equal(t, []string{from + "::perimeter-application", from + "::out", to + "::in",
						to + "::perimeter-" + part}, witness[1:len(witness)-1])
					assert.Equal(t, to, graphtest.Find(t, g, witness[len(witness)-1]).Stack)
				})
			}
		}
	}
}
