package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/access"
	"haven/policy/props"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// A bucket is encrypted with its default key, and locks what comes into it for its default retention, where the writer
// says nothing else.

// newObject is an object as S3 stores it.
func (e *engine) newObject(bucket cloud.Resource, key string, object world.Object) world.Object {
	object.Bucket, object.Key, object.Made = bucket.ID, key, e.now
	if object.Version == "" {
		object.Version = hexOf(bucket.ID, key, e.now.Format(time.RFC3339Nano))[:32]
	}
	if object.SHA256 == "" {
		object.SHA256 = hexOf(object.Source, key, object.DataTime.Format(time.RFC3339Nano), object.Content)
	}
	if object.StorageClass == "" {
		object.StorageClass = "STANDARD"
	}
	if object.KMSKey == "" {
		encryption, _ := e.ofBucket(bucketEncryption, bucket)
		object.KMSKey = text(encryption, "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId")
	}
	if lock, found := e.ofBucket(bucketLockType, bucket); found && object.RetainUntil.IsZero() {
		const path = "rule.defaultRetention."
		if retained := number(lock.Outputs, path+"days") + 365*number(lock.Outputs, path+"years"); retained > 0 {
			object.RetainUntil = e.now.AddDate(0, 0, retained)
			object.Mode = text(lock, "rule.defaultRetention.mode")
		}
	}
	return object
}

func hexOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// store puts an object into a bucket and sets off what follows from it.
func (e *engine) store(bucket cloud.Resource, object world.Object) {
	if rule, found := e.replicationRule(bucket, &object); found && object.Replication == "" {
		object.Replication = "PENDING"
		lag := e.between(10*time.Second, 8*time.Minute, "replication", object.Bucket, object.Key, object.Version)
		e.later(replicationJob, object.Bucket+"/"+object.Key+"/"+object.Version, e.now.Add(lag),
			replication{object.Bucket, object.Key, object.Version, props.Text(rule, "id")})
	}
	e.data.put(object)
	e.notify(bucket, object)
}

// mayPut says whether a role may write an object into a bucket as it is to be stored.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
func (e *engine) mayPut(roleARN string, object world.Object, locks bool) error {
	context := encryptedBy(object)
	checks := []func() error{
		func() error { return e.mayInBucket(roleARN, "s3:PutObject", object.Bucket, object.Key, context) },
		func() error {
			return e.mayUseForObject(roleARN, "kms:GenerateDataKey", object.KMSKey, object.Bucket, object.Key)
		},
	}
	if locks {
		remaining := fmt.Sprint(int(object.RetainUntil.Sub(e.now).Hours() / 24))
		context["s3:object-lock-mode"] = []string{object.Mode}
		context["s3:object-lock-retain-until-date"] = []string{object.RetainUntil.Format(time.RFC3339)}
		context["s3:object-lock-remaining-retention-days"] = []string{remaining}
		checks = append(checks, func() error {
			return e.mayInBucket(roleARN, "s3:PutObjectRetention", object.Bucket, object.Key, context)
		})
	}
	return firstOf(checks...)
}

// encryptedBy are the condition keys of a request to write an object, as far as it says how to encrypt and lock it.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
func encryptedBy(object world.Object) access.Context {
	context := access.Context{
		"s3:x-amz-server-side-encryption": nil, "s3:x-amz-server-side-encryption-aws-kms-key-id": nil,
		"s3:x-amz-server-side-encryption-customer-algorithm": nil, "s3:object-lock-mode": nil,
		"s3:object-lock-retain-until-date": nil, "s3:object-lock-remaining-retention-days": nil,
	}
	if object.KMSKey != "" {
		context["s3:x-amz-server-side-encryption"] = []string{"aws:kms"}
		context["s3:x-amz-server-side-encryption-aws-kms-key-id"] = []string{object.KMSKey}
	}
	return context
}

// notify sends the bucket's notifications of a new object.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/NotificationHowTo.html
func (e *engine) notify(bucket cloud.Resource, object world.Object) {
	configured, found := e.ofBucket(bucketNotification, bucket)
	if found && flag(configured.Outputs, "eventbridge", false) {
		e.publish(bucket.Region, "aws.s3", "Object Created", map[string]any{
			"bucket": map[string]any{"name": bucket.ID}, "object": map[string]any{"key": object.Key},
		})
	}
	e.tell(bucket, object, "s3:ObjectCreated:Put")
}

// tell puts an event of an object into the queues that are to have it and that let S3 in.
func (e *engine) tell(bucket cloud.Resource, object world.Object, event string) {
	configured, _ := e.ofBucket(bucketNotification, bucket)
	for _, queue := range props.Maps(configured.Outputs, "queues[*]") {
		arn := props.Text(queue, "queueArn")
		if !tells(queue, object.Key, event) || e.receives(arn, bucket) != nil {
			continue
		}
		to, _ := e.arn(queueType, arn) // which takes it, so that it is there
		e.data.measured(world.Series{Provider: "aws", Account: to.Account, Region: to.Region, Namespace: "AWS/SQS",
			Name: "NumberOfMessagesSent", Dimensions: []string{"QueueName=" + to.Text("name")}}, e.now, 1)
		body, _ := json.Marshal(created{bucket.ID, object.Key, object.Version}) // strings always can be
		id := e.now.Format("20060102T150405.000000000Z") + hexOf(string(body), event)[:16]
		e.data.messages = append(e.data.messages, world.Message{Queue: arn, ID: id, Sent: e.now, Body: string(body)})
	}
}

