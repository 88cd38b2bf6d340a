package regions

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// Check is everything that needs another region than its own.
func Check(g *graph.Graph) []graph.Finding {
	c := &check{Graph: g}
	for _, r := range g.All() {
		if c.regional(r) {
			c.values(r)
			c.sources(r)
		}
	}
	c.copies()
	for _, stack := range g.Stacks() {
		if cell, is := c.standby(stack); is {
			c.away(stack, props.Text(cell, "region"))
		}
	}
	return c.findings
}

// check is the proof while it is made.
type check struct {
	*graph.Graph
	findings []graph.Finding
}

func (c *check) find(rule string, r *graph.Resource, witness []string, format string, args ...any) {
	c.findings = append(c.findings, graph.Finding{Rule: rule, URN: r.URN, Message: fmt.Sprintf(format, args...),
		Witness: witness})
}

// region is a name of one.
var region = regexp.MustCompile(`^[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-[0-9]$`)

// regional says whether a resource is in one region of AWS.
func (c *check) regional(r *graph.Resource) bool {
	global := slices.ContainsFunc([]string{"aws:iam/", "aws:route53/", "aws:cloudfront/", "aws:budgets/",
		"aws:costexplorer/", "aws:organizations/"}, func(service string) bool { return strings.HasPrefix(r.Type, service) })
	return strings.HasPrefix(r.Type, "aws:") && !global && region.MatchString(r.Region)
}

// outward are the properties that name another region because that is what they are for: where something is copied to,
// what a copy was made of once, and what is only told apart by it. By type, at the beginning of a path.
var outward = map[string][]string{
	"aws:backup/framework:Framework":                                                  {"controls"},
	"aws:backup/plan:Plan":                                                            {"rules"},
	"aws:backup/vault:Vault":                                                          {"name"}, // told apart by its key's ID
	"aws:cloudwatch/dashboard:Dashboard":                                              {"dashboardBody"},
	"aws:cloudwatch/eventTarget:EventTarget":                                          {"arn"}, // events may be told elsewhere
	"aws:cloudwatch/metricAlarm:MetricAlarm":                                          {"dimensions", "metricQueries"},
	"aws:ecr/replicationConfiguration:ReplicationConfiguration":                       {"replicationConfiguration"},
	"aws:kms/replicaKey:ReplicaKey":                                                   {"primaryKeyArn"},
	"aws:rds/instance:Instance":                                                       {"replicateSourceDb"},
	"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {"sourceDbInstanceArn"},
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig":                          {"rules"},
	"aws:secretsmanager/secret:Secret":                                                {"replicas"},
}

// isOutward is so of documents too: they are there without what they name.
func isOutward(token, path string) bool {
	return path == "policy" || slices.ContainsFunc(outward[token], func(begin string) bool {
		return strings.HasPrefix(path, begin)
	})
}

// values looks at what a resource declares.
func (c *check) values(r *graph.Resource) {
	for _, name := range slices.Sorted(maps.Keys(r.Declared().AsMap())) {
		if isOutward(r.Type, name) {
			continue
		}
		for text := range texts(r.Declared().Get(name)) {
			if other, is := elsewhere(text, r.Region); is {
				c.find("regions/needs", r, []string{r.URN}, "it is in %s, and its %s names %s, which is in %s: it is lost with that "+
					"region: name what is in its own", r.Region, name, text, other)
			}
		}
	}
}

// texts are all the strings in a value, and in what is JSON in it.
func texts(v property.Value) func(func(string) bool) {
	return func(yield func(string) bool) { each(v, yield) }
}

func each(v property.Value, yield func(string) bool) bool {
	switch {
	case v.IsString():
		var read any
		if text := v.AsString(); strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			if json.Unmarshal([]byte(text), &read) == nil {
				return inside(read, yield)
			}
		}
		return yield(v.AsString())
	case v.IsArray():
		for _, element := range v.AsArray().All {
			if !each(element, yield) {
				return false
			}
		}
	case v.IsMap():
		for _, element := range v.AsMap().All {
			if !each(element, yield) {
				return false
			}
		}
	}
	return true
}

// saidOf are the keys of what a call is told of something, which need not be there for it: the source of a copy.
var saidOf = []string{"ByResourceArn", "ResourceArn"}

