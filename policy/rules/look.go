package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// Look is what a rule sees of a resource, or of an object inside one: properties by path, as [props.At] reads them. It
// notes each value that was asked for and is not known, so that a rule need not think of them: unknown reads as absent,
// refusing something unknown does nothing, and a rule that refused nothing is then undecided.
type Look struct {
	// Resource is what is looked at.
	Resource *graph.Resource

	inside property.Map
	prefix string // the path to inside, with a dot at the end
	*subject
}

// subject is what all the looks of one run of a rule share.
type subject struct {
	rule       Rule
	of         *graph.Resource
	graph      *graph.Graph
	parameters property.Map
	unknown    []string
	outcomes   []*Outcome
}

// Graph is all the resources; only a rule that is [Rule.Whole] has one.
func (l *Look) Graph() *graph.Graph {
	if !l.rule.Whole {
		panic("it asks for the graph, but it is not Whole")
	}
	return l.graph
}

// At looks at another resource. What is refused there is still a failure of the rule's own resource, with the other one
// as witness.
func (l *Look) At(other *graph.Resource) *Look {
	return &Look{Resource: other, inside: other.Declared(), subject: l.subject}
}

// Naming looks at the resources of a type that name this one at a path: for a VPC, the flow logs at "vpcId". Where that
// is not sure, it is noted.
func (l *Look) Naming(token, path string) []*Look {
	var found []*Look
	for _, other := range l.Graph().OfType(token) {
		if l.sure(l.graph.Names(other, path, l.Resource), path, other, l.Resource) {
			found = append(found, l.At(other))
		}
	}
	return found
}

// Named looks at the resources of a type that this one names at a path: for a flow log, the VPC at "vpcId". Where that
// is not sure, it is noted. What another stack owns is not in the graph of one stack.
func (l *Look) Named(path, token string) []*Look {
	values := props.At(l.inside, path)
	var found []*Look
	for _, other := range l.Graph().OfType(token) {
		if l.sure(l.graph.Mean(l.Resource, l.prefix+path, values, other), l.prefix+path, l.Resource, other) {
			found = append(found, l.At(other))
		}
	}
	return found
}

func (l *Look) sure(sure graph.Sure, path string, from, to *graph.Resource) bool {
	if sure == graph.Maybe {
		l.Unsure("whether " + path + " of " + from.Name() + " is " + to.Name())
	}
	return sure != graph.No
}

// Output looks at what the resource's outputs are, which is also what the cloud decided: ids, ARNs, defaults.
func (l *Look) Output() *Look {
	return &Look{Resource: l.Resource, inside: l.Resource.Outputs, subject: l.subject}
}

// Values are the known values at a path; one that is unknown inside is not among them. Of a text that is known in part,
// as a policy's document in a preview is, what is unknown must be made from another resource: then it is an ARN, an id or
// a name, and no wildcard.
func (l *Look) Values(path string) []property.Value {
	var known []property.Value
	for _, v := range props.At(l.inside, path) {
		if l.unsure(v, path) {
			l.note(path)
			continue
		}
		known = append(known, v)
	}
	return known
}

// first is the first known value at a path that is of the wanted type, in the order in which they stand there.
func first[T any](l *Look, path string, is func(property.Value) bool, as func(property.Value) T) (T, bool) {
	for _, v := range l.Values(path) {
		if is(v) {
			return as(v), true
		}
	}
	var none T
	return none, false
}

// Text is the first string at a path, "" where there is none.
func (l *Look) Text(path string) string {
	text, _ := first(l, path, property.Value.IsString, property.Value.AsString)
	return text
}

// Texts is every non-empty string at a path.
func (l *Look) Texts(path string) []string {
	var found []string
	for _, v := range l.Values(path) {
		if v.IsString() && v.AsString() != "" {
			found = append(found, v.AsString())
		}
	}
	return found
}

// Number is the first number at a path; false where there is none.
func (l *Look) Number(path string) (float64, bool) {
	return first(l, path, property.Value.IsNumber, property.Value.AsNumber)
}

// Flag says whether the first boolean at a path is true.
func (l *Look) Flag(path string) bool {
	flag, _ := first(l, path, property.Value.IsBool, property.Value.AsBool)
	return flag
}

// Has says whether something stands at a path, be it unknown: an unknown value is noted, and counts as something.
func (l *Look) Has(path string) bool {
	found := props.At(l.inside, path)
	if slices.ContainsFunc(found, property.Value.HasComputed) {
		l.note(path)
	}
	return slices.ContainsFunc(found, func(v property.Value) bool { return !v.IsNull() })
}

// unsure says whether a value is unknown, or a text that is known in part while nothing says what the rest is made from.
func (l *Look) unsure(v property.Value, path string) bool {
	return v.HasComputed() || props.Partial(v) && len(l.sources(path)) == 0
}

// Known says whether nothing at a path is unknown, as [Look.Values] has it. What is unknown is noted.
func (l *Look) Known(path string) bool {
	for _, v := range props.At(l.inside, path) {
		if l.unsure(v, path) {
			l.note(path)
			return false
		}
	}
	return true
}

