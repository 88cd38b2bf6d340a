package flow

import (
	"errors"
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

// Replication of S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html and
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html. What it cannot do it
// does not do, and says so in the object's replication status alone.
const replicationJob = "replication"

// replication is an object on its way.
type replication struct{ Bucket, Key, Version, Rule string }

// replicationRule is the rule that an object falls under. One that was encrypted with a key falls under none that does
// not say that it takes such objects.
func (e *engine) replicationRule(bucket cloud.Resource, object *world.Object) (property.Map, bool) {
	config, found := e.ofBucket(bucketReplication, bucket)
	if !found || !e.versioned(bucket) {
		return property.Map{}, false
	}
	for _, rule := range props.Maps(config.Outputs, "rules[*]") {
		prefix := firstText(props.Text(rule, "filter.prefix"), props.Text(rule, "filter.and.prefix"), props.Text(rule, "prefix"))
		selected := object.KMSKey == "" || props.Text(rule, "sourceSelectionCriteria.sseKmsEncryptedObjects.status") == "Enabled"
		if props.Text(rule, "status") == "Enabled" && strings.HasPrefix(object.Key, prefix) && selected {
			return rule, true
		}
	}
	return property.Map{}, false
}

func (e *engine) versioned(bucket cloud.Resource) bool {
	versioning, _ := e.ofBucket(bucketVersioning, bucket)
	return text(versioning, "versioningConfiguration.status") == "Enabled"
}

var (
	errNoRule     = errors.New("no enabled rule covers it any more")
	errNoVersions = errors.New("the destination keeps no versions")
	errNoLock     = errors.New("the destination has no Object Lock")
)

// replicate brings an object over, or notes why it cannot.
func (e *engine) replicate(r replication) {
	source, found := e.bucket(r.Bucket)
	versions := e.data.bucket(r.Bucket).versions[r.Key]
	at := slices.IndexFunc(versions, func(o *world.Object) bool { return o.Version == r.Version })
	if !found || at < 0 {
		return
	}
	object := versions[at]
	object.Replicated = e.now
	if err := e.bringOver(source, object); err != nil {
		object.Replication, object.Why = "FAILED", err.Error()
		e.tell(source, *object, "s3:Replication:OperationFailedReplication")
		return
	}
	object.Replication = "COMPLETED"
}

func (e *engine) bringOver(source cloud.Resource, object *world.Object) error {
	rule, found := e.replicationRule(source, object)
	if !found {
		return errNoRule
	}
	destination, there := e.arn(bucketType, props.Text(rule, "destination.bucket"))
	_, locks := e.ofBucket(bucketLockType, destination)
	switch {
	case !there:
		return fmt.Errorf("there is no bucket %s", props.Text(rule, "destination.bucket"))
	case !e.versioned(destination):
		return errNoVersions
	case !object.RetainUntil.IsZero() && !locks:
		return errNoLock
	}
	config, _ := e.ofBucket(bucketReplication, source)
	copied := *object
	copied.Replicated = time.Time{}
	copied.Replication, copied.StorageClass = "REPLICA", props.Text(rule, "destination.storageClass")
	copied.KMSKey = props.Text(rule, "destination.encryptionConfiguration.replicaKmsKeyId")
	copied = e.newObject(destination, object.Key, copied)
	if err := e.mayReplicate(config.Text("role"), source, object, copied, rule); err != nil {
		return err
	}
	e.store(destination, copied)
	return nil
}

// mayReplicate says whether the role may read the one and write the other.
func (e *engine) mayReplicate(role string, source cloud.Resource, object *world.Object, copied world.Object,
	rule property.Map,
) error {
	checks := []func() error{
		func() error { return e.assumed(role, "s3.amazonaws.com", source.Text("arn")) },
		func() error { return e.mayInBucket(role, "s3:GetReplicationConfiguration", source.ID, "", nil) },
		func() error {
			return e.mayInBucket(role, "s3:ListBucket", source.ID, "", access.Context{"s3:prefix": nil})
		},
	}
	reads := []string{"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"}
	if !object.RetainUntil.IsZero() {
		reads = append(reads, "s3:GetObjectRetention", "s3:GetObjectLegalHold")
	}
	writes := []string{"s3:ReplicateObject", "s3:ReplicateTags"}
	if props.Text(rule, "destination.accessControlTranslation.owner") != "" {
		writes = append(writes, "s3:ObjectOwnerOverrideToBucketOwner")
	}
	for _, action := range reads {
		checks = append(checks, func() error { return e.mayInBucket(role, action, source.ID, object.Key, nil) })
	}
	encrypted := encryptedBy(copied)
	for _, action := range writes {
		checks = append(checks, func() error { return e.mayInBucket(role, action, copied.Bucket, copied.Key, encrypted) })
	}
	checks = append(checks,
		func() error { return e.mayUseForObject(role, "kms:Decrypt", object.KMSKey, object.Bucket, object.Key) },
		func() error { return e.mayUseForObject(role, "kms:Encrypt", copied.KMSKey, copied.Bucket, copied.Key) },
	)
	return firstOf(checks...)
}
