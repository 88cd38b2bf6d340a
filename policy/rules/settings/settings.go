package settings

import (
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
	"haven/policy/rules"
)

// Setting is one demand on one property.
type Setting struct {
	Rule, Type, Path, When, Demand string
	Values                         []string
}

//go:embed settings.csv
var text string

var parsed = sync.OnceValues(func() ([]Setting, error) { return read(text) })

// All are all of them.
func All() ([]Setting, error) { return parsed() }

const columns = 6

func read(text string) ([]Setting, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = columns
	records, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	var all []Setting
	for _, r := range records[1:] {
		s := Setting{Rule: r[0], Type: r[1], Path: r[2], When: r[3], Demand: r[4], Values: []string{r[5]}}
		if s.Demand != "like" {
			s.Values = strings.Split(r[5], "|")
		}
		if demands[s.Demand] == nil {
			return nil, fmt.Errorf("settings: %s: %s: there is no demand %q", s.Rule, s.Path, s.Demand)
		}
		all = append(all, s)
	}
	return all, nil
}

// Rules are a rule for each name in the table.
func Rules() []rules.Rule {
	all, err := All()
	if err != nil {
		panic(err) // the table is part of the program
	}
	var list []rules.Rule
	for _, s := range all {
		at := slices.IndexFunc(list, func(r rules.Rule) bool { return r.ID == s.Rule })
		if at < 0 {
			list, at = append(list, rule(s.Rule, all)), len(list)
		}
		if !slices.Contains(list[at].Types, s.Type) {
			list[at].Types = append(list[at].Types, s.Type)
		}
	}
	return list
}

// Alone is the rule of one demand only.
func (s Setting) Alone() rules.Rule {
	return rules.Rule{ID: s.Rule, Types: []string{s.Type}, Check: s.check}
}

func rule(id string, all []Setting) rules.Rule {
	return rules.Rule{ID: id, Check: func(l *rules.Look) {
		for _, s := range all {
			if s.Rule == id && s.Type == l.Resource.Type {
				s.check(l)
			}
		}
	}}
}

// dictated are the types of which a property is whatever another resource dictates where it is made from that, and which
// other ones go by it. They are looked at once they are known, before the resource is made.
var dictated = map[string]struct {
	path, from string
	whole      bool // all that is demanded of the resource goes by it
}{
	// the record by which a certificate is validated
	"aws:route53/record:Record": {path: "type", from: "aws:acm/certificate:Certificate", whole: true},
	// the agent of a service, which a project has once the service is turned on
	"gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": {path: "member", from: "gcp:projects/service:Service"},
	"gcp:storage/bucketIAMMember:BucketIAMMember":   {path: "member", from: "gcp:projects/service:Service"},
}

// check looks at each object on the way to the property.
func (s Setting) check(l *rules.Look) {
	if by, is := dictated[s.Type]; is && (by.whole || s.Path == by.path) && l.MadeFrom(by.path, by.from) {
		return
	}
	path := s.Path
	if of, inside, is := strings.Cut(path, "{}"); is {
		s.document(l, of, strings.TrimPrefix(inside, "."))
		return
	}
	looks := []*rules.Look{l}
	for before, after, more := cut(path, s.whole()); more; before, after, more = cut(path, s.whole()) {
		var inner []*rules.Look
		for _, look := range looks {
			inner = append(inner, look.Each(before)...)
		}
		looks, path = inner, after
	}
	for _, look := range looks {
		if s.asked(look) && s.known(look, path) && !s.meets(s.values(look, path), look.Filled(path)) {
			look.Refuse(path, s.want(), s.fix(path))
		}
	}
}

// known says whether enough is known: of what must only be there, not what it is.
func (s Setting) known(l *rules.Look, path string) bool {
	return s.Demand == "set" || s.Demand == "unset" || l.Known(path)
}

func (s Setting) values(l *rules.Look, path string) []property.Value {
	if s.Demand == "set" || s.Demand == "unset" {
		return nil
	}
	return l.Values(path)
}

// whole says whether it is about all the values at its path together.
func (s Setting) whole() bool { return s.Demand == "holds" || s.Demand == "only" }

// cut is a path up to the first list of objects in it, and from there on.
func cut(path string, whole bool) (before, after string, more bool) {
	if whole {
		return "", "", false
	}
	return strings.Cut(path, "[*].")
}