// Filled says whether something other than an empty text or list stands at a path. What is unknown but made from
// another resource is filled: no resource answers with an empty ARN or id. What is secret is, too. Any other unknown value is
// noted, and counts as filled.
func (l *Look) Filled(path string) bool {
	for _, v := range props.At(l.inside, path) {
		switch {
		case v.HasComputed():
			if !v.Secret() && len(l.sources(path)) == 0 {
				l.note(path)
			}
			return true
		case v.IsString() && v.AsString() == "", v.IsArray() && v.AsArray().Len() == 0, v.IsNull():
		default:
			return true
		}
	}
	return false
}

// Foreign says whether the value at a path is unknown, and made from another resource: it is none of the words that mean
// everyone, or everything.
func (l *Look) Foreign(path string) bool {
	return !props.Known(l.inside, path) && len(l.sources(path)) > 0
}

// Count is how many values the list at a path holds, be they known or not. A list that is unknown itself is noted.
func (l *Look) Count(path string) int {
	count := 0
	for _, v := range props.At(l.inside, path) {
		switch {
		case v.IsComputed():
			l.note(path)
		case v.IsArray():
			count += v.AsArray().Len()
		}
	}
	return count
}

// MadeFrom says whether the value at a path is unknown, and made from a resource of one of these types.
func (l *Look) MadeFrom(path string, types ...string) bool {
	if props.Known(l.inside, path) {
		return false
	}
	return slices.ContainsFunc(l.sources(path), func(urn string) bool {
		return slices.ContainsFunc(types, func(token string) bool { return strings.Contains(urn, token+"::") })
	})
}

// sources are the URNs of the resources that the property at a path was made from.
func (l *Look) sources(path string) []string { return l.Resource.Sources(l.prefix + path) }

// Each looks at every object at a path, be it one or a list of them: "ingress" gives "ingress[0]", "ingress[1]"…
func (l *Look) Each(path string) []*Look {
	var looks []*Look
	for _, v := range props.At(l.inside, path) {
		switch {
		case v.IsComputed():
			l.note(path)
		case v.IsMap():
			looks = append(looks, l.into(path, v.AsMap()))
		case v.IsArray():
			looks = append(looks, l.elements(path, v.AsArray())...)
		}
	}
	return looks
}

func (l *Look) elements(path string, list property.Array) []*Look {
	var looks []*Look
	for i, v := range list.All {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case v.IsComputed():
			l.note(at)
		case v.IsMap():
			looks = append(looks, l.into(at, v.AsMap()))
		}
	}
	return looks
}

func (l *Look) into(path string, inside property.Map) *Look {
	return &Look{Resource: l.Resource, inside: inside, prefix: l.prefix + path + ".", subject: l.subject}
}

// note remembers that a value was asked for that is not known.
func (l *Look) note(path string) {
	path = l.path(path)
	if !slices.Contains(l.unknown, path) {
		l.unknown = append(l.unknown, path)
	}
}

// path is a path from the rule's own resource on: that of another resource begins with its name.
func (l *Look) path(path string) string {
	path = strings.TrimSuffix(l.prefix+path, ".")
	if l.Resource == l.of {
		return path
	}
	return strings.TrimSuffix(l.Resource.Name()+"."+path, ".")
}

// Unsure notes something that the rule cannot tell, in words: "which bucket the policy is of".
func (l *Look) Unsure(what string) {
	if !slices.Contains(l.unknown, what) {
		l.unknown = append(l.unknown, what)
	}
}

// Sure says whether all that was asked for so far is known. What is missing only as far as is known is no failure.
func (l *Look) Sure() bool { return len(l.unknown) == 0 }

// Refuse says that the value at a path is wrong, what it should be, and how to mend it. It does nothing where the value
// is unknown, beyond noting that.
func (l *Look) Refuse(path, want, fix string) {
	if l.Known(path) {
		l.refuse(refusal(l.path(path), show(props.At(l.inside, path)), want, fix), fix, nil)
	}
}

// RefuseFound is [Look.Refuse] for what is better said in words than shown as the value: what was found, as in "open to
// 0.0.0.0/0 on port 22". Of the whole resource, path is "". The witness are the resources that lead there, after the
// rule's own.
func (l *Look) RefuseFound(path, found, want, fix string, witness ...*graph.Resource) {
	if path == "" || l.Known(path) {
		l.refuse(refusal(l.path(path), found, want, fix), fix, witness)
	}
}

func (l *Look) refuse(message, fix string, witness []*graph.Resource) {
	outcome := l.outcome(Fail, message)
	outcome.Fix = fix
	if l.Resource != l.of && !slices.Contains(witness, l.Resource) {
		witness = append(witness, l.Resource)
	}
	if len(witness) > 0 {
		outcome.Witness = append(outcome.Witness, l.of.URN)
	}
	for _, r := range witness {
		outcome.Witness = append(outcome.Witness, r.URN)
	}
	l.outcomes = append(l.outcomes, outcome)
}

func (s *subject) outcome(result Result, message string) *Outcome {
	return &Outcome{Rule: s.rule.ID, URN: s.of.URN, Result: result, Severity: s.rule.Severity, Message: message}
}