// created is what a message says of an object.
type created struct{ Bucket, Key, Version string }

// tells says whether a notification is about an event of a key.
func tells(configured property.Map, key, event string) bool {
	about := slices.ContainsFunc(props.Texts(configured, "events[*]"), func(wanted string) bool {
		return matches(wanted, event)
	})
	return about && strings.HasPrefix(key, props.Text(configured, "filterPrefix")) &&
		strings.HasSuffix(key, props.Text(configured, "filterSuffix"))
}

// receives says whether a queue takes messages of a bucket.
func (e *engine) receives(arn string, bucket cloud.Resource) error {
	queue, found := e.arn(queueType, arn)
	if !found {
		return fmt.Errorf("there is no queue %s", arn)
	}
	context := access.Context{"aws:SourceArn": {bucket.Text("arn")}, "aws:SourceAccount": {bucket.Account}}
	s3 := access.ServiceOf("s3.amazonaws.com")
	err := refusal(access.Decide(
		access.Request{Principal: s3, Action: "sqs:SendMessage", Resource: arn, Account: queue.Account, Context: context},
		access.Policies{Resource: e.queuePolicy(queue)},
	))
	if err != nil {
		return err
	}
	return e.serviceMayUseKey(s3, queue.Text("kmsMasterKeyId"), queue.Region, "kms:GenerateDataKey", context)
}

func (e *engine) queuePolicy(queue cloud.Resource) []access.Document {
	if policy, found := e.find(queuePolicyType, queue.Region, "id", queue.ID); found {
		return e.document("the policy of queue "+queue.Text("name"), policy.Text("policy"))
	}
	return e.document("the policy of queue "+queue.Text("name"), queue.Text("policy"))
}

// expire removes what has had its time, in buckets and vaults. What is locked stays.
func (e *engine) expire() {
	for _, bucket := range e.all(bucketType) {
		if lifecycle, found := e.ofBucket(bucketLifecycle, bucket); found {
			e.live(bucket, props.Maps(lifecycle.Outputs, "rules[*]"))
		}
	}
	for _, bucket := range e.all(googleBucketType) {
		e.liveInGoogle(bucket)
	}
	e.data.points = slices.DeleteFunc(e.data.points, func(p *world.Point) bool {
		return !p.Expires.IsZero() && !e.now.Before(p.Expires) && !e.now.Before(p.LockedUntil)
	})
	for _, queue := range e.all(queueType) {
		kept := time.Duration(number(queue.Outputs, "messageRetentionSeconds")) * time.Second
		if kept == 0 {
			kept = days(4)
		}
		e.data.messages = slices.DeleteFunc(e.data.messages, func(m world.Message) bool {
			return m.Queue == queue.Text("arn") && !e.now.Before(m.Sent.Add(kept))
		})
	}
}

// live is the life of a bucket's objects. In a bucket with versions the end of a current one is a delete marker.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
func (e *engine) live(bucket cloud.Resource, rules []property.Map) {
	b := e.data.bucket(bucket.ID)
	for _, rule := range rules {
		prefix := firstText(props.Text(rule, "filter.prefix"), props.Text(rule, "filter.and.prefix"), props.Text(rule, "prefix"))
		if props.Text(rule, "status") != "Enabled" {
			continue
		}
		for _, key := range slices.Clone(b.keys) {
			if strings.HasPrefix(key, prefix) {
				e.age(b, key, rule)
			}
		}
	}
}

func (e *engine) age(b *bucket, key string, rule property.Map) {
	if o := b.current(key); o != nil {
		if ends := number(rule, "expiration.days"); ends > 0 && !e.now.Before(o.Made.Add(days(ends))) {
			e.data.put(world.Object{Bucket: o.Bucket, Key: key, Version: hexOf(o.Version, "deleted")[:32],
				Made: o.Made.Add(days(ends)), DeleteMarker: true})
		}
		for _, transition := range props.Maps(rule, "transitions[*]") {
			if !e.now.Before(o.Made.Add(days(number(transition, "days")))) {
				o.StorageClass = props.Text(transition, "storageClass")
			}
		}
	}
	ends := number(rule, "noncurrentVersionExpiration.noncurrentDays")
	for _, o := range slices.Clone(b.versions[key]) {
		gone := ends > 0 && !o.Noncurrent.IsZero() && !e.now.Before(o.Noncurrent.Add(days(ends)))
		if gone && !e.now.Before(o.RetainUntil) {
			b.remove(o)
		}
	}
}

// liveInGoogle is the life of objects in Cloud Storage.
// https://cloud.google.com/storage/docs/lifecycle
func (e *engine) liveInGoogle(bucket cloud.Resource) {
	b := e.data.bucket(bucket.ID)
	for _, rule := range props.Maps(bucket.Outputs, "lifecycleRules[*]") {
		age := number(rule, "condition.age")
		for _, key := range slices.Clone(b.keys) {
			for _, o := range slices.Clone(b.versions[key]) {
				switch due := age > 0 && !e.now.Before(o.Made.Add(days(age))); {
				case due && props.Text(rule, "action.type") == "Delete" && !e.now.Before(o.RetainUntil):
					b.remove(o)
				case due && props.Text(rule, "action.type") == "SetStorageClass":
					o.StorageClass = props.Text(rule, "action.storageClass")
				}
			}
		}
	}
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
