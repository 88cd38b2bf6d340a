package spending_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/spending"
	"haven/tests/harness"
)

func args() spending.Args {
	return spending.Args{
		Scope:            harness.AccountScope(),
		Account:          "123456789012",
		MonthlyBudgetUSD: 5000,
		CriticalTopicARN: pulumi.String("critical"),
		WarningTopicARN:  pulumi.String("warning"),
		InfoTopicARN:     pulumi.String("info"),
	}
}

func declare(t *testing.T, args spending.Args) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		_, err := spending.New(ctx, "spending", args)
		return err
	}))
	harness.AssertFamily(t, r, spending.Type, "spending")
	return r
}

func TestBudget(t *testing.T) {
	t.Parallel()
	over := func(kind string, percent float64, topic string) any {
		return map[string]any{"notificationType": kind, "threshold": percent, "thresholdType": "PERCENTAGE",
			"comparisonOperator": "GREATER_THAN", "subscriberSnsTopicArns": []any{topic}}
	}
	budget := declare(t, args()).One(t, "aws:budgets/budget:Budget", "spending-budget")
	harness.AssertTags(t, budget, "spending")
	harness.AssertInputs(t, budget, map[string]any{
		"name":        "demo-account-monthly",
		"accountId":   "123456789012",
		"budgetType":  "COST",
		"timeUnit":    "MONTHLY",
		"limitAmount": "5000",
		"limitUnit":   "USD",
		"notifications": []any{
			over("ACTUAL", 100, "critical"), over("ACTUAL", 80, "warning"),
			over("FORECASTED", 100, "warning"), over("FORECASTED", 80, "info"),
		},
	})
}

func TestAnomalies(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	monitor := r.One(t, "aws:costexplorer/anomalyMonitor:AnomalyMonitor", "spending-monitor")
	harness.AssertTags(t, monitor, "spending")
	harness.AssertInputs(t, monitor, map[string]any{
		"name": "demo-account-services", "monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"})
	subscription := r.One(t, "aws:costexplorer/anomalySubscription:AnomalySubscription", "spending-subscription")
	harness.AssertTags(t, subscription, "spending")
	harness.AssertInputs(t, subscription, map[string]any{
		"name":            "demo-account-services",
		"frequency":       "IMMEDIATE",
		"monitorArnLists": []any{"arn:aws:mock:::spending-monitor"},
		"subscribers":     []any{map[string]any{"type": "SNS", "address": "warning"}},
		"thresholdExpression.dimension": map[string]any{"key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
			"matchOptions": []any{"GREATER_THAN_OR_EQUAL"}, "values": []any{"250"}},
	})
}

func TestASmallBudgetHasAThresholdToo(t *testing.T) {
	t.Parallel()
	small := args()
	small.MonthlyBudgetUSD = 19
	assert.Equal(t, "1", declare(t, small).One(t, "aws:costexplorer/anomalySubscription:AnomalySubscription",
		"spending-subscription").Input("thresholdExpression.dimension.values[0]"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, spending.New,
		"spending: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"MonthlyBudgetUSD: 0, expected at least 1\nCriticalTopicARN: missing, expected a value\n"+
			"WarningTopicARN: missing, expected a value\nInfoTopicARN: missing, expected a value",
		args, map[string]func(*spending.Args){
			"spending: MonthlyBudgetUSD: -1, expected at least 1": func(a *spending.Args) { a.MonthlyBudgetUSD = -1 },
		})
}
