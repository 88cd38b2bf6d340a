package mutation_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/infra/sandbox/facts"
	"haven/infra/sandbox/schema"
	"haven/policy/graph"
	"haven/policy/props"
)

// mutant is one thing that is declared otherwise than in the demo.
type mutant struct {
	of *graph.Resource
	// path is where, "ingress[0].cidrBlock", and inside a JSON text "policy{0}.Condition.Bool"; "" is the whole resource.
	path string
	// operator is what was done there: "removed", "flipped", "opened".
	operator string
	// changed is what became of the resource, nil where it was removed.
	changed *graph.Resource
}

// removed is what is done by the operator that every resource and whatever is optional has.
const removed = "removed"

// dropped is what is done to one element of a list.
const dropped = "dropped"

// pattern is the path without indices, as tables name it: "ingress[*].cidrBlock".
func (m mutant) pattern() string { return index.ReplaceAllString(m.path, "[*]") }

var index = regexp.MustCompile(`\[\d+\]`)

// kind is what mutants that are alike have in common: type, property and operator.
func (m mutant) kind() string { return m.of.Type + "\t" + m.pattern() + "\t" + m.operator }

func (m mutant) String() string {
	return fmt.Sprintf("%s::%s %s %s", m.of.Stack, m.of.Name(), m.path, m.operator)
}

// variant is another value in a value's place; null removes it.
type variant struct {
	path, operator string
	value          property.Value
}

// breeder makes the mutants of a graph.
type breeder struct {
	graph *graph.Graph
	// called are the resources by what others call them.
	called map[string][]*graph.Resource
}

func newBreeder(g *graph.Graph) *breeder {
	b := &breeder{graph: g, called: map[string][]*graph.Resource{}}
	for _, r := range g.All() {
		for _, name := range identities(r) {
			b.called[name] = append(b.called[name], r)
		}
	}
	return b
}

