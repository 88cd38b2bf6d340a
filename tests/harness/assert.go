package harness

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
)

// Input is the input at a property path such as "rules[0].action", with secrets and outputs opened; nil where absent.
func (d Declared) Input(path string) any {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		panic(err)
	}
	value, ok := parsed.Get(resource.NewProperty(d.Inputs))
	if !ok {
		return nil
	}
	return Plain(value)
}

// Secret says whether the input at that path is marked secret.
func (d Declared) Secret(path string) bool {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		panic(err)
	}
	value, ok := parsed.Get(resource.NewProperty(d.Inputs))
	return ok && (value.IsSecret() || value.IsOutput() && value.OutputValue().Secret)
}

// Plain is a property value as plain Go values, with secrets and outputs opened.
func Plain(v resource.PropertyValue) any {
	return v.MapRepl(nil, func(v resource.PropertyValue) (any, bool) {
		switch {
		case v.IsSecret():
			return Plain(v.SecretValue().Element), true
		case v.IsOutput():
			return Plain(v.OutputValue().Element), true
		}
		return nil, false
	})
}

// AssertInputs asserts the inputs at the given paths.
func AssertInputs(t testing.TB, d Declared, want map[string]any) {
	t.Helper()
	for path, value := range want {
		assert.Equalf(t, value, d.Input(path), "%s %q: %s", d.Type, d.Name, path)
	}
}

// AssertFamily asserts that everything declared descends from the component of that type and name, by way of its own
// components where it has any, and that each name begins with that of its parent.
func AssertFamily(t testing.TB, r *Recorder, token, name string) {
	t.Helper()
	declared := r.Declared()
	root := r.One(t, token, name)
	assert.Empty(t, root.Parent, "the component itself belongs to the stack")
	for _, d := range declared {
		if d.Name == name && d.Type == token {
			continue
		}
		if d.Type == "pulumi:providers:aws" || d.Type == "pulumi:providers:gcp" {
			continue
		}
		top := Top(declared, d)
		assert.Equalf(t, token+"|"+name, top.Type+"|"+top.Name, "what %s %q descends from", d.Type, d.Name)
		assert.Truef(t, strings.HasPrefix(d.Name, d.Parent+"-"), "name of %s %q of %q", d.Type, d.Name, d.Parent)
	}
}

// Top is the outermost component that a resource descends from: itself where it belongs to the stack, nothing where a
// parent is no declared component.
func Top(declared []Declared, d Declared) Declared {
	for d.Parent != "" {
		d = component(declared, d.Parent)
	}
	return d
}

func component(declared []Declared, name string) Declared {
	for _, d := range declared {
		if d.Name == name && !d.Custom {
			return d
		}
	}
	return Declared{}
}

// AssertTags asserts that every custom resource with a "tags" input among the taggable types carries the tags that all
// of an environment's resources carry, those of a component.
func AssertTags(t testing.TB, d Declared, component string) {
	t.Helper()
	tags, ok := d.Input("tags").(map[string]any)
	if !assert.Truef(t, ok, "%s %q carries no tags", d.Type, d.Name) {
		return
	}
	for _, key := range []string{"Name", "environment", "cell", "data-classification", "owner"} {
		assert.NotEmptyf(t, tags[key], "tag %s of %s %q", key, d.Type, d.Name)
	}
	assert.Equalf(t, component, tags["component"], "tag component of %s %q", d.Type, d.Name)
}
