package settings

import (
	"math"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

var nan = math.NaN()

// written is a plain value as the table writes it.
func written(v property.Value) string {
	switch {
	case v.IsString():
		return v.AsString()
	case v.IsBool():
		return strconv.FormatBool(v.AsBool())
	case v.IsNumber():
		return strconv.FormatFloat(v.AsNumber(), 'f', -1, 64)
	}
	return "\x00"
}

func listed(found []property.Value) string {
	if len(found) == 0 {
		return "absent"
	}
	all := make([]string, len(found))
	for i, v := range found {
		if all[i] = strconv.Quote(written(v)); !v.IsString() && !v.IsBool() && !v.IsNumber() {
			all[i] = "an object or a list"
		}
	}
	return strings.Join(all, ", ")
}

func filled(v property.Value) bool {
	return !v.IsNull() && (!v.IsString() || v.AsString() != "") && (!v.IsArray() || v.AsArray().Len() > 0)
}

// asMap is an object as JSON has it; what is none is one without properties.
func asMap(object any) property.Map {
	m, _ := object.(map[string]any)
	return resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(m))
}
