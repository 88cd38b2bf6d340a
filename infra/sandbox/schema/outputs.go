package schema

import (
	"encoding/json"

	"haven/infra/sandbox/facts"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Complete is inputs with the provider's defaults where they give nothing, in nested blocks that are given as well,
// with the secret flag on every value that the provider keeps secret, and with documents as texts.
func (t *Type) Complete(inputs property.Map) property.Map {
	for name, input := range t.Inputs.Fields {
		if v := inputs.Get(name); input.Shape.Kind == Document && v.IsMap() {
			inputs = inputs.Set(name, text(v))
		}
	}
	return complete(t.Outputs, t.Facts, inputs, true)
}

// Conceal is properties with the secret flag on every value that the provider keeps secret.
func (t *Type) Conceal(properties property.Map) property.Map {
	return complete(t.Outputs, t.Facts, properties, false)
}

// text is a document's JSON text, unknown where a part of it is.
func text(v property.Value) property.Value {
	if v.HasComputed() {
		return property.New(property.Computed).WithSecret(v.HasSecrets())
	}
	encoded, err := json.Marshal(resource.ToResourcePropertyValue(v).Mappable())
	if err != nil {
		return v // CheckOutputs says that it is no text
	}
	return property.New(string(encoded)).WithSecret(v.HasSecrets())
}

func complete(s *Shape, known facts.Properties, given property.Map, defaults bool) property.Map {
	for name, fact := range known {
		field, value := s.Fields[name], given.Get(name)
		switch {
		case field == nil:
			continue
		case !value.IsNull():
			value = completeValue(field.Shape, fact, value, defaults)
		case defaults && fact.Default != nil && fact.Default != "":
			value = defaultOf(field.Shape, fact.Default)
		default:
			continue
		}
		given = given.Set(name, value.WithSecret(value.Secret() || fact.Sensitive))
	}
	return given
}

func completeValue(s *Shape, fact *facts.Property, v property.Value, defaults bool) property.Value {
	switch {
	case fact.Fields == nil:
		return v
	case v.IsMap() && s.Kind == Object:
		return property.WithGoValue(v, complete(s, fact.Fields, v.AsMap(), defaults))
	case v.IsArray() && s.Kind == List:
		elems := v.AsArray().AsSlice()
		for i := range elems {
			elems[i] = completeValue(s.Elem, fact, elems[i], defaults)
		}
		return property.WithGoValue(v, property.NewArray(elems))
	}
	return v
}

// defaultOf is a default in the SDK's type: some defaults of numbers and bools are strings to the SDK.
func defaultOf(s *Shape, value any) property.Value {
	v, err := property.Any(value)
	if err != nil {
		return property.Value{}
	}
	if s.Kind == String {
		return property.New(scalar(v))
	}
	return v
}

// Preview is the outputs that can be known before a resource is made or updated: what is given, what the cloud filled
// in before, and unknown where it has yet to fill in. Old is empty for a new resource.
func (t *Type) Preview(given, old property.Map) property.Map {
	return fill(t.Outputs, t.Facts, given, old, property.New(property.Computed))
}

// Carry is what is given together with what the cloud filled in before.
func (t *Type) Carry(given, old property.Map) property.Map {
	return fill(t.Outputs, t.Facts, given, old, property.Value{})
}

func fill(s *Shape, known facts.Properties, given, old property.Map, missing property.Value) property.Map {
	for _, name := range s.Names() {
		field, fact, value := s.Fields[name], known[name], given.Get(name)
		before := old.Get(name)
		switch {
		case value.IsMap() && field.Shape.Kind == Object && fieldsIn(fact) != nil:
			value = property.WithGoValue(value, fill(field.Shape, fact.Fields, value.AsMap(), asMap(before), missing))
		case !value.IsNull() || !isComputed(field, fact):
			continue
		case !before.IsNull():
			value = before
		case old.Len() == 0:
			value = missing
		}
		if !value.IsNull() {
			given = given.Set(name, value.WithSecret(value.Secret() || fact != nil && fact.Sensitive))
		}
	}
	return given
}

// isComputed says whether the cloud fills in an output that is not given. Where the provider's facts do not tell, an
// output that the SDK always has is.
func isComputed(field *Field, fact *facts.Property) bool {
	if fact != nil {
		return fact.Computed
	}
	return field.Required
}

// Returned is a resource's inputs as its outputs show them: the value given where it still holds, what the cloud has
// now where it drifted, and nothing where the cloud has nothing any more.
func (t *Type) Returned(inputs, outputs property.Map) property.Map {
	return returned(t.Facts, inputs, t.Complete(inputs), outputs)
}

// returned compares what is given, with the defaults that complete it, to what the cloud has now.
func returned(known facts.Properties, given, completed, now property.Map) property.Map {
	for name, value := range given.AllStable {
		value = returnedValue(known[name], value, completed.Get(name), now.Get(name))
		if value.IsNull() {
			given = given.Delete(name)
		} else {
			given = given.Set(name, value)
		}
	}
	return given
}

func returnedValue(fact *facts.Property, given, completed, now property.Value) property.Value {
	fields := fieldsIn(fact)
	switch {
	case same(fact, completed, now), isEmpty(given) && isEmpty(now):
		return given
	case fields != nil && given.IsMap() && now.IsMap():
		return property.WithGoValue(given, returned(fields, given.AsMap(), asMap(completed), now.AsMap()))
	case fields != nil && given.IsArray() && now.IsArray() && given.AsArray().Len() == now.AsArray().Len():
		elems := given.AsArray().AsSlice()
		for i := range elems {
			elems[i] = returnedValue(elementOf(fact), elems[i], elementIn(completed, i), elementIn(now, i))
		}
		return property.WithGoValue(given, property.NewArray(elems))
	}
	return now
}

func asMap(v property.Value) property.Map {
	if v.IsMap() {
		return v.AsMap()
	}
	return property.Map{}
}
