// Package graph is what stacks have declared: their resources, and what names what.
//
// It knows type tokens and properties only, so the same graph is built from the export of a stack, from those of a whole
// environment, and from what an engine hands to an analyzer.
package graph

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/components/naming"
	"haven/policy/props"
)

// Resource is one resource of one stack.
type Resource struct {
	Stack string // the stack's name
	URN   string
	Type  string // the type token
	ID    string // what the provider calls it; empty for components and before it is made
	// Parent is the URN of the component that declares it, Provider that of the provider that makes it, Region where that
	// one is configured to make it; empty for components and for Google Cloud.
	Parent, Provider, Region string
	Inputs                   property.Map
	// Outputs include the inputs. In a preview what the cloud decides is unknown.
	Outputs property.Map
	// Dependencies are the URNs of the resources that each declared property was made from, by its name; nil where that
	// is not told.
	Dependencies map[string][]string
	// Options are what the program asks of the engine for it; nil where that is not told.
	Options *Options
}

// Options are what a program asks of the engine for a resource.
// https://www.pulumi.com/docs/iac/concepts/resources/options/
type Options struct {
	// Protect has the engine refuse to delete it.
	Protect bool
	// DeleteBeforeReplace has it deleted before another is made in its place. A state does not tell, and reads as false.
	DeleteBeforeReplace bool
	// IgnoreChanges are the properties that stay as they are, whatever is declared.
	IgnoreChanges []string
}

// Name is the last part of the URN, the name that the program gave it.
func (r *Resource) Name() string { return r.URN[strings.LastIndex(r.URN, "::")+2:] }

// Text is the first string at a path of the outputs, "" where there is none.
func (r *Resource) Text(path string) string { return props.Text(r.Outputs, path) }

// Quarantine is what becomes of it where it is part of data that serves no longer, "" of everything else.
func (r *Resource) Quarantine() naming.Quarantine {
	return naming.Quarantine(props.Text(r.Declared(), "tags.quarantine"))
}

// Graph is the resources of one or more stacks.
type Graph struct {
	resources []*Resource
	byURN     map[string]*Resource
	byType    map[string][]*Resource
	exports   map[string]property.Map

	memory sync.Mutex
	made   map[any]any
	asked  func(token string)
}

// Everything is what is told where somebody asks for the resources of every type.
const Everything = "*"

// Telling is the same graph, which tells of which type the resources are that it is asked for, or [Everything]. What
// somebody found does not rest on resources of a type that he has not asked for.
func (g *Graph) Telling(asked func(token string)) *Graph {
	return &Graph{resources: g.resources, byURN: g.byURN, byType: g.byType, exports: g.exports, asked: asked}
}

func (g *Graph) tell(token string) {
	if g.asked != nil {
		g.asked(token)
	}
}

// New is the graph of these resources, in their order.
func New(resources []*Resource) *Graph {
	g := &Graph{byURN: map[string]*Resource{}, byType: map[string][]*Resource{}, exports: map[string]property.Map{}}
	for _, r := range resources {
		g.resources = append(g.resources, r)
		g.byURN[r.URN] = r
		g.byType[r.Type] = append(g.byType[r.Type], r)
		if r.Type == stackType {
			g.exports[r.Stack] = r.Outputs
		}
	}
	return g
}

// Once is what make makes of the graph, the first time that it is asked for: what several proofs look at is made once
// for all of them. The key is a type of the asking package.
func Once[T any](g *Graph, key any, make func(*Graph) T) T {
	g.memory.Lock()
	defer g.memory.Unlock()
	if made, is := g.made[key]; is {
		return made.(T)
	}
	if g.made == nil {
		g.made = map[any]any{}
	}
	made := make(g)
	g.made[key] = made
	return made
}

// Map is the graph of what change makes of each resource: nil leaves it out.
func (g *Graph) Map(change func(*Resource) *Resource) *Graph {
	var kept []*Resource
	for _, r := range g.All() {
		if changed := change(r); changed != nil {
			kept = append(kept, changed)
		}
	}
	return New(kept)
}

// With is the same graph with another resource in one's place, or without it where that is nil.
func (g *Graph) With(old, by *Resource) *Graph {
	changed := &Graph{exports: g.exports}
	replaced := func(list []*Resource) []*Resource {
		at := slices.Index(list, old)
		switch {
		case at < 0:
			return list
		case by == nil:
			return slices.Delete(slices.Clone(list), at, at+1)
		}
		list = slices.Clone(list)
		list[at] = by
		return list
	}
	changed.resources = replaced(g.resources)
	changed.byType = maps.Clone(g.byType)
	changed.byType[old.Type] = replaced(g.byType[old.Type])
	changed.byURN = maps.Clone(g.byURN)
	if delete(changed.byURN, old.URN); by != nil {
		changed.byURN[old.URN] = by
	}
	if old.Type == stackType {
		changed.exports = maps.Clone(g.exports)
		if delete(changed.exports, old.Stack); by != nil {
			changed.exports[old.Stack] = by.Outputs
		}
	}
	return changed
}

const stackType = "pulumi:pulumi:Stack"

// Restoring says whether a stack brings back what another one had, and so needs some of what that one declares.
func (g *Graph) Restoring(stack string) bool {
	return slices.ContainsFunc(g.All(), func(r *Resource) bool {
		return r.Stack == stack && props.Text(r.Declared(), "tags.restored-of") != ""
	})
}

// All are the resources.
func (g *Graph) All() []*Resource {
	g.tell(Everything)
	return g.resources
}

// OfType are the resources of a type.
func (g *Graph) OfType(token string) []*Resource {
	g.tell(token)
	return g.byType[token]
}

// ByURN is the resource of that URN; nil where there is none.
func (g *Graph) ByURN(urn string) *Resource {
	if g.asked != nil {
		g.tell(typeIn(urn))
	}
	return g.byURN[urn]
}

// typeIn is the type token in a URN.
func typeIn(urn string) string {
	parts := strings.Split(urn, "::")
	types := strings.Split(parts[max(0, len(parts)-2)], "$")
	return types[len(types)-1]
}

// Exports are the outputs of a stack.
func (g *Graph) Exports(stack string) property.Map {
	g.tell(stackType)
	return g.exports[stack]
}

// Stacks are the names of the stacks, in the order of their resources.
func (g *Graph) Stacks() []string {
	var names []string
	for _, r := range g.OfType(stackType) {
		names = append(names, r.Stack)
	}
	return names
}

// Where are the resources of a type that have that value at a path of their outputs; "id" is what the provider calls
// them. An empty value is nobody's.
func (g *Graph) Where(token, path, value string) []*Resource {
	var found []*Resource
	for _, r := range g.OfType(token) {
		if value != "" && has(r, path, value) {
			found = append(found, r)
		}
	}
	return found
}

// First is the first of what Where gives; nil where that is nothing.
func (g *Graph) First(token, path, value string) *Resource {
	if found := g.Where(token, path, value); len(found) > 0 {
		return found[0]
	}
	return nil
}

func has(r *Resource, path, value string) bool {
	if path == "id" {
		return r.ID == value
	}
	for _, text := range props.Texts(r.Outputs, path) {
		if text == value {
			return true
		}
	}
	return false
}
