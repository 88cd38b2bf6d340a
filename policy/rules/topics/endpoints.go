package topics

import (
	"slices"

	"haven/policy/access"
	"haven/policy/rules"
)

// trustedEndpoint demands that an endpoint lets through what the own account asks for only, or what is asked of one
// bucket by name.
func trustedEndpoint(l *rules.Look) {
	has(l, "policy", "who may go through it")
	for _, c := range clauses(l, "policy") {
		if !c.Deny && everyone(c) && !narrowed(c) && !named(c) {
			l.RefuseFound("policy", "open to every account in "+statement(c), "a condition on aws:PrincipalAccount",
				"add the condition: else data can leave to accounts that are not yours")
		}
	}
}

// named says whether a statement is about resources that are named, and reads only.
func named(c access.Clause) bool {
	writes := slices.ContainsFunc(c.Actions, func(a string) bool { return a != "s3:GetObject" })
	return !writes && len(c.Resources) > 0 && !slices.ContainsFunc(c.Resources, everything)
}
