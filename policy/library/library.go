// Package library lists every rule and proof that Haven demands of its stacks. The policy pack, `haven check` and the
// tests all run this one list.
package library

import (
	"haven/policy/authority"
	"haven/policy/check"
	"haven/policy/checklist"
	"haven/policy/copies"
	"haven/policy/reach"
	"haven/policy/rules"
)

// All is the whole list.
func All() check.Library {
	return check.Library{Rules: checklist.All(), Proofs: proofs()}
}

func proofs() []check.Proof {
	return []check.Proof{
		{
			ID: "copies", Severity: rules.Critical, Check: copies.Check,
			Title:    "Each tenant's data has every copy that its tier promises, and an alarm on the age of each",
			Controls: []string{"BAK-1", "BAK-2", "BAK-4", "BAK-5", "DR-2"},
		},
		{
			ID: "isolation", Severity: rules.Critical, Check: reach.Isolation, Alone: true,
			Title:    "No tenant has a path over the network to what another one owns",
			Controls: []string{"TEN-1", "TEN-2", "DB-1"},
		},
		{
			ID: "authority", Severity: rules.Critical, Check: authority.Isolation, Alone: true,
			Title:    "No tenant's role can read, change or take on anything of another tenant",
			Controls: []string{"TEN-2", "IAM-3"},
		},
		{
			ID: "internet", Severity: rules.Critical, Check: reach.Internet, Alone: true,
			Title: "No data store has a way to or from the internet, from which nothing but the edge's load balancers can " +
				"be reached",
			Controls: []string{"NET-1", "NET-2", "DB-1", "TLS-1"},
		},
	}
}
