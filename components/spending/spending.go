package spending

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/budgets"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/costexplorer"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/limit"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:spending:Spending"

// anomalyShare is which part of the budget an unusual rise must reach to be told.
const anomalyShare = 20

// Args are all required.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// MonthlyBudgetUSD is what a month may cost, in US dollars, taxes included.
	MonthlyBudgetUSD int
	// CriticalTopicARN is told that the budget is spent, WarningTopicARN that it nearly is, will be, or that costs rose
	// unusually, InfoTopicARN that it will nearly be. AWS Budgets and Cost Anomaly Detection may publish to them.
	CriticalTopicARN, WarningTopicARN, InfoTopicARN pulumi.StringInput
}

// Spending watches an account's costs.
type Spending struct {
	pulumi.ResourceState
}

// New watches an account's costs.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Spending, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("spending: %w", err)
	}
	s := &Spending{}
	if err := ctx.RegisterComponentResource(Type, name, s, opts...); err != nil {
		return nil, fmt.Errorf("spending: %w", err)
	}
	if err := s.budget(ctx, name, args); err != nil {
		return nil, fmt.Errorf("spending: %w", err)
	}
	if err := s.anomalies(ctx, name, args); err != nil {
		return nil, fmt.Errorf("spending: %w", err)
	}
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	if a.MonthlyBudgetUSD < 1 {
		problems.Check("MonthlyBudgetUSD", &limit.Error{Got: a.MonthlyBudgetUSD, Want: "at least 1"})
	}
	problems.Require("CriticalTopicARN", a.CriticalTopicARN != nil)
	problems.Require("WarningTopicARN", a.WarningTopicARN != nil)
	problems.Require("InfoTopicARN", a.InfoTopicARN != nil)
	return problems.Err()
}

func (s *Spending) budget(ctx *pulumi.Context, name string, args Args) error {
	physical := args.Scope.Name("monthly")
	over := func(kind string, percent float64, topic pulumi.StringInput) budgets.BudgetNotificationInput {
		return budgets.BudgetNotificationArgs{
			NotificationType:       pulumi.String(kind),
			ComparisonOperator:     pulumi.String("GREATER_THAN"),
			Threshold:              pulumi.Float64(percent),
			ThresholdType:          pulumi.String("PERCENTAGE"),
			SubscriberSnsTopicArns: pulumi.StringArray{topic},
		}
	}
	_, err := budgets.NewBudget(ctx, name+"-budget", &budgets.BudgetArgs{
		Name:        pulumi.String(physical),
		AccountId:   pulumi.String(args.Account),
		BudgetType:  pulumi.String("COST"),
		TimeUnit:    pulumi.String("MONTHLY"),
		LimitAmount: pulumi.String(strconv.Itoa(args.MonthlyBudgetUSD)),
		LimitUnit:   pulumi.String("USD"),
		Notifications: budgets.BudgetNotificationArray{
			over("ACTUAL", 100, args.CriticalTopicARN),
			over("ACTUAL", 80, args.WarningTopicARN),
			over("FORECASTED", 100, args.WarningTopicARN),
			over("FORECASTED", 80, args.InfoTopicARN),
		},
		Tags: pulumi.ToStringMap(args.Scope.Tags("spending", physical, naming.Internal)),
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("budget: %w", err)
	}
	return nil
}

func (s *Spending) anomalies(ctx *pulumi.Context, name string, args Args) error {
	physical := args.Scope.Name("services")
	tags := pulumi.ToStringMap(args.Scope.Tags("spending", physical, naming.Internal))
	monitor, err := costexplorer.NewAnomalyMonitor(ctx, name+"-monitor", &costexplorer.AnomalyMonitorArgs{
		Name:             pulumi.String(physical),
		MonitorType:      pulumi.String("DIMENSIONAL"),
		MonitorDimension: pulumi.String("SERVICE"),
		Tags:             tags,
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("anomaly monitor: %w", err)
	}
	_, err = costexplorer.NewAnomalySubscription(ctx, name+"-subscription", &costexplorer.AnomalySubscriptionArgs{
		Name:            pulumi.String(physical),
		Frequency:       pulumi.String("IMMEDIATE"),
		MonitorArnLists: pulumi.StringArray{monitor.Arn},
		Subscribers: costexplorer.AnomalySubscriptionSubscriberArray{
			costexplorer.AnomalySubscriptionSubscriberArgs{
				Type:    pulumi.String("SNS"),
				Address: args.WarningTopicARN,
			},
		},
		ThresholdExpression: costexplorer.AnomalySubscriptionThresholdExpressionArgs{
			Dimension: costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs{
				Key:          pulumi.String("ANOMALY_TOTAL_IMPACT_ABSOLUTE"),
				MatchOptions: pulumi.ToStringArray([]string{"GREATER_THAN_OR_EQUAL"}),
				Values:       pulumi.ToStringArray([]string{strconv.Itoa(max(1, args.MonthlyBudgetUSD/anomalyShare))}),
			},
		},
		Tags: tags,
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("anomaly subscription: %w", err)
	}
	return nil
}
