package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// s3MaySend lets S3 do something to a queue or topic for one bucket.
func s3MaySend(action, arn, bucket string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + arn +
		`","Principal":{"Service":"s3.amazonaws.com"},"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::` + bucket +
		`"},"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}`
}

func TestBucketNotifications(t *testing.T) {
	const s3MayEncrypt = `,{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Resource":"*",
		"Action":["kms:GenerateDataKey*","kms:Decrypt"]}`
	const created = "s3:ObjectCreated:*"
	each(t, full, func(s *site) []attempt {
		s.make(s3Bucket, settings{"bucket": "watched"})
		queue := func(name, key string) {
			made := s.make(sqsQueue, settings{"name": name, "kmsMasterKeyId": key, "fifoQueue": strings.HasSuffix(name, ".fifo")})
			s.make(sqsQueuePolicy, settings{"queueUrl": made.ID,
				"policy": s3MaySend("sqs:SendMessage", made.Text("arn"), "watched")})
		}
		queue("open", "")
		queue("open.fifo", "")
		queue("amazons", "alias/aws/sqs")
		queue("closed-key", s.key.Text("arn"))
		queue("open-key", s.make(kmsKey, settings{"policy": keyPolicy(account, s3MayEncrypt)}).Text("arn"))
		s.make(sqsQueue, settings{"name": "own", "policy": s3MaySend("sqs:SendMessage", queuePrefix+"own", "watched")})
		s.make(sqsQueue, settings{"name": "other", "policy": s3MaySend("sqs:SendMessage", queuePrefix+"other", "others")})
		s.in(germany, func() { s.make(sqsQueue, settings{"name": "far"}) })
		s.make(snsTopic, settings{"name": "critical"})
		s.make(snsTopicPolicy, settings{"arn": topicARN, "policy": s3MaySend("sns:Publish", topicARN, "watched")})
		s.make(snsTopic, settings{"name": "closed"})
		to := func(queue string, events ...string) settings {
			return settings{"queueArn": queuePrefix + queue, "events": events}
		}
		tell := func(queues ...settings) settings { return settings{"bucket": "watched", "queues": queues} }
		topic := func(name string) settings {
			return settings{"bucket": "watched", "topics": []settings{{"topicArn": strings.Replace(topicARN, "critical", name, 1),
				"events": []string{created}}}}
		}
		const unreachable = "api error InvalidArgument: Unable to validate the following destination configurations"
		return []attempt{
			{"events", s3Notification, settings{"bucket": "watched", "eventbridge": true}, ""},
			{"queue", s3Notification, tell(to("open", created)), ""},
			{"queue with a policy of its own", s3Notification, tell(to("own", created)), ""},
			{"queues", s3Notification, tell(to("open", created), to("own", "s3:Replication:*")), ""},
			{"no queue", s3Notification, tell(to("none", created)), unreachable},
			{"queue of another bucket's", s3Notification, tell(to("other", created)), unreachable},
			{"queue with a key", s3Notification, tell(to("open-key", created)), ""},
			{"queue with a key that is closed", s3Notification, tell(to("closed-key", created)), unreachable},
			{"queue with Amazon's key", s3Notification, tell(to("amazons", created)), unreachable},
			{"ordered queue", s3Notification, tell(to("open.fifo", created)), "FIFO destinations are not supported"},
			{"queue of another region", s3Notification, settings{"bucket": "watched", "queues": []settings{{
				"queueArn": "arn:aws:sqs:eu-central-1:123456789012:far", "events": []string{created}}}},
				"region is not valid for the bucket location constraint"},
			{"not an ARN", s3Notification, settings{"bucket": "watched", "queues": []settings{{"queueArn": "far"}}},
				"The ARN could not be parsed"},
			{"topic", s3Notification, topic("critical"), ""},
			{"topic that is closed", s3Notification, topic("closed"), unreachable},
			{"no such event", s3Notification, tell(to("open", "s3:Replication:Late")),
				"The event is not supported for notifications"},
			{"overlap", s3Notification, tell(to("open", created), to("own", "s3:ObjectCreated:Put")), "Configurations overlap."},
			{"apart", s3Notification, tell(with(to("open", created), settings{"filterPrefix": "a/"}),
				with(to("own", created), settings{"filterPrefix": "b/"})), ""},
			{"no bucket", s3Notification, settings{"bucket": "none", "eventbridge": true}, "api error NoSuchBucket"},
			{"metrics", s3Metric, settings{"bucket": "watched", "name": "EntireBucket"}, ""},
			{"metrics of nothing", s3Metric, settings{"bucket": "none", "name": "EntireBucket"}, "api error NoSuchBucket"},
			{"long name", s3Metric, settings{"bucket": "watched", "name": strings.Repeat("a", 65)}, "at most 64 characters"},
		}
	})
	s := newWorld(t)
	s.make(s3Bucket, settings{"bucket": "watched"})
	assert.Equal(t, "watched:EntireBucket", s.make(s3Metric, settings{"bucket": "watched", "name": "EntireBucket"}).ID)
	assert.Equal(t, "watched", s.make(s3Notification, settings{"bucket": "watched", "eventbridge": true}).ID)
}
