package schema

import (
	"slices"
	"strconv"
	"strings"

	"haven/infra/sandbox/facts"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Change is one difference between what a resource was given and what it is given now.
type Change struct {
	Path    string // "rules[0].status"
	Kind    ChangeKind
	Replace bool // the cloud cannot change it in place
}

// ChangeKind says how a property differs.
type ChangeKind string

// The ways in which a property differs.
const (
	Added   ChangeKind = "add"
	Deleted ChangeKind = "delete"
	Updated ChangeKind = "update"
)

// Diff compares old and new inputs of a resource whose outputs are state. It follows the real provider: a default is
// as good as given; a computed property that the program no longer gives keeps its value; sets have no order; an empty
// value is as good as none.
func (t *Type) Diff(old, now, state property.Map) []Change {
	d := &diff{}
	d.object(nil, t.Facts, t.Complete(old), t.Complete(now), state)
	return d.changes
}

type diff struct{ changes []Change }

func (d *diff) object(at location, known facts.Properties, old, now, state property.Map) {
	for _, name := range namesOf(old, now) {
		d.property(at.field(name), known[name], old.Get(name), now.Get(name), state.Get(name))
	}
}

func (d *diff) property(at location, fact *facts.Property, old, now, state property.Value) {
	if fact != nil && fact.Computed {
		if now.IsNull() {
			return
		}
		if old.IsNull() {
			old = state
		}
	}
	switch {
	case isEmpty(old) && isEmpty(now), same(fact, old, now):
	case old.IsMap() && now.IsMap():
		d.maps(at, fact, old.AsMap(), now.AsMap(), state)
	case old.IsArray() && now.IsArray():
		d.lists(at, fact, old.AsArray(), now.AsArray(), state)
	default:
		d.add(at, fact, old, now)
	}
}

func (d *diff) maps(at location, fact *facts.Property, old, now property.Map, state property.Value) {
	before := asMap(state)
	if fields := fieldsIn(fact); fields != nil {
		d.object(at, fields, old, now, before)
		return
	}
	for _, key := range namesOf(old, now) { // a map of values: what holds for the map holds for each
		d.property(at.field(key), fact, old.Get(key), now.Get(key), before.Get(key))
	}
}

func (d *diff) lists(at location, fact *facts.Property, old, now property.Array, state property.Value) {
	for i := range max(old.Len(), now.Len()) {
		d.property(at.index(i), elementOf(fact), element(old, i), element(now, i), elementIn(state, i))
	}
}

// add notes a change. It replaces where the property itself cannot change, or where a block comes or goes that holds
// such a property.
func (d *diff) add(at location, fact *facts.Property, old, now property.Value) {
	kind, whole := Updated, now
	switch {
	case old.IsNull():
		kind = Added
	case now.IsNull():
		kind, whole = Deleted, old
	}
	d.changes = append(d.changes, Change{Path: at.String(), Kind: kind, Replace: replaces(fact, whole)})
}

func replaces(fact *facts.Property, v property.Value) bool {
	switch {
	case fact == nil:
		return false
	case fact.ForceNew:
		return true
	case v.IsMap():
		for name, value := range v.AsMap().All {
			if replaces(fact.Fields[name], value) {
				return true
			}
		}
	case v.IsArray():
		return slices.ContainsFunc(v.AsArray().AsSlice(), func(e property.Value) bool { return replaces(fact, e) })
	}
	return false
}

// elementOf is the fact of one element of a list: the list's own, but an element is not computed by itself.
func elementOf(fact *facts.Property) *facts.Property {
	if fact == nil || !fact.Computed {
		return fact
	}
	copied := *fact
	copied.Computed = false
	return &copied
}

func element(a property.Array, i int) property.Value {
	if i < a.Len() {
		return a.Get(i)
	}
	return property.Value{}
}

func elementIn(v property.Value, i int) property.Value {
	if v.IsArray() {
		return element(v.AsArray(), i)
	}
	return property.Value{}
}

// same says whether two values are equal to the provider. Secrets are compared by value.
func same(fact *facts.Property, a, b property.Value) bool {
	if a.HasComputed() || b.HasComputed() {
		return false
	}
	return canonical(fact, a) == canonical(fact, b)
}

// canonical writes a value so that equal values read equal: without secret flags, sets sorted, empty fields dropped.
func canonical(fact *facts.Property, v property.Value) string {
	switch {
	case v.IsMap():
		return canonicalMap(fact, v.AsMap())
	case v.IsArray():
		parts := make([]string, 0, v.AsArray().Len())
		for _, e := range v.AsArray().All {
			parts = append(parts, canonical(fact, e))
		}
		if fact != nil && fact.Set {
			slices.Sort(parts)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case v.IsString():
		return "s" + strconv.Quote(v.AsString())
	}
	return scalar(v)
}

func canonicalMap(fact *facts.Property, m property.Map) string {
	var parts []string
	fields := fieldsIn(fact)
	for key, e := range m.AllStable {
		if fields != nil && isEmpty(e) {
			continue
		}
		parts = append(parts, strconv.Quote(key)+":"+canonical(fields[key], e))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// isEmpty says whether a value is as good as none to the provider.
func isEmpty(v property.Value) bool {
	switch {
	case v.IsNull():
		return true
	case v.IsString():
		return v.AsString() == ""
	case v.IsBool():
		return !v.AsBool()
	case v.IsNumber():
		return v.AsNumber() == 0
	case v.IsArray():
		return v.AsArray().Len() == 0
	case v.IsMap():
		return v.AsMap().Len() == 0
	}
	return false
}

func namesOf(a, b property.Map) []string {
	var names []string
	for name := range a.All {
		names = append(names, name)
	}
	for name := range b.All {
		if _, ok := a.GetOk(name); !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
