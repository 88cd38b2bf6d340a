package library_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/check"
	"haven/policy/graph"
	"haven/policy/graph/graphtest"
	"haven/policy/library"
	"haven/policy/rules"
)

// TestTheFirstPreview: no proof that is made of one stack fails where the stack is not there yet.
func TestTheFirstPreview(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	for _, stack := range g.Stacks() {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			run := check.Run{Library: check.Library{Proofs: library.All().Proofs}, Alone: true, MostUndecided: 100}
			outcomes, err := run.Over(graphtest.Preview(t, stack))
			require.NoError(t, err)
			require.NotEmpty(t, outcomes)
			for _, o := range outcomes {
				assert.NotEqual(t, rules.Fail, o.Result, "%s of %s: %s", o.Rule, graphtest.Short(o.URN), o.Message)
			}
		})
	}
}

// TestAFirstPreviewDecidesAlmostAll: of each stack that is not there yet, so little is undecided that it may be made.
func TestAFirstPreviewDecidesAlmostAll(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	for _, stack := range g.Stacks() {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			run := check.Run{Library: library.All(), Alone: true, MostUndecided: check.MostUndecided}
			outcomes, err := run.Over(graphtest.Preview(t, stack))
			require.NoError(t, err)
			require.Greater(t, len(outcomes), 100)
			for _, o := range outcomes {
				assert.NotEqual(t, check.TooUndecided, o.Rule, o.Message)
			}
		})
	}
}

// TestAPreviewOfEachResource: a resource that is analysed by itself, when the engine does not say yet what it is made from,
// is refused for nothing that it would not be refused for with all the others.
func TestAPreviewOfEachResource(t *testing.T) {
	t.Parallel()
	g := graphtest.Demo(t)
	var alone []rules.Rule
	for _, rule := range library.All().Rules {
		if !rule.Whole {
			alone = append(alone, rule)
		}
	}
	for _, stack := range g.Stacks() {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			preview := graphtest.Preview(t, stack)
			together, err := rules.Run(alone, preview, nil)
			require.NoError(t, err)
			refused := map[string]bool{}
			for _, o := range together {
				refused[o.Rule+" "+o.URN] = refused[o.Rule+" "+o.URN] || o.Result == rules.Fail
			}
			for _, r := range preview.All() {
				one := *r
				one.Dependencies = nil
				outcomes, err := rules.Run(alone, graph.New([]*graph.Resource{&one}), nil)
				require.NoError(t, err)
				for _, o := range outcomes {
					if o.Result == rules.Fail {
						assert.True(t, refused[o.Rule+" "+o.URN], "%s of %s: %s", o.Rule, graphtest.Short(o.URN), o.Message)
					}
				}
			}
		})
	}
}
