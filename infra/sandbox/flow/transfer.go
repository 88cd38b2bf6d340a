package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/access"
)

// Storage Transfer Service: https://cloud.google.com/storage-transfer/docs/event-driven-aws. A job with an event
// stream looks into its queue every two minutes here, one with a schedule at its times. Neither follows a deletion.
const (
	looksEvery      = 2 * time.Minute
	transferService = "storagetransfer.googleapis.com"
)

// transferJobs are the jobs that are enabled.
func (e *engine) transferJobs() []event {
	var all []event
	for _, job := range e.all(transferType) {
		if job.Text("status") != "ENABLED" {
			continue
		}
		one := event{rank: beginning, id: "transfer|" + job.ID, again: every(looksEvery), do: func() { e.followEvents(job) }}
		if text(job, "eventStream.name") == "" {
			one.again, one.do = hourly(job), func() { e.transferAll(job) }
		}
		all = append(all, one)
	}
	return all
}

// hourly are the times of a job's schedule: from a day and hour on, each interval.
func hourly(job cloud.Resource) expression {
	interval, err := strconv.Atoi(strings.TrimSuffix(text(job, "schedule.repeatInterval"), "s"))
	if err != nil || interval <= 0 {
		interval = int(days(1).Seconds())
	}
	begins := time.Date(number(job.Outputs, "schedule.scheduleStartDate.year"),
		time.Month(number(job.Outputs, "schedule.scheduleStartDate.month")),
		number(job.Outputs, "schedule.scheduleStartDate.day"), number(job.Outputs, "schedule.startTimeOfDay.hours"),
		number(job.Outputs, "schedule.startTimeOfDay.minutes"), 0, 0, time.UTC)
	return counted(begins, time.Duration(interval)*time.Second)
}

// reader is who a transfer job is in AWS, once it has taken its role on.
func (e *engine) reader(job cloud.Resource) (string, error) {
	arn := text(job, "transferSpec.awsS3DataSource.roleArn")
	role, err := e.role(arn)
	if err != nil {
		return "", err
	}
	subject := cloud.GoogleProject(job.Account).TransferAgentSubject()
	return arn, e.trusts(role, access.Principal{Kind: access.Federated, ID: "accounts.google.com"},
		"sts:AssumeRoleWithWebIdentity", access.Context{
			"accounts.google.com:sub": {subject}, "accounts.google.com:aud": {subject},
		})
}

// followEvents copies what the queue tells of. What cannot be copied stays in the queue.
func (e *engine) followEvents(job cloud.Resource) {
	arn := text(job, "eventStream.name")
	waiting := slices.DeleteFunc(slices.Clone(e.data.messages), func(m world.Message) bool { return m.Queue != arn })
	if len(waiting) == 0 {
		return
	}
	role, err := e.reader(job)
	queue, found := e.arn(queueType, arn)
	if err == nil && !found {
		err = fmt.Errorf("there is no queue %s", arn)
	}
	for _, action := range []string{"sqs:ReceiveMessage", "sqs:DeleteMessage"} {
		if err == nil {
			err = e.may(role, action, arn, e.queuePolicy(queue), nil)
		}
	}
	if err != nil {
		e.transferred(job, 0, err)
		return
	}
	copied, done := 0, map[string]bool{}
	for _, message := range waiting {
		var told created
		_ = json.Unmarshal([]byte(message.Body), &told) // the sandbox wrote it
		fresh, why := e.transfer(job, role, told.Key)
		if why != nil {
			err = why
			continue
		}
		done[message.ID] = true
		copied += fresh
	}
	e.data.messages = slices.DeleteFunc(e.data.messages, func(m world.Message) bool {
		return m.Queue == arn && done[m.ID]
	})
	e.transferred(job, copied, err)
}

// transferAll lists the source and copies what the sink lacks.
func (e *engine) transferAll(job cloud.Resource) {
	source := text(job, "transferSpec.awsS3DataSource.bucketName")
	role, err := e.reader(job)
	for _, action := range []string{"s3:GetBucketLocation", "s3:ListBucket"} {
		if err == nil {
			err = e.mayInBucket(role, action, source, "", access.Context{"s3:prefix": nil})
		}
	}
	if err != nil {
		e.transferred(job, 0, err)
		return
	}
	copied := 0
	for object := range e.data.bucket(source).listed(text(job, "transferSpec.awsS3DataSource.path"), "") {
		if !e.conditioned(job, object) {
			continue
		}
		fresh, why := e.transfer(job, role, object.Key)
		if copied += fresh; why != nil {
			err = why
		}
	}
	e.transferred(job, copied, err)
}

// conditioned says whether an object is within a job's conditions.
func (e *engine) conditioned(job cloud.Resource, object *world.Object) bool {
	const path = "transferSpec.objectConditions."
	begins := func(prefix string) bool { return strings.HasPrefix(object.Key, prefix) }
	included := texts(job, path+"includePrefixes[*]")
	elapsed := func(name string) (time.Duration, bool) {
		limit, err := time.ParseDuration(text(job, path+name))
		return limit, err == nil
	}
	if most, given := elapsed("maxTimeElapsedSinceLastModification"); given && e.now.Sub(object.Made) > most {
		return false
	}
	if least, given := elapsed("minTimeElapsedSinceLastModification"); given && e.now.Sub(object.Made) < least {
		return false
	}
	return (len(included) == 0 || slices.ContainsFunc(included, begins)) &&
		!slices.ContainsFunc(texts(job, path+"excludePrefixes[*]"), begins)
}

