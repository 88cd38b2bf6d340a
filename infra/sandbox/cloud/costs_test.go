package cloud

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

func TestCosts(t *testing.T) {
	told := func(changes settings) settings {
		return with(settings{"threshold": property.New(80.0), "subscriberSnsTopicArns": []string{topicARN}}, changes)
	}
	limited := func(amount string, notifications ...settings) settings {
		return settings{"name": "new", "limitAmount": amount, "notifications": notifications}
	}
	monitor := settings{"name": "services", "monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"}
	each(t, newWorld, func(w *fakeWorld) []attempt {
		w.make(budget, settings{"name": "taken"})
		arn := w.make(anomalyMonitor, monitor).ID
		subscription := func(frequency, kind string, threshold settings) settings {
			return settings{"name": "new", "monitorArnLists": []string{arn}, "frequency": frequency,
				"subscribers":         []settings{{"type": kind, "address": topicARN}},
				"thresholdExpression": settings{"dimension": threshold}}
		}
		threshold := func(key, option, value string) settings {
			return settings{"key": key, "matchOptions": []string{option}, "values": []string{value}}
		}
		fair := threshold("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "GREATER_THAN_OR_EQUAL", "100")
		many := make([]settings, 11)
		for i := range many {
			many[i] = told(nil)
		}
		return []attempt{
			{"budget", budget, limited("5000", told(nil)), ""},
			{"taken", budget, settings{"name": "taken"}, "api error DuplicateRecordException"},
			{"name", budget, settings{"name": "a:b"}, "without ':'"},
			{"long name", budget, settings{"name": strings.Repeat("a", 101)}, "at most 100 characters"},
			{"limit", budget, limited("-1"), "Invalid budget limit amount -1"},
			{"nobody", budget, limited("1", settings{"threshold": 80}), "notification must have at least one subscriber"},
			{"two topics", budget, limited("1", told(settings{"subscriberSnsTopicArns": []string{"a", "b"}})),
				"maximum number of subscribers"},
			{"threshold", budget, limited("1", told(settings{"threshold": property.New(0.0)})), "must be greater than 0"},
			{"many", budget, limited("1", many...), "maximum number of notifications"},
			{"second monitor", anomalyMonitor, monitor, "Limit exceeded on dimensional spend monitor creation"},
			{"monitor of nothing", anomalyMonitor, settings{"monitorType": "CUSTOM"}, "has no dimension or specification"},
			{"custom monitor", anomalyMonitor, settings{"monitorType": "CUSTOM", "monitorSpecification": "{}"}, ""},
			{"at once", anomalySubscription, subscription("IMMEDIATE", "SNS", fair), ""},
			{"daily", anomalySubscription, subscription("DAILY", "EMAIL", fair), ""},
			{"mail at once", anomalySubscription, subscription("IMMEDIATE", "EMAIL", fair), "of the type SNS only"},
			{"topic daily", anomalySubscription, subscription("DAILY", "SNS", fair), "of the type EMAIL only"},
			{"threshold of zones", anomalySubscription, subscription("IMMEDIATE", "SNS",
				threshold("AZ", "GREATER_THAN_OR_EQUAL", "1")), "ANOMALY_TOTAL_IMPACT_ABSOLUTE or"},
			{"equal threshold", anomalySubscription, subscription("IMMEDIATE", "SNS",
				threshold("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "EQUALS", "1")), "by GREATER_THAN_OR_EQUAL only"},
			{"threshold of words", anomalySubscription, subscription("IMMEDIATE", "SNS",
				threshold("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "GREATER_THAN_OR_EQUAL", "much")), "is a number"},
			{"no monitor", anomalySubscription, with(subscription("IMMEDIATE", "SNS", fair),
				settings{"monitorArnLists": []string{"none"}}), "api error UnknownMonitorException"},
		}
	})
	w := newWorld(t)
	made := w.make(budget, settings{"name": "monthly"})
	assert.Equal(t, "123456789012:monthly", made.ID)
	assert.Equal(t, "arn:aws:budgets::123456789012:budget/monthly", made.Text("arn"))
	assert.Equal(t, "2025-03-01_00:00", made.Text("timePeriodStart"))
	assert.Equal(t, account, made.Text("accountId"))
	detector := w.make(anomalyMonitor, monitor)
	assert.Equal(t, detector.ID, detector.Text("arn"))
}
