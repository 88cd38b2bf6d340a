package copies

import (
	"encoding/json"
	"strconv"
	"strings"

	"haven/policy/graph"
	"haven/policy/props"
)

// dumped asks for dumps of a store, made often enough, and follows them to the last of their copies.
func (t *tenant) dumped(store *graph.Resource, reads func(task *graph.Resource) bool) {
	task := t.dumpOf(reads)
	if !t.need(task != nil, "copies/dump", store, "no task dumps it: none reads it and writes to a bucket") {
		return
	}
	t.scheduled(task)
	environment := environmentOf(task)
	days, _ := strconv.Atoi(environment["HAVEN_DUMP_LOCK_DAYS"])
	t.need(days >= t.promise.LockDays, "copies/immutable", task, "HAVEN_DUMP_LOCK_DAYS is %d, expected %d or more", days,
		t.promise.LockDays)
	t.need(environment["HAVEN_DUMP_RECIPIENTS"] != "", "copies/sealed-secrets", task,
		"HAVEN_DUMP_RECIPIENTS is empty: the secrets that a restore needs are in no dump")
	archive := t.First(bucket, "bucket", environment["HAVEN_DUMP_BUCKET"])
	if t.need(archive != nil, "copies/dump", task, "it writes to the bucket %q, which no stack declares",
		environment["HAVEN_DUMP_BUCKET"]) {
		t.archived(archive)
	}
}

// dumpOf is the tenant's task that dumps what a store holds; nil where there is none.
func (t *tenant) dumpOf(reads func(task *graph.Resource) bool) *graph.Resource {
	for _, task := range t.own(taskDefinition) {
		if environmentOf(task)["HAVEN_DUMP_BUCKET"] != "" && reads(task) {
			return task
		}
	}
	return nil
}

// environmentOf are the variables of all containers of a task.
func environmentOf(task *graph.Resource) map[string]string {
	var containers []struct {
		Environment []struct{ Name, Value string }
	}
	values := map[string]string{}
	if json.Unmarshal([]byte(task.Text("containerDefinitions")), &containers) != nil {
		return values
	}
	for _, container := range containers {
		for _, variable := range container.Environment {
			values[variable.Name] = variable.Value
		}
	}
	return values
}

// scheduled asks for a schedule that runs a task often enough.
func (t *tenant) scheduled(task *graph.Resource) {
	for _, s := range t.own(schedule) {
		runs := s.Text("target.ecsParameters.taskDefinitionArn")
		gap, err := LongestGap(s.Text("scheduleExpression"))
		if runs != "" && strings.HasPrefix(task.Text("arn"), runs) && s.Text("state") != "DISABLED" &&
			err == nil && gap <= t.promise.DumpEvery {
			return
		}
	}
	t.find("copies/dump-schedule", task, "no schedule that is on runs it every %v", t.promise.DumpEvery)
}

// archived asks that nobody can change what is in a bucket, and that it is copied to another region and another cloud.
func (t *tenant) archived(archive *graph.Resource) {
	t.lockedBucket(archive)
	away := t.replicaOf(archive)
	if t.need(away != nil, "copies/dump-region", archive,
		"no replication that is on, with Replication Time Control, copies it to a bucket of another region") {
		t.lockedBucket(away)
	}
	t.mirrored(archive)
}

func (t *tenant) lockedBucket(b *graph.Resource) {
	versions := t.First(bucketVersioning, "bucket", b.ID)
	t.need(versions != nil && versions.Text("versioningConfiguration.status") == "Enabled", "copies/versions", b,
		"it keeps no versions: what is written over is lost, and it can neither be locked nor replicated")
	lock := t.First(bucketLock, "bucket", b.ID)
	days := 0.0
	if lock != nil {
		days, _ = props.Number(lock.Outputs, "rule.defaultRetention.days")
	}
	compliance := lock != nil && lock.Text("rule.defaultRetention.mode") == "COMPLIANCE"
	t.need(compliance && days >= leastLockDays, "copies/immutable", b,
		"its objects are locked for %v days, expected %v or more in compliance mode", days, leastLockDays)
}

// leastLockDays is the lock of the tier that locks the shortest; a dump asks for its tier's own.
const leastLockDays = 35.0

// replicaOf is the bucket of another region that a bucket's objects are copied to; nil where there is none.
func (t *tenant) replicaOf(b *graph.Resource) *graph.Resource {
	for _, replication := range t.Where(bucketReplication, "bucket", b.ID) {
		for _, rule := range props.Maps(replication.Outputs, "rules[*]") {
			target := t.First(bucket, "arn", props.Text(rule, "destination.bucket"))
			if target != nil && target.Region != b.Region && props.Text(rule, "status") == "Enabled" &&
				props.Text(rule, "deleteMarkerReplication.status") == "Disabled" &&
				props.Text(rule, "destination.replicationTime.status") == "Enabled" &&
				props.Text(rule, "sourceSelectionCriteria.sseKmsEncryptedObjects.status") == "Enabled" {
				return target
			}
		}
	}
	return nil
}

// mirrored asks for the copy in the other company's cloud: of each object soon, and of all of them every hour.
func (t *tenant) mirrored(archive *graph.Resource) {
	var soon, hourly bool
	for _, job := range t.Where(transferJob, "transferSpec.awsS3DataSource.bucketName", archive.ID) {
		if job.Text("status") == "DISABLED" || deletes(job) || !t.lockedMirror(job) {
			continue
		}
		queue := job.Text("eventStream.name")
		soon = soon || queue != "" && t.tells(archive, queue)
		hourly = hourly || job.Text("schedule.repeatInterval") == "3600s"
	}
	t.need(soon, "copies/mirror-events", archive,
		"no transfer that is on takes each new object to a locked bucket at Google")
	t.need(hourly, "copies/mirror", archive, "no transfer that is on looks every hour for objects that Google lacks")
}

// deletes says whether a transfer takes away what it has not brought.
func deletes(job *graph.Resource) bool {
	const options = "transferSpec.transferOptions."
	return props.Flag(job.Outputs, options+"deleteObjectsUniqueInSink") ||
		props.Flag(job.Outputs, options+"deleteObjectsFromSourceAfterTransfer")
}

// tells says whether a bucket tells a queue of each new object.
func (t *tenant) tells(b *graph.Resource, queue string) bool {
	for _, notification := range t.Where(bucketNotification, "bucket", b.ID) {
		for _, to := range props.Maps(notification.Outputs, "queues[*]") {
			if props.Text(to, "queueArn") != queue {
				continue
			}
			for _, event := range props.Texts(to, "events[*]") {
				if event == "s3:ObjectCreated:*" {
					return true
				}
			}
		}
	}
	return false
}

// lockedMirror says whether a transfer ends in a bucket that keeps what it gets.
func (t *tenant) lockedMirror(job *graph.Resource) bool {
	sink := t.First(googleBucket, "id", job.Text("transferSpec.gcsDataSink.bucketName"))
	if sink == nil {
		return false
	}
	text := sink.Text("retentionPolicy.retentionPeriod")
	seconds, is := props.Number(sink.Outputs, "retentionPolicy.retentionPeriod")
	if !is {
		seconds, _ = strconv.ParseFloat(text, 64)
	}
	return t.need(seconds >= leastLockDays*24*3600, "copies/mirror-immutable", sink,
		"it keeps objects for %v seconds at least, expected %v", seconds, leastLockDays*24*3600)
}
