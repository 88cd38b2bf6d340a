package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	havenengine "haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/library"
	"haven/policy/rules"
)

// assertAsBlind asserts that the engine's first preview of a stack leaves undecided just what flowtest's does, which takes
// no engine, and by which the tests of the policies hold how much that may be.
func (c *clone) assertAsBlind(report environment.Report, stack string) {
	c.t.Helper()
	at := slices.IndexFunc(report.Stacks, func(r environment.Result) bool { return r.Stack == stack })
	require.GreaterOrEqual(c.t, at, 0)
	policies := report.Stacks[at].Policies
	told := slices.IndexFunc(policies, func(p environment.Policy) bool { return p.Rule == check.TooUndecided })
	require.GreaterOrEqual(c.t, told, 0, "the engine tells of nothing undecided: %v", policies)
	assert.ElementsMatch(c.t, c.undecided(stack), strings.Split(policies[told].Message, "\n"), stack)
}

// undecided is what flowtest's first preview of a stack leaves undecided, in the words of the policy pack.
func (c *clone) undecided(stack string) []string {
	exports := map[string]property.Map{}
	for _, other := range c.stacks() {
		state, err := havenengine.ReadState(c.checkout(), other)
		require.NoError(c.t, err)
		if outputs := state.Outputs(); other != stack && len(outputs) > 0 {
			exports[other] = graph.Object(outputs)
		}
	}
	w := world.At(filepath.Join(c.t.TempDir(), "world.db"))
	g, err := flowtest.Preview(w, filepath.Join(c.root, "stacks"), stack, exports)
	require.NoError(c.t, err)
	file, err := os.ReadFile(filepath.Join(c.root, filepath.FromSlash(exceptionsFile)))
	require.NoError(c.t, err)
	all := library.All()
	accepted, err := exceptions.Parse(file, all.Has, time.Now())
	require.NoError(c.t, err)
	run := check.Run{Library: all, Exceptions: accepted, Now: time.Now(), Alone: true, MostUndecided: check.MostUndecided}
	outcomes, err := run.Over(g)
	require.NoError(c.t, err)
	var lines []string
	for _, o := range outcomes {
		if o.Result == rules.Undecided {
			name := o.URN[strings.LastIndex(o.URN, ":")+1:]
			lines = append(lines, fmt.Sprintf("%s of %s: %s", o.Rule, name, o.Message))
		}
	}
	return append(lines, fmt.Sprintf("%d of %d outcomes are undecided:", len(lines), len(outcomes)))
}
