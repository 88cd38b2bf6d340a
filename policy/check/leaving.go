package check

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
	"haven/policy/rules"
)

// lifted are the rules about what keeps a tenant from being deleted. It is lifted when a tenant leaves, and of a
// database that it releases, in an update before the one that deletes it.
var lifted = []string{
	"rds-deletion-protection", "bk-manual-delete-denied", "bk-vault-denies", "bk-vault-kept", "w-protect-stateful",
}

// Lifted are their names.
func Lifted() []string { return slices.Clone(lifted) }

// leave makes of their failures, for what a tenant's stack exports as leaving, ones that are excepted.
func leave(outcomes []rules.Outcome, g *graph.Graph) []rules.Outcome {
	for i, o := range outcomes {
		r := g.ByURN(o.URN)
		if o.Result != rules.Fail || !slices.Contains(lifted, o.Rule) || r == nil {
			continue
		}
		if why := leaves(g.Exports(r.Stack), r); why != "" {
			outcomes[i].Result = rules.Excepted
			outcomes[i].Message += " (lifted, as " + why + ")"
		}
	}
	return outcomes
}

// leaves is why a resource may be deleted; empty where it may not.
func leaves(exported property.Map, r *graph.Resource) string {
	switch {
	case props.Text(exported, "tenant.state") == "leaving":
		return "the tenant leaves and may be gone from " + props.Text(exported, "tenant.deletionDate") + " on"
	case slices.Contains(props.Texts(exported, "tenant.released[*]"), props.Text(r.Declared(), "identifier")):
		return "the tenant's stack exports it as released"
	}
	return ""
}
