package environment

import (
	"slices"
	"strings"

	"haven/infra/engine"
	"haven/stacks/config"
)

// Environment is all stacks of one environment.
type Environment struct {
	Name   string
	Stacks []*config.Stack // a stack comes after all it refers to
}

// Load reads and checks all stack files of the checkout and picks those of the environment of that name.
func Load(checkout engine.Checkout, name string) (*Environment, error) {
	all, err := config.LoadDir(checkout.Stacks())
	if err != nil {
		return nil, err
	}
	environments := group(all)
	if found, ok := environments[name]; ok {
		return found, nil
	}
	return nil, unknown(name, environments)
}

// Names are the environments of the checkout's stack files, sorted.
func Names(checkout engine.Checkout) ([]string, error) {
	all, err := config.LoadDir(checkout.Stacks())
	if err != nil {
		return nil, err
	}
	return names(group(all)), nil
}

func names(environments map[string]*Environment) []string {
	var found []string
	for name := range environments {
		found = append(found, name)
	}
	slices.Sort(found)
	return found
}

func unknown(name string, environments map[string]*Environment) error {
	for _, environment := range environments {
		for _, stack := range environment.Stacks {
			if stack.Name == name {
				return engine.Problemf("%q is a stack; name its environment: %s", name, environment.Name)
			}
		}
	}
	return engine.Problemf("no environment %q in stacks/; there is: %s", name, strings.Join(names(environments), ", "))
}

func group(all []*config.Stack) map[string]*Environment {
	byName := map[string]*config.Stack{}
	for _, stack := range all {
		byName[stack.Name] = stack
	}
	environments := map[string]*Environment{}
	for _, stack := range inOrder(all) {
		name := environmentOf(stack, byName)
		if environments[name] == nil {
			environments[name] = &Environment{Name: name}
		}
		environments[name].Stacks = append(environments[name].Stacks, stack)
	}
	return environments
}

// environmentOf is a cell's own environment, and for everything else that of its cell.
func environmentOf(stack *config.Stack, all map[string]*config.Stack) string {
	if stack.Cell != nil {
		return stack.Cell.Environment
	}
	for _, reference := range references(stack) {
		if cell := all[reference]; cell != nil && cell.Cell != nil {
			return cell.Cell.Environment
		}
	}
	name, _, _ := strings.Cut(stack.Name, "-")
	return name
}

// references are the names of the stacks whose outputs a stack reads.
func references(stack *config.Stack) []string {
	if stack.Tenant != nil {
		return []string{stack.Tenant.Cell}
	}
	return nil
}

// inOrder sorts stacks so that each comes after all it refers to, and otherwise by name.
func inOrder(stacks []*config.Stack) []*config.Stack {
	byName := map[string]*config.Stack{}
	var alphabetical []string
	for _, stack := range stacks {
		byName[stack.Name] = stack
		alphabetical = append(alphabetical, stack.Name)
	}
	slices.Sort(alphabetical)
	var sorted []*config.Stack
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		stack := byName[name]
		if stack == nil || seen[name] {
			return
		}
		seen[name] = true
		for _, reference := range references(stack) {
			visit(reference)
		}
		sorted = append(sorted, stack)
	}
	for _, name := range alphabetical {
		visit(name)
	}
	return sorted
}

// Production says whether a cell of the environment is marked so.
func (e *Environment) Production() bool {
	return slices.ContainsFunc(e.Stacks, func(s *config.Stack) bool { return s.Cell != nil && s.Cell.Production })
}
