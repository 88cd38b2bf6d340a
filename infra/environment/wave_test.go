package environment

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/stacks/config"
)

// stacksOfThreeWaves are two cells: "a0" and "b0" are canaries, "a1" and "b1" come next, "a9" last.
func stacksOfThreeWaves() []*config.Stack {
	stacks := []*config.Stack{
		{Name: "account", Role: config.RoleAccount, Account: &config.Account{}},
		{Name: "a", Role: config.RoleCell, Cell: &config.Cell{}},
		{Name: "b", Role: config.RoleCell, Cell: &config.Cell{}},
	}
	for _, tenant := range []struct {
		name string
		wave int
	}{{"a9", 9}, {"a1", 1}, {"b1", 1}, {"b0", 0}, {"a0", 0}} {
		stacks = append(stacks, &config.Stack{
			Name: tenant.name, Role: config.RoleTenant,
			Tenant: &config.Tenant{Cell: tenant.name[:1], Wave: tenant.wave},
		})
	}
	return stacks
}

func namesOf(stacks []*config.Stack) []string {
	var names []string
	for _, stack := range stacks {
		names = append(names, stack.Name)
	}
	return names
}

func TestThroughTakesTheTenantsOfAWaveAndOfThoseBefore(t *testing.T) {
	whole := &config.Environment{Name: "demo", Production: true, Stacks: stacksOfThreeWaves()}
	for wave, want := range map[int][]string{
		0: {"account", "a", "b", "b0", "a0"},
		1: {"account", "a", "b", "a1", "b1", "b0", "a0"},
		8: {"account", "a", "b", "a1", "b1", "b0", "a0"},
		9: {"account", "a", "b", "a9", "a1", "b1", "b0", "a0"},
	} {
		part := through(whole, wave)
		assert.Equal(t, want, namesOf(part.Stacks), "wave %d", wave)
		assert.Equal(t, "demo", part.Name)
		assert.True(t, part.Production)
	}
	assert.Len(t, whole.Stacks, 8, "the environment itself stays whole")
}

func TestForwardBeginsAWaveAfterTheOneBefore(t *testing.T) {
	steps, results := run(stacksOfThreeWaves(), forward, "")
	for _, order := range [][2]string{
		{"a", "a0"}, {"b", "b0"}, {"a0", "a1"}, {"a0", "b1"}, {"b0", "a1"}, {"b0", "b1"}, {"a1", "a9"}, {"b1", "a9"},
	} {
		first, second := order[0], order[1]
		assert.Less(t, slices.Index(steps, "-"+first), slices.Index(steps, "+"+second), "%s before %s", first, second)
	}
	var names []string
	for _, result := range results {
		names = append(names, result.Stack)
	}
	assert.Equal(t, []string{"account", "a", "b", "b0", "a0", "a1", "b1", "a9"}, names)
}

func TestAFailedWaveStopsTheLaterOnes(t *testing.T) {
	for failed, want := range map[string]map[string]Outcome{
		"b0": {"a0": Up, "b0": Failed, "a1": Skipped, "b1": Skipped, "a9": Skipped},
		"a1": {"a0": Up, "b0": Up, "a1": Failed, "b1": Up, "a9": Skipped},
		"a9": {"a0": Up, "b0": Up, "a1": Up, "b1": Up, "a9": Failed},
		"b":  {"a0": Up, "b0": Skipped, "a1": Skipped, "b1": Skipped, "a9": Skipped},
	} {
		_, results := run(stacksOfThreeWaves(), forward, failed)
		for _, result := range results {
			if outcome, tenant := want[result.Stack]; tenant {
				assert.Equal(t, outcome, result.Outcome, "%s where %s fails", result.Stack, failed)
			}
		}
		assert.ErrorContains(t, Report{Stacks: results}.Err(), failed+" failed")
	}
}
