package mutation_test

import (
	"strings"

	"haven/policy/rules"
)

// about says which rules are about what, where their messages do not: rows of a rule's name, a type and a path.
type about []row

// says says whether the rule that found something is about what was changed.
func (a about) says(o rules.Outcome, m mutant) bool {
	if named(o.Message, m) {
		return true
	}
	for _, r := range a {
		if r.what[0].MatchString(o.Rule) && r.what[1].MatchString(m.of.Type) && r.what[2].MatchString(m.pattern()) {
			return true
		}
	}
	return false
}

// named says whether a message names what was changed: the property, by any step of its path, or the resource that is
// gone, by its type or its name.
func named(message string, m mutant) bool {
	if m.path == "" {
		kind := m.of.Type[strings.LastIndex(m.of.Type, ":")+1:]
		return strings.Contains(message, kind) || strings.Contains(message, m.of.Name())
	}
	for step := range strings.SplitSeq(m.pattern(), ".") {
		step, _, _ = strings.Cut(strings.ReplaceAll(step, "[*]", ""), "{")
		if step != "" && strings.Contains(message, step) {
			return true
		}
	}
	return false
}
