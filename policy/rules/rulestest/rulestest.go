// Package rulestest helps to test rules: resources by their names and plain values, and the demand that no rule takes
// what is unknown for a failure or a pass.
package rulestest

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/graph"
	"haven/policy/rules"
)

// Unknown stands in plain values for one that is not known yet.
var Unknown any = resource.Computed{Element: resource.NewProperty("")}

// URN is that of a resource of the stack "demo".
func URN(token, name string) string { return "urn:pulumi:demo::haven::" + token + "::" + name }

// Resource is a resource of the stack "demo" whose inputs, and outputs, are these plain values. Its id is its name.
func Resource(token, name string, inputs map[string]any) *graph.Resource {
	declared := resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(inputs))
	return &graph.Resource{
		Stack: "demo", URN: URN(token, name), Type: token, ID: name, Inputs: declared, Outputs: declared,
	}
}

// Run is what a rule says of the first of these resources.
func Run(t *testing.T, rule rules.Rule, resources ...*graph.Resource) []rules.Outcome {
	t.Helper()
	outcomes, err := rules.RunOne(rule, resources[0], graph.New(resources), nil)
	require.NoError(t, err)
	return outcomes
}

// Result is how a rule ends for the first of these resources.
func Result(t *testing.T, rule rules.Rule, resources ...*graph.Resource) rules.Result {
	t.Helper()
	return Run(t, rule, resources...)[0].Result
}

// Unknowns makes each value of each of these resources unknown, one at a time. Where a rule passes with all of them
// known, it must not fail then.
func Unknowns(t *testing.T, rule rules.Rule, resources ...*graph.Resource) {
	t.Helper()
	require.Equal(t, rules.Pass, Result(t, rule, resources...), "the fixture must pass")
	for i, r := range resources {
		for path, inputs := range holes(property.New(r.Inputs), r.Name()) {
			changed := *r
			changed.Inputs, changed.Outputs = inputs.AsMap(), inputs.AsMap()
			with := append([]*graph.Resource{}, resources...)
			with[i] = &changed
			outcome := Run(t, rule, with...)[0]
			assert.NotEqual(t, rules.Fail, outcome.Result, "%s: %s is unknown, yet it fails: %s", rule.ID, path, outcome.Message)
		}
	}
}

// holes are copies of a value with one of the values inside it unknown, by the path of that.
func holes(v property.Value, path string) map[string]property.Value {
	all := map[string]property.Value{}
	switch {
	case v.IsMap():
		for name, inner := range v.AsMap().All {
			at := path + "." + name
			all[at] = property.New(v.AsMap().Set(name, property.New(property.Computed)))
			for deeper, hole := range holes(inner, at) {
				all[deeper] = property.New(v.AsMap().Set(name, hole))
			}
		}
	case v.IsArray():
		elements := v.AsArray().AsSlice()
		for i, inner := range elements {
			for deeper, hole := range holes(inner, path+"[*]") {
				changed := append([]property.Value{}, elements...)
				changed[i] = hole
				all[deeper] = property.New(changed)
			}
		}
	}
	return all
}
