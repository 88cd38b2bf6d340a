package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Directory is all the stack files of a folder, each valid by itself and all of them together.
type Directory struct {
	environments map[string]*Environment
	// offsite are brought up one by one, and belong to no environment that is brought up together.
	offsite []*Stack
}

// Environment is what is brought up together: its account, its cells, their mirror and their tenants.
type Environment struct {
	Name       string
	Production bool
	// Stacks come in the order in which they can be brought up one after the other: each after those it Needs.
	Stacks []*Stack
}

// Needs are the names of the stacks that must be up before this one. Stacks that do not need each other can be brought
// up side by side.
func (s *Stack) Needs() []string {
	var names []string
	switch s.Role {
	case RoleCell:
		names = []string{s.Cell.Alerts}
	case RoleMirror:
		names = s.Mirror.Cells
	case RoleTenant:
		names = []string{s.Tenant.Cell, s.Tenant.Standby, s.Tenant.Mirror}
	}
	var needs []string
	for _, name := range names {
		if name != "" {
			needs = append(needs, name)
		}
	}
	return needs
}

// LoadDir reads every stack file of a folder, Pulumi.<stack>.yaml, and checks each by itself and all together. The
// error is of type Errors, with everything that is wrong in any of them, unless the folder itself cannot be read.
func LoadDir(dir string) (*Directory, error) {
	set, err := readDir(dir)
	if err != nil {
		return nil, err
	}
	set.checkTogether()
	var all Errors
	for _, file := range set.files {
		all = append(all, file.errors...)
	}
	if err := all.asError(); err != nil {
		return nil, err
	}
	return set.directory(), nil
}

// file is one stack file while it is being checked.
type file struct {
	*checker
	stack *Stack
}

// fileSet are the files of a folder, sorted by name.
type fileSet struct {
	files []*file
}

func readDir(dir string) (*fileSet, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("stack files: %w; run this in the repository's root", err)
	}
	set := &fileSet{}
	for _, entry := range entries {
		name, isStack := stackOf(entry.Name())
		if !isStack {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("stack files: %w", err)
		}
		c := newChecker(name)
		if values := c.readFile(text); values != nil {
			set.files = append(set.files, &file{c, c.parse(name, values)})
		} else {
			set.files = append(set.files, &file{c, &Stack{Name: name}})
		}
	}
	slices.SortFunc(set.files, func(a, b *file) int { return cmp.Compare(a.stack.Name, b.stack.Name) })
	if len(set.files) == 0 {
		return nil, fmt.Errorf("stack files: %w in %s; write one, like %s", errNoFiles, dir, fileName("demo-cell"))
	}
	return set, nil
}

var errNoFiles = errors.New("there is no Pulumi.<stack>.yaml")

// stackOf is the name of the stack whose file this is.
func stackOf(name string) (stack string, isStack bool) {
	stack, begins := strings.CutPrefix(name, "Pulumi.")
	stack, ends := strings.CutSuffix(stack, ".yaml")
	return stack, begins && ends
}

func (s *fileSet) directory() *Directory {
	directory := &Directory{environments: map[string]*Environment{}}
	for _, file := range slices.Concat(s.ofRole(RoleAccount), s.ofRole(RoleCell), s.ofRole(RoleMirror)) {
		member := file.member()
		if directory.environments[member.environment] == nil {
			directory.environments[member.environment] = &Environment{
				Name: member.environment, Production: member.production}
		}
		environment := directory.environments[member.environment]
		environment.Stacks = append(environment.Stacks, file.stack)
	}
	for _, tenant := range s.ofRole(RoleTenant) {
		environment := directory.environments[s.named(tenant.stack.Tenant.Cell).stack.Cell.Environment]
		environment.Stacks = append(environment.Stacks, tenant.stack)
	}
	for _, offsite := range s.ofRole(RoleOffsite) {
		directory.offsite = append(directory.offsite, offsite.stack)
	}
	return directory
}

// Environments are the names of all of them, sorted.
func (d *Directory) Environments() []string {
	return slices.Sorted(maps.Keys(d.environments))
}

// Environment is the one of that name. The error is an *UnknownError and names those there are.
func (d *Directory) Environment(name string) (*Environment, error) {
	if environment, known := d.environments[name]; known {
		return environment, nil
	}
	return nil, &UnknownError{Kind: "environment", Name: name, Known: d.Environments()}
}

// Stacks are all stacks of all environments, and those off site, sorted by name.
func (d *Directory) Stacks() []*Stack {
	stacks := slices.Clone(d.offsite)
	for _, environment := range d.environments {
		stacks = append(stacks, environment.Stacks...)
	}
	slices.SortFunc(stacks, func(a, b *Stack) int { return cmp.Compare(a.Name, b.Name) })
	return stacks
}

// Stack is the one of that name. The error is an *UnknownError and names those there are.
func (d *Directory) Stack(name string) (*Stack, error) {
	var known []string
	for _, stack := range d.Stacks() {
		if stack.Name == name {
			return stack, nil
		}
		known = append(known, stack.Name)
	}
	return nil, &UnknownError{Kind: "stack", Name: name, Known: known}
}
