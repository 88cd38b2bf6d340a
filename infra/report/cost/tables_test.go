package cost

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/tiers"
	"haven/stacks/config"
)

// TestPriceTable: each price is positive, of one day that is past, and says on which page to look it up.
func TestPriceTable(t *testing.T) {
	table := priceTable()
	assert.Len(t, table, len(rows(priceList, 7)), "no item has two prices")
	for key, price := range table {
		assert.Positive(t, price.USD, "%v", key)
		assert.NotEmpty(t, price.Unit, "%v", key)
		assert.Equal(t, "eu-west-1", price.Region, "%v", key)
		date, err := time.Parse(time.DateOnly, price.Date)
		require.NoError(t, err, "%v", key)
		assert.True(t, date.Before(time.Now()), "%v", key)
		assert.Regexp(t, `^https://aws\.amazon\.com/[a-z0-9/-]+/pricing/$`, price.Page, "%v", key)
	}
}

// TestATypeIsEitherPricedOrToldWhyNot, with a reason, and never both.
func TestATypeIsEitherPricedOrToldWhyNot(t *testing.T) {
	listed := rows(unpricedList, 3)
	assert.Len(t, unpricedTypes(), len(listed), "no type is listed twice")
	for i, row := range listed {
		assert.Regexp(t, `^(aws|gcp):[a-z0-9]+/[A-Za-z0-9]+:[A-Za-z0-9]+$`, row[0])
		assert.Contains(t, []string{"free", "usage"}, row[1], row[0])
		assert.NotEmpty(t, row[2], row[0])
		assert.NotContains(t, rules, row[0])
		if i > 0 {
			assert.Less(t, listed[i-1][0], row[0], "sorted")
		}
	}
}

// TestEveryTypeOfTheDemoIsExplained: of what the demo's stacks declare, nothing is "not priced".
func TestEveryTypeOfTheDemoIsExplained(t *testing.T) {
	files, err := filepath.Glob("../../../tests/golden/testdata/*.golden")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			kind, _, _ := strings.Cut(line, "|")
			if !strings.HasPrefix(kind, "aws:") && !strings.HasPrefix(kind, "gcp:") {
				continue
			}
			_, listed := unpricedTypes()[kind]
			assert.True(t, listed || rules[kind] != nil,
				"%s of %s: give it a rule and prices, or a line in unpriced.csv", kind, filepath.Base(file))
		}
	}
}

// TestEveryTierHasPrices: the sizes that a tenant has where its file names none.
func TestEveryTierHasPrices(t *testing.T) {
	for _, tier := range tiers.All {
		standby := map[tiers.Tier]string{tiers.Critical: `"standby": "demo-standby",`}[tier]
		stack, err := config.Parse("demo-acme", map[string]string{"role": "tenant", "tenant": `{"cell": "demo-cell",
			"slot": 1, "tier": "` + string(tier) + `",` + standby + `
			"application": {"image": "public.ecr.aws/haven-demo/processmaker:4"}}`})
		require.NoError(t, err)
		assert.Contains(t, priceTable(), priced{"RDS", stack.Tenant.Database.InstanceClass}, tier)
		assert.Contains(t, priceTable(), priced{"ElastiCache", stack.Tenant.Cache.NodeType + " valkey"}, tier)
	}
}
