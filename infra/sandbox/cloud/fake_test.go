package cloud

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/props"
)

const (
	account = "123456789012"
	ireland = "eu-west-1"
	germany = "eu-central-1"
)

var noon = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

type settings = map[string]any

// toValue is a plain Go value as a property.
func toValue(v any) property.Value {
	switch v := v.(type) {
	case int:
		return num(v)
	case []string:
		return strs(v...)
	case []settings:
		var all []property.Value
		for _, one := range v {
			all = append(all, property.New(toMap(one)))
		}
		return property.New(property.NewArray(all))
	case settings:
		return property.New(toMap(v))
	case property.Value:
		return v
	}
	converted, err := property.Any(v)
	if err != nil {
		panic(err)
	}
	return converted
}

func toMap(p settings) property.Map {
	values := map[string]property.Value{}
	for name, v := range p {
		values[name] = toValue(v)
	}
	return property.NewMap(values)
}

// with is the properties with some replaced; nil removes one.
func with(p settings, changes settings) settings {
	changed := maps.Clone(p)
	for name, v := range changes {
		if changed[name] = v; v == nil {
			delete(changed, name)
		}
	}
	return changed
}

// fakeWorld judges calls by the tables alone, as the sandbox does, and keeps what they make.
type fakeWorld struct {
	t         *testing.T
	region    string
	resources []Resource
	retained  []Retained
	quotas    Quotas
	snapshots map[string]Copied
	windows   map[string]Window
}

func newWorld(t *testing.T) *fakeWorld { return &fakeWorld{t: t, region: ireland} }

func (w *fakeWorld) Find(token, account, region, by, value string) (Resource, bool) {
	for _, r := range w.List(token, account, region) {
		if by == "id" && r.ID == value || by != "id" && r.Text(by) == value {
			return r, true
		}
	}
	return Resource{}, false
}

func (w *fakeWorld) List(token, account, region string) []Resource {
	var found []Resource
	for _, r := range w.resources {
		if r.Type == token && (account == "" || r.Account == account) && (region == "" || r.Region == region) {
			found = append(found, r)
		}
	}
	return found
}

func (w *fakeWorld) Count(token, account, region string) int {
	return len(w.List(token, account, region))
}

func (w *fakeWorld) Retained(token, account, region string) []Retained {
	var found []Retained
	for _, r := range w.retained {
		if r.Type == token && r.Account == account && (region == "" || r.Region == region) {
			found = append(found, r)
		}
	}
	return found
}

// in is the same world, called in another region.
func (w *fakeWorld) in(region string, do func()) {
	home := w.region
	w.region = region
	do()
	w.region = home
}

func (w *fakeWorld) call(token string, p settings, old *Resource) *Call {
	kind, known := For(token)
	require.True(w.t, known, token)
	return &Call{World: w, Account: account, Region: w.region, Type: kind, Inputs: toMap(p), Old: old, Now: noon,
		Quotas: w.quotas, URN: "urn:" + token + ":" + randomHex(8)}
}

// try creates a resource, or says why not.
func (w *fakeWorld) try(token string, p settings) (Resource, error) {
	c := w.call(token, p, nil)
	c.ID = c.Type.ID(c)
	made := w.result(c)
	if err := w.judge(c, made); err != nil {
		return Resource{}, err
	}
	w.resources = append(w.resources, made)
	return made, nil
}

func (w *fakeWorld) make(token string, p settings) Resource {
	w.t.Helper()
	made, err := w.try(token, p)
	require.NoError(w.t, err)
	return made
}

// update changes a resource in place, or says why not.
func (w *fakeWorld) update(old Resource, p settings) (Resource, error) {
	c := w.call(old.Type, p, &old)
	c.ID, c.URN = old.ID, old.URN
	changed := w.result(c)
	if err := w.judge(c, changed); err != nil {
		return Resource{}, err
	}
	at := slices.IndexFunc(w.resources, func(r Resource) bool { return r.URN == old.URN })
	w.resources[at] = changed
	return changed, nil
}

func (w *fakeWorld) delete(old Resource) error {
	c := w.call(old.Type, nil, &old)
	c.ID, c.URN, c.Inputs = old.ID, old.URN, old.Inputs
	for _, other := range w.resources {
		if err := inUse(other, old); err != nil {
			return err
		}
	}
	if c.Type.RefuseDelete != nil {
		if err := c.Type.RefuseDelete(c); err != nil {
			return err
		}
	}
	if c.Type.Retains != nil {
		w.retained = append(w.retained, c.Type.Retains(c)...)
	}
	w.resources = slices.DeleteFunc(w.resources, func(r Resource) bool { return r.URN == old.URN })
	return nil
}

func inUse(by, of Resource) error {
	kind, _ := For(by.Type)
	for _, reference := range kind.References {
		for _, value := range props.Texts(by.Inputs, reference.Property) {
			name := of.Text(reference.By)
			if reference.By == "id" {
				name = of.ID
			}
			if reference.To == of.Type && value == name && reference.InUse.Code != "" {
				return reference.InUse.With(of.ID)
			}
		}
	}
	return nil
}

func (w *fakeWorld) result(c *Call) Resource {
	outputs := maps.Clone(c.Inputs.AsMap())
	if outputs == nil {
		outputs = map[string]property.Value{}
	}
	if c.Type.Computed != nil {
		maps.Copy(outputs, c.Type.Computed(c))
	}
	region := c.Region
	if c.Type.Global {
		region = global
	}
	return Resource{Account: account, Region: region, Type: c.Type.Token, ID: c.ID, URN: c.URN, Inputs: c.Inputs,
		Outputs: property.NewMap(outputs)}
}

func (w *fakeWorld) judge(c *Call, made Resource) error {
	for _, reference := range c.Type.References {
		for _, value := range props.Texts(c.Inputs, reference.Property) {
			if (reference.When == nil || reference.When(value)) && !w.exists(c, reference, value) {
				return reference.NotFound.With(value)
			}
		}
	}
	for _, unique := range c.Type.Unique {
		for _, other := range c.others(w.List(c.Type.Token, account, made.Region)) {
			if name := made.Text(unique.Property); name != "" && other.Text(unique.Property) == name {
				return unique.Taken.With(name)
			}
		}
	}
	if c.Type.Refuse == nil {
		return nil
	}
	return c.Type.Refuse(c)
}

func (w *fakeWorld) exists(c *Call, reference Reference, value string) bool {
	targets := append([]Target{{reference.To, reference.By}}, reference.Or...)
	return slices.ContainsFunc(targets, func(target Target) bool {
		kind, _ := For(target.To)
		region := c.Region
		switch {
		case kind.Global:
			region = global
		case reference.Region == "any":
			region = ""
		}
		_, found := w.Find(target.To, account, region, target.By, value)
		return found
	})
}

// attempt is a call and what the cloud says of it: "" where it allows it.
type attempt struct {
	name     string
	token    string
	settings settings
	want     string
}

// each tries every attempt in a world of its own.
func each[W interface {
	try(token string, p settings) (Resource, error)
}](t *testing.T, world func(*testing.T) W, attempts func(W) []attempt) {
	t.Helper()
	for i, a := range attempts(world(t)) {
		t.Run(a.name, func(t *testing.T) {
			w := world(t)
			a := attempts(w)[i]
			_, err := w.try(a.token, a.settings)
			expect(t, err, a.want)
		})
	}
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		assert.NoError(t, err)
		return
	}
	assert.ErrorContains(t, err, want)
}
