package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/stacks/config"
)

func namesOf(stacks []*config.Stack) []string {
	var names []string
	for _, stack := range stacks {
		names = append(names, stack.Name)
	}
	return names
}

func load(t *testing.T, dir string) *config.Directory {
	t.Helper()
	directory, err := config.LoadDir(dir)
	require.NoError(t, err)
	return directory
}

// The demo's own files stand in the folder above.
func TestTheDemoIsValid(t *testing.T) {
	demo, err := load(t, "..").Environment("demo")
	require.NoError(t, err)
	assert.False(t, demo.Production)
	assert.Equal(t, []string{"demo-account", "demo-cell", "demo-standby", "demo-mirror", "demo-acme", "demo-globex",
		"demo-initech"},
		namesOf(demo.Stacks))
	for _, stack := range demo.Stacks {
		if stack.Role == config.RoleTenant {
			assert.Equal(t, stack.Tenant.Name+".demo.haven.example", stack.Tenant.Host)
		}
	}
}

func TestLoadDirGivesEnvironmentsInTheOrderOfTheirReferences(t *testing.T) {
	directory := load(t, "testdata/right")
	assert.Equal(t, []string{"demo", "prod"}, directory.Environments())
	assert.Equal(t, []string{"demo-acme", "demo-cell", "prod-account", "prod-acme", "prod-left", "prod-main",
		"prod-mirror", "prod-second", "prod-zeta"}, namesOf(directory.Stacks()))

	prod, err := directory.Environment("prod")
	require.NoError(t, err)
	assert.Equal(t, "prod", prod.Name)
	assert.True(t, prod.Production)
	assert.Equal(t, []string{"prod-account", "prod-main", "prod-second", "prod-mirror", "prod-acme", "prod-left",
		"prod-zeta"}, namesOf(prod.Stacks))
	assert.Empty(t, prod.Stacks[0].Needs())
	assert.Empty(t, prod.Stacks[1].Needs())
	assert.Equal(t, []string{"prod-main", "prod-second"}, prod.Stacks[3].Needs())
	assert.Equal(t, []string{"prod-second", "prod-mirror"}, prod.Stacks[4].Needs())
	assert.Equal(t, []string{"prod-second"}, prod.Stacks[5].Needs())

	zeta, err := directory.Stack("prod-zeta")
	require.NoError(t, err)
	assert.Equal(t, "zeta.haven.io", zeta.Tenant.Host)
}

// A file says the same to `haven validate` and to the program that Pulumi runs.
func TestLoadDirAgreesWithParse(t *testing.T) {
	fromFile, err := load(t, "..").Stack("demo-acme")
	require.NoError(t, err)
	fromEngine := parseAcme(t)
	require.NoError(t, fromEngine.JoinCell(demoFacts))
	assert.Equal(t, fromEngine, fromFile)
}

func TestUnknownNamesGetASuggestion(t *testing.T) {
	directory := load(t, "testdata/right")
	_, err := directory.Environment("dmeo")
	assert.EqualError(t, err, `no environment "dmeo" (did you mean "demo"?); known environments: demo, prod`)
	_, err = directory.Environment("staging")
	assert.EqualError(t, err, `no environment "staging"; known environments: demo, prod`)
	_, err = directory.Stack("demo-acne")
	assert.EqualError(t, err, `no stack "demo-acne" (did you mean "demo-acme"?); known stacks: `+
		`demo-acme, demo-cell, prod-account, prod-acme, prod-left, prod-main, prod-mirror, prod-second, prod-zeta`)
	var unknown *config.UnknownError
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, "stack", unknown.Kind)
}

func TestLoadDirNeedsFiles(t *testing.T) {
	empty := t.TempDir()
	_, err := config.LoadDir(empty)
	assert.EqualError(t, err,
		"stack files: there is no Pulumi.<stack>.yaml in "+empty+"; write one, like Pulumi.demo-cell.yaml")

	_, err = config.LoadDir(filepath.Join(empty, "stacks"))
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "run this in the repository's root")

	require.NoError(t, os.Mkdir(filepath.Join(empty, "Pulumi.demo-cell.yaml"), 0o755))
	_, err = config.LoadDir(empty)
	assert.ErrorContains(t, err, "stack files: read ")
}

func TestErrorsAreFoundOneByOne(t *testing.T) {
	_, err := config.LoadDir("testdata/wrong/slot-taken")
	require.Error(t, err)

	var one *config.Error
	require.True(t, errors.As(err, &one))
	assert.Equal(t, &config.Error{
		File: "Pulumi.demo-globex.yaml",
		Path: "tenant.slot",
		Got:  "1",
		Want: "a slot in demo-cell of its own: demo-acme has 1",
		Fix:  "choose a free slot",
	}, one)
	assert.Equal(t, "Pulumi.demo-globex.yaml: tenant.slot: got 1; "+
		"want a slot in demo-cell of its own: demo-acme has 1; choose a free slot", one.Error())
}
