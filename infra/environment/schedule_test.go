package environment

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/stacks/config"
)

func stacksOfTwoCells() []*config.Stack {
	cell := func(name string) *config.Stack {
		return &config.Stack{Name: name, Role: config.RoleCell, Cell: &config.Cell{}}
	}
	tenant := func(name, cell string) *config.Stack {
		return &config.Stack{Name: name, Role: config.RoleTenant, Tenant: &config.Tenant{Cell: cell}}
	}
	return []*config.Stack{
		cell("c1"), cell("c2"),
		tenant("a1", "c1"), tenant("a2", "c1"), tenant("a3", "c1"), tenant("b1", "c2"), tenant("b2", "c2"),
	}
}

// run answers the order in which stacks were begun and ended, "+c1", "-c1".
func run(stacks []*config.Stack, order func([]*config.Stack, func(*config.Stack) Result) []Result,
	fails string,
) ([]string, []Result) {
	var steps []string
	var mu sync.Mutex
	note := func(step string) {
		mu.Lock()
		defer mu.Unlock()
		steps = append(steps, step)
	}
	results := order(stacks, func(stack *config.Stack) Result {
		note("+" + stack.Name)
		defer note("-" + stack.Name)
		if stack.Name == fails {
			return Result{Stack: stack.Name, Outcome: Failed}
		}
		return Result{Stack: stack.Name, Outcome: Up}
	})
	return steps, results
}

func TestForwardBeginsATenantAfterItsCell(t *testing.T) {
	steps, _ := run(stacksOfTwoCells(), forward, "")
	assert.Len(t, steps, 14)
	for tenant, cell := range map[string]string{"a1": "c1", "a2": "c1", "a3": "c1", "b1": "c2", "b2": "c2"} {
		assert.Less(t, slices.Index(steps, "-"+cell), slices.Index(steps, "+"+tenant), "%s before %s", cell, tenant)
	}
}

func TestBackwardBeginsACellAfterItsTenants(t *testing.T) {
	steps, _ := run(stacksOfTwoCells(), backward, "")
	assert.Len(t, steps, 14)
	for tenant, cell := range map[string]string{"a1": "c1", "a2": "c1", "a3": "c1", "b1": "c2", "b2": "c2"} {
		assert.Less(t, slices.Index(steps, "-"+tenant), slices.Index(steps, "+"+cell), "%s before %s", tenant, cell)
	}
}

func TestWhatComesAfterAFailureIsNotTried(t *testing.T) {
	steps, results := run(stacksOfTwoCells(), forward, "c1")
	assert.NotContains(t, steps, "+a1")
	assert.Contains(t, steps, "+b2", "the other cell's tenants are brought up")
	for _, result := range results {
		if result.Stack == "a2" {
			assert.Equal(t, Result{
				Stack: "a2", Role: "tenant", Outcome: Skipped, Errors: []string{"c1 has to succeed first"},
			}, result)
		}
	}
	err := Report{Stacks: results}.Err()
	assert.ErrorContains(t, err, "c1 failed")
	assert.ErrorContains(t, err, "a1 not tried: c1 has to succeed first")
}
