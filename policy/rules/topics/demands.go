package topics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

// on is a rule about the resources of one or more types.
func on(id string, check func(*rules.Look), types ...string) rules.Rule {
	return rules.Rule{ID: id, Types: types, Check: check}
}

// across is a rule that looks at what other resources say of its own.
func across(id string, check func(*rules.Look), types ...string) rules.Rule {
	return rules.Rule{ID: id, Types: types, Whole: true, Check: check}
}

// must demands that a flag is set.
func must(path string) func(*rules.Look) {
	return func(l *rules.Look) { yes(l, path) }
}

func yes(l *rules.Look, path string) {
	if !l.Flag(path) {
		l.Refuse(path, "true", "set "+path+" to true")
	}
}

// mustNot demands that a flag is not set.
func mustNot(path string) func(*rules.Look) {
	return func(l *rules.Look) { no(l, path) }
}

func no(l *rules.Look, path string) {
	if l.Flag(path) {
		l.Refuse(path, "false", "set "+path+" to false")
	}
}

// given demands that something stands there; why says what for.
func given(path, why string) func(*rules.Look) {
	return func(l *rules.Look) { has(l, path, why) }
}

func has(l *rules.Look, path, why string) {
	if !filled(l, path) {
		l.Refuse(path, why, "set "+path)
	}
}

// filled says whether something other than an empty text or list stands at a path; what is unknown does.
func filled(l *rules.Look, path string) bool { return l.Filled(path) }

// among demands one of these values.
func among(path string, allowed ...string) func(*rules.Look) {
	return func(l *rules.Look) { oneOf(l, path, allowed...) }
}

func oneOf(l *rules.Look, path string, allowed ...string) {
	if !slices.Contains(allowed, l.Text(path)) {
		l.Refuse(path, listed(allowed), "set "+path+" to "+allowed[0])
	}
}

// usually is [among] for what is right as well where nothing is said.
func usually(path string, allowed ...string) func(*rules.Look) {
	return func(l *rules.Look) {
		if l.Has(path) {
			oneOf(l, path, allowed...)
		}
	}
}

func listed(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return strings.Join(quoted, " or ")
}

// least demands a number of at least that much, most one that is there and no more than that.
func least(path string, bound float64) func(*rules.Look) {
	return func(l *rules.Look) {
		if n, is := l.Number(path); !is || n < bound {
			l.Refuse(path, fmt.Sprintf("%v or more", bound), fmt.Sprintf("set %s to %v", path, bound))
		}
	}
}

func most(path string, bound float64) func(*rules.Look) {
	return func(l *rules.Look) {
		if n, is := l.Number(path); !is || n > bound {
			l.Refuse(path, fmt.Sprintf("%v or less", bound), fmt.Sprintf("set %s to %v", path, bound))
		}
	}
}

// both demands all of these.
func both(checks ...func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, check := range checks {
			check(l)
		}
	}
}

// where demands something only of resources with one of these values at a path.
func where(path string, values []string, check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		if slices.Contains(values, l.Text(path)) {
			check(l)
		}
	}
}

// companion demands that a resource of that type names this one at a path, and that check finds nothing wrong with it.
func companion(token, path, what string, check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		found := near(l, token, path)
		if len(found) == 0 {
			lacks(l, "no "+kind(token)+" names it", what, "declare a "+kind(token)+" with it as "+path)
		}
		for _, other := range found {
			if check != nil {
				check(other)
			}
		}
	}
}

// lacks refuses a resource for what is missing, unless that may be among what is not known.
func lacks(l *rules.Look, found, want, fix string, witness ...*graph.Resource) {
	if l.Sure() {
		l.RefuseFound("", found, want, fix, witness...)
	}
}

// near are the resources of a type that name this one at a path, in its own region: the same name may be another
// resource's in another region.
func near(l *rules.Look, token, path string) []*rules.Look {
	return slices.DeleteFunc(l.Naming(token, path), func(other *rules.Look) bool {
		return other.Resource.Region != l.Resource.Region
	})
}

// kind is the last part of a type token, "FlowLog".
func kind(token string) string { return token[strings.LastIndex(token, ":")+1:] }
