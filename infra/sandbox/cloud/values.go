package cloud

import (
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// numberAt is the first number at a path, whole; false where there is none.
func numberAt(m property.Map, path string) (int, bool) {
	number, is := props.Number(m, path)
	return int(number), is
}

// absent says that a property was not given, or is empty; an unknown one was given.
func absent(m property.Map, name string) bool {
	v := m.Get(name)
	return v.IsNull() || v.IsString() && v.AsString() == "" || v.IsArray() && v.AsArray().Len() == 0
}

func strs(values ...string) property.Value {
	all := make([]property.Value, len(values))
	for i, v := range values {
		all[i] = property.New(v)
	}
	return property.New(all)
}

func num(n int) property.Value { return property.New(float64(n)) }

func object(fields map[string]property.Value) property.Value { return property.New(fields) }
