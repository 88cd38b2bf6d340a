package settings_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/rules"
	"haven/policy/rules/rulestest"
	"haven/policy/rules/settings"
)

func all(t *testing.T) []settings.Setting {
	t.Helper()
	list, err := settings.All()
	require.NoError(t, err)
	return list
}

// result is how a setting's rule ends for a resource with these values at its path; no value is none at all.
func result(t *testing.T, s settings.Setting, values ...any) rules.Result {
	t.Helper()
	inputs := map[string]any{}
	path, value, equals := strings.Cut(s.When, "=")
	switch {
	case strings.HasPrefix(path, "!") || path == "":
	case equals:
		beside(inputs, s, path, strings.Split(value, "|")[0])
	default:
		beside(inputs, s, path, "something")
	}
	put(inputs, s, values)
	return rulestest.Result(t, s.Alone(), rulestest.Resource(s.Type, "x", inputs))
}

// put writes values at a setting's path: each list on the way has one element.
func put(inputs map[string]any, s settings.Setting, values []any) {
	of, inside, document := strings.Cut(s.Path, "{}")
	if !document {
		set(inputs, strings.Split(s.Path, "."), values)
		return
	}
	object := map[string]any{}
	var whole any = object
	inside = strings.TrimPrefix(inside, ".")
	if rest, is := strings.CutPrefix(inside, "[*]."); is {
		inside, whole = rest, []any{object}
	}
	set(object, strings.Split(inside, "."), values)
	text, err := json.Marshal(whole)
	if err != nil {
		panic(err)
	}
	inputs[of] = string(text)
}

func set(m map[string]any, path []string, values []any) {
	name, list := strings.CutSuffix(path[0], "[*]")
	switch {
	case len(path) == 1 && list:
		m[name] = values
	case len(path) == 1 && len(values) > 0:
		m[name] = values[0]
	case len(path) == 1:
	default:
		inner, is := m[name].(map[string]any)
		if elements, isList := m[name].([]any); isList {
			inner, is = elements[0].(map[string]any)
		}
		if !is {
			inner = map[string]any{}
		}
		if m[name] = inner; list {
			m[name] = []any{inner}
		}
		set(inner, path[1:], values)
	}
}

// beside writes what a setting asks for of another property of the same object.
func beside(inputs map[string]any, s settings.Setting, path, value string) {
	if at := strings.LastIndex(s.Path, "[*]."); at >= 0 && !strings.Contains(s.Path, "{}") && s.Demand != "holds" &&
		s.Demand != "only" {
		path = s.Path[:at+len("[*].")] + path
	}
	set(inputs, strings.Split(path, "."), []any{value})
}

// right and wrong are values that meet a demand and ones that do not. A value that stands for more is written as several.
func right(s settings.Setting) (values []any, can bool) {
	switch s.Demand {
	case "is", "only", "usually":
		return []any{typed(s.Values[0])}, true
	case "holds":
		var all []any
		for _, v := range s.Values {
			all = append(all, v)
		}
		return all, strings.Count(s.Path, "[*]") == 1 && strings.HasSuffix(s.Path, "[*]")
	case "least", "most":
		n, err := strconv.ParseFloat(s.Values[0], 64)
		return []any{n}, err == nil
	case "set":
		return []any{"something"}, true
	case "unset":
		return nil, true
	}
	return nil, false
}

func typed(text string) any {
	switch text {
	case "true", "false":
		return text == "true"
	}
	return text
}

func wrong(s settings.Setting) [][]any {
	switch s.Demand {
	case "is", "only", "like":
		return [][]any{{"something else"}, {typed("")}}
	case "usually":
		return [][]any{{"something else"}}
	case "holds":
		return [][]any{{"something else"}}
	case "least":
		n, _ := strconv.ParseFloat(s.Values[0], 64)
		return [][]any{{n - 1}, {"no number"}}
	case "most":
		n, _ := strconv.ParseFloat(s.Values[0], 64)
		return [][]any{{n + 1}, {"no number"}}
	case "set":
		return [][]any{{""}}
	}
	return [][]any{{"something"}}
}

// TestEachSetting: each line of the table passes what it wants, and fails what it does not.
func TestEachSetting(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		t.Run(strings.Join([]string{s.Rule, s.Path, s.When, s.Demand, s.Values[0]}, " "), func(t *testing.T) {
			t.Parallel()
			if values, can := right(s); can {
				assert.Equal(t, rules.Pass, result(t, s, values...), "%v", values)
			}
			for _, values := range wrong(s) {
				assert.Equal(t, rules.Fail, result(t, s, values...), "%v", values)
			}
		})
	}
}

// TestWhatIsNotKnownIsUndecided: of a resource of which nothing is known, no rule finds a failure.
func TestWhatIsNotKnownIsUndecided(t *testing.T) {
	t.Parallel()
	for _, r := range settings.Rules() {
		for _, token := range r.Types {
			inputs := map[string]any{}
			for _, s := range all(t) {
				if s.Type == token {
					top, _, _ := strings.Cut(strings.NewReplacer("[", ".", "{", ".").Replace(s.Path), ".")
					inputs[top] = rulestest.Unknown
				}
			}
			outcome := rulestest.Run(t, r, rulestest.Resource(token, "x", inputs))[0]
			assert.Equal(t, rules.Undecided, outcome.Result, "%s: %s: %s", r.ID, token, outcome.Message)
		}
	}
}

func TestTheTable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range all(t) {
		line := strings.Join([]string{s.Rule, s.Type, s.Path, s.When, s.Demand}, " ")
		assert.False(t, seen[line], "%s is there twice", line)
		seen[line] = true
	}
}
