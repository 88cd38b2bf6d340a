package rpo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/components/tiers"
	"haven/policy/copies"
	"haven/policy/graph"
	"haven/policy/props"
)

// The types that chains are made of.
const (
	stackType         = "pulumi:pulumi:Stack"
	instance          = "aws:rds/instance:Instance"
	fileSystem        = "aws:efs/fileSystem:FileSystem"
	replicatedBackups = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
	selection         = "aws:backup/selection:Selection"
	plan              = "aws:backup/plan:Plan"
	schedule          = "aws:scheduler/schedule:Schedule"
	bucketReplication = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	stateMachine      = "aws:sfn/stateMachine:StateMachine"
	alarm             = "aws:cloudwatch/metricAlarm:MetricAlarm"
	transferJob       = "gcp:storage/transferJob:TransferJob"
	alertPolicy       = "gcp:monitoring/alertPolicy:AlertPolicy"
)

// Check is every copy that can be older than its bound, or whose steps nobody is told of.
func Check(g *graph.Graph) []graph.Finding {
	var all []graph.Finding
	for _, chain := range Chains(g) {
		all = append(all, findings(g, chain)...)
	}
	return all
}

// Chains are those of all tenants of an environment that are not gone, for each kind of copy that their tiers have. A stack
// that brings a tenant back has no bound to keep before it has taken over and copies what is written: when it must, the
// proof of copies says.
func Chains(g *graph.Graph) []Chain {
	var all []Chain
	for _, stack := range g.Stacks() {
		exported := g.Exports(stack).Get("tenant")
		if !exported.IsMap() || props.Text(exported.AsMap(), "state") == "gone" || waits(exported.AsMap()) {
			continue
		}
		promise, known := tiers.Of(tiers.Tier(props.Text(exported.AsMap(), "tier")))
		if !known {
			continue // which the proof of copies says
		}
		t := tenantOf(g, stack)
		for _, bound := range promise.Bounds {
			if !t.taken || !copies.Abroad(bound.Copy) {
				all = append(all, t.chain(bound))
			}
		}
	}
	return all
}

// waits says whether a tenant is brought back, and copies nothing yet.
func waits(exported property.Map) bool {
	return props.Text(exported, "restoredOf") != "" &&
		(props.Text(exported, "restoreMode") != "active" || !props.Flag(exported, "copied"))
}

func findings(g *graph.Graph, c Chain) []graph.Finding {
	about := c.Stack
	for _, stack := range g.OfType(stackType) {
		if stack.Stack == c.Stack {
			about = stack.URN
		}
	}
	found := func(rule, format string, args ...any) graph.Finding {
		return graph.Finding{Rule: rule, URN: about, Message: fmt.Sprintf(format, args...), Witness: c.witness()}
	}
	if c.Missing != "" {
		return []graph.Finding{found("rpo/link", "%s: %s", c.Copy, c.Missing)}
	}
	var all []graph.Finding
	if c.Sum() > c.Age {
		all = append(all, found("rpo/sum", "%s: make one of them shorter", c))
	}
	t := tenantOf(g, c.Stack)
	told := map[tiers.Copy]bool{}
	for _, link := range c.Links {
		if !told[link.Ends] && !t.told(link.Ends) {
			all = append(all, found("rpo/alarm", "%s: nobody is told when there is no newer copy of the kind %s: "+
				"declare an alarm on its age with an action", c, link.Ends))
		}
		told[link.Ends] = true
	}
	return all
}

// tenant is one tenant while its chains are followed.
type tenant struct {
	*graph.Graph
	stack    string
	exported property.Map
	// taken says that it serves in the place of one whose region is lost.
	taken bool
}

func tenantOf(g *graph.Graph, stack string) tenant {
	exported := g.Exports(stack).Get("tenant").AsMap()
	return tenant{Graph: g, stack: stack, exported: exported, taken: props.Text(exported, "restoredOf") != ""}
}

// own are the tenant's resources of a type that meet a condition.
func (t tenant) own(token string, is func(*graph.Resource) bool) []*graph.Resource {
	var own []*graph.Resource
	for _, r := range t.OfType(token) {
		if r.Stack == t.stack && is(r) {
			own = append(own, r)
		}
	}
	return own
}

// told says whether somebody is told when the newest copy of a kind is too old.
func (t tenant) told(kind tiers.Copy) bool {
	on := func(a *graph.Resource, actions string) bool {
		off := a.Outputs.Get("actionsEnabled")
		return len(props.Texts(a.Outputs, actions)) > 0 && (!off.IsBool() || off.AsBool())
	}
	switch kind {
	case tiers.Mirror:
		return slices.ContainsFunc(t.alerts(), func(a *graph.Resource) bool { return on(a, "notificationChannels[*]") })
	case tiers.Replica:
		return t.lag() != nil
	}
	return len(t.own(alarm, func(a *graph.Resource) bool {
		return a.Text("metricName") == "CopyAgeMinutes" && a.Text("dimensions.Copy") == string(kind) &&
			on(a, "alarmActions[*]")
	})) > 0
}

// alerts are those of Google about what no longer arrives there: the tenant's own; where it was taken over, those on the
// transfers of the archive.
func (t tenant) alerts() []*graph.Resource {
	if !t.taken {
		return t.own(alertPolicy, func(*graph.Resource) bool { return true })
	}
	jobs := t.Where(transferJob, "transferSpec.awsS3DataSource.bucketName", t.archive())
	return slices.DeleteFunc(slices.Clone(t.OfType(alertPolicy)), func(a *graph.Resource) bool {
		return !slices.ContainsFunc(jobs, func(job *graph.Resource) bool { return job.Stack == a.Stack })
	})
}

// lag is the alarm on how far the replica is behind; nil where there is none.
func (t tenant) lag() *graph.Resource {
	for _, a := range t.own(alarm, func(a *graph.Resource) bool {
		return a.Text("metricName") == "ReplicaLag" && strings.HasPrefix(a.Text("comparisonOperator"), "GreaterThan")
	}) {
		if _, is := props.Number(a.Outputs, "threshold"); is && len(props.Texts(a.Outputs, "alarmActions[*]")) > 0 {
			return a
		}
	}
	return nil
}

func minutes(m property.Map, path string) time.Duration {
	count, _ := props.Number(m, path)
	return time.Duration(count * float64(time.Minute))
}
