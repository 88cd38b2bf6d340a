package mutation_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// statements are the variants of a policy document: what each statement allows widened in its principals, actions,
// resources and conditions, what it denies narrowed, and each left out.
func statements(document map[string]any, path string) []variant {
	list, is := document["Statement"].([]any)
	if !is {
		list = []any{document["Statement"]}
	}
	var all []variant
	for i, raw := range list {
		s, is := raw.(map[string]any)
		if !is {
			continue
		}
		at := fmt.Sprintf("%s{%d}", path, i)
		if sid, is := s["Sid"].(string); is {
			at = fmt.Sprintf("%s{%s}", path, sid)
		}
		if len(list) > 1 {
			operator := removed
			if s["Effect"] == "Allow" {
				operator = "revoked"
			}
			all = append(all, written(document, slices.Delete(slices.Clone(list), i, i+1), at, operator))
		}
		for _, c := range statement(s) {
			with := slices.Clone(list)
			with[i] = c.statement
			all = append(all, written(document, with, at+c.path, c.operator))
		}
	}
	return all
}

func written(document map[string]any, list []any, path, operator string) variant {
	changed := maps.Clone(document)
	changed["Statement"] = list
	text, err := json.Marshal(changed)
	if err != nil {
		panic(err)
	}
	return variant{path, operator, property.New(string(text))}
}

type rewritten struct {
	path, operator string
	statement      map[string]any
}

func statement(s map[string]any) []rewritten {
	if s["Effect"] == "Deny" {
		return narrowed(s)
	}
	return widened(s)
}

func with(s map[string]any, name string, value any) map[string]any {
	changed := maps.Clone(s)
	if changed[name] = value; value == nil {
		delete(changed, name)
	}
	return changed
}

// widened are the ways to allow more.
func widened(s map[string]any) []rewritten {
	var all []rewritten
	if p := s["Principal"]; p != nil && p != "*" {
		all = append(all, rewritten{".Principal", "opened", with(s, "Principal", map[string]any{"AWS": "*"})})
		if kinds, is := p.(map[string]any); is && kinds["AWS"] != "*" {
			for _, kind := range slices.Sorted(maps.Keys(kinds)) {
				added := maps.Clone(kinds)
				switch kind {
				case "Federated":
					continue
				case "Service":
					added["AWS"] = append(texts(kinds["AWS"]), "arn:aws:iam::999999999999:root")
				default:
					added[kind] = append(texts(kinds[kind]), "arn:aws:iam::999999999999:root")
				}
				all = append(all, rewritten{".Principal", "stranger", with(s, "Principal", added)})
				break
			}
		}
	}
	actions := texts(s["Action"])
	for i, action := range actions {
		service, _, _ := strings.Cut(action, ":")
		if whole := service + ":*"; action != whole && action != "*" {
			changed := slices.Clone(actions)
			changed[i] = whole
			all = append(all, rewritten{".Action", "widened", with(s, "Action", changed)})
		}
	}
	resources := texts(s["Resource"])
	for i, resource := range resources {
		if resource != "*" {
			changed := slices.Clone(resources)
			changed[i] = "*"
			all = append(all, rewritten{".Resource", "opened", with(s, "Resource", changed)})
		}
	}
	conditions, _ := s["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		keys, _ := conditions[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			fewer := maps.Clone(keys)
			delete(fewer, key)
			changed := maps.Clone(conditions)
			if changed[operator] = fewer; len(fewer) == 0 {
				delete(changed, operator)
			}
			to := with(s, "Condition", changed)
			if len(changed) == 0 {
				delete(to, "Condition")
			}
			all = append(all, rewritten{".Condition." + operator + "." + key, removed, to})
		}
	}
	return all
}

// narrowed are the ways to deny less.
func narrowed(s map[string]any) []rewritten {
	var all []rewritten
	for _, name := range []string{"Action", "Resource"} {
		list := texts(s[name])
		for i := range list {
			if len(list) > 1 {
				all = append(all, rewritten{"." + name, "narrowed", with(s, name, slices.Delete(slices.Clone(list), i, i+1))})
			}
		}
	}
	if s["Principal"] != nil {
		all = append(all, rewritten{".Principal", "narrowed",
			with(s, "Principal", map[string]any{"AWS": "arn:aws:iam::123456789012:role/somebody"})})
	}
	conditions, _ := s["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		keys, _ := conditions[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			changed, values := maps.Clone(keys), texts(keys[key])
			switch {
			case operator == "Bool" && len(values) == 1:
				changed[key] = map[string]string{"true": "false", "false": "true"}[values[0]]
			case strings.Contains(operator, "Not"):
				changed[key] = append(values, "*")
			default:
				continue
			}
			all = append(all, rewritten{".Condition." + operator + "." + key, "narrowed",
				with(s, "Condition", with(conditions, operator, changed))})
		}
	}
	all = append(all, rewritten{".Effect", "to Allow", with(s, "Effect", "Allow")})
	return all
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, one := range v {
			if text, is := one.(string); is {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}
