package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/environment"
	"haven/policy/rules"
)

const (
	exceptionsFile = "policy/exceptions.yaml"
	noExceptions   = "exceptions: []\n"
	configFile     = "policy/config.json"
	onlyAdvice     = `{"all": "advisory"}`
)

// TestRefused: what the policies refuse is refused before anything is made, and what to do about it is said first.
func TestRefused(t *testing.T) {
	t.Parallel()
	c := newSmallClone(t)
	c.write(exceptionsFile, noExceptions)
	require.NoError(t, os.Remove(filepath.Join(c.root, filepath.FromSlash(configFile))), "all is mandatory")
	ended := c.haven("up", "demo")
	assert.Equal(t, 1, ended.status, ended)
	assert.Contains(t, ended.stderr, "haven: demo-cell failed: the policies refuse it:\n")
	assert.Contains(t, ended.stderr, "(s3-kms-cmk)\n  fix: set applyServerSideEncryptionByDefault.sseAlgorithm to aws:kms\n"+
		"  demo-cell firewall-logs-encryption: rules[0].applyServerSideEncryptionByDefault.sseAlgorithm is \"AES256\"; ")
	assert.NotContains(t, ended.stdout, "[mandatory]", "the engine's own list is left out")
	assert.Empty(t, c.world(), "nothing was made")

	preview := c.haven("preview", "demo", "--json")
	assert.Equal(t, 1, preview.status, preview)
	var told environment.Report
	require.NoError(t, json.Unmarshal([]byte(preview.stdout), &told))
	require.Len(t, told.Stacks, 1)
	require.NotEmpty(t, told.Stacks[0].Policies)
	for _, p := range told.Stacks[0].Policies {
		if p.Result == rules.Fail {
			assert.True(t, p.Refuses)
			assert.NotEmpty(t, p.Fix, p.Rule)
		}
	}
}

// TestLevelsAndParametersOfPolicies: policy/config.json sets them, and what is wrong in it stops the preview.
func TestLevelsAndParametersOfPolicies(t *testing.T) {
	t.Parallel()
	c := newSmallClone(t)
	c.write(exceptionsFile, noExceptions)
	ended := c.haven("preview", "demo")
	assert.Zero(t, ended.status, ended)
	assert.Contains(t, ended.stdout, "demo-cell: the policies advise:\n")
	assert.Contains(t, ended.stdout, "(s3-kms-cmk)\n  fix: ")

	for config, want := range map[string]string{
		`{`:                      "policy/config.json: expected an object of policies: unexpected end of JSON input",
		`{"all": "sometimes"}`:   "sometimes",
		`{"s3-kms": "advisory"}`: `there is no policy "s3-kms"`,
		`{"undecided-share": {"mostPercent": "much"}}`: "mostPercent",
		`{"undecided-share": {"most": 5}}`:             `undecided-share has no parameter "most"`,
	} {
		c.write(configFile, config)
		ended := c.haven("preview", "demo")
		assert.Equal(t, 1, ended.status, config)
		assert.Contains(t, ended.stderr, want, config)
	}
	assert.Empty(t, c.world())
}

// TestAPackThatCannotDecideLetsNothingPass: not with a file of exceptions that is malformed or gone, and not with a rule
// that panics.
func TestAPackThatCannotDecideLetsNothingPass(t *testing.T) {
	t.Parallel()
	c := newSmallClone(t)
	for name, test := range map[string]struct {
		spoil func()
		want  string
	}{
		"malformed": {
			func() { c.write(exceptionsFile, "exceptions: 3\n") },
			"the policy pack cannot start: exceptions: line 1: exceptions must be a list",
		},
		"incomplete": {
			func() { c.write(exceptionsFile, "exceptions:\n  - {rule: s3-kms-cmk, resource: \"*::a\"}\n") },
			"line 2: approver is missing",
		},
		"gone": {
			func() { require.NoError(t, os.Remove(filepath.Join(c.root, filepath.FromSlash(exceptionsFile)))) },
			"exceptions.yaml: no such file or directory",
		},
	} {
		test.spoil()
		for _, verb := range []string{"preview", "up"} {
			ended := c.haven(verb, "demo")
			assert.Equal(t, 1, ended.status, "%s: %s", name, verb)
			assert.Contains(t, ended.stderr+ended.stdout, test.want, "%s: %s", name, verb)
		}
	}
	broken := c.shell("pulumi stack select demo-cell; " +
		"pulumi preview --non-interactive --stack demo-cell --policy-pack tests/engine/testdata/brokenpack")
	assert.NotZero(t, broken.status)
	assert.Contains(t, broken.stdout+broken.stderr, "the rule broken is broken: it panicked on ")
	assert.Contains(t, broken.stdout+broken.stderr, "it divides by zero")
	assert.Empty(t, c.world())
}
