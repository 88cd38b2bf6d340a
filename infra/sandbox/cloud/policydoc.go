package cloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// policyDocument is an IAM policy as AWS reads it:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html.
type policyDocument struct {
	Version   string
	ID        string `json:"Id"`
	Statement oneOrMany[statement]
}

type statement struct {
	Sid          string
	Effect       string
	Principal    *principals
	NotPrincipal *principals
	Action       oneOrMany[string]
	NotAction    oneOrMany[string]
	Resource     oneOrMany[string]
	NotResource  oneOrMany[string]
	Condition    map[string]map[string]oneOrMany[any]
}

// oneOrMany is a list that may be written as its only element.
type oneOrMany[T any] []T

func (l *oneOrMany[T]) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		return strictly(raw, (*[]T)(l))
	}
	var one T
	if err := strictly(raw, &one); err != nil {
		return err
	}
	*l = []T{one}
	return nil
}

// principals are by kind: "AWS", "Service", "Federated", "CanonicalUser"; the bare "*" is every AWS principal.
type principals map[string]oneOrMany[string]

func (p *principals) UnmarshalJSON(raw []byte) error {
	if string(raw) == `"*"` {
		*p = principals{"AWS": {"*"}}
		return nil
	}
	return strictly(raw, (*map[string]oneOrMany[string])(p))
}

func strictly(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

var errNoPolicy = errors.New("no policy")

func parsePolicy(text string) (policyDocument, error) {
	var document policyDocument
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || !json.Valid([]byte(text)) {
		return document, errNoPolicy
	}
	return document, strictly([]byte(text), &document)
}

// size is what counts against a quota: characters without white space.
func policySize(text string) int { return len(strings.Join(strings.Fields(text), "")) }

// allows says whether a statement allows one of a kind of principal to do something to a resource, in a context of
// condition keys; a key that the context does not have satisfies no condition, as in IAM.
func (s statement) allows(kind, principal, action, resource string, context map[string]string) bool {
	return s.Effect == "Allow" && s.names(kind, principal) && s.covers(action, resource) && s.holds(context)
}

func (s statement) names(kind, principal string) bool {
	if s.Principal == nil {
		return false
	}
	for _, name := range (*s.Principal)[kind] {
		if name == "*" || name == principal {
			return true
		}
	}
	return false
}

func (s statement) covers(action, resource string) bool {
	return matchesAny(s.Action, strings.ToLower(action), strings.ToLower) &&
		(len(s.Resource) == 0 || matchesAny(s.Resource, resource, func(p string) string { return p }))
}

func (s statement) holds(context map[string]string) bool {
	for operator, tests := range s.Condition {
		for key, wanted := range tests {
			value, known := context[key]
			if !known || !conditionHolds(operator, value, wanted) {
				return false
			}
		}
	}
	return true
}

// conditionHolds knows the operators by which resource policies narrow their callers:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html.
func conditionHolds(operator, value string, wanted oneOrMany[any]) bool {
	for _, one := range wanted {
		pattern, isText := one.(string)
		switch operator {
		case "StringEquals", "StringEqualsIfExists":
			if isText && pattern == value {
				return true
			}
		case "StringLike", "ArnLike", "ArnEquals", "StringLikeIfExists", "ArnLikeIfExists":
			if isText && matches(pattern, value) {
				return true
			}
		}
	}
	return false
}

func matchesAny(patterns []string, value string, fold func(string) string) bool {
	for _, pattern := range patterns {
		if matches(fold(pattern), value) {
			return true
		}
	}
	return false
}

// matches compares with IAM's wildcards: * is any text, ? is any one character.
func matches(pattern, value string) bool {
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := 0; i <= len(value); i++ {
				if matches(pattern[1:], value[i:]) {
					return true
				}
			}
			return false
		case value == "" || pattern[0] != '?' && pattern[0] != value[0]:
			return false
		}
		pattern, value = pattern[1:], value[1:]
	}
	return value == ""
}

// strangers are the roles of the call's own account that a policy names and that do not exist.
func (d policyDocument) strangers(c *Call) []string {
	var missing []string
	for _, s := range d.Statement {
		for _, set := range []*principals{s.Principal, s.NotPrincipal} {
			if set == nil {
				continue
			}
			for _, name := range (*set)["AWS"] {
				_, account, resource, isARN := arnParts(name)
				if !isARN || account != c.Account || !strings.HasPrefix(resource, "role/") {
					continue
				}
				_, found := c.findGlobal(iamRole, "arn", name)
				if _, linked := c.findGlobal(iamServiceLinkedRole, "arn", name); !found && !linked {
					missing = append(missing, name)
				}
			}
		}
	}
	return missing
}
