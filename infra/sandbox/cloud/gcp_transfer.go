package cloud

import (
	"regexp"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Storage Transfer Service: https://cloud.google.com/storage-transfer/docs/reference/rest/v1/transferJobs.
func gcpTransferTypes() []*Type {
	return []*Type{{
		Token: gcpTransferJob,
		ID:    func(c *Call) string { return c.Account + "/" + strings.TrimPrefix(jobName(c), jobPrefix) },
		References: []Reference{{Property: "transferSpec.gcsDataSink.bucketName", To: gcpBucket, By: "name",
			NotFound: google.says("", "notFound", "Bucket %s not found.").withStatus(404)}},
		Refuse: firstOf(needs("storagetransfer.googleapis.com"), refuseJob, refuseSource, refuseSink, refuseReports),
		Computed: func(c *Call) map[string]property.Value {
			return c.outputs().
				fillText("name", jobPrefix+lastPart(c.ID, "/")).
				fillText("project", c.Account).
				keep("creationTime", property.New(c.Now.UTC().Format(time.RFC3339))).
				text("lastModificationTime", c.Now.UTC().Format(time.RFC3339)).
				text("deletionTime", "").
				values
		},
	}}
}

const jobPrefix = "transferJobs/"

func jobName(c *Call) string {
	if name := c.text("name"); name != "" {
		return name
	}
	return drawnID()
}

var (
	jobForm     = regexp.MustCompile(`^transferJobs/[A-Za-z0-9-._~]{0,114}[A-Za-z0-9]$`)
	queueForm   = regexp.MustCompile(`^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}$`)
	roleARNForm = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)
)

const hourSeconds = 60 * 60

// refuseJob: a job follows events or a schedule, at most once an hour.
func refuseJob(c *Call) error {
	name, interval := c.text("name"), c.text("schedule.repeatInterval")
	events := c.text("eventStream.name")
	fromS3 := len(props.Maps(c.Inputs, "transferSpec.awsS3DataSource")) > 0
	switch {
	case name != "" && (!jobForm.MatchString(name) || strings.HasPrefix(name, jobPrefix+"OPI")):
		return google.refuses("", "badRequest", "Invalid transfer job name: %s", name)
	case interval != "" && !durationWithin(interval, hourSeconds, 1<<31):
		return google.refuses("", "badRequest", "Repeat interval must be at least one hour: %s", interval)
	case events != "" && fromS3 && !queueForm.MatchString(events):
		return google.refuses("", "badRequest", "Invalid event stream name: %s", events)
	}
	elapsed := c.text("transferSpec.objectConditions.maxTimeElapsedSinceLastModification")
	if elapsed != "" && !durationWithin(elapsed, 1, 1<<62) {
		return google.refuses("", "badRequest", "Invalid value at 'transfer_job.transfer_spec.object_conditions."+
			"max_time_elapsed_since_last_modification' (type.googleapis.com/google.protobuf.Duration), \"%s\"", elapsed)
	}
	return nil
}

// refuseSource: https://cloud.google.com/storage-transfer/docs/reference/rest/v1/TransferSpec#AwsS3Data. Whether the
// role may be taken on is known when the job runs.
func refuseSource(c *Call) error {
	role, path := c.text("transferSpec.awsS3DataSource.roleArn"), c.text("transferSpec.awsS3DataSource.path")
	switch {
	case role != "" && !roleARNForm.MatchString(role):
		return google.refuses("", "badRequest", "Invalid AWS role ARN: %s", role)
	case path != "" && !strings.HasSuffix(path, "/"):
		return google.refuses("", "badRequest", "Path must be empty or end with '/': %s", path)
	}
	return nil
}

// sinkPermissions: https://cloud.google.com/storage-transfer/docs/sink-cloud-storage#required_permissions. Objects are
// looked for unless each is overwritten, and deleted where they are overwritten blindly or for being the sink's alone.
func sinkPermissions(c *Call) []string {
	const options = "transferSpec.transferOptions."
	needed := []string{"storage.buckets.get", "storage.objects.create"}
	if c.text(options+"overwriteWhen") != "ALWAYS" {
		needed = append(needed, "storage.objects.get", "storage.objects.list")
	}
	if c.flag(options+"overwriteObjectsAlreadyExistingInSink") || c.flag(options+"deleteObjectsUniqueInSink") {
		needed = append(needed, "storage.objects.delete")
	}
	return needed
}

func refuseSink(c *Call) error {
	sink, agent := c.text("transferSpec.gcsDataSink.bucketName"), GoogleProject(c.Account).TransferAgent()
	if sink == "" {
		return nil
	}
	for _, permission := range sinkPermissions(c) {
		if !Granted(c.World, c.Account, GoogleBucketGrant, sink, agent, permission) {
			return google.refuses("", "failedPrecondition", "Service account %s does not have %s access to the Google Cloud"+
				" Storage bucket %s. Permission '%s' denied on resource (or it may not exist).", agent, permission, sink,
				permission)
		}
	}
	return nil
}

var topicForm = regexp.MustCompile(`^projects/([^/]+)/topics/([^/]+)$`)

// refuseReports: https://cloud.google.com/storage-transfer/docs/notifications. The agent publishes to the topic.
func refuseReports(c *Call) error {
	topic := c.text("notificationConfig.pubsubTopic")
	if topic == "" {
		return nil
	}
	parts := topicForm.FindStringSubmatch(topic)
	if parts == nil {
		return google.refuses("", "badRequest", "Invalid Pub/Sub topic name: %s", topic)
	}
	agent := GoogleProject(c.Account).TransferAgent()
	if !Granted(c.World, parts[1], GoogleTopicGrant, parts[2], agent, PublishPermission) {
		return google.refuses("", "failedPrecondition", "Service account %s does not have publish access to the Pub/Sub"+
			" topic %s.", agent, topic)
	}
	return nil
}
