package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/environment"
	"haven/stacks"
)

// TestLife is the life of the environment demo, from nothing to nothing.
func TestLife(t *testing.T) {
	t.Parallel()
	c := newClone(t)

	planned := c.mustReport("preview", "demo")
	waiting := all(planned, environment.Waiting)
	waiting["demo-account"] = environment.Planned
	assert.Equal(t, waiting, outcomes(planned), "before the account is up")
	c.assertAsBlind(planned, "demo-account")
	assert.Equal(t, 1, c.haven("up", "demo", "--expect-no-changes").status, "nothing is up yet")
	assert.Empty(t, c.world(), "what only looks makes nothing")

	first := c.mustReport("up", "demo")
	assert.Equal(t, all(first, environment.Up), outcomes(first))
	for _, tenant := range []string{"acme", "globex"} {
		assert.Contains(t, urls(first), "https://"+tenant+".demo.haven.example")
	}
	c.assertConsistent()
	c.assertOutputs("demo-account", "account", stacks.AccountOutputs{})

	second := c.mustReport("up", "demo")
	assert.False(t, second.Changed, "%+v", second)
	assert.Zero(t, c.haven("up", "--expect-no-changes", "demo").status)

	for _, stack := range c.stacks() {
		preview := c.shell("pulumi preview --non-interactive --expect-no-changes --stack " + stack)
		assert.Zero(t, preview.status, "%s: %s", stack, preview)
		refresh := c.shell("pulumi refresh --yes --non-interactive --expect-no-changes --stack " + stack)
		assert.Zero(t, refresh.status, "%s: %s", stack, refresh)
	}
	c.assertClean()

	written := c.addTenant("demo-hooli", 4)
	before := c.mustReport("preview", "demo")
	unchanged := all(before, environment.Unchanged)
	unchanged["demo-hooli"] = environment.Planned
	assert.Equal(t, unchanged, outcomes(before))
	c.assertAsBlind(before, "demo-hooli")
	third := c.mustReport("up", "demo")
	unchanged["demo-hooli"] = environment.Up
	assert.Equal(t, unchanged, outcomes(third))
	assert.Zero(t, c.haven("preview", "demo", "--expect-no-changes").status)
	c.assertConsistent()
	text, err := os.ReadFile(c.stackFile("demo-hooli"))
	require.NoError(t, err)
	assert.Equal(t, written, string(text), "a stack file is never written to, not even for a salt")

	down := c.mustReport("down", "demo", "--yes")
	assert.Equal(t, all(down, environment.Down), outcomes(down))
	assert.Equal(t, "[]\n", c.haven("sandbox", "world", "--json").stdout)
	assert.Contains(t, c.haven("sandbox", "retained").stdout, "demo-acme", "the final snapshot outlives its database")
	again := c.mustReport("down", "demo", "--yes")
	assert.Equal(t, all(again, environment.Absent), outcomes(again))

	require.NoError(t, os.Remove(c.stackFile("demo-hooli")))
	c.assertClean()
}

func (c *clone) stackFile(stack string) string {
	return filepath.Join(c.root, "stacks", fmt.Sprintf("Pulumi.%s.yaml", stack))
}

func outcomes(report environment.Report) map[string]environment.Outcome {
	found := map[string]environment.Outcome{}
	for _, result := range report.Stacks {
		found[result.Stack] = result.Outcome
	}
	return found
}

// all is what outcomes answers when every stack has that outcome.
func all(report environment.Report, want environment.Outcome) map[string]environment.Outcome {
	found := map[string]environment.Outcome{}
	for _, result := range report.Stacks {
		found[result.Stack] = want
	}
	return found
}

func urls(report environment.Report) []string {
	var found []string
	for _, result := range report.Stacks {
		found = append(found, result.URL)
	}
	return found
}
