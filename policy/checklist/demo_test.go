package checklist_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/checklist"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/rules"
)

// TestTheDemoKeepsEveryRule: on the demo as the sandbox made it no rule fails but for what is accepted, all that is
// accepted is needed, and nothing is undecided.
func TestTheDemoKeepsEveryRule(t *testing.T) {
	t.Parallel()
	made, err := flowtest.Graph(world.At(filepath.Join(t.TempDir(), "world.db")), filepath.Join("..", "..", "stacks"),
		"demo")
	require.NoError(t, err)
	outcomes, err := rules.Run(checklist.All(), withProvider(made), nil)
	require.NoError(t, err)
	passed := 0
	for _, outcome := range exceptions.Apply(accepted(t), outcomes, today,
		func(exceptions.Exception) bool { return true }) {
		if outcome.Result == rules.Pass {
			passed++
		}
		assert.Contains(t, []rules.Result{rules.Pass, rules.Excepted}, outcome.Result, "%s: %s: %s", outcome.Rule,
			outcome.URN,
			outcome.Message)
	}
	assert.Greater(t, passed, 4000)
}

// today is a day on which the exceptions hold.
var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// accepted are the exceptions to these rules.
func accepted(t *testing.T) []exceptions.Exception {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "exceptions.yaml"))
	require.NoError(t, err)
	isRule := func(id string) bool {
		return slices.ContainsFunc(checklist.All(), func(r rules.Rule) bool { return r.ID == id })
	}
	all, err := exceptions.Parse(text, func(string) bool { return true }, today)
	require.NoError(t, err)
	return slices.DeleteFunc(all, func(e exceptions.Exception) bool { return !isRule(e.Rule) })
}

// withProvider adds what the sandbox does not keep, and says which account is the own.
func withProvider(made *graph.Graph) *graph.Graph {
	const token = "pulumi:providers:aws"
	account := property.NewMap(map[string]property.Value{
		"allowedAccountIds": property.New([]property.Value{property.New("123456789012")})})
	return graph.New(append(slices.Clone(made.All()),
		&graph.Resource{URN: "urn:pulumi:demo-cell::haven::" + token + "::aws", Stack: "demo-cell", Type: token,
			Inputs: account}))
}
