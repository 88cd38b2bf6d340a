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
		return waveOf(environment.Stacks, stack) > wave
	})
	return &part
}

// waveOf is a tenant's wave, and less than any for what tenants live in. Whoever is gone is in no later wave than those
// who come in its place.
func waveOf(stacks []*config.Stack, stack *config.Stack) int {
	if stack.Role != config.RoleTenant {
		return -1
	}
	wave := stack.Tenant.Wave
	for _, other := range stacks {
		if frees(stack, other) {
			wave = min(wave, other.Tenant.Wave)
		}
	}
	return wave
}

// frees says whether a tenant is gone from a slot or a host that another one has now. Both may be in one run: the
// listener takes no two rules of a priority, and the zone no two records of a name.
func frees(gone, other *config.Stack) bool {
	if gone.Role != config.RoleTenant || other.Role != config.RoleTenant {
		return false
	}
	was, is := gone.Tenant, other.Tenant
	return was.State == config.Gone && is.State != config.Gone &&
		was.Cell == is.Cell && (was.Slot == is.Slot || was.Host == is.Host)
}

// byWave orders the tenants by their waves, in each those first that are gone, and leaves all else as it is.
func byWave(stacks []*config.Stack) []*config.Stack {
	return slices.SortedStableFunc(slices.Values(stacks), func(a, b *config.Stack) int {
		return cmp.Or(cmp.Compare(waveOf(stacks, a), waveOf(stacks, b)), cmp.Compare(staying(a), staying(b)))
	})
}

// staying is 0 for a tenant that is gone, and 1 for all else.
func staying(stack *config.Stack) int {
	if stack.Role == config.RoleTenant && stack.Tenant.State == config.Gone {
		return 0
	}
	return 1
}

// tenantsBefore are the names of the tenants that come before a stack: those of all waves before its own, and those
// whose place it takes.
func tenantsBefore(stacks []*config.Stack, stack *config.Stack) []string {
	var names []string
	for _, other := range stacks {
		earlier := other.Role == config.RoleTenant && waveOf(stacks, other) < waveOf(stacks, stack)
		if earlier || frees(other, stack) {
			names = append(names, other.Name)
		}
	}
	return names
}
