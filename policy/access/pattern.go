package access

import "strings"

// pattern is text with wildcards; what stands for a policy variable is text, whatever is in it.
type pattern []token

type token struct {
	kind wild
	char byte
}

type wild int

const (
	exactly wild = iota
	anyChar      // ?
	anyText      // *
)

// plain is a pattern without variables.
func plain(text string) pattern {
	compiled := make(pattern, 0, len(text))
	for i := range len(text) {
		compiled = append(compiled, tokenOf(text[i]))
	}
	return compiled
}

func tokenOf(char byte) token {
	switch char {
	case '*':
		return token{kind: anyText}
	case '?':
		return token{kind: anyChar}
	}
	return token{char: char}
}

// literal is the pattern with each wildcard standing for itself.
func (p pattern) literal() pattern {
	for i, t := range p {
		switch t.kind {
		case anyText:
			p[i] = token{char: '*'}
		case anyChar:
			p[i] = token{char: '?'}
		}
	}
	return p
}

// compile puts the request's values in the place of policy variables; false where the request lacks one, and then the
// pattern matches nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func compile(text string, context Context) (pattern, bool) {
	var compiled pattern
	for text != "" {
		before, rest, found := strings.Cut(text, "${")
		compiled = append(compiled, plain(before)...)
		if !found {
			return compiled, true
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return append(compiled, plain("${"+rest)...), true
		}
		value, known := variable(name, context)
		if !known {
			return nil, false
		}
		for i := range len(value) {
			compiled = append(compiled, token{char: value[i]})
		}
		text = after
	}
	return compiled, true
}

// widest is the pattern with each variable standing for any text.
func widest(text string) pattern {
	var compiled pattern
	for text != "" {
		before, rest, found := strings.Cut(text, "${")
		compiled = append(compiled, plain(before)...)
		if !found {
			break
		}
		compiled = append(compiled, token{kind: anyText})
		_, text, _ = strings.Cut(rest, "}")
	}
	return compiled
}

// variables are the names of the policy variables in a text that stand for keys.
func variables(text string) []string {
	var names []string
	for {
		_, rest, found := strings.Cut(text, "${")
		if !found {
			return names
		}
		name, after, _ := strings.Cut(rest, "}")
		if name, _, _ = strings.Cut(name, ","); len(name) > 1 {
			names = append(names, strings.TrimSpace(name))
		}
		text = after
	}
}

// matcher is a pattern of a document.
type matcher struct {
	text string
	// wild says that there are wildcards in it, variable that there are policy variables.
	wild, variable bool
	compiled       pattern
}

func newMatcher(text string) matcher {
	m := matcher{text: text, wild: strings.ContainsAny(text, "*?"), variable: strings.Contains(text, "${")}
	if m.wild {
		m.compiled = plain(text)
	}
	return m
}

func matchers(texts []string) []matcher {
	var all []matcher
	for _, text := range texts {
		all = append(all, newMatcher(text))
	}
	return all
}

// actionMatchers are for actions in small letters: their case does not count, and they have no variables.
func actionMatchers(texts []string) []matcher {
	all := matchers(texts)
	for i, m := range all {
		all[i] = newMatcher(strings.ToLower(m.text))
	}
	return all
}

// matches is for what has no variables, or where they stand for themselves.
func (m matcher) matches(text string) bool {
	if !m.wild {
		return m.text == text
	}
	return glob(m.compiled, text)
}

// MatchesAction says whether an action is of a pattern of actions, whose case does not count.
func MatchesAction(pattern, action string) bool {
	return newMatcher(strings.ToLower(pattern)).matches(strings.ToLower(action))
}

func variable(name string, context Context) (string, bool) {
	if name == "*" || name == "?" || name == "$" {
		return name, true
	}
	name, fallback, hasFallback := strings.Cut(name, ",")
	values, _ := context.get(strings.TrimSpace(name))
	switch {
	case len(values) == 1:
		return values[0], true
	case len(values) == 0 && hasFallback:
		return strings.Trim(strings.TrimSpace(fallback), "'"), true
	}
	return "", false
}

// glob says whether text is of a pattern, in time linear in both for each *.
func glob(p pattern, text string) bool {
	at, from := 0, 0
	star, resume := -1, 0
	for from < len(text) {
		switch {
		case at < len(p) && p[at].kind == anyText:
			star, resume = at, from
			at++
		case at < len(p) && (p[at].kind == anyChar || p[at].kind == exactly && p[at].char == text[from]):
			at++
			from++
		case star >= 0:
			resume++
			at, from = star+1, resume
		default:
			return false
		}
	}
	for at < len(p) && p[at].kind == anyText {
		at++
	}
	return at == len(p)
}

// arnParts are the six parts of an ARN; the last may hold colons.
const arnParts = 6

// globARN compares part by part, so that no wildcard reaches over a colon of the first five.
func globARN(wanted string, context Context, value string) bool {
	patterns, parts := strings.SplitN(wanted, ":", arnParts), strings.SplitN(value, ":", arnParts)
	if len(parts) != arnParts {
		return false
	}
	if wanted == anyone || strings.Contains(wanted, "${") { // a variable's value has colons of its own
		return like(wanted, context, value)
	}
	if len(patterns) != arnParts {
		return false
	}
	for i := range patterns {
		compiled, known := compile(patterns[i], context)
		if !known || !glob(compiled, parts[i]) {
			return false
		}
	}
	return true
}
