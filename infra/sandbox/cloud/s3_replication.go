package cloud

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Replication: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketReplication.html. What S3 does not look at
// when it is configured, who may assume the role, what the role may do and the replica's key, stops it later, silently.
func s3ReplicationTypes() []*Type {
	return []*Type{ofBucket(s3Replication, putReplication, firstOf(refuseUnversionedSource, refuseReplicationRules),
		toRole("role", s3.says(putReplication, "InvalidArgument", "Invalid Role: %s does not exist")))}
}

const putReplication = "PutBucketReplication"

func replicationRefused(format string, args ...any) error {
	return s3.refuses(putReplication, "InvalidRequest", format, args...)
}

// isVersioned says whether a bucket keeps versions.
func (c *Call) isVersioned(bucket Resource) bool {
	versioning, found := c.World.Find(s3Versioning, bucket.Account, bucket.Region, "bucket", bucket.ID)
	return found && props.Text(versioning.Outputs, "versioningConfiguration.status") == "Enabled"
}

// refuseUnversionedSource: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html.
func refuseUnversionedSource(c *Call) error {
	source, _ := c.findBucket(c.text("bucket"))
	if !c.isVersioned(source) {
		return replicationRefused("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
	}
	return nil
}

func refuseReplicationRules(c *Call) error {
	source, _ := c.findBucket(c.text("bucket"))
	ids := map[string]bool{}
	for _, rule := range props.Maps(c.Inputs, "rules[*]") {
		if id := Text(rule, "id"); id != "" {
			if ids[id] {
				return s3.says(putReplication, "InvalidArgument", "Rule Id must be unique")
			}
			ids[id] = true
		}
		if err := c.refuseReplica(source, rule); err != nil {
			return err
		}
		if err := refuseReplicationRule(rule); err != nil {
			return err
		}
	}
	return nil
}

// refuseReplica is about the bucket that a rule replicates to, one of this account's where it is named fully.
func (c *Call) refuseReplica(source Resource, rule property.Map) error {
	arn := props.Text(rule, "destination.bucket")
	if arn == "" { // not known yet
		return nil
	}
	if account := props.Text(rule, "destination.account"); account != "" && account != c.Account {
		return nil
	}
	replica, found := c.findBucket(strings.TrimPrefix(arn, "arn:aws:s3:::"))
	switch {
	case !found:
		return replicationRefused("Destination bucket must exist.")
	case replica.ID == source.ID:
		return replicationRefused("Destination bucket cannot be the same as the source bucket.")
	case !c.isVersioned(replica):
		return replicationRefused("Destination bucket must have versioning enabled.")
	case c.isLocked(source) && !c.isLocked(replica):
		return replicationRefused("Destination bucket must have Object Lock enabled, as the source bucket has.")
	}
	return nil
}

const enabled = "Enabled"

// thresholdMinutes is the only time that Replication Time Control knows.
const thresholdMinutes = 15

// refuseReplicationRule: a rule with a filter is one of the second version, which says more, and alone can have its
// time controlled, https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html.
func refuseReplicationRule(rule property.Map) error {
	const version = " must be specified for this version of Cross Region Replication configuration schema. Please refer" +
		" to S3 Developer Guide for more information."
	second := !absent(rule, "filter")
	timed := props.Text(rule, "destination.replicationTime.status") == enabled
	measured := props.Text(rule, "destination.metrics.status") == enabled
	replicaKey := len(props.At(rule, "destination.encryptionConfiguration.replicaKmsKeyId")) > 0
	encrypted := props.Text(rule, "sourceSelectionCriteria.sseKmsEncryptedObjects.status") == enabled
	switch {
	case second && absent(rule, "deleteMarkerReplication"):
		return replicationRefused("DeleteMarkerReplication%s", version)
	case !second && (timed || measured || !absent(rule, "deleteMarkerReplication")):
		return replicationRefused("Filter%s", version)
	case replicaKey && !encrypted:
		return replicationRefused("SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present.")
	case encrypted && !replicaKey:
		return replicationRefused("ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.")
	case timed && !measured:
		return replicationRefused("Metrics must be enabled if ReplicationTime is enabled.")
	case len(props.At(rule, "destination.accessControlTranslation")) > 0 && len(props.At(rule, "destination.account")) == 0:
		return replicationRefused("Account must be specified if AccessControlTranslation is present.")
	}
	return refuseReplicationTimes(rule)
}

func refuseReplicationTimes(rule property.Map) error {
	times := slices.Concat(props.At(rule, "destination.replicationTime.time.minutes"),
		props.At(rule, "destination.metrics.eventThreshold.minutes"))
	for _, minutes := range times {
		if minutes.IsNumber() && minutes.AsNumber() != thresholdMinutes {
			return s3.refuses(putReplication, "InvalidArgument",
				"Replication time and event threshold must be %d minutes.", thresholdMinutes)
		}
	}
	return nil
}
