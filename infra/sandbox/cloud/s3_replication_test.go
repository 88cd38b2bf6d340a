package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// bucketKeeping is a bucket with versions, locked or not.
func (s *site) bucketKeeping(name string, locked bool) {
	s.make(s3Bucket, settings{"bucket": name, "objectLockEnabled": locked})
	s.make(s3Versioning, settings{"bucket": name, "versioningConfiguration": settings{"status": "Enabled"}})
}

// replicated is a source and, in another region, its replica; and a rule between them as the archive has it.
func replicated(t *testing.T) (*site, settings) {
	s := full(t)
	s.bucketKeeping("source", true)
	s.in(germany, func() { s.bucketKeeping("replica", true) })
	return s, settings{
		"id": "all", "status": "Enabled", "filter": settings{"prefix": ""},
		"deleteMarkerReplication": settings{"status": "Disabled"},
		"sourceSelectionCriteria": settings{"sseKmsEncryptedObjects": settings{"status": "Enabled"}},
		"destination": settings{"bucket": "arn:aws:s3:::replica", "account": account,
			"accessControlTranslation": settings{"owner": "Destination"},
			"encryptionConfiguration":  settings{"replicaKmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/mrk-1"},
			"metrics":                  settings{"status": "Enabled", "eventThreshold": settings{"minutes": 15}},
			"replicationTime":          settings{"status": "Enabled", "time": settings{"minutes": 15}}},
	}
}

func TestReplication(t *testing.T) {
	_, rule := replicated(t)
	destination := rule["destination"].(settings)
	to := func(changes settings) settings {
		return with(rule, settings{"destination": with(destination, changes)})
	}
	for _, test := range []struct {
		name  string
		rules []settings
		want  string
	}{
		{"as the archive has it", []settings{rule}, ""},
		{"twice by the same name", []settings{rule, rule}, "api error InvalidArgument: Rule Id must be unique"},
		{"nowhere", []settings{to(settings{"bucket": "arn:aws:s3:::none"})},
			"api error InvalidRequest: Destination bucket must exist."},
		{"to itself", []settings{to(settings{"bucket": "arn:aws:s3:::source"})}, "cannot be the same as the source bucket."},
		{"to a bucket without versions", []settings{to(settings{"bucket": "arn:aws:s3:::plain"})},
			"api error InvalidRequest: Destination bucket must have versioning enabled."},
		{"to a bucket without lock", []settings{to(settings{"bucket": "arn:aws:s3:::unlocked"})},
			"Destination bucket must have Object Lock enabled"},
		{"to another account", []settings{to(settings{"bucket": "arn:aws:s3:::theirs", "account": "999999999999"})}, ""},
		{"delete markers unsaid", []settings{with(rule, settings{"deleteMarkerReplication": nil})},
			"DeleteMarkerReplication must be specified for this version"},
		{"of the first version", []settings{with(rule, settings{"filter": nil})}, "Filter must be specified for this version"},
		{"a key without objects", []settings{with(rule, settings{"sourceSelectionCriteria": nil})},
			"SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present."},
		{"objects without a key", []settings{to(settings{"encryptionConfiguration": nil})},
			"ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."},
		{"in time unmeasured", []settings{to(settings{"metrics": nil})}, "Metrics must be enabled if ReplicationTime is enabled."},
		{"in another time", []settings{to(settings{"replicationTime": settings{"status": "Enabled", "time": settings{"minutes": 5}}})},
			"must be 15 minutes"},
		{"told at another time", []settings{to(settings{"metrics": settings{"status": "Enabled",
			"eventThreshold": settings{"minutes": 60}}})}, "must be 15 minutes"},
		{"owned by nobody", []settings{to(settings{"account": nil})},
			"Account must be specified if AccessControlTranslation is present."},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _ := replicated(t)
			s.in(germany, func() {
				s.make(s3Bucket, settings{"bucket": "plain"})
				s.bucketKeeping("unlocked", false)
			})
			made, err := s.try(s3Replication, settings{"bucket": "source", "role": s.role.Text("arn"), "rules": test.rules})
			expect(t, err, test.want)
			if test.want == "" {
				assert.Equal(t, "source", made.ID)
			}
		})
	}
}

func TestReplicationNeedsItsRoleAndVersions(t *testing.T) {
	s, rule := replicated(t)
	s.make(s3Bucket, settings{"bucket": "plain"})
	_, err := s.try(s3Replication, settings{"bucket": "plain", "role": s.role.Text("arn"), "rules": []settings{rule}})
	expect(t, err, "Versioning must be 'Enabled' on the bucket to apply a replication configuration")
	_, err = s.try(s3Replication, settings{"bucket": "source", "role": "arn:aws:iam::123456789012:role/none",
		"rules": []settings{rule}})
	expect(t, err, "Invalid Role: arn:aws:iam::123456789012:role/none does not exist")
}

// TestVersionsStay: a bucket that is locked or replicated cannot suspend its versions.
func TestVersionsStay(t *testing.T) {
	s, rule := replicated(t)
	suspended := func(bucket string) error {
		versioning, _ := s.Find(s3Versioning, account, ireland, "bucket", bucket)
		_, err := s.update(versioning, settings{"bucket": bucket, "versioningConfiguration": settings{"status": "Suspended"}})
		return err
	}
	expect(t, suspended("source"), "StatusCode: 409, api error InvalidBucketState: An Object Lock configuration")
	s.bucketKeeping("unlocked", false)
	s.make(s3Replication, settings{"bucket": "unlocked", "role": s.role.Text("arn"), "rules": []settings{rule}})
	expect(t, suspended("unlocked"), "api error InvalidBucketState: A replication configuration is present on this bucket")
}
