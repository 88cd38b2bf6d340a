package cloud

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// At is every value at a path such as "subnetIds[*]" or "rules[*].filter.prefix", in order. What is absent or null on
// the way gives nothing; unknown values are given as they are.
func At(m property.Map, path string) []property.Value {
	found := []property.Value{property.New(m)}
	for step := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(step, "[*]")
		found = descend(found, name, each)
	}
	return found
}

func descend(values []property.Value, name string, each bool) []property.Value {
	var found []property.Value
	for _, v := range values {
		if !v.IsMap() {
			continue
		}
		child := v.AsMap().Get(name)
		switch {
		case child.IsNull():
		case each && child.IsArray():
			found = append(found, child.AsArray().AsSlice()...)
		case !each:
			found = append(found, child)
		}
	}
	return found
}

// Texts is every known, non-empty string at a path.
func Texts(m property.Map, path string) []string {
	var found []string
	for _, v := range At(m, path) {
		if v.IsString() && v.AsString() != "" {
			found = append(found, v.AsString())
		}
	}
	return found
}

// textAt is the first string at a path, "" where there is none.
func textAt(m property.Map, path string) string {
	if all := Texts(m, path); len(all) > 0 {
		return all[0]
	}
	return ""
}

// numberAt is the first number at a path; false where there is none.
func numberAt(m property.Map, path string) (int, bool) {
	for _, v := range At(m, path) {
		if v.IsNumber() {
			return int(v.AsNumber()), true
		}
	}
	return 0, false
}

// flagAt says whether the first boolean at a path is true.
func flagAt(m property.Map, path string) bool {
	for _, v := range At(m, path) {
		if v.IsBool() {
			return v.AsBool()
		}
	}
	return false
}

// mapsAt is every object at a path.
func mapsAt(m property.Map, path string) []property.Map {
	var found []property.Map
	for _, v := range At(m, path) {
		if v.IsMap() {
			found = append(found, v.AsMap())
		}
	}
	return found
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
