package cloud

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

const (
	queuePrefix = "arn:aws:sqs:eu-west-1:123456789012:"
	queuesURL   = "https://sqs.eu-west-1.amazonaws.com/123456789012/"
)

func TestQueues(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(sqsQueue, settings{"name": "dead"})
		s.make(sqsQueue, settings{"name": "dead.fifo", "fifoQueue": true})
		queue := func(changes settings) settings { return with(settings{"name": "events"}, changes) }
		redrive := func(text string) settings { return queue(settings{"redrivePolicy": text}) }
		policy := func(text string) settings { return settings{"queueUrl": queuesURL + "dead", "policy": text} }
		const everyone, invalid = `{"Service":"s3.amazonaws.com"}`, "Invalid value for the parameter Policy."
		return []attempt{
			{"plain", sqsQueue, queue(nil), ""},
			{"first in, first out", sqsQueue, settings{"name": "events.fifo", "fifoQueue": true,
				"contentBasedDeduplication": true}, ""},
			{"of any name", sqsQueue, settings{"fifoQueue": true}, ""},
			{"taken", sqsQueue, settings{"name": "dead"}, "api error QueueAlreadyExists"},
			{"name", sqsQueue, settings{"name": "a.b"}, "invalid queue name: a.b"},
			{"long name", sqsQueue, settings{"name": strings.Repeat("a", 81)}, "invalid queue name"},
			{"first in, first out by another name", sqsQueue, queue(settings{"fifoQueue": true}), "invalid queue name: events"},
			{"only the name of such", sqsQueue, settings{"name": "events.fifo"}, "invalid queue name: events.fifo"},
			{"deduplication", sqsQueue, queue(settings{"contentBasedDeduplication": true}), "can only be set for FIFO queue"},
			{"delay", sqsQueue, queue(settings{"delaySeconds": 901}), "delay_seconds to be in the range (0 - 900), got 901"},
			{"size", sqsQueue, queue(settings{"maxMessageSize": 1}), "max_message_size to be in the range (1024 - 262144)"},
			{"retention", sqsQueue, queue(settings{"messageRetentionSeconds": 1209601}), "in the range (60 - 1209600)"},
			{"wait", sqsQueue, queue(settings{"receiveWaitTimeSeconds": 21}), "in the range (0 - 20), got 21"},
			{"visibility", sqsQueue, queue(settings{"visibilityTimeoutSeconds": 43201}), "in the range (0 - 43200)"},
			{"reuse", sqsQueue, queue(settings{"kmsDataKeyReusePeriodSeconds": 59}), "in the range (60 - 86400), got 59"},
			{"dead letters", sqsQueue,
				redrive(`{"deadLetterTargetArn":"` + queuePrefix + `dead","maxReceiveCount":20}`), ""},
			{"dead letters by text", sqsQueue,
				redrive(`{"deadLetterTargetArn":"` + queuePrefix + `dead","maxReceiveCount":"20"}`), ""},
			{"dead letters nowhere", sqsQueue,
				redrive(`{"deadLetterTargetArn":"` + queuePrefix + `none","maxReceiveCount":20}`),
				"api error InvalidParameterValue: Value {\"deadLetterTargetArn\":\"" + queuePrefix + "none\",\"maxReceiveCount" +
					"\":20} for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist."},
			{"dead letters of another kind", sqsQueue,
				redrive(`{"deadLetterTargetArn":"` + queuePrefix + `dead.fifo","maxReceiveCount":20}`),
				"Dead-letter queue must be same type of queue as the source."},
			{"dead letters at once", sqsQueue,
				redrive(`{"deadLetterTargetArn":"` + queuePrefix + `dead","maxReceiveCount":0}`), "from 1 to 1000"},
			{"dead letters no JSON", sqsQueue, redrive(`dead`), "can't process the JSON"},
			{"policy", sqsQueuePolicy, policy(publish("sqs:SendMessage", queuePrefix+"dead", everyone)), ""},
			{"policy of its own", sqsQueue, queue(settings{"policy": publish("sqs:*", queuePrefix+"events", everyone)}), ""},
			{"policy that is none", sqsQueuePolicy, policy("{"), "api error InvalidAttributeValue: " + invalid},
			{"policy about another queue", sqsQueuePolicy, policy(publish("sqs:SendMessage", queuePrefix+"other", everyone)),
				invalid},
			{"policy of another service", sqsQueuePolicy, policy(publish("sns:Publish", queuePrefix+"dead", everyone)), invalid},
			{"policy for nobody", sqsQueuePolicy, policy(publish("sqs:SendMessage", queuePrefix+"dead",
				`{"AWS":"arn:aws:iam::123456789012:role/none"}`)), invalid},
			{"policy of nothing", sqsQueuePolicy, settings{"queueUrl": queuesURL + "none", "policy": "{}"},
				"api error AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist."},
		}
	})
	s := newWorld(t)
	queue := s.make(sqsQueue, settings{"name": "events"})
	assert.Equal(t, queuesURL+"events", queue.ID)
	assert.Equal(t, queuesURL+"events", queue.Text("url"))
	assert.Equal(t, queuePrefix+"events", queue.Text("arn"))
	assert.Equal(t, property.New(true), queue.Outputs.Get("sqsManagedSseEnabled"))
	keyed := s.make(sqsQueue, settings{"name": "keyed", "kmsMasterKeyId": "alias/aws/sqs"})
	assert.Equal(t, property.New(false), keyed.Outputs.Get("sqsManagedSseEnabled"))
}