// identities are the texts by which others can name a resource.
func identities(r *graph.Resource) []string {
	var all []string
	for _, text := range names(r) {
		if text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// of are all mutants of a resource that the provider would take.
func (b *breeder) of(r *graph.Resource) []mutant {
	all := []mutant{{of: r, operator: removed}}
	kind, err := schema.For(r.Type)
	if err != nil {
		return nil // a stack, a component
	}
	known := len(kind.Check(r.Inputs))
	for _, v := range b.object(r, kind.Facts, r.Inputs, "") {
		inputs := v.value.AsMap()
		if len(kind.Check(inputs)) > known || inputs.Len() == 0 {
			continue
		}
		all = append(all, mutant{of: r, path: v.path, operator: v.operator, changed: declaring(r, kind.Facts, inputs)})
	}
	return all
}

// declaring is a resource with other inputs; what it answers changes with them.
func declaring(r *graph.Resource, known facts.Properties, inputs property.Map) *graph.Resource {
	changed := *r
	changed.Inputs = inputs
	for name, before := range r.Inputs.All {
		now := inputs.Get(name)
		switch {
		case now.Equals(before):
		case !now.IsNull():
			changed.Outputs = changed.Outputs.Set(name, now)
		case known[name] != nil && known[name].Default != nil:
			changed.Outputs = changed.Outputs.Set(name, graph.Object(map[string]any{"v": known[name].Default}).Get("v"))
		default:
			changed.Outputs = changed.Outputs.Delete(name)
		}
	}
	return &changed
}

// object are the variants of an object: each of its properties removed, or varied inside.
func (b *breeder) object(r *graph.Resource, known facts.Properties, m property.Map, path string) []variant {
	var all []variant
	for name, v := range m.AllStable {
		at, fact := join(path, name), known[name]
		if !isDefault(fact, v) {
			all = append(all, variant{at, removed, property.New(m.Delete(name))})
		}
		for _, inner := range b.value(r, fact, v, at) {
			inner.value = property.New(m.Set(name, inner.value))
			all = append(all, inner)
		}
	}
	return all
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// isDefault says whether leaving a property out means the same: of a flag that is off it does, where the provider does
// not say that it is on by itself.
func isDefault(fact *facts.Property, v property.Value) bool {
	if fact == nil || fact.Default == nil {
		return v.IsBool() && !v.AsBool()
	}
	return graph.Object(map[string]any{"v": fact.Default}).Get("v").Equals(v)
}

func (b *breeder) value(r *graph.Resource, fact *facts.Property, v property.Value, path string) []variant {
	switch {
	case v.IsMap():
		var inside facts.Properties
		if fact != nil {
			inside = fact.Fields
		}
		return b.object(r, inside, v.AsMap(), path)
	case v.IsArray():
		return b.list(r, fact, v.AsArray().AsSlice(), path)
	}
	return b.leaf(r, fact, v, path)
}

// list are the variants of a list: each element removed, or varied.
func (b *breeder) list(r *graph.Resource, fact *facts.Property, list []property.Value, path string) []variant {
	var all []variant
	element := fact
	if fact != nil && len(fact.ElemEnum) > 0 {
		element = &facts.Property{Enum: fact.ElemEnum}
	}
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if name := nameOf(v); name != "" && strings.HasSuffix(path, "environment") {
			at = fmt.Sprintf("%s[%s]", path, name)
		}
		if len(list) > 1 {
			all = append(all, variant{at, dropped, property.New(slices.Delete(slices.Clone(list), i, i+1))})
		}
		for _, inner := range b.value(r, element, v, at) {
			changed := slices.Clone(list)
			changed[i] = inner.value
			inner.value = property.New(changed)
			all = append(all, inner)
		}
	}
	return all
}

// nameOf is the name of an environment's variable, by which tables speak of it.
func nameOf(v property.Value) string {
	if v.IsMap() && v.AsMap().Get("name").IsString() {
		return v.AsMap().Get("name").AsString()
	}
	return ""
}

// leaf are the variants of a plain value.
func (b *breeder) leaf(r *graph.Resource, fact *facts.Property, v property.Value, path string) []variant {
	var all []variant
	add := func(operator string, to any) {
		changed := graph.Object(map[string]any{"v": to}).Get("v")
		if !changed.Equals(v) {
			all = append(all, variant{path, operator, changed.WithSecret(v.Secret())})
		}
	}
	switch {
	case v.Secret() || v.HasComputed():
	case v.IsString() && documents(b, r, v.AsString(), path) != nil:
		return documents(b, r, v.AsString(), path)
	case v.IsBool():
		add("flipped", !v.AsBool())
	case v.IsNumber() && path == "threshold":
		// An alarm rings more seldom where what must not be exceeded is higher, and what must be reached is lower.
		if strings.HasPrefix(r.Text("comparisonOperator"), "Less") {
			add("unreachable", -1.0)
		} else {
			add("unreachable", 1e15)
		}
	case v.IsNumber():
		numbers(path, v.AsNumber(), func(operator string, n float64) { add(operator, n) })
	case v.IsString():
		b.text(r, fact, v.AsString(), path, add)
	}
	return all
}

// numbers are as little and as much as there can be; of ports, the range from or to that end.
func numbers(path string, n float64, add func(string, float64)) {
	switch name := path[strings.LastIndex(path, ".")+1:]; {
	case name == "fromPort":
		add("widened", 0)
	case name == "toPort":
		add("widened", 65535)
	default:
		least := 1.0
		if n <= 1 {
			least = 0
		}
		add("least", least)
		add("most", max(n, 1)*1000)
	}
}

// opposites are words that switch something, and what switches it off or weakens it.
var opposites = map[string][]string{
	"ENABLED": {"DISABLED"}, "DISABLED": {"ENABLED"}, "Enabled": {"Disabled", "Suspended"}, "Disabled": {"Enabled"},
	"enabled": {"disabled"}, "disabled": {"enabled"}, "enhanced": {"disabled"}, "true": {"false"}, "false": {"true"},
	"ON": {"OFF"}, "required": {"optional"}, "HTTPS": {"HTTP"}, "CloudWatch": {""}, "Disable": {"Enable"},
	"ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS": {"DISABLED", "ENABLED"}, "COMPLIANCE": {"GOVERNANCE"},
	"strictest": {"monitor"}, "always": {"never"}, "awsvpc": {"host", "bridge"}, "IMMUTABLE": {"MUTABLE"},
	"ENFORCED": {"AUDIT", "OFF"}, "BLOCK": {"NO_ACTION"}, "breaching": {"missing", "notBreaching"}, "BucketOwnerEnforced": {"ObjectWriter"},
	"confidential": {"internal", "public"}, "secret": {"confidential", "internal", "public"},
	"enforced": {"inherited"}, "aws:kms": {"AES256"}, "KMS": {"AES256"}, "NEVER": {"ALWAYS"},
}

var (
	seconds  = regexp.MustCompile(`^\d+s$`)
	schedule = regexp.MustCompile(`^(cron|rate)\(`)
	decimal  = regexp.MustCompile(`^\d+(\.\d+)?$`)
)

func (b *breeder) text(r *graph.Resource, fact *facts.Property, text, path string, add func(string, any)) {
	if fact != nil && len(fact.Enum) > 0 {
		for _, other := range fact.Enum {
			add("to "+other, other)
		}
		return
	}
	if other, is := opposites[text]; is {
		for _, o := range other {
			add("to "+o, o)
		}
		return
	}
	prefix, err := netip.ParsePrefix(text)
	targets := b.called[text]
	switch {
	case err == nil && prefix.Bits() > 0:
		add("opened", "0.0.0.0/0")
	case err == nil:
	case schedule.MatchString(text):
		add("seldom", "rate(365 days)")
	case seconds.MatchString(text):
		n, _ := strconv.Atoi(strings.TrimSuffix(text, "s"))
		add("least", "1s")
		add("most", fmt.Sprintf("%ds", max(n, 1)*1000))
	case decimal.MatchString(text):
		n, _ := strconv.ParseFloat(text, 64)
		numbers(path, n, func(operator string, to float64) { add(operator, strconv.FormatFloat(to, 'f', -1, 64)) })
	case len(targets) > 0 && !slices.Contains(identities(r), text):
		if other, is := b.foreign(r, targets, text); is {
			add("foreign", other)
		}
	case strings.Contains(text, " || "):
		clauses := strings.Split(strings.Trim(text, "{}"), " || ")
		for i := range clauses {
			add("narrowed", "{"+strings.Join(slices.Delete(slices.Clone(clauses), i, i+1), " || ")+"}")
		}
	default:
		add("other", text+"-other")
	}
}

// foreign is what another owner's resource of the same type and region is called in the way that text is.
func (b *breeder) foreign(r *graph.Resource, targets []*graph.Resource, text string) (string, bool) {
	for _, target := range targets {
		at := slices.Index(names(target), text)
		for _, other := range b.graph.OfType(target.Type) {
			if at < 0 || other.Region != target.Region || owner(other) == "" || owner(other) == owner(r) ||
				owner(other) == owner(target) {
				continue
			}
			if called := names(other)[at]; called != "" && called != text {
				return called, true
			}
		}
	}
	return "", false
}

// names are what a resource is called, each way in its place: its id, unless that is another's that it belongs to, what
// it answers with, and the names that it is given.
func names(r *graph.Resource) []string {
	id, given := r.ID, func(name string) string { return r.Text(name) }
	for name, v := range r.Inputs.All {
		if v.IsString() && v.AsString() == id && !slices.Contains(ownNames, name) {
			id, given = "", func(string) string { return "" }
		}
	}
	all := []string{id}
	for _, name := range []string{"arn", "url", "keyId"} {
		if r.Inputs.Get(name).IsString() {
			all = append(all, "")
		} else {
			all = append(all, r.Text(name))
		}
	}
	for _, name := range ownNames {
		if name == "bucket" && r.Type != "aws:s3/bucketV2:BucketV2" {
			all = append(all, "")
			continue
		}
		all = append(all, given(name))
	}
	return all
}

// ownNames are the inputs that name a resource itself.
var ownNames = []string{"name", "identifier", "family", "bucket", "domain", "replicationGroupId"}

// owner is the tenant of a resource, "" for what tenants share.
func owner(r *graph.Resource) string { return tenants[r.Stack] }

// tenants are those of the demo, by their stacks.
var tenants = map[string]string{"demo-acme": "acme", "demo-globex": "globex", "demo-initech": "initech"}

// documents are the variants of a text that is JSON; nil where it is none.
func documents(b *breeder, r *graph.Resource, text, path string) []variant {
	var read any
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") || json.Unmarshal([]byte(text), &read) != nil {
		return nil
	}
	all := []variant{}
	object, is := read.(map[string]any)
	if is && object["Statement"] != nil {
		all = append(all, statements(object, path)...)
		return all
	}
	whole := graph.Object(map[string]any{"v": read}).Get("v")
	for _, inner := range b.value(r, nil, whole, path+"{}") {
		written, err := json.Marshal(props.Plain(inner.value, nil))
		if err == nil {
			all = append(all, variant{inner.path, inner.operator, property.New(string(written))})
		}
	}
	return all
}
