package environment

import (
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"haven/stacks/config"
)

// sideBySide is how many stacks are worked on at once. Each takes an engine and its plugins, some 300 MB.
const sideBySide = 4

// forward runs work on each stack once it has succeeded on all that the stack refers to, and on a tenant once it has
// succeeded on all tenants of the waves before, and on those that are gone from its place.
func forward(stacks []*config.Stack, work func(*config.Stack) Result) []Result {
	ordered := byWave(stacks)
	return schedule(sideBySide, ordered, func(stack *config.Stack) []string {
		return append(stack.Needs(), tenantsBefore(ordered, stack)...)
	}, work)
}

// backward runs work on each stack once it has succeeded on all that refer to the stack.
func backward(stacks []*config.Stack, work func(*config.Stack) Result) []Result {
	reversed := slices.Clone(stacks)
	slices.Reverse(reversed)
	return schedule(sideBySide, reversed, func(stack *config.Stack) []string {
		var dependents []string
		for _, other := range stacks {
			if slices.Contains(other.Needs(), stack.Name) {
				dependents = append(dependents, other.Name)
			}
		}
		return dependents
	}, work)
}

// atOnce runs work on all stacks, whatever they refer to.
func atOnce(stacks []*config.Stack, work func(*config.Stack) Result) []Result {
	return schedule(sideBySide, stacks, nobody, work)
}

// nobody is who has to be done before a stack that needs no other.
func nobody(*config.Stack) []string { return nil }

// schedule works in so many places side by side. It needs stacks in an order in which before names earlier ones only;
// then no stack that holds one of the places ever waits for one that has none. What comes after a failure is not run. A
// failure does not stop what runs beside it: an engine that is interrupted leaves more to clear up than one that is let
// finish.
func schedule(places int, stacks []*config.Stack, before func(*config.Stack) []string,
	work func(*config.Stack) Result,
) []Result {
	results := make([]Result, len(stacks))
	done := map[string]chan struct{}{}
	for _, stack := range stacks {
		done[stack.Name] = make(chan struct{})
	}
	var failed sync.Map
	var group errgroup.Group
	group.SetLimit(places)
	for i, stack := range stacks {
		group.Go(func() error {
			defer close(done[stack.Name])
			results[i] = after(before(stack), done, &failed, stack, work)
			if results[i].failed() {
				failed.Store(stack.Name, true)
			}
			return nil
		})
	}
	_ = group.Wait()
	return results
}

func after(names []string, done map[string]chan struct{}, failed *sync.Map, stack *config.Stack,
	work func(*config.Stack) Result,
) Result {
	for _, name := range names {
		finished, here := done[name]
		if !here {
			continue
		}
		<-finished
		if _, bad := failed.Load(name); bad {
			return Result{
				Stack: stack.Name, Role: string(stack.Role), Outcome: Skipped,
				Errors: []string{name + " has to succeed first"},
			}
		}
	}
	return work(stack)
}
