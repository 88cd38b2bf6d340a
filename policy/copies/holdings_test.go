package copies

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheTableOfHoldings(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(holdingsCSV)).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, []string{"type", "holds", "why"}, rows[0])
	var tokens []string
	for _, row := range rows[1:] {
		tokens = append(tokens, row[0])
		assert.Contains(t, holdings, holding(row[1]), row[0])
		assert.NotEmpty(t, row[2], row[0])
		assert.Regexp(t, `^(aws|gcp):\w+/(\w+:\w+)?$`, row[0])
		if strings.HasSuffix(row[0], "/") {
			assert.Equal(t, nothing, holding(row[1]), "a whole module is spoken for only where it holds nothing: %s", row[0])
		}
	}
	assert.True(t, slices.IsSorted(tokens), "in the order of their tokens")
	assert.Len(t, slices.Compact(slices.Clone(tokens)), len(tokens), "each once")
}

// TestEverythingThatHoldsDataIsAskedFor: what the table says holds data is what the proofs ask about.
func TestEverythingThatHoldsDataIsAskedFor(t *testing.T) {
	t.Parallel()
	var held []string
	for token, holds := range table() {
		if holds == data {
			held = append(held, token)
		}
	}
	assert.ElementsMatch(t, asked, held)
	assert.Equal(t, accepted, table()[cache])
}
