package cloud

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Who is told of what happens in a bucket, and how often it is used:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html and
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-configurations.html.
func s3NotificationTypes() []*Type {
	metric := ofBucket(s3Metric, "PutBucketMetricsConfiguration", refuseMetricName)
	metric.ID = func(c *Call) string { return c.text("bucket") + ":" + c.text("name") }
	return []*Type{
		ofBucket(s3Notification, "PutBucketNotificationConfiguration", refuseNotification),
		metric,
	}
}

func refuseMetricName(c *Call) error {
	if len(c.text("name")) > 64 {
		return s3.says("PutBucketMetricsConfiguration", "InvalidArgument",
			"Metrics configuration ID must be at most 64 characters long")
	}
	return nil
}

// s3Events are what S3 tells of:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html.
var s3Events = []string{
	"s3:TestEvent",
	"s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy",
	"s3:ObjectCreated:CompleteMultipartUpload",
	"s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated",
	"s3:ObjectRestore:*", "s3:ObjectRestore:Post", "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete",
	"s3:ReducedRedundancyLostObject",
	"s3:Replication:*", "s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold",
	"s3:Replication:OperationReplicatedAfterThreshold", "s3:Replication:OperationNotTracked",
	"s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated",
	"s3:LifecycleTransition", "s3:IntelligentTiering",
	"s3:ObjectTagging:*", "s3:ObjectTagging:Put", "s3:ObjectTagging:Delete", "s3:ObjectAcl:Put",
}

func notificationRefused(message string) error {
	return s3.says("PutBucketNotificationConfiguration", "InvalidArgument", message)
}

// refuseNotification: S3 tries to send to each destination, which must be in the bucket's region and admit it.
func refuseNotification(c *Call) error {
	var told []property.Map
	for _, destination := range []struct{ list, arn, token string }{
		{"queues[*]", "queueArn", sqsQueue}, {"topics[*]", "topicArn", snsTopic},
	} {
		for _, one := range props.Maps(c.Inputs, destination.list) {
			told = append(told, one)
			if err := c.refuseDestination(destination.token, Text(one, destination.arn)); err != nil {
				return err
			}
		}
	}
	for i, one := range told {
		for _, event := range props.Texts(one, "events[*]") {
			if !slices.Contains(s3Events, event) {
				return notificationRefused("The event is not supported for notifications")
			}
			if slices.ContainsFunc(told[:i], func(other property.Map) bool { return overlap(other, one, event) }) {
				return notificationRefused("Configurations overlap. Configurations on the same bucket cannot share a" +
					" common event type.")
			}
		}
	}
	return nil
}

// overlap says whether another configuration tells of the same event; filters set them apart.
func overlap(other, one property.Map, event string) bool {
	for _, filter := range []string{"filterPrefix", "filterSuffix"} {
		if Text(other, filter) != Text(one, filter) {
			return false
		}
	}
	return slices.ContainsFunc(props.Texts(other, "events[*]"), func(its string) bool {
		return matches(its, event) || matches(event, its)
	})
}

func (c *Call) refuseDestination(token, arn string) error {
	const unreachable = "Unable to validate the following destination configurations"
	region, _, _, ok := arnParts(arn)
	switch {
	case arn == "": // not known yet
		return nil
	case !ok:
		return notificationRefused("The ARN could not be parsed")
	case region != c.Region:
		return notificationRefused("The notification destination service region is not valid for the bucket location" +
			" constraint")
	}
	destination, found := c.find(token, "arn", arn)
	context := map[string]string{"aws:SourceArn": "arn:aws:s3:::" + c.text("bucket"), "aws:SourceAccount": c.Account}
	switch {
	case !found, token == sqsQueue && !c.queueTakes(destination, s3Service, context),
		token == snsTopic && !c.topicTakes(destination, s3Service, context):
		return notificationRefused(unreachable)
	case props.Flag(destination.Outputs, "fifoQueue"), props.Flag(destination.Outputs, "fifoTopic"):
		return notificationRefused("FIFO destinations are not supported for event notifications")
	}
	return nil
}

const s3Service = "s3.amazonaws.com"

// topicTakes says whether a service may publish to a topic, in a context of condition keys.
func (c *Call) topicTakes(topic Resource, service string, context map[string]string) bool {
	policy, _ := c.World.Find(snsTopicPolicy, topic.Account, topic.Region, "arn", topic.Text("arn"))
	document, err := parsePolicy(policy.Text("policy"))
	return err == nil && document.lets(service, "sns:Publish", topic.Text("arn"), context) &&
		c.keyLets(topic, service, context)
}
