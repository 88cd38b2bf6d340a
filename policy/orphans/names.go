package orphans

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// name is what others call a resource.
type name struct {
	text string
	of   *graph.Resource
}

// names are what others call a resource, wherever they do: ARNs and ids that are nothing else's.
func names(r *graph.Resource) []name {
	var all []name
	for _, text := range []string{r.ID, r.Text("arn")} {
		if text != "" && (r.Type != role || strings.HasPrefix(text, "arn:")) {
			all = append(all, name{text, r})
		}
	}
	if text := props.Text(r.Declared(), "name"); r.Type == logGroup && text != "" {
		all = append(all, name{text, r})
	}
	return all
}

// known says whether it is known what a resource is called before it is made.
func known(r *graph.Resource) bool { return r.Type == logGroup || r.Type == role }

// read finds out who names whom: in any text that is declared, and by what unknown values are made from.
func (f *finder) read() {
	byWord := map[string][]name{} // by the last word of each
	for _, r := range f.All() {
		if _, needed := needs[r.Type]; !needed {
			continue
		}
		for _, n := range names(r) {
			last := n.text[lastWord(n.text):]
			byWord[last] = append(byWord[last], n)
		}
	}
	for _, r := range f.All() {
		texts, unknown := said(property.New(r.Declared()))
		for _, text := range texts {
			for _, other := range mentioned(text, byWord) {
				f.naming[other] = append(f.naming[other], r)
			}
		}
		for property := range r.Dependencies {
			for _, urn := range f.Origins(r, property) {
				if other := f.ByURN(urn); other != nil {
					f.naming[other] = append(f.naming[other], r)
				}
			}
		}
		switch {
		case unknown && (r.Type == stackType || r.Dependencies == nil):
			f.hidden = append(f.hidden, r)
		case unknown:
			f.veiled = append(f.veiled, r)
		}
	}
}

// said are all texts inside a value, and whether something in it is not known yet.
func said(v property.Value) (texts []string, unknown bool) {
	within := func(inner property.Value) {
		more, hides := said(inner)
		texts, unknown = append(texts, more...), unknown || hides
	}
	switch {
	case v.IsString():
		texts = append(texts, v.AsString())
	case v.IsComputed():
		unknown = !v.Secret()
	case v.IsArray():
		for _, element := range v.AsArray().All {
			within(element)
		}
	case v.IsMap():
		for _, inner := range v.AsMap().All {
			within(inner)
		}
	}
	return texts, unknown
}

// mentioned are the resources whose names stand in a text, and are not a part of a longer one.
func mentioned(text string, byWord map[string][]name) []*graph.Resource {
	var found []*graph.Resource
	for end := 0; end < len(text); {
		if !inWord(text[end]) {
			end++
			continue
		}
		start := end
		for end < len(text) && inWord(text[end]) {
			end++
		}
		for _, n := range byWord[text[start:end]] {
			before, is := strings.CutSuffix(text[:end], n.text)
			if is && (before == "" || !inWord(before[len(before)-1])) && !slices.Contains(found, n.of) {
				found = append(found, n.of)
			}
		}
	}
	return found
}

// lastWord is where the last word of a name begins.
func lastWord(text string) int {
	start := len(text)
	for start > 0 && inWord(text[start-1]) {
		start--
	}
	return start
}

func inWord(c byte) bool {
	return c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
