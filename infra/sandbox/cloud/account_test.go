package cloud

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

func TestAccountSettings(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(s3Bucket, props{"bucket": "versioned"})
		s.make(s3Versioning, props{"bucket": "versioned", "versioningConfiguration": props{"status": "Enabled"}})
		s.make(s3Bucket, props{"bucket": "plain"})
		lock := func(bucket string, retention props) props {
			return props{"bucket": bucket, "rule": props{"defaultRetention": retention}}
		}
		return []attempt{
			{"access block", s3AccountPublicAccessBlock, props{"blockPublicAcls": true}, ""},
			{"encryption", ebsEncryptionByDefault, props{"enabled": true}, ""},
			{"key", ebsDefaultKey, props{"keyArn": s.key.Text("arn")}, ""},
			{"no key", ebsDefaultKey, props{"keyArn": "arn:k"},
				"api error InvalidParameterValue: The KMS key 'arn:k' does not exist"},
			{"snapshots", ebsSnapshotBlock, props{"state": "block-all-sharing"}, ""},
			{"images", ec2ImageBlock, props{"state": "block-new-sharing"}, ""},
			{"metadata", ec2MetadataDefaults, props{"httpTokens": "required", "httpPutResponseHopLimit": 1}, ""},
			{"no hop", ec2MetadataDefaults, props{"httpPutResponseHopLimit": 0}, "in the range (1 - 64), got 0"},
			{"passwords", iamPasswordPolicy, props{"minimumPasswordLength": 14, "maxPasswordAge": 90,
				"passwordReusePrevention": 24}, ""},
			{"short", iamPasswordPolicy, props{"minimumPasswordLength": 5}, "in the range (6 - 128), got 5"},
			{"old", iamPasswordPolicy, props{"maxPasswordAge": 1096}, "in the range (1 - 1095), got 1096"},
			{"reused", iamPasswordPolicy, props{"passwordReusePrevention": 25}, "in the range (1 - 24), got 25"},
			{"lock", s3ObjectLock, lock("versioned", props{"mode": "COMPLIANCE", "days": 400}), ""},
			{"lock without retention", s3ObjectLock, props{"bucket": "versioned"}, ""},
			{"lock without versions", s3ObjectLock, lock("plain", props{"days": 1}),
				"StatusCode: 409, api error InvalidBucketState"},
			{"lock for no time", s3ObjectLock, lock("versioned", props{"days": 0}), "must be a positive integer value"},
			{"lock for both", s3ObjectLock, lock("versioned", props{"days": 1, "years": 1}),
				"must be a positive integer value"},
			{"lock of nothing", s3ObjectLock, lock("none", props{"days": 1}), "api error NoSuchBucket"},
		}
	})
}

func TestServiceLinkedRoles(t *testing.T) {
	s := newWorld(t)
	s.make(iamServiceLinkedRole, props{"awsServiceName": configService})
	_, err := s.try(iamServiceLinkedRole, props{"awsServiceName": configService})
	expect(t, err, "api error InvalidInput: Service role name AWSServiceRoleForConfig has been taken in this account")
	other := s.make(iamServiceLinkedRole, props{"awsServiceName": "x.amazonaws.com", "customSuffix": "y"})
	assert.Equal(t, "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForx_y", other.ID)
}

func TestAccountOutputs(t *testing.T) {
	s := newWorld(t)
	block := s.make(s3AccountPublicAccessBlock, props{})
	assert.Equal(t, account, block.ID)
	assert.Equal(t, account, block.Text("accountId"))
	assert.Equal(t, "no-preference", s.make(ec2MetadataDefaults, props{}).Text("httpTokens"))
	assert.Equal(t, ireland, s.make(ebsSnapshotBlock, props{"state": "unblocked"}).ID)
	assert.Equal(t, ireland, s.make(ec2ImageBlock, props{"state": "unblocked"}).ID)
	policy := s.make(iamPasswordPolicy, props{"maxPasswordAge": 90, "requireNumbers": true})
	assert.Equal(t, property.New(true), policy.Outputs.Get("expirePasswords"))
	assert.Equal(t, property.New(true), policy.Outputs.Get("requireNumbers"))
	assert.Equal(t, property.New(false), policy.Outputs.Get("requireSymbols"))
}
