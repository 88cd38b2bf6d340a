package mirror

import (
	"fmt"
	"regexp"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
	"haven/components/tiers"
)

// WatchType is the type token of a tenant's watch.
const WatchType = "haven:mirror:Watch"

// WatchArgs are all required.
type WatchArgs struct {
	// Scope is the tenant's.
	Scope naming.Scope
	// Tier says how old the tenant's newest dump in the mirror may be.
	Tier tiers.Tier
	// DumpsMetric and Channels are what the mirror's stack says of itself.
	DumpsMetric string
	Channels    []string
}

// Watch is the alarm of a tenant whose newest dump in the mirror grows too old.
type Watch struct {
	pulumi.ResourceState
}

// Window is how long no dump may arrive before the alarm is raised; zero for an unknown tier. It lies halfway between
// the time between two dumps and the bound: the one half leaves a late dump its time, the other bounds how old a dump
// may be when it arrives.
func Window(tier tiers.Tier) time.Duration {
	promise, _ := tiers.Of(tier)
	bound, _ := promise.Bound(tiers.Mirror)
	return (promise.DumpEvery + bound) / 2
}

// NewWatch makes the alarm, in the tenant's own stack: a tenant is watched from its first day, whether or not a dump
// has ever arrived, and no longer than it is there. Its provider is Google Cloud's, with the mirror's project.
func NewWatch(ctx *pulumi.Context, name string, args WatchArgs, opts ...pulumi.ResourceOption) (*Watch, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("mirror watch: %w", err)
	}
	w := &Watch{}
	if err := ctx.RegisterComponentResource(WatchType, name, w, opts...); err != nil {
		return nil, fmt.Errorf("mirror watch: %w", err)
	}
	promise, _ := tiers.Of(args.Tier)
	bound, _ := promise.Bound(tiers.Mirror)
	err := newAlarm(ctx, name+"-age", args.Scope, alarm{
		part:     "mirror-age",
		severity: critical,
		title:    "No dump has arrived",
		demand: fmt.Sprintf("The newest dump of %s in the mirror is about to be older than %d h. See whether dumps are "+
			"made, then whether they are copied.", args.Scope.Tenant, int(bound.Hours())),
		condition: none(fmt.Sprintf(`%s{monitored_resource="gcs_bucket",%s=%q}`, inPromQL(args.DumpsMetric), tenantLabel,
			args.Scope.Tenant), Window(args.Tier)),
	}, pulumi.ToStringArray(args.Channels), pulumi.Parent(w))
	if err != nil {
		return nil, fmt.Errorf("mirror watch: %w", err)
	}
	return w, ctx.RegisterResourceOutputs(w, pulumi.Map{})
}

func (a WatchArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope.Tenant", a.Scope.Tenant != "")
	problems.Require("Tier", Window(a.Tier) > 0)
	problems.Require("DumpsMetric", a.DumpsMetric != "")
	problems.Require("Channels", len(a.Channels) > 0)
	return problems.Err()
}

var notInPromQL = regexp.MustCompile(`[^a-zA-Z0-9_]`)

// inPromQL is a log-based metric as PromQL names it.
// https://cloud.google.com/monitoring/promql/promql-mapping
func inPromQL(metric string) string {
	return "logging_googleapis_com:user_" + notInPromQL.ReplaceAllString(metric, "_")
}
