package cloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Queues: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html.
func sqsTypes() []*Type {
	return []*Type{
		{
			Token: sqsQueue, ID: queueURL,
			Unique: []Unique{{Property: "name", Taken: sqs.says("CreateQueue", "QueueAlreadyExists",
				"A queue already exists with the same name and a different value for attribute")}},
			Refuse: firstOf(refuseQueueName,
				inRange("delaySeconds", "delay_seconds", 0, 900),
				inRange("maxMessageSize", "max_message_size", 1024, 262144),
				inRange("messageRetentionSeconds", "message_retention_seconds", 60, 1209600),
				inRange("receiveWaitTimeSeconds", "receive_wait_time_seconds", 0, 20),
				inRange("visibilityTimeoutSeconds", "visibility_timeout_seconds", 0, 43200),
				inRange("kmsDataKeyReusePeriodSeconds", "kms_data_key_reuse_period_seconds", 60, 86400),
				refuseDeduplication, refuseRedrive, refusePolicyOf(sqsQueueARN)),
			Computed: queueOutputs,
		},
		{
			Token: sqsQueuePolicy, ID: func(c *Call) string { return c.text("queueUrl") },
			References: []Reference{{Property: "queueUrl", To: sqsQueue, By: "id",
				NotFound: sqs.says("SetQueueAttributes", "AWS.SimpleQueueService.NonExistentQueue",
					"The specified queue does not exist.")}},
			Refuse: refusePolicyOf(func(c *Call) string {
				queue, _ := c.find(sqsQueue, "id", c.text("queueUrl"))
				return queue.Text("arn")
			}),
		},
	}
}

func queueURL(c *Call) string {
	name := c.name("name")
	if c.flag("fifoQueue") && !c.has("name") {
		name += ".fifo"
	}
	return "https://sqs." + c.Region + ".amazonaws.com/" + c.Account + "/" + name
}

func sqsQueueARN(c *Call) string { return c.arn("sqs", lastPart(c.ID, "/")) }

var (
	queueName     = regexp.MustCompile(`^[0-9A-Za-z-_]{1,80}$`)
	fifoQueueName = regexp.MustCompile(`^[0-9A-Za-z-_]{1,75}\.fifo$`)
)

// refuseQueueName: the names of FIFO queues end with ".fifo", and no others do.
func refuseQueueName(c *Call) error {
	form := queueName
	if c.flag("fifoQueue") {
		form = fifoQueueName
	}
	if name := lastPart(c.ID, "/"); !form.MatchString(name) {
		return fmt.Errorf("invalid queue name: %s", name)
	}
	return nil
}

// refuseDeduplication:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html.
func refuseDeduplication(c *Call) error {
	if !c.flag("fifoQueue") && c.flag("contentBasedDeduplication") {
		return errors.New("content-based deduplication can only be set for FIFO queue")
	}
	return nil
}

// refuseRedrive: dead letters go to a queue of the same kind, account and region, after 1 to 1,000 receives,
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html.
func refuseRedrive(c *Call) error {
	text := c.text("redrivePolicy")
	if text == "" {
		return nil
	}
	var policy struct {
		DeadLetterTargetARN string `json:"deadLetterTargetArn"`
		MaxReceiveCount     any    `json:"maxReceiveCount"`
	}
	refused := func(reason string) error {
		return sqs.refuses("CreateQueue", "InvalidParameterValue",
			"Value %s for parameter RedrivePolicy is invalid. Reason: %s", text, reason)
	}
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		return refused("Amazon SQS can't process the JSON.")
	}
	count, err := strconv.Atoi(fmt.Sprint(policy.MaxReceiveCount))
	if err != nil || count < 1 || count > 1000 {
		return refused("Invalid value for maxReceiveCount: it must be from 1 to 1000.")
	}
	dead, found := c.find(sqsQueue, "arn", policy.DeadLetterTargetARN)
	switch {
	case !found:
		return refused("Dead letter target does not exist.")
	case props.Flag(dead.Outputs, "fifoQueue") != c.flag("fifoQueue"):
		return refused("Dead-letter queue must be same type of queue as the source.")
	}
	return nil
}

// refusePolicyOf is about the policy of the queue of that ARN:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html.
func refusePolicyOf(arn func(*Call) string) check {
	return func(c *Call) error {
		text := c.text("policy")
		if text == "" {
			return nil
		}
		document, err := parsePolicy(text)
		incomplete := func(s statement) bool { return !s.isAboutQueue(arn(c)) }
		if err != nil || len(document.Statement) == 0 || slices.ContainsFunc(document.Statement, incomplete) ||
			len(document.strangers(c)) > 0 {
			return sqs.says("SetQueueAttributes", "InvalidAttributeValue", "Invalid value for the parameter Policy.")
		}
		return nil
	}
}

// isAboutQueue says whether a statement names somebody, actions of SQS, and no other queue.
func (s statement) isAboutQueue(arn string) bool {
	foreign := func(action string) bool { return action != "*" && !strings.HasPrefix(strings.ToLower(action), "sqs:") }
	other := func(resource string) bool { return resource != "*" && resource != arn }
	return (s.Principal != nil || s.NotPrincipal != nil) && len(s.Action)+len(s.NotAction) > 0 &&
		!slices.ContainsFunc(slices.Concat(s.Action, s.NotAction), foreign) && !slices.ContainsFunc(s.Resource, other)
}

// queueOutputs: without another word a queue is encrypted by keys of SQS's own,
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html.
func queueOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", lastPart(c.ID, "/")).
		text("arn", sqsQueueARN(c)).
		text("url", c.ID).
		fill("kmsDataKeyReusePeriodSeconds", num(300)).
		fill("sqsManagedSseEnabled", property.New(!c.has("kmsMasterKeyId"))).
		values
}

// queueTakes says whether a service may put messages into a queue, in a context of condition keys: by the queue's
// policy, and by its key's where it has one.
func (c *Call) queueTakes(queue Resource, service string, context map[string]string) bool {
	text := queue.Text("policy")
	if policy, found := c.World.Find(sqsQueuePolicy, queue.Account, queue.Region, "queueUrl", queue.ID); found {
		text = policy.Text("policy")
	}
	document, err := parsePolicy(text)
	return err == nil && document.lets(service, "sqs:SendMessage", queue.Text("arn"), context) &&
		c.keyLets(queue, service, context)
}

// keyLets: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html.
func (c *Call) keyLets(queue Resource, service string, context map[string]string) bool {
	name := queue.Text("kmsMasterKeyId")
	if name == "" {
		return true
	}
	key, found := c.findKey(queue.Region, name) // Amazon's own key, "alias/aws/sqs", lets no service in
	document, err := parsePolicy(key.Text("policy"))
	return found && err == nil && document.lets(service, "kms:GenerateDataKey", key.Text("arn"), context) &&
		document.lets(service, "kms:Decrypt", key.Text("arn"), context)
}
