package schema

import (
	"fmt"
	"regexp"
	"strings"
)

// location is where in a resource a value stands.
type location []step

// step is a property's name, or an index where the name is empty.
type step struct {
	name  string
	index int
}

func (l location) field(name string) location { return append(l[:len(l):len(l)], step{name: name}) }

func (l location) index(i int) location { return append(l[:len(l):len(l)], step{index: i}) }

// path is the location without indices, as facts write it.
func (l location) path() string {
	var names []string
	for _, s := range l {
		if s.name != "" {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, ".")
}

var plainName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// String is the location as Pulumi writes property paths: rules[0].status, tags["a b"].
func (l location) String() string {
	var b strings.Builder
	for _, s := range l {
		switch {
		case s.name == "":
			fmt.Fprintf(&b, "[%d]", s.index)
		case !plainName.MatchString(s.name):
			fmt.Fprintf(&b, "[%q]", s.name)
		case b.Len() > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return b.String()
}
