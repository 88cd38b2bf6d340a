package environment

import (
	"cmp"
	"slices"

	"haven/stacks/config"
)

// through is the environment with the tenants of the waves up to that one only; accounts and cells belong to no wave.
func through(environment *config.Environment, wave int) *config.Environment {
	part := *environment
	part.Stacks = slices.DeleteFunc(slices.Clone(environment.Stacks), func(stack *config.Stack) bool {
		return waveOf(stack) > wave
	})
	return &part
}

// waveOf is a tenant's wave, and less than any for what tenants live in.
func waveOf(stack *config.Stack) int {
	if stack.Role != config.RoleTenant {
		return -1
	}
	return stack.Tenant.Wave
}

// byWave orders the tenants by their waves, and leaves all else as it is.
func byWave(stacks []*config.Stack) []*config.Stack {
	return slices.SortedStableFunc(slices.Values(stacks), func(a, b *config.Stack) int {
		return cmp.Compare(waveOf(a), waveOf(b))
	})
}

// wavesBefore are the names of the tenants of all waves before that stack's.
func wavesBefore(stacks []*config.Stack, stack *config.Stack) []string {
	var names []string
	for _, other := range stacks {
		if other.Role == config.RoleTenant && waveOf(other) < waveOf(stack) {
			names = append(names, other.Name)
		}
	}
	return names
}
