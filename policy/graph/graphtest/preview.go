package graphtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
)

// Preview is a stack of the demo as its first preview shows it, when those that it refers to are up: what the cloud will
// decide is not known, nor whatever is made from that, but for which resources it is made from.
func Preview(g *graph.Graph, stack string) *graph.Graph {
	one := Alone(g, stack)
	made := map[string]string{} // what the cloud has decided, and for which URN
	for _, r := range one.All() {
		for _, text := range decided(r) {
			if made[text] == "" || r.ID == text { // others tell it too
				made[text] = r.URN
			}
		}
	}
	return one.Map(func(r *graph.Resource) *graph.Resource {
		p := *r
		p.ID, p.Dependencies = "", map[string][]string{}
		inputs := map[string]property.Value{}
		for name, v := range r.Inputs.All {
			inputs[name], p.Dependencies[name] = hide(v, made, r.URN)
			if strings.HasPrefix(r.Type, "gcp:") && asked(v, r.Dependencies[name]) {
				inputs[name], p.Dependencies[name] = property.New(property.Computed), r.Dependencies[name]
			}
		}
		p.Inputs = property.NewMap(inputs)
		outputs := map[string]property.Value{}
		for name, v := range r.Outputs.All {
			if declared, is := inputs[name]; is {
				outputs[name] = declared
			} else if r.Inputs.Len() == 0 {
				outputs[name], _ = hide(v, made, r.URN)
			} else {
				outputs[name] = property.New(property.Computed)
			}
		}
		p.Outputs = property.NewMap(outputs)
		return &p
	})
}

// decided are the texts that only the cloud knows of a resource.
func decided(r *graph.Resource) []string {
	const shortest = 8
	var all []string
	for name, v := range r.Outputs.All {
		if _, declared := r.Inputs.GetOk(name); declared || !v.IsString() || len(v.AsString()) < shortest {
			continue
		}
		if slices.Contains([]string{"arn", "id", "dnsName", "zoneId", "address", "certificateArn", "vpcId", "arnSuffix"}, name) {
			all = append(all, v.AsString())
		}
	}
	if declared := inside(property.New(r.Inputs), r.ID); len(r.ID) >= shortest && !declared && !settled(r) {
		all = append(all, r.ID)
	}
	return all
}

// settled says whether a resource is called as its account or region is.
func settled(r *graph.Resource) bool {
	return strings.Trim(r.ID, "0123456789") == "" || strings.HasPrefix(r.ID, r.Region) ||
		slices.Contains([]string{"eu-west-1", "eu-central-1", "us-east-1"}, r.ID)
}

// asked says whether Google is asked for a value once the project's services are turned on: the agent of one of them.
func asked(v property.Value, from []string) bool {
	turnedOn := func(urn string) bool { return strings.Contains(urn, "gcp:projects/service:Service::") }
	return v.IsString() && strings.HasPrefix(v.AsString(), "serviceAccount:") && slices.ContainsFunc(from, turnedOn)
}

func inside(v property.Value, text string) bool {
	switch {
	case v.IsString():
		return v.AsString() == text
	case v.IsArray():
		return slices.ContainsFunc(v.AsArray().AsSlice(), func(e property.Value) bool { return inside(e, text) })
	case v.IsMap():
		for _, inner := range v.AsMap().All {
			if inside(inner, text) {
				return true
			}
		}
	}
	return false
}

// longest are the texts with the longest first: an ARN before the id in it.
func longest(made map[string]string) []string {
	return slices.SortedFunc(maps.Keys(made), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
}

// hide makes unknown whatever has something in it that others' making decides, of a document only that, and says who they
// are.
func hide(v property.Value, made map[string]string, of string) (property.Value, []string) {
	var from []string
	switch {
	case v.IsString():
		text := v.AsString()
		for _, told := range longest(made) {
			if made[told] != of && strings.Contains(text, told) {
				text, from = strings.ReplaceAll(text, told, sig.UnknownStringValue), append(from, made[told])
			}
		}
		if document := strings.HasPrefix(text, "{") || strings.HasPrefix(text, "["); document {
			return property.New(text), from
		}
		if len(from) > 0 {
			return property.New(property.Computed), from
		}
	case v.IsArray():
		var list []property.Value
		for _, element := range v.AsArray().All {
			hidden, more := hide(element, made, of)
			list, from = append(list, hidden), append(from, more...)
		}
		return property.New(list), from
	case v.IsMap():
		inner := map[string]property.Value{}
		for name, element := range v.AsMap().All {
			hidden, more := hide(element, made, of)
			inner[name], from = hidden, append(from, more...)
		}
		return property.New(inner), from
	}
	return v, from
}
