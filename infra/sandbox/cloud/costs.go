package cloud

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// costTypes are those of Budgets and Cost Explorer, which an account has once for all regions.
func costTypes() []*Type {
	return []*Type{
		{
			// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
			Token: budget, Global: true, ID: func(c *Call) string { return c.Account + ":" + c.name("name") },
			Unique: []Unique{{Property: "name", Scope: PerAccount, Taken: budgets.says("CreateBudget",
				"DuplicateRecordException", "Error creating budget: %s - the budget already exists.")}},
			Refuse: firstOf(refuseBudgetName, refuseLimit, refuseNotifications), Computed: budgetOutputs,
		},
		{
			// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CreateAnomalyMonitor.html
			Token: anomalyMonitor, Global: true, ID: anomalyARN("anomalymonitor"),
			Refuse: firstOf(refuseMonitor, onCreate(refuseSecondMonitor)), Computed: anomalyOutputs,
		},
		{
			// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CreateAnomalySubscription.html
			Token: anomalySubscription, Global: true, ID: anomalyARN("anomalysubscription"),
			References: []Reference{{Property: "monitorArnLists[*]", To: anomalyMonitor, By: "arn",
				NotFound: costExplorer.says("CreateAnomalySubscription", "UnknownMonitorException",
					"The cost anomaly monitor %s does not exist for the account.")}},
			Refuse: firstOf(refuseSubscribers, refuseImpact), Computed: anomalySubscriptionOutputs,
		},
	}
}

func refuseBudgetName(c *Call) error {
	if name := c.text("name"); len(name) > 100 || strings.ContainsAny(name, `:\`) {
		return budgets.says("CreateBudget", "InvalidParameterException",
			"The budget name must be at most 100 characters, without ':' and '\\'.")
	}
	return nil
}

var amount = regexp.MustCompile(`^\d+(\.\d+)?$`)

func refuseLimit(c *Call) error {
	if limit := c.text("limitAmount"); limit != "" && !amount.MatchString(limit) {
		return budgets.refuses("CreateBudget", "InvalidParameterException",
			"Invalid budget limit amount %s: expected a number of zero or more.", limit)
	}
	return nil
}

// Quotas: https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html.
const (
	notificationsPerBudget = 10
	emailsPerNotification  = 10
)

func refuseNotifications(c *Call) error {
	notifications := props.Maps(c.Inputs, "notifications[*]")
	if len(notifications) > notificationsPerBudget {
		return budgets.says("CreateNotification", "CreationLimitExceededException",
			"Unable to create notification: the maximum number of notifications of a budget has been reached.")
	}
	for _, n := range notifications {
		topics, emails := props.Texts(n, "subscriberSnsTopicArns[*]"), props.Texts(n, "subscriberEmailAddresses[*]")
		threshold, given := n.Get("threshold"), !absent(n, "subscriberSnsTopicArns") || !absent(n, "subscriberEmailAddresses")
		switch {
		case !given:
			return errors.New("notification must have at least one subscriber")
		case len(topics) > 1 || len(emails) > emailsPerNotification:
			return budgets.says("CreateNotification", "CreationLimitExceededException",
				"Unable to create subscriber: the maximum number of subscribers of a notification has been reached.")
		case threshold.IsNumber() && threshold.AsNumber() <= 0:
			return budgets.says("CreateNotification", "InvalidParameterException",
				"Notification threshold must be greater than 0.")
		}
	}
	return nil
}

func budgetOutputs(c *Call) map[string]property.Value {
	_, name, _ := strings.Cut(c.ID, ":")
	return c.outputs().
		fillText("name", name).
		fillText("accountId", c.Account).
		text("arn", "arn:aws:budgets::"+c.Account+":budget/"+name).
		fillText("timePeriodStart", c.Now.UTC().Format("2006-01")+"-01_00:00").
		values
}

// anomalyARN makes the ARN of what Cost Anomaly Detection has, which is its ID.
func anomalyARN(kind string) func(*Call) string {
	return func(c *Call) string { return "arn:aws:ce::" + c.Account + ":" + kind + "/" + uuid(randomHex(32)) }
}

func refuseMonitor(c *Call) error {
	kind := c.text("monitorType")
	if kind == "DIMENSIONAL" && !c.has("monitorDimension") || kind == "CUSTOM" && !c.has("monitorSpecification") {
		return costExplorer.refuses("CreateAnomalyMonitor", "ValidationException",
			"A monitor of the type %s has no dimension or specification.", kind)
	}
	return nil
}

// refuseSecondMonitor: https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html.
func refuseSecondMonitor(c *Call) error {
	for _, other := range c.listGlobal(anomalyMonitor) {
		if c.text("monitorDimension") == "SERVICE" && other.Text("monitorDimension") == "SERVICE" {
			return costExplorer.says("CreateAnomalyMonitor", "LimitExceededException",
				"Limit exceeded on dimensional spend monitor creation")
		}
	}
	return nil
}

// refuseSubscribers: topics are told at once, addresses once a day or week,
// https://docs.aws.amazon.com/cost-management/latest/userguide/getting-started-ad.html.
func refuseSubscribers(c *Call) error {
	want := "EMAIL"
	if c.text("frequency") == "IMMEDIATE" {
		want = "SNS"
	}
	for _, subscriber := range props.Maps(c.Inputs, "subscribers[*]") {
		if kind := Text(subscriber, "type"); kind != "" && kind != want {
			return costExplorer.refuses("CreateAnomalySubscription", "ValidationException",
				"The frequency %s takes subscribers of the type %s only.", c.text("frequency"), want)
		}
	}
	return nil
}

// thresholds are the dimensions of a threshold:
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalySubscription.html.
var thresholds = []string{"ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE"}

func refuseImpact(c *Call) error {
	refused := func(message string) error {
		return costExplorer.says("CreateAnomalySubscription", "ValidationException", message)
	}
	for _, dimension := range props.Maps(c.Inputs, "thresholdExpression.dimension") {
		options, values := props.Texts(dimension, "matchOptions[*]"), props.Texts(dimension, "values[*]")
		notNumber := func(value string) bool { _, err := strconv.ParseFloat(value, 64); return err != nil }
		switch {
		case !slices.Contains(thresholds, Text(dimension, "key")):
			return refused("A threshold is of ANOMALY_TOTAL_IMPACT_ABSOLUTE or ANOMALY_TOTAL_IMPACT_PERCENTAGE.")
		case !slices.Equal(options, []string{"GREATER_THAN_OR_EQUAL"}):
			return refused("A threshold is compared by GREATER_THAN_OR_EQUAL only.")
		case slices.ContainsFunc(values, notNumber):
			return refused("A threshold is a number.")
		}
	}
	return nil
}

func anomalyOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("arn", c.ID).values
}

func anomalySubscriptionOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("arn", c.ID).fillText("accountId", c.Account).values
}
