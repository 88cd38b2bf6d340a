package cloud

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

func TestAccountSettings(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(s3Bucket, settings{"bucket": "versioned"})
		s.make(s3Versioning, settings{"bucket": "versioned", "versioningConfiguration": settings{"status": "Enabled"}})
		s.make(s3Bucket, settings{"bucket": "plain"})
		lock := func(bucket string, retention settings) settings {
			return settings{"bucket": bucket, "rule": settings{"defaultRetention": retention}}
		}
		return []attempt{
			{"access block", s3AccountPublicAccessBlock, settings{"blockPublicAcls": true}, ""},
			{"encryption", ebsEncryptionByDefault, settings{"enabled": true}, ""},
			{"key", ebsDefaultKey, settings{"keyArn": s.key.Text("arn")}, ""},
			{"no key", ebsDefaultKey, settings{"keyArn": "arn:k"},
				"api error InvalidParameterValue: The KMS key 'arn:k' does not exist"},
			{"snapshots", ebsSnapshotBlock, settings{"state": "block-all-sharing"}, ""},
			{"images", ec2ImageBlock, settings{"state": "block-new-sharing"}, ""},
			{"metadata", ec2MetadataDefaults, settings{"httpTokens": "required", "httpPutResponseHopLimit": 1}, ""},
			{"no hop", ec2MetadataDefaults, settings{"httpPutResponseHopLimit": 0}, "in the range (1 - 64), got 0"},
			{"passwords", iamPasswordPolicy, settings{"minimumPasswordLength": 14, "maxPasswordAge": 90,
				"passwordReusePrevention": 24}, ""},
			{"short", iamPasswordPolicy, settings{"minimumPasswordLength": 5}, "in the range (6 - 128), got 5"},
			{"old", iamPasswordPolicy, settings{"maxPasswordAge": 1096}, "in the range (1 - 1095), got 1096"},
			{"reused", iamPasswordPolicy, settings{"passwordReusePrevention": 25}, "in the range (1 - 24), got 25"},
			{"lock", s3ObjectLock, lock("versioned", settings{"mode": "COMPLIANCE", "days": 400}), ""},
			{"lock without retention", s3ObjectLock, settings{"bucket": "versioned"}, ""},
			{"lock without versions", s3ObjectLock, lock("plain", settings{"days": 1}),
				"StatusCode: 409, api error InvalidBucketState"},
			{"lock for no time", s3ObjectLock, lock("versioned", settings{"days": 0}), "must be a positive integer value"},
			{"lock for both", s3ObjectLock, lock("versioned", settings{"days": 1, "years": 1}),
				"must be a positive integer value"},
			{"lock of nothing", s3ObjectLock, lock("none", settings{"days": 1}), "api error NoSuchBucket"},
		}
	})
}

func TestServiceLinkedRoles(t *testing.T) {
	s := newWorld(t)
	s.make(iamServiceLinkedRole, settings{"awsServiceName": configService})
	_, err := s.try(iamServiceLinkedRole, settings{"awsServiceName": configService})
	expect(t, err, "api error InvalidInput: Service role name AWSServiceRoleForConfig has been taken in this account")
	other := s.make(iamServiceLinkedRole, settings{"awsServiceName": "x.amazonaws.com", "customSuffix": "y"})
	assert.Equal(t, "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForx_y", other.ID)
}

func TestAccountOutputs(t *testing.T) {
	s := newWorld(t)
	block := s.make(s3AccountPublicAccessBlock, settings{})
	assert.Equal(t, account, block.ID)
	assert.Equal(t, account, block.Text("accountId"))
	assert.Equal(t, "no-preference", s.make(ec2MetadataDefaults, settings{}).Text("httpTokens"))
	assert.Equal(t, ireland, s.make(ebsSnapshotBlock, settings{"state": "unblocked"}).ID)
	assert.Equal(t, ireland, s.make(ec2ImageBlock, settings{"state": "unblocked"}).ID)
	policy := s.make(iamPasswordPolicy, settings{"maxPasswordAge": 90, "requireNumbers": true})
	assert.Equal(t, property.New(true), policy.Outputs.Get("expirePasswords"))
	assert.Equal(t, property.New(true), policy.Outputs.Get("requireNumbers"))
	assert.Equal(t, property.New(false), policy.Outputs.Get("requireSymbols"))
}
