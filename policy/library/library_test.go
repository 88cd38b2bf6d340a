package library_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/checklist"
	"haven/policy/library"
)

// TestWhatDecidesADemandExists: each proof that the checklist names for a demand is among those that are made.
func TestWhatDecidesADemandExists(t *testing.T) {
	t.Parallel()
	rows, err := checklist.Rows()
	require.NoError(t, err)
	all, named := library.All(), 0
	for _, row := range rows {
		for _, proof := range row.Proofs {
			named++
			assert.True(t, all.Has(proof), "%s is decided by %s, which nobody proves", row.ID, proof)
		}
	}
	assert.Positive(t, named)
}
