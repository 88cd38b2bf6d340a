package alarms_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/alarms"
	"haven/tests/harness"
)

const budgetType = "aws:budgets/budget:Budget"

// TestBudgets: a tenant's is about what carries its name, a cell's about all that belongs to the cell.
func TestBudgets(t *testing.T) {
	t.Parallel()
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		tenant, cell := tenantArgs(), cellArgs()
		tenant.MonthlyBudgetUSD, cell.MonthlyBudgetUSD = 300, 4000
		if _, err := alarms.NewTenant(ctx, "tenant", tenant); err != nil {
			return err
		}
		_, err := alarms.NewCell(ctx, "cell", cell)
		return err
	}))
	for name, want := range map[string]struct{ physical, amount, filter string }{
		"tenant": {"demo-acme-monthly", "300", "user:tenant$acme"},
		"cell":   {"demo-cell-monthly", "4000", "user:cell$demo-cell"},
	} {
		budget := recorder.One(t, budgetType, name+"-budget")
		harness.AssertTags(t, budget, "alarms")
		harness.AssertInputs(t, budget, map[string]any{
			"name":        want.physical,
			"budgetType":  "COST",
			"timeUnit":    "MONTHLY",
			"limitAmount": want.amount,
			"limitUnit":   "USD",
			"costFilters": []any{map[string]any{"name": "TagKeyValue", "values": []any{want.filter}}},
			"notifications": []any{
				map[string]any{
					"notificationType": "ACTUAL", "comparisonOperator": "GREATER_THAN", "threshold": 100.0,
					"thresholdType": "PERCENTAGE", "subscriberSnsTopicArns": []any{"arn:warning"},
				},
				map[string]any{
					"notificationType": "FORECASTED", "comparisonOperator": "GREATER_THAN", "threshold": 100.0,
					"thresholdType": "PERCENTAGE", "subscriberSnsTopicArns": []any{"arn:info"},
				},
			},
		})
	}
}

func TestBudgetThatTellsNobody(t *testing.T) {
	t.Parallel()
	args := tenantArgs()
	args.MonthlyBudgetUSD, args.Topics = 300, alarms.Topics{}
	budget := declareTenant(t, args).One(t, budgetType, "alarms-budget")
	assert.Empty(t, budget.Input("notifications"))
}

func TestNoBudget(t *testing.T) {
	t.Parallel()
	assert.Empty(t, declareTenant(t, tenantArgs()).OfType(budgetType))
}
