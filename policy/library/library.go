// Package library lists every rule and proof that Haven demands of its stacks. The policy pack, `haven check` and the
// tests all run this one list.
package library

import (
	"haven/policy/check"
	"haven/policy/checklist"
	"haven/policy/copies"
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
	}
}
