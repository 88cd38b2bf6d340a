package alarms

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/budgets"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/limit"
	"haven/components/naming"
)

// checkBudget lets a budget be left out.
func checkBudget(problems *arguments.Problems, usd int) {
	if usd < 0 {
		problems.Check("MonthlyBudgetUSD", &limit.Error{Got: usd, Want: "at least 1, or 0 for none"})
	}
}

// budget watches the costs of what carries a tag, where there is a budget: a month that is over it is a warning, one
// that will be by AWS's forecast is good to know.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
func (w watcher) budget(usd int, tag, value string) error {
	if usd == 0 {
		return nil
	}
	physical := w.scope.Name("monthly")
	_, err := budgets.NewBudget(w.ctx, w.name+"-budget", &budgets.BudgetArgs{
		Name:        pulumi.String(physical),
		BudgetType:  pulumi.String("COST"),
		TimeUnit:    pulumi.String("MONTHLY"),
		LimitAmount: pulumi.String(strconv.Itoa(usd)),
		LimitUnit:   pulumi.String("USD"),
		CostFilters: budgets.BudgetCostFilterArray{budgets.BudgetCostFilterArgs{
			Name:   pulumi.String("TagKeyValue"),
			Values: pulumi.ToStringArray([]string{"user:" + tag + "$" + value}),
		}},
		Notifications: append(overBudget("ACTUAL", w.topics.Warning), overBudget("FORECASTED", w.topics.Info)...),
		Tags:          pulumi.ToStringMap(w.scope.Tags("alarms", physical, naming.Internal)),
	}, w.opts...)
	if err != nil {
		return fmt.Errorf("budget: %w", err)
	}
	return nil
}

// overBudget tells the topic, where there is one, that costs of that kind are above the budget.
func overBudget(kind string, topic pulumi.StringInput) budgets.BudgetNotificationArray {
	if topic == nil {
		return nil
	}
	return budgets.BudgetNotificationArray{budgets.BudgetNotificationArgs{
		NotificationType:       pulumi.String(kind),
		ComparisonOperator:     pulumi.String("GREATER_THAN"),
		Threshold:              pulumi.Float64(100),
		ThresholdType:          pulumi.String("PERCENTAGE"),
		SubscriberSnsTopicArns: pulumi.StringArray{topic},
	}}
}