// transfer copies one object, where the sink does not have it. It says how many it copied.
func (e *engine) transfer(job cloud.Resource, role, key string) (int, error) {
	sourceName := text(job, "transferSpec.awsS3DataSource.bucketName")
	sink, found := e.find(googleBucketType, "global", "name", text(job, "transferSpec.gcsDataSink.bucketName"))
	object := e.data.bucket(sourceName).current(key)
	switch {
	case object == nil:
		return 0, nil // gone: there is nothing to copy
	case !found:
		return 0, fmt.Errorf("there is no bucket %s", text(job, "transferSpec.gcsDataSink.bucketName"))
	}
	path := text(job, "transferSpec.gcsDataSink.path") + key
	if e.data.bucket(sink.ID).current(path) != nil {
		return 0, nil
	}
	err := firstOf(
		func() error { return e.mayInBucket(role, "s3:GetObject", sourceName, key, nil) },
		func() error { return e.mayUseForObject(role, "kms:Decrypt", object.KMSKey, sourceName, key) },
		func() error { return e.mayStore(job, sink) },
	)
	if err != nil {
		return 0, err
	}
	e.storeInGoogle(sink, path, object)
	return 1, nil
}

// mayStore says whether the transfer agent may add to a bucket, and Cloud Storage use its key.
// https://cloud.google.com/storage-transfer/docs/sink-cloud-storage#required_permissions
// https://cloud.google.com/storage/docs/encryption/using-customer-managed-keys
func (e *engine) mayStore(job, sink cloud.Resource) error {
	agent := cloud.GoogleProject(job.Account).TransferAgent()
	for _, permission := range []string{"storage.buckets.get", "storage.objects.create"} {
		if !e.granted(cloud.GoogleBucketGrant, sink.Account, sink.ID, agent, permission) {
			return fmt.Errorf("%s has no %s on %s", agent, permission, sink.ID)
		}
	}
	key := text(sink, "encryption.defaultKmsKeyName")
	storage := cloud.GoogleProject(sink.Account).StorageAgent()
	const encrypt = "cloudkms.cryptoKeyVersions.useToEncrypt"
	if key != "" && !e.granted(cloud.GoogleKeyGrant, sink.Account, key, storage, encrypt) {
		return fmt.Errorf("%s has no %s on %s", storage, encrypt, key)
	}
	return nil
}

// granted asks the world once.
func (e *engine) granted(on cloud.Grant, project, resource, account, permission string) bool {
	question := [5]string{fmt.Sprint(on), project, resource, account, permission}
	answer, known := e.grants[question]
	if !known {
		answer = cloud.Granted(e.tx, project, on, resource, account, permission)
		e.grants[question] = answer
	}
	return answer
}

// storeInGoogle keeps an object for as long as the bucket's policy says.
// https://cloud.google.com/storage/docs/bucket-lock
func (e *engine) storeInGoogle(sink cloud.Resource, key string, object *world.Object) {
	stored := world.Object{
		Bucket: sink.ID, Key: key, Version: fmt.Sprint(e.now.UnixMicro()), Made: e.now, DataTime: object.DataTime,
		Source: object.Source, Size: object.Size, SHA256: object.SHA256, Content: object.Content,
		ContentType:  object.ContentType,
		KMSKey:       text(sink, "encryption.defaultKmsKeyName"),
		StorageClass: firstText(sink.Text("storageClass"), "STANDARD"),
	}
	if kept := number(sink.Outputs, "retentionPolicy.retentionPeriod"); kept > 0 {
		stored.RetainUntil, stored.Mode = e.now.Add(time.Duration(kept)*time.Second), "RETENTION"
	}
	e.data.put(stored)
	e.logCreation(sink, key)
}

// transferred notes how a run of a job ended, in the service's own metrics.
// https://cloud.google.com/storage-transfer/docs/monitor-jobs
func (e *engine) transferred(job cloud.Resource, copied int, err error) {
	kept := e.data.transfers[job.ID]
	if kept == nil {
		kept = &world.Transfer{Job: job.ID}
		e.data.transfers[job.ID] = kept
	}
	count := func(name string, value float64, labels ...string) {
		e.data.measured(world.Series{Provider: "gcp", Account: job.Account, Region: "global",
			Namespace: transferService, Name: name, Dimensions: append(labels, "job="+job.ID)}, e.now, value)
	}
	if copied > 0 {
		count("transferjob/copied_objects_count", float64(copied), "status=succeeded")
	}
	if err != nil {
		kept.Failed, kept.Why = e.now, err.Error()
		count("transferjob/error_count", 1)
		return
	}
	kept.Succeeded, kept.Why = e.now, ""
	e.reportRun(job)
}

// reportRun tells the topic that a job names of a run that succeeded. A job that follows events has no runs.
// https://cloud.google.com/storage-transfer/docs/notifications
func (e *engine) reportRun(job cloud.Resource) {
	name := text(job, "notificationConfig.pubsubTopic")
	topic, found := e.find(topicType, "global", "id", name)
	wanted := slices.Contains(texts(job, "notificationConfig.eventTypes[*]"), "TRANSFER_OPERATION_SUCCESS")
	agent := cloud.GoogleProject(job.Account).TransferAgent()
	if !found || !wanted || text(job, "eventStream.name") != "" ||
		!e.granted(cloud.GoogleTopicGrant, topic.Account, topic.Text("name"), agent, cloud.PublishPermission) {
		return
	}
	e.data.measured(world.Series{Provider: "gcp", Account: topic.Account, Region: "global",
		Namespace: "pubsub.googleapis.com", Name: "topic/send_request_count",
		Dimensions: []string{"response_class=success", "topic_id=" + topic.Text("name")}}, e.now, 1)
}
