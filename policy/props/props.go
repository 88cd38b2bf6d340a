// Package props reads resources' properties by path, and survives whatever stands there: nothing, something of another
// type, a value that is not known yet.
//
// What is unknown is never taken for absent: whoever decides something from a property asks [Known] first.
package props

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// At is every value at a path such as "subnetIds[*]" or "rules[*].filter.prefix", in order. What is absent or null on
// the way gives nothing; a value that is not known gives itself, whatever the path says of its inside.
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
		switch {
		case v.IsComputed():
			found = append(found, v)
		case v.IsMap():
			found = append(found, child(v.AsMap().Get(name), each)...)
		}
	}
	return found
}

func child(v property.Value, each bool) []property.Value {
	switch {
	case v.IsNull():
		return nil
	case each && v.IsArray():
		return v.AsArray().AsSlice()
	case each && !v.IsComputed():
		return nil
	}
	return []property.Value{v}
}

// Plain is a value as Go's own types, which JSON encodes; otherwise stands for what none of them is: an asset, a reference
// or what is not known. What is null is nil.
func Plain(v property.Value, otherwise any) any {
	switch {
	case v.IsString():
		return v.AsString()
	case v.IsNumber():
		return v.AsNumber()
	case v.IsBool():
		return v.AsBool()
	case v.IsArray():
		list := []any{}
		for _, element := range v.AsArray().All {
			list = append(list, Plain(element, otherwise))
		}
		return list
	case v.IsMap():
		object := map[string]any{}
		for name, element := range v.AsMap().All {
			object[name] = Plain(element, otherwise)
		}
		return object
	case v.IsNull():
		return nil
	}
	return otherwise
}

// Partial says whether a value is a text that holds unknown ones, as a document in a preview may.
func Partial(v property.Value) bool {
	return v.IsString() && strings.Contains(v.AsString(), sig.UnknownStringValue)
}

// Known says whether nothing at a path is unknown, be it by itself or inside.
func Known(m property.Map, path string) bool {
	for _, v := range At(m, path) {
		if v.HasComputed() {
			return false
		}
	}
	return true
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

// Text is the first string at a path, "" where there is none.
func Text(m property.Map, path string) string {
	if all := Texts(m, path); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Number is the first number at a path; false where there is none.
func Number(m property.Map, path string) (float64, bool) {
	for _, v := range At(m, path) {
		if v.IsNumber() {
			return v.AsNumber(), true
		}
	}
	return 0, false
}

// Flag says whether the first boolean at a path is true.
func Flag(m property.Map, path string) bool {
	for _, v := range At(m, path) {
		if v.IsBool() {
			return v.AsBool()
		}
	}
	return false
}

// Maps is every object at a path.
func Maps(m property.Map, path string) []property.Map {
	var found []property.Map
	for _, v := range At(m, path) {
		if v.IsMap() {
			found = append(found, v.AsMap())
		}
	}
	return found
}
