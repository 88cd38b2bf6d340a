package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// bucketKeeping is a bucket with versions, locked or not.
func (s *site) bucketKeeping(name string, locked bool) {
	s.make(s3Bucket, props{"bucket": name, "objectLockEnabled": locked})
	s.make(s3Versioning, props{"bucket": name, "versioningConfiguration": props{"status": "Enabled"}})
}

// replicated is a source and, in another region, its replica; and a rule between them as the archive has it.
func replicated(t *testing.T) (*site, props) {
	s := full(t)
	s.bucketKeeping("source", true)
	s.in(germany, func() { s.bucketKeeping("replica", true) })
	return s, props{
		"id": "all", "status": "Enabled", "filter": props{"prefix": ""},
		"deleteMarkerReplication": props{"status": "Disabled"},
		"sourceSelectionCriteria": props{"sseKmsEncryptedObjects": props{"status": "Enabled"}},
		"destination": props{"bucket": "arn:aws:s3:::replica", "account": account,
			"accessControlTranslation": props{"owner": "Destination"},
			"encryptionConfiguration":  props{"replicaKmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/mrk-1"},
			"metrics":                  props{"status": "Enabled", "eventThreshold": props{"minutes": 15}},
			"replicationTime":          props{"status": "Enabled", "time": props{"minutes": 15}}},
	}
}

func TestReplication(t *testing.T) {
	_, rule := replicated(t)
	destination := rule["destination"].(props)
	to := func(changes props) props { return with(rule, props{"destination": with(destination, changes)}) }
	for _, test := range []struct {
		name  string
		rules []props
		want  string
	}{
		{"as the archive has it", []props{rule}, ""},
		{"twice by the same name", []props{rule, rule}, "api error InvalidArgument: Rule Id must be unique"},
		{"nowhere", []props{to(props{"bucket": "arn:aws:s3:::none"})},
			"api error InvalidRequest: Destination bucket must exist."},
		{"to itself", []props{to(props{"bucket": "arn:aws:s3:::source"})}, "cannot be the same as the source bucket."},
		{"to a bucket without versions", []props{to(props{"bucket": "arn:aws:s3:::plain"})},
			"api error InvalidRequest: Destination bucket must have versioning enabled."},
		{"to a bucket without lock", []props{to(props{"bucket": "arn:aws:s3:::unlocked"})},
			"Destination bucket must have Object Lock enabled"},
		{"to another account", []props{to(props{"bucket": "arn:aws:s3:::theirs", "account": "999999999999"})}, ""},
		{"delete markers unsaid", []props{with(rule, props{"deleteMarkerReplication": nil})},
			"DeleteMarkerReplication must be specified for this version"},
		{"of the first version", []props{with(rule, props{"filter": nil})}, "Filter must be specified for this version"},
		{"a key without objects", []props{with(rule, props{"sourceSelectionCriteria": nil})},
			"SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present."},
		{"objects without a key", []props{to(props{"encryptionConfiguration": nil})},
			"ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."},
		{"in time unmeasured", []props{to(props{"metrics": nil})}, "Metrics must be enabled if ReplicationTime is enabled."},
		{"in another time", []props{to(props{"replicationTime": props{"status": "Enabled", "time": props{"minutes": 5}}})},
			"must be 15 minutes"},
		{"told at another time", []props{to(props{"metrics": props{"status": "Enabled",
			"eventThreshold": props{"minutes": 60}}})}, "must be 15 minutes"},
		{"owned by nobody", []props{to(props{"account": nil})},
			"Account must be specified if AccessControlTranslation is present."},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _ := replicated(t)
			s.in(germany, func() {
				s.make(s3Bucket, props{"bucket": "plain"})
				s.bucketKeeping("unlocked", false)
			})
			made, err := s.try(s3Replication, props{"bucket": "source", "role": s.role.Text("arn"), "rules": test.rules})
			expect(t, err, test.want)
			if test.want == "" {
				assert.Equal(t, "source", made.ID)
			}
		})
	}
}

func TestReplicationNeedsItsRoleAndVersions(t *testing.T) {
	s, rule := replicated(t)
	s.make(s3Bucket, props{"bucket": "plain"})
	_, err := s.try(s3Replication, props{"bucket": "plain", "role": s.role.Text("arn"), "rules": []props{rule}})
	expect(t, err, "Versioning must be 'Enabled' on the bucket to apply a replication configuration")
	_, err = s.try(s3Replication, props{"bucket": "source", "role": "arn:aws:iam::123456789012:role/none",
		"rules": []props{rule}})
	expect(t, err, "Invalid Role: arn:aws:iam::123456789012:role/none does not exist")
}

// TestVersionsStay: a bucket that is locked or replicated cannot suspend its versions.
func TestVersionsStay(t *testing.T) {
	s, rule := replicated(t)
	suspended := func(bucket string) error {
		versioning, _ := s.Find(s3Versioning, account, ireland, "bucket", bucket)
		_, err := s.update(versioning, props{"bucket": bucket, "versioningConfiguration": props{"status": "Suspended"}})
		return err
	}
	expect(t, suspended("source"), "StatusCode: 409, api error InvalidBucketState: An Object Lock configuration")
	s.bucketKeeping("unlocked", false)
	s.make(s3Replication, props{"bucket": "unlocked", "role": s.role.Text("arn"), "rules": []props{rule}})
	expect(t, suspended("unlocked"), "api error InvalidBucketState: A replication configuration is present on this bucket")
}
