package harness

import (
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

// AssertFamily asserts that everything declared descends from the component of that type and name, and that each
// child's name begins with it.
func AssertFamily(t testing.TB, r *Recorder, token, name string) {
	t.Helper()
	root := r.One(t, token, name)
	assert.Empty(t, root.Parent, "the component itself belongs to the stack")
	for _, d := range r.Declared() {
		if d.Name == name && d.Type == token {
			continue
		}
		if d.Type == "pulumi:providers:aws" || d.Type == "pulumi:providers:gcp" {
			continue
		}
		assert.Equalf(t, name, d.Parent, "parent of %s %q", d.Type, d.Name)
		assert.Containsf(t, d.Name, name+"-", "name of %s", d.Type)
	}
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
