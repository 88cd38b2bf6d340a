package schema

import (
	"slices"
	"strings"

	"haven/infra/sandbox/facts"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// groups checks what properties require of each other. A property belongs to its own groups, and each group fails
// once.
func (c *check) groups(at location, name string, fact *facts.Property, value property.Value) {
	own := at.field(name)
	if group := members(own, fact.ExactlyOneOf); c.ask("exactly", at, group) {
		c.exactlyOne(own, group)
	}
	if group := members(own, fact.AtLeastOneOf); c.ask("at least", at, group) {
		c.atLeastOne(own, group)
	}
	if value.IsNull() || value.IsComputed() {
		return
	}
	for _, other := range fact.ConflictsWith {
		if c.at(own, other) == given {
			c.fail(own, "Conflicting configuration arguments. %q: conflicts with %s", own.path(), other)
		}
	}
	for _, other := range fact.RequiredWith {
		if c.at(own, other) == absent {
			c.fail(own, "Missing required argument. %q: all of `%s` must be specified",
				own.path(), strings.Join(members(own, fact.RequiredWith), ","))
			break
		}
	}
}

func (c *check) exactlyOne(own location, group []string) {
	specified, unknowns := c.specified(own, group)
	if len(specified) == 0 && unknowns == 0 {
		c.fail(own, "Invalid combination of arguments. %q: one of `%s` must be specified",
			own.path(), strings.Join(group, ","))
	}
	if len(specified) > 1 {
		c.fail(own, "Invalid combination of arguments. %q: only one of `%s` can be specified, but `%s` were specified",
			own.path(), strings.Join(group, ","), strings.Join(specified, ","))
	}
}

func (c *check) atLeastOne(own location, group []string) {
	if specified, unknowns := c.specified(own, group); len(specified) == 0 && unknowns == 0 {
		c.fail(own, "Missing required argument. %q: one of `%s` must be specified",
			own.path(), strings.Join(group, ","))
	}
}

func (c *check) specified(own location, group []string) (specified []string, unknowns int) {
	for _, path := range group {
		switch c.at(own, path) {
		case given:
			specified = append(specified, path)
		case unknown:
			unknowns++
		}
	}
	return specified, unknowns
}

// presence is whether a property is given.
type presence int

const (
	absent presence = iota
	given
	unknown
)

// at is whether the property at a path is given: in the same list elements as own as far as the paths agree, beyond
// that in the first element, because the provider itself can only mean blocks of which there is one.
func (c *check) at(own location, path string) presence {
	v, names := c.root, strings.Split(path, ".")
	for i, name := range names {
		if !v.IsMap() {
			break
		}
		v = v.AsMap().Get(name)
		if len(own) > 0 && own[0].name == name {
			own = own[1:]
		} else {
			own = nil
		}
		for i < len(names)-1 && v.IsArray() && v.AsArray().Len() > 0 {
			element := 0
			if len(own) > 0 && own[0].name == "" {
				element, own = own[0].index, own[1:]
			}
			v = v.AsArray().Get(element)
		}
	}
	switch {
	case v.IsComputed():
		return unknown
	case v.IsNull():
		return absent
	}
	return given
}

// ask says whether a group is still to be checked, and notes that it was.
func (c *check) ask(kind string, at location, group []string) bool {
	key := kind + at.String() + strings.Join(group, ",")
	if len(group) == 0 || c.asked[key] {
		return false
	}
	c.asked[key] = true
	return true
}

// members are the paths of a group with own among them, sorted; none where there is no group.
func members(own location, group []string) []string {
	if len(group) == 0 {
		return nil
	}
	all := append([]string{own.path()}, group...)
	slices.Sort(all)
	return slices.Compact(all)
}
