package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// longestShown is how many characters of a value a message shows.
const longestShown = 120

// show writes values as a message does: a secret is not shown, and what is long is cut.
func show(values []property.Value) string {
	var shown []string
	for _, v := range values {
		shown = append(shown, showOne(v))
	}
	switch len(shown) {
	case 0:
		return "absent"
	case 1:
		return shown[0]
	}
	return cut("[" + strings.Join(shown, ", ") + "]")
}

func showOne(v property.Value) string {
	switch {
	case v.HasSecrets():
		return "a secret"
	case v.HasComputed():
		return "not known"
	case v.IsNull():
		return "absent"
	}
	text, err := json.Marshal(plain(v))
	if err != nil {
		return fmt.Sprintf("of type %T", plain(v))
	}
	return cut(string(text))
}

func cut(text string) string {
	if utf8.RuneCountInString(text) <= longestShown {
		return text
	}
	return string([]rune(text)[:longestShown-1]) + "…"
}

// plain is a known value as Go's own types.
func plain(v property.Value) any {
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
			list = append(list, plain(element))
		}
		return list
	case v.IsMap():
		object := map[string]any{}
		for name, element := range v.AsMap().All {
			object[name] = plain(element)
		}
		return object
	case v.IsNull():
		return nil
	}
	return "(an asset, archive or reference)"
}
