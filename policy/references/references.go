package references

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// The parts of the proof.
const (
	foreign = "references/foreign"
	missing = "references/missing"
)

// Check is every reference to another tenant's resource, and every one to a resource that nobody declares.
func Check(g *graph.Graph) []graph.Finding {
	all := g.All()
	p := &proof{called: map[string][]*graph.Resource{}, named: map[name][]*graph.Resource{}, tenants: tenants(all)}
	for _, r := range all {
		for _, text := range identities(r) {
			p.called[text] = append(p.called[text], r)
		}
		for _, text := range names(r) {
			p.named[name{r.Type, text}] = append(p.named[name{r.Type, text}], r)
		}
	}
	for _, r := range all {
		p.resource(r)
	}
	return p.findings
}

// tenants are whose the stacks are that are a tenant's: what most of a stack's resources bear as their tag.
func tenants(all []*graph.Resource) map[string]string {
	counts := map[string]map[string]int{}
	for _, r := range all {
		if tenant := r.Text("tags.tenant"); tenant != "" {
			if counts[r.Stack] == nil {
				counts[r.Stack] = map[string]int{}
			}
			counts[r.Stack][tenant]++
		}
	}
	whose := map[string]string{}
	for stack, count := range counts {
		for tenant, n := range count {
			if most := whose[stack]; most == "" || n > count[most] || n == count[most] && tenant < most {
				whose[stack] = tenant
			}
		}
	}
	return whose
}

type proof struct {
	// called are the resources by their identities, named those by their names, which are unique among those of a type.
	called map[string][]*graph.Resource
	named  map[name][]*graph.Resource
	// tenants are whose the stacks are that are a tenant's, by the stack.
	tenants  map[string]string
	findings []graph.Finding
}

type name struct{ token, text string }

// answered are the outputs by which the cloud lets others name a resource.
var answered = []string{"arn", "url", "keyId", "dnsName", "zoneId", "defaultNetworkAclId"}

// identities are what a resource is called by others. One that only belongs to another and bears its id, as the policy of
// a bucket, is called nothing.
func identities(r *graph.Resource) []string {
	if of, is := belongs[r.Type]; is && (of == "" || r.Inputs.Get(of).IsString()) {
		return nil
	}
	all := texts(r, answered, func(path string) bool { return !r.Inputs.Get(path).IsString() })
	if r.ID != "" && !slices.Contains(all, r.ID) {
		all = append(all, r.ID)
	}
	return all
}

// given name a resource itself, or a part of it.
var given = []string{"name", "fqdn", "bucket", "identifier", "replicationGroupId", "domain", "arnSuffix",
	"memberClusters[*]"}

// names are what it is called by those who know its type.
func names(r *graph.Resource) []string {
	return append(identities(r), texts(r, given, func(string) bool { return true })...)
}

func texts(r *graph.Resource, paths []string, of func(path string) bool) []string {
	var all []string
	for _, path := range paths {
		for _, text := range props.Texts(r.Outputs, path) {
			if of(path) && !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	return all
}

func (p *proof) resource(r *graph.Resource) {
	own := identities(r)
	if _, is := belongs[r.Type]; !is {
		own = names(r)
	}
	for name, v := range r.Inputs.AllStable {
		p.value(r, own, name, v)
	}
}

func (p *proof) value(r *graph.Resource, own []string, path string, v property.Value) {
	switch {
	case v.IsMap():
		for name, inner := range v.AsMap().AllStable {
			p.value(r, own, path+"."+name, inner)
		}
	case v.IsArray():
		for i, inner := range v.AsArray().All {
			p.value(r, own, fmt.Sprintf("%s[%d]", path, i), inner)
		}
	case v.IsString() && !v.Secret() && (namesAnother(r, path) || !slices.Contains(own, v.AsString())):
		p.text(r, path, v.AsString())
	}
}

// namesAnother says whether a property names another resource, be it one that is called as its own is.
func namesAnother(r *graph.Resource, path string) bool {
	_, is := naming[r.Type][index.ReplaceAllString(path, "[*]")]
	return is
}

// text is a value that may be an identity, or a document with some in it.
func (p *proof) text(r *graph.Resource, path, text string) {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		for _, token := range tokens.FindAllString(text, -1) {
			p.ofAnother(r, path, text, p.called[trimmed(token)])
		}
		return
	}
	targets, expected := p.called[text], id.MatchString(text) || arn.MatchString(text) && !made.MatchString(text)
	if token, is := naming[r.Type][index.ReplaceAllString(path, "[*]")]; is {
		targets, expected = p.named[name{token, text}], text != ""
	}
	if len(targets) == 0 && expected {
		p.find(missing, r, path, text, "which no stack declares", "declare it, or name another")
	}
	p.ofAnother(r, path, text, targets)
}

// tokens are ARNs, and the ids that EC2 and EFS give.
var tokens = regexp.MustCompile(`arn:aws:[^"'\\\s,]+|` + ids)

const ids = `\b(?:vpc|subnet|sg|rtb|igw|nat|eipalloc|acl|fs|fsap|vpce)-[0-9a-f]{8,}\b`

var (
	id  = regexp.MustCompile(`^` + strings.TrimSuffix(strings.TrimPrefix(ids, `\b`), `\b`) + `$`)
	arn = regexp.MustCompile(`^arn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:[^*]+$`)
)

// trimmed is an ARN without what a statement or a container says beyond it.
func trimmed(token string) string {
	for _, end := range []string{":password::", ":username::", ":*", "/*"} {
		token = strings.TrimSuffix(token, end)
	}
	return token
}

// ofAnother notes a reference to a resource of a tenant other than the own.
func (p *proof) ofAnother(r *graph.Resource, path, text string, targets []*graph.Resource) {
	own := func(o *graph.Resource) bool {
		return o.Stack == r.Stack || p.tenants[o.Stack] == "" || p.tenants[o.Stack] == p.tenants[r.Stack]
	}
	if len(targets) > 0 && !slices.ContainsFunc(targets, own) {
		of := targets[0]
		p.find(foreign, r, path, text, "which is of "+of.Stack, "name what is the stack's own", of)
	}
}

var index = regexp.MustCompile(`\[\d+\]`)

// made are ARNs of what the cloud makes by itself, and of senders of mail, which people verify.
var made = regexp.MustCompile(`:secret:rds!|:event-bus/default$|:role/aws-service-role/|:servicesetting/|:root$|` +
	`:log-group:.*:\*$|:key/alias|^arn:aws:rds:.*:(?:snapshot|auto-backup):|^arn:aws:ses:.*:identity/`)

// longestShown is how much of a document a message shows.
const longestShown = 120

func (p *proof) find(rule string, r *graph.Resource, path, text, what, fix string, witness ...*graph.Resource) {
	if len(text) > longestShown {
		text = text[:longestShown] + "…"
	}
	f := graph.Finding{
		Rule: rule, URN: r.URN, Message: fmt.Sprintf("%s is %q, %s; expected one of its own: %s", path, text, what, fix),
		Witness: []string{r.URN},
	}
	for _, w := range witness {
		f.Witness = append(f.Witness, w.URN)
	}
	p.findings = append(p.findings, f)
}
