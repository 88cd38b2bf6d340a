package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
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
	plain := props.Plain(v, "(an asset, archive or reference)")
	text, err := json.Marshal(plain)
	if err != nil {
		return fmt.Sprintf("of type %T", plain)
	}
	return cut(string(text))
}

func cut(text string) string {
	if utf8.RuneCountInString(text) <= longestShown {
		return text
	}
	return string([]rune(text)[:longestShown-1]) + "…"
}
