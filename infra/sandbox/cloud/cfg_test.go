package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const recorderRole = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

// recorderSite has what a recorder needs: its role, a key, and buckets that AWS Config may write to but for "closed".
func recorderSite(t *testing.T) *site {
	s := full(t)
	s.make(iamServiceLinkedRole, settings{"awsServiceName": configService})
	s.make(s3Bucket, settings{"bucket": "closed"})
	s.make(s3Bucket, settings{"bucket": "config"})
	s.make(s3Bucket, settings{"bucket": "locked", "objectLockEnabled": true})
	for _, bucket := range []string{"config", "locked"} {
		s.make(s3Policy, settings{"bucket": bucket, "policy": openConfig(bucket)})
	}
	s.in(germany, func() {
		s.make(s3Bucket, settings{"bucket": "far"})
		s.make(s3Policy, settings{"bucket": "far", "policy": openConfig("far")})
	})
	s.key = s.make(kmsKey, settings{"policy": keyPolicy(account, `,{"Effect":"Allow","Resource":"*",
		"Principal":{"Service":"config.amazonaws.com"},"Action":["kms:GenerateDataKey","kms:Decrypt"]}`)})
	return s
}

// openConfig lets AWS Config in by account, as its conditions are.
func openConfig(bucket string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":["s3:GetBucketAcl","s3:ListBucket"],
			"Resource":"arn:aws:s3:::%[1]s","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}},
		{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"s3:PutObject",
			"Resource":"arn:aws:s3:::%[1]s/AWSLogs/123456789012/Config/*"}]}`, bucket)
}

func recorder(s *site) Resource {
	return s.make(cfgRecorder, settings{"roleArn": recorderRole, "recordingGroup": settings{"allSupported": true}})
}

func TestRecorders(t *testing.T) {
	each(t, recorderSite, func(*site) []attempt {
		group := func(group settings) settings { return settings{"roleArn": recorderRole, "recordingGroup": group} }
		return []attempt{
			{"all types", cfgRecorder, group(settings{"allSupported": true, "includeGlobalResourceTypes": true}), ""},
			{"all and some", cfgRecorder, group(settings{"allSupported": true,
				"resourceTypes": []string{"AWS::S3::Bucket"}}), "api error InvalidRecordingGroupException"},
			{"some and global", cfgRecorder, group(settings{"allSupported": false, "includeGlobalResourceTypes": true}),
				"api error InvalidRecordingGroupException"},
			{"no role", cfgRecorder, settings{"roleArn": "arn:aws:iam::123456789012:role/none"},
				"api error InvalidRoleException"},
			{"no service-linked role", cfgRecorder, settings{"roleArn": recorderRole + "X"},
				"api error InvalidRoleException"},
			{"channel before the recorder", cfgDeliveryChannel, settings{"s3BucketName": "config"},
				"NoAvailableConfigurationRecorderException: Configuration recorder is not available to put delivery channel."},
			{"rule before the recorder", cfgRule, settings{"name": "r", "source": settings{"owner": "AWS"}},
				"NoAvailableConfigurationRecorderException"},
			{"status of nothing", cfgRecorderStatus, settings{"name": "default", "isEnabled": true},
				"api error NoSuchConfigurationRecorderException"},
		}
	})
}

func TestDeliveryChannels(t *testing.T) {
	recording := func(t *testing.T) *site {
		s := recorderSite(t)
		recorder(s)
		return s
	}
	each(t, recording, func(s *site) []attempt {
		to := func(bucket string, key Resource) settings {
			return settings{"s3BucketName": bucket, "s3KmsKeyArn": key.Text("arn")}
		}
		return []attempt{
			{"with a key", cfgDeliveryChannel, to("config", s.key), ""},
			{"without", cfgDeliveryChannel, to("config", Resource{}), ""},
			{"to another region", cfgDeliveryChannel, to("far", Resource{}), ""},
			{"with a key of another region", cfgDeliveryChannel, to("far", s.key), "InsufficientDeliveryPolicyException"},
			{"with a key of others", cfgDeliveryChannel, to("config", s.make(kmsKey, settings{})),
				"InsufficientDeliveryPolicyException"},
			{"to nothing", cfgDeliveryChannel, to("none", Resource{}), "api error NoSuchBucketException"},
			{"without policy", cfgDeliveryChannel, to("closed", Resource{}),
				"InsufficientDeliveryPolicyException: Insufficient delivery policy to s3 bucket: closed, unable to write" +
					" to bucket, provided s3 key prefix is 'null', provided kms key is 'null'."},
			{"to a locked bucket", cfgDeliveryChannel, to("locked", Resource{}), "InsufficientDeliveryPolicyException"},
			{"start without channel", cfgRecorderStatus, settings{"name": "default", "isEnabled": true},
				"NoAvailableDeliveryChannelException: Delivery channel is not available to start configuration recorder."},
			{"stopped without channel", cfgRecorderStatus, settings{"name": "default", "isEnabled": false}, ""},
			{"second recorder", cfgRecorder, settings{"name": "x", "roleArn": recorderRole},
				"MaxNumberOfConfigurationRecordersExceededException: Failed to put configuration recorder 'x'"},
			{"rule", cfgRule, settings{"name": "r", "inputParameters": `{"maxAccessKeyAge":"90"}`,
				"source": settings{"owner": "AWS", "sourceIdentifier": "ACCESS_KEYS_ROTATED"}}, ""},
			{"rule by its name", cfgRule, settings{"name": "r",
				"source": settings{"owner": "AWS", "sourceIdentifier": "access-keys-rotated"}},
				"InvalidParameterValueException: The sourceIdentifier access-keys-rotated is invalid."},
			{"rule with numbers", cfgRule, settings{"name": "r", "inputParameters": `{"maxAccessKeyAge":90}`,
				"source": settings{"owner": "AWS", "sourceIdentifier": "ACCESS_KEYS_ROTATED"}}, "Invalid json"},
			{"rule with a long name", cfgRule, settings{"name": strings.Repeat("r", 129)}, "in the range (0 - 128)"},
		}
	})
}

func TestARunningRecorderKeepsItsChannelAndRole(t *testing.T) {
	s := recorderSite(t)
	role, found := s.Find(iamServiceLinkedRole, account, global, "id", recorderRole)
	assert.True(t, found)
	assert.Equal(t, "AWSServiceRoleForConfig", role.Text("name"))
	assert.Equal(t, "/aws-service-role/config.amazonaws.com/", role.Text("path"))
	own := recorder(s)
	assert.Equal(t, "default", own.Text("name"))
	channel := s.make(cfgDeliveryChannel, settings{"s3BucketName": "config"})
	_, err := s.try(cfgDeliveryChannel, settings{"name": "x", "s3BucketName": "config"})
	expect(t, err, "api error MaxNumberOfDeliveryChannelsExceededException")
	status := s.make(cfgRecorderStatus, settings{"name": "default", "isEnabled": true})
	rule := s.make(cfgRule, settings{"name": "r", "source": settings{"owner": "AWS", "sourceIdentifier": "X"}})
	assert.Contains(t, rule.Text("arn"), "arn:aws:config:eu-west-1:123456789012:config-rule/config-rule-")
	_, err = s.try(cfgRule, settings{"name": "r"})
	expect(t, err, "api error ResourceInUseException")

	expect(t, s.delete(channel), "api error LastDeliveryChannelDeleteFailedException")
	expect(t, s.delete(role), "is used by a configuration recorder in eu-west-1.")
	assert.NoError(t, s.delete(status))
	assert.NoError(t, s.delete(channel))
	assert.NoError(t, s.delete(own))
	assert.NoError(t, s.delete(role))
}
