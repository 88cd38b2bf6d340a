package iamdoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Identity is the JSON of a policy attached to a role: no statement names a principal. The error names everything that
// is wrong.
func (d Document) Identity() (string, error) { return d.render(identity) }

// Trust is the JSON of a role's trust policy: each statement names principals and none a resource. The error names
// everything that is wrong.
func (d Document) Trust() (string, error) { return d.render(trust) }

// Resource is the JSON of a policy attached to a bucket, a key, an endpoint, a secret: each statement names principals
// and resources. The error names everything that is wrong.
func (d Document) Resource() (string, error) { return d.render(resource) }

// Repository is the JSON of a policy attached to an ECR repository: each statement names principals and none a resource,
// for it speaks of its own repository only. The error names everything that is wrong.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
func (d Document) Repository() (string, error) { return d.render(repository) }

func (d Document) render(k kind) (string, error) {
	if err := d.validate(k); err != nil {
		return "", err
	}
	text := d.json()
	if len(text) > k.size {
		return "", fmt.Errorf("%s: %d characters, expected at most %d; name fewer values, or use wildcards",
			k.name, len(text), k.size)
	}
	return text, nil
}

type documentJSON struct {
	Version   string
	Statement []statementJSON
}

type statementJSON struct {
	Sid       string `json:",omitempty"`
	Effect    Effect
	Principal any        `json:",omitempty"`
	Action    []string   `json:",omitempty"`
	NotAction []string   `json:",omitempty"`
	Resource  []string   `json:",omitempty"`
	Condition Conditions `json:",omitempty"`
}

func (d Document) json() string {
	out := documentJSON{Version: "2012-10-17"}
	for _, s := range d.Statements {
		out.Statement = append(out.Statement, statementJSON{
			Sid:       s.Sid,
			Effect:    s.effect(),
			Principal: s.Principals.json(),
			Action:    set(s.Actions),
			NotAction: set(s.NotActions),
			Resource:  set(s.Resources),
			Condition: s.Conditions.sorted(),
		})
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		panic(err) // strings, lists and maps of strings always encode
	}
	return strings.TrimSpace(text.String())
}

func (s Statement) effect() Effect {
	if s.Effect == "" {
		return Allow
	}
	return s.Effect
}

func (p Principals) json() any {
	if p.Anyone {
		return "*"
	}
	named := map[string][]string{}
	for kind, values := range map[string][]string{"AWS": p.AWS, "Service": p.Services, "Federated": p.Federated} {
		if len(values) > 0 {
			named[kind] = set(values)
		}
	}
	if len(named) == 0 {
		return nil
	}
	return named
}

func (c Conditions) sorted() Conditions {
	out := Conditions{}
	for operator, keys := range c {
		out[operator] = map[string][]string{}
		for key, values := range keys {
			out[operator][key] = set(values)
		}
	}
	return out
}

// set is the values sorted and without repetition.
func set(values []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}