func inside(read any, yield func(string) bool) bool {
	switch read := read.(type) {
	case string:
		return yield(read)
	case []any:
		for _, element := range read {
			if !inside(element, yield) {
				return false
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(read)) {
			if !slices.Contains(saidOf, key) && !inside(read[key], yield) {
				return false
			}
		}
	}
	return true
}

// host is that of a resource or an API in one region.
var host = regexp.MustCompile(`[.]([a-z]{2}(?:-gov)?-[a-z]+-[0-9])[.](?:[a-z0-9-]+[.])*amazonaws[.]com`)

// elsewhere is the other region that a text names a resource or a host of.
func elsewhere(text, home string) (string, bool) {
	if parts := strings.SplitN(text, ":", 6); len(parts) == 6 && parts[0] == "arn" && region.MatchString(parts[3]) {
		return parts[3], parts[3] != home
	}
	for _, found := range host.FindAllStringSubmatch(text, -1) {
		if found[1] != home {
			return found[1], true
		}
	}
	return "", false
}

// sources looks at what the properties of a resource were made from, which tells of names that have no region in them,
// and of values that are not known yet.
func (c *check) sources(r *graph.Resource) {
	for _, name := range slices.Sorted(maps.Keys(r.Dependencies)) {
		if isOutward(r.Type, name) {
			continue
		}
		for _, urn := range r.Dependencies[name] {
			from := c.ByURN(urn)
			if from == nil || !c.regional(from) || from.Region == r.Region || c.copied(from, r, name) {
				continue
			}
			sure := c.Names(r, name, from)
			if sure == graph.Maybe || sure == graph.Yes && isDocument(name) {
				c.findings = append(c.findings, graph.Finding{Rule: "regions", URN: r.URN, Message: "not known yet: " + name,
					Undecided: true})
			} else if sure == graph.Yes {
				c.find("regions/needs", r, []string{r.URN, from.URN}, "it is in %s, and its %s is made from %s, which is in %s: it is "+
					"lost with that region: make it from what is in its own", r.Region, name, from.Name(), from.Region)
			}
		}
	}
}

// copied says whether a property was also made from what is in the resource's own region and is a copy of the other, or
// has it for a copy: then that is what it names. Once the value is known, it is looked at by itself.
func (c *check) copied(from, r *graph.Resource, name string) bool {
	return slices.ContainsFunc(r.Dependencies[name], func(urn string) bool {
		other := c.ByURN(urn)
		return other != nil && other.Region == r.Region && (isCopy(other, from) || isCopy(from, other))
	})
}

func isCopy(r, of *graph.Resource) bool {
	return slices.ContainsFunc(outward[r.Type], func(path string) bool {
		return slices.Contains(r.Dependencies[path], of.URN)
	})
}

// isDocument says whether a property is one that may only speak of what it was made from: see [saidOf].
func isDocument(name string) bool { return name == "definition" || name == "containerDefinitions" }

// made are the types that are copies, by the property that names the original.
var made = map[string]string{
	"aws:kms/replicaKey:ReplicaKey": "primaryKeyArn",
	"aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": "sourceDbInstanceArn",
}

// copies tells of those that are where their original is.
func (c *check) copies() {
	same := func(r *graph.Resource, there string) {
		if there == r.Region && there != "" {
			c.find("regions/same", r, []string{r.URN}, "it copies within %s, and is lost with it: copy to another region", there)
		}
	}
	for _, token := range slices.Sorted(maps.Keys(made)) {
		for _, r := range c.OfType(token) {
			same(r, regionOf(props.Text(r.Declared(), made[token])))
		}
	}
	for _, r := range c.OfType("aws:secretsmanager/secret:Secret") {
		for _, there := range props.Texts(r.Declared(), "replicas[*].region") {
			same(r, there)
		}
	}
	for _, r := range c.OfType("aws:backup/plan:Plan") {
		for _, vault := range props.Texts(r.Declared(), "rules[*].copyActions[*].destinationVaultArn") {
			same(r, regionOf(vault))
		}
	}
	for _, r := range c.OfType("aws:s3/bucketReplicationConfig:BucketReplicationConfig") {
		for _, arn := range props.Texts(r.Declared(), "rules[*].destination.bucket") {
			if target := c.First("aws:s3/bucketV2:BucketV2", "arn", arn); target != nil {
				same(r, target.Region)
			}
		}
	}
}

func regionOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[3]
	}
	return ""
}
