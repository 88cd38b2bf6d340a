package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haven/infra/sandbox/facts"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Failure is one reason why inputs are refused.
type Failure struct {
	Path   string // "rules[0].status", "" for the whole
	Reason string
}

// Check says everything that is wrong with a resource's inputs, in the order of their paths. Unknown values pass: a
// preview cannot know better.
func (t *Type) Check(inputs property.Map) []Failure {
	c := &check{root: property.New(inputs), asked: map[string]bool{}}
	return c.run(t.Inputs, t.Facts, inputs)
}

// CheckOutputs says what in a resource's outputs the SDK does not have, or has with another type.
func (t *Type) CheckOutputs(outputs property.Map) []Failure {
	return (&check{partial: true}).run(t.Outputs, nil, outputs)
}

// Check says everything that is wrong with an object's properties by names and types alone, as for the arguments of a
// function.
func (s *Shape) Check(properties property.Map) []Failure {
	return (&check{}).run(s, nil, properties)
}

type check struct {
	root     property.Value
	failures []Failure
	partial  bool            // required properties may be absent
	asked    map[string]bool // the groups that were checked already
}

func (c *check) run(s *Shape, known facts.Properties, given property.Map) []Failure {
	c.object(nil, s, known, given)
	slices.SortStableFunc(c.failures, func(a, b Failure) int { return strings.Compare(a.Path, b.Path) })
	return c.failures
}

func (c *check) fail(at location, format string, args ...any) {
	c.failures = append(c.failures, Failure{Path: at.String(), Reason: fmt.Sprintf(format, args...)})
}

func (c *check) object(at location, s *Shape, known facts.Properties, given property.Map) {
	for name, value := range given.AllStable {
		field, ok := s.Fields[name]
		if !ok {
			c.fail(at.field(name), "Invalid or unknown key%s", suggestion(name, s.Names()))
			continue
		}
		c.value(at.field(name), field.Shape, known[name], value)
	}
	for _, name := range s.Names() {
		value := given.Get(name)
		fact := known[name]
		if value.IsNull() && !c.partial && isRequired(s.Fields[name], fact) {
			c.fail(at.field(name),
				"Missing required argument. The argument %q is required, but no definition was found", name)
		}
		if fact != nil {
			c.groups(at, name, fact, value)
		}
	}
}

// isRequired joins what the SDK's type says with what the provider says where that type cannot tell: an absent list is
// the same as an empty one there. Where the SDK has a pointer, Pulumi made the property optional (it names resources).
func isRequired(field *Field, fact *facts.Property) bool {
	if field.Required {
		return true
	}
	switch field.Shape.Kind {
	case List, Map, Any, Document:
		return fact != nil && fact.Required
	}
	return false
}

func (c *check) value(at location, s *Shape, fact *facts.Property, v property.Value) {
	switch {
	case !s.accepts(v):
		c.fail(at, "expected %s type, got %s type", s.Kind, kindOf(v))
	case v.IsNull() || v.IsComputed():
	case s.Kind == Object:
		c.object(at, s, fieldsIn(fact), v.AsMap())
	case s.Kind == Map:
		for key, elem := range v.AsMap().AllStable {
			c.value(at.field(key), s.Elem, nil, elem)
		}
	case s.Kind == List:
		c.list(at, s, fact, v.AsArray())
	case fact != nil:
		c.allowed(at, fact.Enum, v)
	}
}

func (c *check) list(at location, s *Shape, fact *facts.Property, list property.Array) {
	if fact != nil {
		c.length(at, fact, list.Len())
	}
	for i, elem := range list.All {
		if s.Elem.Kind == Object && elem.IsMap() {
			c.object(at.index(i), s.Elem, fieldsIn(fact), elem.AsMap())
			continue
		}
		c.value(at.index(i), s.Elem, nil, elem)
		if fact != nil && s.Elem.accepts(elem) {
			c.allowed(at.index(i), fact.ElemEnum, elem)
		}
	}
}

func (c *check) length(at location, fact *facts.Property, length int) {
	if fact.MaxItems > 0 && length > fact.MaxItems {
		c.fail(at, "Too many list items. Attribute %s supports %d item maximum, but config has %d declared",
			at, fact.MaxItems, length)
	}
	if length < fact.MinItems && (length > 0 || fact.Required) {
		c.fail(at, "Not enough list items. Attribute %s requires %d item minimum, but config has only %d declared",
			at, fact.MinItems, length)
	}
}

func (c *check) allowed(at location, values []string, v property.Value) {
	if len(values) == 0 || v.IsNull() || v.IsComputed() {
		return
	}
	got := scalar(v)
	if slices.Contains(values, got) {
		return
	}
	if v.Secret() {
		got = "[secret]"
	}
	c.fail(at, "expected %s to be one of %q, got %s", at, values, got)
}

// scalar is a string, number or bool as the facts write it.
func scalar(v property.Value) string {
	switch {
	case v.IsString():
		return v.AsString()
	case v.IsNumber():
		return strconv.FormatFloat(v.AsNumber(), 'f', -1, 64)
	case v.IsBool():
		return strconv.FormatBool(v.AsBool())
	}
	return ""
}

func fieldsIn(fact *facts.Property) facts.Properties {
	if fact == nil {
		return nil
	}
	return fact.Fields
}

func kindOf(v property.Value) Kind {
	switch {
	case v.IsBool():
		return Bool
	case v.IsNumber():
		return Number
	case v.IsString():
		return String
	case v.IsArray():
		return List
	case v.IsMap():
		return Object
	}
	return "asset"
}
