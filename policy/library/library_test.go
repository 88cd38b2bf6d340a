package library_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/check"
	"haven/policy/checklist"
	"haven/policy/exceptions"
	"haven/policy/library"
	"haven/policy/rules"
)

// TestWhatDecidesADemandExists: each proof that the checklist names for a demand is among those that are made.
func TestWhatDecidesADemandExists(t *testing.T) {
	t.Parallel()
	rows, err := checklist.Rows()
	require.NoError(t, err)
	all := library.All()
	for _, row := range rows {
		if row.Decided == checklist.ByProof {
			assert.NotEmpty(t, row.Proofs, "%s is decided by nothing", row.ID)
		}
		for _, proof := range row.Proofs {
			assert.True(t, all.Has(proof) || slices.Contains(always, proof), "%s is decided by %s, which nobody proves", row.ID,
				proof)
		}
	}
}

// TestWhatIsLiftedIsDecidedWithItsStack: a rule that a tenant who leaves is spared is decided where it is told that it does.
func TestWhatIsLiftedIsDecidedWithItsStack(t *testing.T) {
	t.Parallel()
	all := library.All()
	for _, id := range check.Lifted() {
		at := slices.IndexFunc(all.Rules, func(r rules.Rule) bool { return r.ID == id })
		if assert.GreaterOrEqual(t, at, 0, id) {
			assert.True(t, all.Rules[at].Whole, id)
		}
	}
}

// always are what is found whatever the rules and proofs are.
var always = []string{check.TooUndecided, exceptions.Expired, exceptions.Unused}
