package authority_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"haven/policy/graph"
	"haven/policy/graph/graphtest"
)

// draft is the demo while it is changed.
type draft struct {
	t         *testing.T
	resources []*graph.Resource
}

func change(t *testing.T) *draft {
	t.Helper()
	d := &draft{t: t}
	for _, r := range graphtest.Demo(t).All() {
		copied := *r
		d.resources = append(d.resources, &copied)
	}
	return d
}

func (d *draft) graph() *graph.Graph { return graph.New(d.resources) }

// alone is one stack by itself.
func (d *draft) alone(stack string) *graph.Graph {
	return d.graph().Map(func(r *graph.Resource) *graph.Resource {
		if r.Stack != stack {
			return nil
		}
		return r
	})
}

// the is the resource of that stack and name, "demo-acme dump-task-policy".
func (d *draft) the(called string) *graph.Resource {
	d.t.Helper()
	stack, name, _ := strings.Cut(called, " ")
	var found *graph.Resource
	for _, r := range d.resources {
		if r.Stack == stack && r.Name() == name {
			found = r
		}
	}
	require.NotNil(d.t, found, called)
	return found
}

func (d *draft) text(called, path string) string {
	d.t.Helper()
	text := d.the(called).Text(path)
	require.NotEmpty(d.t, text, "%s of %s", path, called)
	return text
}

func (d *draft) arn(called string) string { return d.text(called, "arn") }

// set gives a property another value, declared and made.
func (d *draft) set(called, name string, value any) {
	d.t.Helper()
	r := d.the(called)
	r.Inputs, r.Outputs = r.Inputs.Set(name, of(value)), r.Outputs.Set(name, of(value))
}

// unknown leaves a property for the cloud to decide.
func (d *draft) unknown(called, name string) {
	r := d.the(called)
	r.Inputs = r.Inputs.Set(name, property.New(property.Computed))
	r.Outputs = r.Outputs.Set(name, property.New(property.Computed))
}

func of(value any) property.Value {
	return graph.Object(map[string]any{"v": value}).Get("v")
}

// also adds a statement to a policy.
func (d *draft) also(called, name, statement string) {
	d.t.Helper()
	d.rewrite(called, name, func(old []any) []any {
		var added any
		require.NoError(d.t, json.Unmarshal([]byte(statement), &added), statement)
		return append(old, added)
	})
}

// rewrite changes the statements of a policy.
func (d *draft) rewrite(called, name string, change func([]any) []any) {
	d.t.Helper()
	var document map[string]any
	require.NoError(d.t, json.Unmarshal([]byte(d.text(called, name)), &document))
	document["Statement"] = change(document["Statement"].([]any))
	text, err := json.Marshal(document)
	require.NoError(d.t, err)
	d.set(called, name, string(text))
}

// replace changes the text of a policy.
func (d *draft) replace(called, name, from, to string) {
	d.t.Helper()
	text := d.text(called, name)
	require.Contains(d.t, text, from)
	d.set(called, name, strings.ReplaceAll(text, from, to))
}

// add declares another resource.
func (d *draft) add(stack, token, name string, inputs map[string]any) *graph.Resource {
	r := &graph.Resource{Stack: stack, URN: "urn:pulumi:" + stack + "::haven::" + token + "::" + name, Type: token, ID: name,
		Region: "eu-west-1", Inputs: graph.Object(inputs), Outputs: graph.Object(inputs)}
	d.resources = append(d.resources, r)
	return r
}

// urns are those of resources, in order.
func (d *draft) urns(called ...string) []string {
	var all []string
	for _, one := range called {
		all = append(all, d.the(one).URN)
	}
	return all
}

func decided(findings []graph.Finding) []graph.Finding {
	var all []graph.Finding
	for _, f := range findings {
		if !f.Undecided {
			all = append(all, f)
		}
	}
	return all
}

func allow(action, resource string) string {
	return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}`
}

func allowIf(action, resource, condition string) string {
	return strings.TrimSuffix(allow(action, resource), "}") + `,"Condition":` + condition + `}`
}

// areFound asserts that each leak is found over the whole demo, and in the one stack in which it shows alone.
func areFound(t *testing.T, proof func(*graph.Graph) []graph.Finding, leaks map[string]leak) {
	t.Helper()
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := change(t)
			want := leak.make(d)
			found(t, proof(d.graph()), leak.rule, want, leak.says)
			if leak.alone != "" {
				found(t, proof(d.alone(leak.alone)), leak.rule, want, leak.says)
			}
		})
	}
}
