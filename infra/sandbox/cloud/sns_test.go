package cloud

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

const topicARN = "arn:aws:sns:eu-west-1:123456789012:critical"

func publish(action, resource, principal string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource +
		`","Principal":` + principal + `}]}`
}

func TestTopics(t *testing.T) {
	const service = `{"Service":"events.amazonaws.com"}`
	each(t, full, func(s *site) []attempt {
		s.make(snsTopic, settings{"name": "critical"})
		policy := func(text string) settings { return settings{"arn": topicARN, "policy": text} }
		subscribe := func(topic, endpoint string) settings {
			return settings{"topic": topic, "protocol": "email", "endpoint": endpoint}
		}
		return []attempt{
			{"encrypted", snsTopic, settings{"name": "info", "kmsMasterKeyId": s.key.Text("arn"), "signatureVersion": 2}, ""},
			{"no such key", snsTopic, settings{"name": "info", "kmsMasterKeyId": "arn:k"}, "Key 'arn:k' does not exist"},
			{"taken", snsTopic, settings{"name": "critical"}, "Topic already exists with different attributes"},
			{"name", snsTopic, settings{"name": "a b"}, "Invalid parameter: Topic Name"},
			{"signature", snsTopic, settings{"name": "info", "signatureVersion": 3}, "in the range (1 - 2), got 3"},
			{"policy", snsTopicPolicy, policy(publish("sns:Publish", topicARN, service)), ""},
			{"policy that is none", snsTopicPolicy, policy("{"), "Invalid policy document"},
			{"policy about all actions", snsTopicPolicy, policy(publish("sns:*", topicARN, service)),
				"Policy statement action out of service scope!"},
			{"policy about another topic", snsTopicPolicy, policy(publish("sns:Publish", topicARN+"2", service)),
				"Policy statement resource must match the topic's ARN"},
			{"policy for nobody", snsTopicPolicy,
				policy(publish("sns:Publish", topicARN, `{"AWS":"arn:aws:iam::123456789012:role/none"}`)),
				"Policy Error: PrincipalNotFound"},
			{"policy of nothing", snsTopicPolicy, settings{"arn": topicARN + "2", "policy": "{}"},
				"StatusCode: 404, api error NotFound: Topic does not exist"},
			{"subscription", snsTopicSubscription, subscribe(topicARN, "pager@haven.example"), ""},
			{"subscription of nobody", snsTopicSubscription, subscribe(topicARN, "pager"),
				"Invalid parameter: Email address"},
			{"subscription to nothing", snsTopicSubscription, subscribe(topicARN+"2", "pager@haven.example"),
				"Topic does not exist"},
		}
	})
	s := newWorld(t)
	topic := s.make(snsTopic, settings{"name": "critical"})
	assert.Equal(t, topicARN, topic.ID)
	assert.Equal(t, topicARN, topic.Text("arn"))
	made := s.make(snsTopicSubscription, settings{"topic": topicARN, "protocol": "email", "endpoint": "a@haven.example"})
	assert.Equal(t, property.New(true), made.Outputs.Get("pendingConfirmation"))
	assert.Regexp(t, "^"+topicARN+":[0-9a-f-]{36}$", made.ID)
}