func (s Setting) asked(l *rules.Look) bool {
	path, value, equals := strings.Cut(s.When, "=")
	negated := strings.HasPrefix(path, "!")
	path = strings.TrimPrefix(path, "!")
	switch {
	case path == "":
		return true
	case !equals && l.Foreign(path): // whatever it is, it is there
		return !negated
	case !l.Known(path):
		return false
	case equals:
		return s.among(l.Values(path), strings.Split(value, "|")) != negated
	}
	return l.Filled(path) != negated
}

func (s Setting) among(found []property.Value, wanted []string) bool {
	return slices.ContainsFunc(found, func(v property.Value) bool { return slices.Contains(wanted, written(v)) })
}

// document looks into a text that is JSON, be it an object or a list of them.
func (s Setting) document(l *rules.Look, of, inside string) {
	text := l.Text(of)
	var read any
	if text == "" || !s.asked(l) || json.Unmarshal([]byte(text), &read) != nil {
		return
	}
	objects := []any{read}
	if rest, is := strings.CutPrefix(inside, "[*]."); is {
		objects, _ = read.([]any)
		inside = rest
	}
	for _, object := range objects {
		m := asMap(object)
		found := props.At(m, inside)
		if !s.meets(found, slices.ContainsFunc(found, filled)) {
			l.RefuseFound(of, "a document in which "+inside+" is "+listed(found), s.want(), s.fix(inside))
		}
	}
}

func (s Setting) meets(found []property.Value, filled bool) bool {
	return demands[s.Demand](found, filled, s.Values)
}

// demands say whether values, of which some are or are not filled, are as wanted.
var demands = map[string]func(found []property.Value, filled bool, wanted []string) bool{
	"set":   func(_ []property.Value, filled bool, _ []string) bool { return filled },
	"unset": func(_ []property.Value, filled bool, _ []string) bool { return !filled },
	"is": func(found []property.Value, _ bool, wanted []string) bool {
		return len(found) > 0 && each(found, in(wanted))
	},
	"only": func(found []property.Value, _ bool, wanted []string) bool {
		return len(found) > 0 && each(found, in(wanted))
	},
	"usually": func(found []property.Value, _ bool, wanted []string) bool {
		return each(found, in(wanted))
	},
	"holds": func(found []property.Value, _ bool, wanted []string) bool {
		return !slices.ContainsFunc(wanted, func(w string) bool {
			return !slices.ContainsFunc(found, func(v property.Value) bool { return written(v) == w })
		})
	},
	"least": func(found []property.Value, _ bool, wanted []string) bool {
		return len(found) > 0 && each(found, func(v property.Value) bool { return number(v) >= bound(wanted) })
	},
	"most": func(found []property.Value, _ bool, wanted []string) bool {
		return len(found) > 0 && each(found, func(v property.Value) bool { return number(v) <= bound(wanted) })
	},
	"like": func(found []property.Value, _ bool, wanted []string) bool {
		re := regexp.MustCompile(wanted[0])
		return len(found) > 0 && each(found, func(v property.Value) bool { return re.MatchString(written(v)) })
	},
}

func each(found []property.Value, is func(property.Value) bool) bool {
	return !slices.ContainsFunc(found, func(v property.Value) bool { return !is(v) })
}

func in(wanted []string) func(property.Value) bool {
	return func(v property.Value) bool { return slices.Contains(wanted, written(v)) }
}

// number is a number, be it written as a text; one that is none is no number, and meets no bound.
func number(v property.Value) float64 {
	n, err := strconv.ParseFloat(written(v), 64)
	if err != nil {
		return nan
	}
	return n
}

func bound(wanted []string) float64 { return number(property.New(wanted[0])) }

func (s Setting) want() string {
	switch s.Demand {
	case "set":
		return "something"
	case "unset":
		return "nothing"
	case "least":
		return s.Values[0] + " or more"
	case "most":
		return s.Values[0] + " or less"
	case "like":
		return "what " + s.Values[0] + " matches"
	case "holds":
		return "all of " + strings.Join(s.Values, ", ")
	}
	return strings.Join(s.Values, " or ")
}

func (s Setting) fix(path string) string {
	switch s.Demand {
	case "unset":
		return "remove it"
	case "set", "like":
		return "set " + path
	case "holds":
		return "add what is missing"
	}
	return "set " + path + " to " + s.Values[0]
}
