package check

import (
	"slices"

	"haven/policy/graph"
	"haven/policy/props"
	"haven/policy/rules"
)

// lifted are the rules about what keeps a tenant from being deleted. It is lifted when a tenant leaves, in an update
// before the one that deletes it.
var lifted = []string{"rds-deletion-protection", "bk-manual-delete-denied"}

// leave makes of their failures, for a tenant whose stack exports that it leaves, ones that are excepted.
func leave(outcomes []rules.Outcome, g *graph.Graph) []rules.Outcome {
	for i, o := range outcomes {
		r := g.ByURN(o.URN)
		if o.Result != rules.Fail || !slices.Contains(lifted, o.Rule) || r == nil {
			continue
		}
		exported := g.Exports(r.Stack)
		if props.Text(exported, "tenant.state") == "leaving" {
			outcomes[i].Result = rules.Excepted
			outcomes[i].Message += " (lifted, as the tenant leaves and may be gone from " +
				props.Text(exported, "tenant.deletionDate") + " on)"
		}
	}
	return outcomes
}
