package graphtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/graph"
)

// Check is a proof.
type Check func(*graph.Graph) []graph.Finding

// AssertHolds asserts that a proof holds for the demo as a whole, and for each of its stacks by itself once it is up. At
// the first preview of one it does not fail, and at most one thing is undecided.
func AssertHolds(t *testing.T, check Check) {
	t.Helper()
	g := Demo(t)
	assert.Empty(t, Told(check(g)))
	for _, stack := range g.Stacks() {
		assert.Empty(t, Told(check(Alone(g, stack))), "%s alone", stack)
		before := check(Preview(t, stack))
		assert.LessOrEqual(t, len(before), 1, "the first preview of %s: %v", stack, Told(before))
		for _, f := range before {
			assert.True(t, f.Undecided, "the first preview of %s: %s of %s: %s", stack, f.Rule, f.URN, f.Message)
		}
	}
}

// Alone is what one stack declares.
func Alone(g *graph.Graph, stack string) *graph.Graph {
	return g.Map(func(r *graph.Resource) *graph.Resource {
		if r.Stack == stack {
			return r
		}
		return nil
	})
}

// AssertFound asserts that something was found for a resource, "stack::name", by this way. A hop "stack::*" is any
// resource of that stack, where it could be several.
func AssertFound(t *testing.T, found []graph.Finding, rule, of string, way ...string) {
	t.Helper()
	one := finding(t, found, rule, of)
	assert.False(t, one.Undecided)
	assert.Contains(t, one.Message, "expected")
	witness := Shorts(one.Witness)
	require.Len(t, witness, len(way), "%v", witness)
	for i, hop := range way {
		stack, any := strings.CutSuffix(hop, "*")
		assert.True(t, witness[i] == hop || any && strings.HasPrefix(witness[i], stack), "%s is %s", hop, witness[i])
	}
}

// AssertUndecided asserts that something is undecided of a resource, and that nothing has failed.
func AssertUndecided(t *testing.T, found []graph.Finding, rule, of string) {
	t.Helper()
	finding(t, found, rule, of)
	for _, f := range found {
		assert.True(t, f.Undecided, "%s: %s", f.Rule, f.Message)
	}
}

func finding(t *testing.T, found []graph.Finding, rule, of string) graph.Finding {
	t.Helper()
	at := slices.IndexFunc(found, func(f graph.Finding) bool { return f.Rule == rule && Short(f.URN) == of })
	require.GreaterOrEqual(t, at, 0, "%s of %s is not among %v", rule, of, Told(found))
	return found[at]
}

// Told are findings in words.
func Told(found []graph.Finding) []string {
	var all []string
	for _, f := range found {
		all = append(all, f.Rule+" of "+Short(f.URN)+": "+f.Message)
	}
	return all
}
