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

// tenantIn is a tenant of the cell "a".
func tenantIn(name, host string, slot, wave int, state config.State) *config.Stack {
	return &config.Stack{Name: name, Role: config.RoleTenant, Tenant: &config.Tenant{
		Cell: "a", Host: host, Slot: slot, Wave: wave, State: state,
	}}
}

// stacksWithGoneTenants are a cell from which two tenants are gone, each in a later wave than who takes its place, and
// one whose place stays free.
func stacksWithGoneTenants() []*config.Stack {
	return []*config.Stack{
		{Name: "a", Role: config.RoleCell, Cell: &config.Cell{}},
		tenantIn("in-its-slot", "new.example", 1, 0, config.Active),
		tenantIn("in-its-host", "old.example", 4, 1, config.Suspended),
		tenantIn("neighbour", "other.example", 5, 0, config.Active),
		tenantIn("gone-from-slot", "gone.example", 1, 2, config.Gone),
		tenantIn("gone-from-host", "old.example", 3, 9, config.Gone),
		tenantIn("gone", "nobody.example", 7, 1, config.Gone),
	}
}

func TestForwardFreesAPlaceBeforeItIsTaken(t *testing.T) {
	for range 20 {
		steps, results := run(stacksWithGoneTenants(), forward, "")
		for _, order := range [][2]string{
			{"a", "gone-from-slot"}, {"gone-from-slot", "in-its-slot"}, {"gone-from-host", "in-its-host"},
			{"in-its-slot", "in-its-host"}, {"neighbour", "gone"},
		} {
			first, second := order[0], order[1]
			assert.Less(t, slices.Index(steps, "-"+first), slices.Index(steps, "+"+second), "%s before %s", first, second)
		}
		assert.Len(t, results, 7)
	}
}

func TestAPlaceThatIsNotFreedIsNotTaken(t *testing.T) {
	_, results := run(stacksWithGoneTenants(), forward, "gone-from-slot")
	outcomes := map[string]Outcome{}
	for _, result := range results {
		outcomes[result.Stack] = result.Outcome
	}
	assert.Equal(t, map[string]Outcome{
		"a": Up, "gone-from-slot": Failed, "in-its-slot": Skipped, "neighbour": Up,
		"gone-from-host": Skipped, "in-its-host": Skipped, "gone": Skipped,
	}, outcomes)
}

// TestThroughTakesWhoIsGoneFromAPlace: whoever takes a place needs it free, in whichever wave it was.
func TestThroughTakesWhoIsGoneFromAPlace(t *testing.T) {
	whole := &config.Environment{Name: "demo", Stacks: stacksWithGoneTenants()}
	assert.Equal(t, []string{"a", "in-its-slot", "neighbour", "gone-from-slot"}, namesOf(through(whole, 0).Stacks))
}

func TestWhoFreesAPlace(t *testing.T) {
	gone := tenantIn("gone", "old.example", 1, 1, config.Gone)
	elsewhere := tenantIn("elsewhere", "old.example", 1, 1, config.Active)
	elsewhere.Tenant.Cell = "b"
	for _, other := range []*config.Stack{
		elsewhere,
		tenantIn("beside", "new.example", 2, 1, config.Active),
		tenantIn("gone too", "old.example", 1, 1, config.Gone),
		{Name: "a", Role: config.RoleCell, Cell: &config.Cell{}},
	} {
		assert.False(t, frees(gone, other), other.Name)
		assert.False(t, frees(other, gone), other.Name)
	}
	leaving := tenantIn("leaving", "old.example", 1, 1, config.Leaving)
	assert.False(t, frees(leaving, tenantIn("new", "old.example", 1, 1, config.Active)), "it keeps its place")
}
