package topics_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"haven/policy/graph"
	"haven/policy/rules"
	"haven/policy/rules/rulestest"
	"haven/policy/rules/topics"
)

// fixture is resources of which a rule passes the first, and changes by which it fails.
type fixture struct {
	Rule string
	Pass []declared
	Fail []change
}

type declared struct {
	Type, Name, ID, Region string
	Inputs, Outputs        map[string]any
	Options                *graph.Options
}

type change struct {
	// Without is a resource that is left out. Else At is a path in the resource Of, by default the first, that is set To
	// another value; nil removes what stands there.
	Without, At, Of string
	To              any
	// Options are other ones than the resource Of has.
	Options *graph.Options
}

func fixtures(t *testing.T) map[string]fixture {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.yaml"))
	require.NoError(t, err)
	all := map[string]fixture{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(text, &all), file)
	}
	return all
}

func (f fixture) resources() []*graph.Resource {
	all := make([]*graph.Resource, len(f.Pass))
	for i, d := range f.Pass {
		all[i] = rulestest.Resource(d.Type, d.Name, d.Inputs)
		all[i].ID, all[i].Region, all[i].Options = d.ID, d.Region, d.Options
		for name, v := range values(d.Outputs).All {
			all[i].Outputs = all[i].Outputs.Set(name, v)
		}
	}
	return all
}

func values(plain map[string]any) property.Map {
	return resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(plain))
}

// of are the resources after a change, to its value or to another.
func (c change) of(all []*graph.Resource, to property.Value) []*graph.Resource {
	if c.Without != "" {
		return slices.DeleteFunc(slices.Clone(all), func(r *graph.Resource) bool { return r.Name() == c.Without })
	}
	changed := slices.Clone(all)
	at := max(0, slices.IndexFunc(all, func(r *graph.Resource) bool { return r.Name() == c.Of }))
	r := *all[at]
	changed[at] = &r
	if c.Options != nil {
		if r.Options = c.Options; to.IsComputed() {
			r.Options = nil
		}
		return changed
	}
	r.Inputs = set(property.New(r.Inputs), strings.Split(c.At, "."), to).AsMap()
	r.Outputs = r.Inputs
	for name, v := range all[at].Outputs.All {
		if _, declared := all[at].Inputs.GetOk(name); !declared {
			r.Outputs = r.Outputs.Set(name, v)
		}
	}
	return changed
}

// set is a value with what stands at a path inside it set to another, or removed where that is null.
func set(v property.Value, path []string, to property.Value) property.Value {
	switch {
	case len(path) == 0:
		return to
	case v.IsArray():
		elements := slices.Clone(v.AsArray().AsSlice())
		i, _ := strconv.Atoi(path[0])
		elements[i] = set(elements[i], path[1:], to)
		return property.New(elements)
	}
	inside := v.AsMap()
	if changed := set(inside.Get(path[0]), path[1:], to); !changed.IsNull() {
		return property.New(inside.Set(path[0], changed))
	}
	return property.New(inside.Delete(path[0]))
}

// TestRules: each rule passes its fixture, fails each change of it, and is undecided while the changed value is not
// known.
func TestRules(t *testing.T) {
	t.Parallel()
	byID := map[string]rules.Rule{}
	for _, rule := range topics.Rules() {
		byID[rule.ID] = rule
	}
	all := fixtures(t)
	for name, f := range all {
		id := name
		if f.Rule != "" {
			id = f.Rule
		}
		rule, is := byID[id]
		require.True(t, is, "%s is a fixture of no rule", name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f.check(t, rule)
		})
	}
	for id := range byID {
		assert.Contains(t, all, id, "a rule without a fixture")
	}
}

func (f fixture) check(t *testing.T, rule rules.Rule) {
	resources := f.resources()
	rulestest.Unknowns(t, rule, resources...)
	require.NotEmpty(t, f.Fail)
	for _, c := range f.Fail {
		to := values(map[string]any{"to": c.To}).Get("to")
		outcome := rulestest.Run(t, rule, c.of(resources, to)...)[0]
		assert.Equal(t, rules.Fail, outcome.Result, "%+v: %s", c, outcome.Message)
		assert.Contains(t, outcome.Message, "; expected ", "%+v", c)
		assert.NotEmpty(t, outcome.Fix)
		if c.Without == "" {
			outcome = rulestest.Run(t, rule, c.of(resources, property.New(property.Computed))...)[0]
			assert.Equal(t, rules.Undecided, outcome.Result, "%+v is not known: %s", c, outcome.Message)
		}
	}
}
