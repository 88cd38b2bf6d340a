// Package library lists every rule and proof that Haven demands of its stacks. The policy pack, `haven check` and the
// tests all run this one list.
package library

import (
	"haven/policy/authority"
	"haven/policy/certificates"
	"haven/policy/check"
	"haven/policy/checklist"
	"haven/policy/copies"
	"haven/policy/exposure"
	"haven/policy/headroom"
	"haven/policy/orphans"
	"haven/policy/reach"
	"haven/policy/references"
	"haven/policy/regions"
	"haven/policy/rpo"
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
			ID: "rpo", Severity: rules.Critical, Check: rpo.Check,
			Title: "No copy can be older than its tier's bound: interval, making and copying add up to less, and each step " +
				"has an alarm",
			Controls: []string{"BAK-1", "DR-2"},
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
			ID: "ownership", Severity: rules.Critical, Check: authority.Ownership, Alone: true,
			Title:    "Each password, secret and key belongs to one tenant and serves one purpose",
			Controls: []string{"TEN-2", "DB-2", "ENC-1"},
		},
		{
			ID: "deletion", Severity: rules.Critical, Check: authority.Deletion, Alone: true,
			Title:    "No role can delete recovery points, snapshots, locked versions, vaults or keys, or end the audit trail",
			Controls: []string{"BAK-5", "IAM-3"},
		},
		{
			ID: "admission", Severity: rules.High, Check: authority.Admission, Alone: true,
			Title:    "What copies to another region or cloud may do all that it needs for it, and nothing more",
			Controls: []string{"BAK-2", "IAM-3"},
		},
		{
			ID: "regions", Severity: rules.High, Check: regions.Check, Alone: true,
			Title:    "Nothing in one region needs another, and no copy is where its original is",
			Controls: []string{"DR-2", "LOC-1"},
		},
		{
			ID: "networks", Severity: rules.Medium, Check: regions.Networks,
			Title:    "An environment has networks in more than one region",
			Controls: []string{"DR-2"},
		},
		{
			ID: "exposure", Severity: rules.Critical, Check: exposure.Check, Alone: true,
			Title:    "No secret is in plain text in a property, an output or a container's variable",
			Controls: []string{"DB-2", "IAM-3"},
		},
		{
			ID: "internet", Severity: rules.Critical, Check: reach.Internet, Alone: true,
			Title: "No data store has a way to or from the internet, from which nothing but the edge's load balancers can " +
				"be reached",
			Controls: []string{"NET-1", "NET-2", "DB-1", "TLS-1"},
		},
		{
			ID: "layout", Severity: rules.High, Check: reach.Layout, Alone: true,
			Title:    "Each network stands when a zone is lost, has its own addresses, and keeps inside what belongs there",
			Controls: []string{"NET-1", "NET-2", "RED-1", "RED-2"},
		},
		{
			ID: "certificates", Severity: rules.High, Check: certificates.Check, Alone: true,
			Title:    "Each host that is served has a certificate where its name leads, and only Amazon may issue any",
			Controls: []string{"TLS-1", "TLS-3"},
		},
		{
			ID: "headroom", Severity: rules.Medium, Check: headroom.Check, Alone: true,
			Title:    "No quota of the account is used up, now or once each cell is full",
			Controls: []string{"RED-1"},
		},
		{
			ID: "orphans", Severity: rules.Low, Check: orphans.Check, Alone: true,
			Title:    "Nothing is there that nobody needs, and no data that is no tenant's",
			Controls: []string{"CMP-1", "TEN-1"},
		},
		{
			ID: "references", Severity: rules.High, Check: references.Check,
			Title:    "What stacks name is there, and no tenant's but their own",
			Controls: []string{"TEN-1", "TEN-2", "CMP-1"},
		},
	}
}
