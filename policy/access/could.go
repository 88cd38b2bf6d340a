package access

import (
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mostTried is how many requests [Could] tries. Where there are more, it takes for granted that one of them is allowed.
const mostTried = 20_000

// Could says whether there is a request like this one that is allowed: what its context does not speak of is for the
// asker to choose. The decision says what he chooses.
//
// It tries every value that a condition tells apart: that a key is absent, each value that is written, one of each
// pattern, the numbers, days and addresses beside each that is written, and one that is none of them.
func Could(request Request, policies Policies) Decision {
	request = request.whole()
	j := &judge{request: request, unknown: map[string]bool{}, chooses: true}
	hoped := j.decide(policies)
	if !hoped.Allowed {
		return hoped
	}
	chosen := choicesOf(request, policies)
	hoped.Unknown = chosen.keys
	if len(chosen.keys) == 0 || chosen.count() > mostTried {
		return hoped
	}
	found, is := chosen.first(request, policies)
	if !is {
		refused := Decide(request, policies)
		refused.Unknown = chosen.keys
		return refused
	}
	return found
}

// choices are the values to try of each key that is not known, in the order of the keys.
type choices struct {
	keys   []string
	values [][][]string
}

func (c choices) count() float64 {
	all := 1.0
	for _, values := range c.values {
		all = math.Min(all*float64(len(values)), mostTried+1)
	}
	return all
}

// first is the first request that is allowed, of those that choose every combination.
func (c choices) first(request Request, policies Policies) (Decision, bool) {
	at := make([]int, len(c.keys))
	for {
		chosen, context := Context{}, maps.Clone(request.Context)
		for i, key := range c.keys {
			context[key] = c.values[i][at[i]]
			if len(context[key]) > 0 {
				chosen[key] = context[key]
			}
		}
		tried := request
		tried.Context = context
		if d := Decide(tried, policies); d.Allowed {
			d.Chosen, d.Unknown = chosen, c.keys
			return d, true
		}
		if !next(at, c.values) {
			return Decision{}, false
		}
	}
}

// next counts up; false where it was the last.
func next(at []int, values [][][]string) bool {
	for i := range at {
		if at[i]++; at[i] < len(values[i]) {
			return true
		}
		at[i] = 0
	}
	return false
}

// choicesOf looks at all statements that may have a say.
func choicesOf(request Request, policies Policies) choices {
	wanted := map[string][]string{}
	for _, documents := range [][]Document{policies.Identity, policies.Boundaries, policies.Resource} {
		for s := range statements(documents) {
			if s.covers(request, true) {
				s.asks(request, wanted)
			}
		}
	}
	var c choices
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		c.keys = append(c.keys, key)
		c.values = append(c.values, tries(key, wanted[key]))
	}
	return c
}

// asks notes what a statement says of keys that are not known, and of variables.
func (s statement) asks(request Request, wanted map[string][]string) {
	note := func(key string, values ...string) {
		if _, known := request.Context.get(key); !known {
			key = strings.ToLower(key)
			wanted[key] = append(wanted[key], values...)
		}
	}
	for _, c := range s.conditions {
		if c.operator.name == nullOperator {
			note(c.key)
			continue
		}
		note(c.key, c.wanted...)
		for _, text := range c.wanted {
			for _, name := range variables(text) {
				note(name)
			}
		}
	}
	parts := strings.FieldsFunc(request.Resource, func(r rune) bool { return r == ':' || r == '/' })
	for _, m := range slices.Concat(s.resources, s.notResources) {
		for _, name := range variables(m.text) {
			note(name, parts...)
		}
	}
}

// tries are the values to try of one key: first none, then those that are written.
func tries(key string, written []string) [][]string {
	all := [][]string{nil}
	add := func(value string) {
		if !slices.ContainsFunc(all, func(other []string) bool { return len(other) == 1 && other[0] == value }) {
			all = append(all, []string{value})
		}
	}
	wild := strings.NewReplacer("*", "x", "?", "x")
	for _, text := range written {
		add(wild.Replace(text))
		for _, near := range beside(text) {
			add(near)
		}
		for _, other := range written {
			if strings.ContainsAny(text, "*?") && strings.ContainsAny(other, "*?") && text != other {
				add(wild.Replace(text[:strings.IndexAny(text, "*?")] + "x" + other[strings.LastIndexAny(other, "*?")+1:]))
			}
		}
	}
	add("none")
	add("arn:aws:none:none:none:none")
	return all
}

// beside are the values around one that is compared by more than being the same.
func beside(text string) []string {
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return []string{written(number - 1), written(number + 1)}
	}
	if day, err := instant(text); err == nil {
		return []string{day.AddDate(0, 0, -1).UTC().Format(time.RFC3339), day.AddDate(0, 0, 1).UTC().Format(time.RFC3339)}
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return []string{prefix.Addr().String(), "192.0.2.1"}
	}
	switch text {
	case "true":
		return []string{"false"}
	case "false":
		return []string{"true"}
	}
	return nil
}
