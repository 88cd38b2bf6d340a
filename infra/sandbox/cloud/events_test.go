package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEventRules(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(eventsRule, settings{"name": "taken", "eventPattern": `{"source":["aws.health"]}`})
		sender := s.make(iamRole, settings{"name": "sender", "assumeRolePolicy": trust("events.amazonaws.com")})
		rule := func(pattern string) settings { return settings{"name": "new", "eventPattern": pattern} }
		target := func(changes settings) settings {
			return with(settings{"rule": "taken", "targetId": "one", "arn": topicARN}, changes)
		}
		const bus = "arn:aws:events:eu-central-1:123456789012:event-bus/default"
		return []attempt{
			{"pattern", eventsRule, rule(`{"detail":{"severity":[{"numeric":[">=",7]}]}}`), ""},
			{"pattern of a text", eventsRule, rule(`{"source":"aws.health"}`),
				`api error InvalidEventPatternException: Event pattern is not valid. Reason: "source" must be`},
			{"pattern of nothing deep", eventsRule, rule(`{"detail":{"a":{}}}`), `"detail.a" must be an object`},
			{"pattern of no values", eventsRule, rule(`{"source":[]}`), `"source" must be an object`},
			{"empty pattern", eventsRule, rule(`{}`), "Empty event pattern"},
			{"no pattern", eventsRule, rule(`[]`), "Filter is not an object"},
			{"long pattern", eventsRule, rule(`{"source":["` + strings.Repeat("a", 4096) + `"]}`),
				"length less than or equal to 4096"},
			{"put again", eventsRule, settings{"name": "taken"}, ""},
			{"name", eventsRule, settings{"name": "a b"}, "invalid value for name"},
			{"target", eventsTarget, target(nil), ""},
			{"target of no rule", eventsTarget, target(settings{"rule": "none"}), "Rule none does not exist on EventBus default"},
			{"bus of another region", eventsTarget, target(settings{"arn": bus, "roleArn": sender.Text("arn")}), ""},
			{"bus without a role", eventsTarget, target(settings{"arn": bus}), "RoleArn is required for target " + bus},
			{"role of others", eventsTarget, target(settings{"arn": bus, "roleArn": s.role.Text("arn")}),
				"cannot be assumed by principal 'events.amazonaws.com'"},
			{"no such role", eventsTarget, target(settings{"roleArn": "arn:aws:iam::123456789012:role/none"}),
				"cannot be assumed by principal"},
		}
	})
}

func TestEventRulesAndTargetsTogether(t *testing.T) {
	s := newWorld(t)
	rule := s.make(eventsRule, settings{"name": "rule", "eventPattern": `{"source":["aws.health"]}`})
	assert.Equal(t, "rule", rule.ID)
	assert.Equal(t, "arn:aws:events:eu-west-1:123456789012:rule/rule", rule.Text("arn"))
	var first Resource
	for i := range 5 {
		first = s.make(eventsTarget, settings{"rule": "rule", "targetId": fmt.Sprint(i), "arn": topicARN})
	}
	assert.Equal(t, "rule-4", first.ID)
	_, err := s.try(eventsTarget, settings{"rule": "rule", "arn": topicARN})
	expect(t, err, "api error LimitExceededException")
	_, err = s.update(first, settings{"rule": "rule", "targetId": "4", "arn": topicARN + "2"})
	expect(t, err, "")
	expect(t, s.delete(rule), "Rule can't be deleted since it has targets.")
	own := s.make(eventsRule, settings{"name": "rule", "eventBusName": "own", "eventPattern": `{"source":["a"]}`})
	assert.Equal(t, "own/rule", own.ID)
}
