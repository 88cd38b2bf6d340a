package cloud

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

const trailARN = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/audit"

// trailSite has a bucket, a key, a log group and a role that CloudTrail may use for the trail "audit".
func trailSite(t *testing.T) *site {
	s := full(t)
	s.make(s3Bucket, settings{"bucket": "trail"})
	s.make(s3Policy, settings{"bucket": "trail", "policy": deliveryPolicy("trail", cloudTrailService, trailARN)})
	s.make(s3Bucket, settings{"bucket": "closed"})
	s.key = s.make(kmsKey, settings{"policy": keyPolicy(account, fmt.Sprintf(`,{"Effect":"Allow",
		"Principal":{"Service":"%s"},"Action":["kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*",
		"Condition":{"StringEquals":{"aws:SourceArn":"%s"}}}`, cloudTrailService, trailARN))})
	s.make(logGroup, settings{"name": "/haven/audit"})
	s.role = s.make(iamRole, settings{"name": "trail", "assumeRolePolicy": trust(cloudTrailService)})
	s.make(iamRole, settings{"name": "tasks", "assumeRolePolicy": trust("ecs-tasks.amazonaws.com")})
	return s
}

// deliveryPolicy lets a service write to a bucket, on behalf of a resource.
func deliveryPolicy(bucket, service, source string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"Service":"%[2]s"},"Action":["s3:GetBucketAcl","s3:ListBucket"],
			"Resource":"arn:aws:s3:::%[1]s","Condition":{"ArnLike":{"aws:SourceArn":"%[3]s"}}},
		{"Effect":"Allow","Principal":{"Service":"%[2]s"},"Action":"s3:PutObject",
			"Resource":"arn:aws:s3:::%[1]s/AWSLogs/123456789012/*",
			"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}]}`, bucket, service, source)
}

func TestTrails(t *testing.T) {
	each(t, trailSite, func(s *site) []attempt {
		trail := func(changes settings) settings {
			return with(settings{"name": "audit", "s3BucketName": "trail", "kmsKeyId": s.key.Text("arn"),
				"cloudWatchLogsGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:/haven/audit:*",
				"cloudWatchLogsRoleArn":  s.role.Text("arn")}, changes)
		}
		selectors := func(category string) settings {
			return settings{"insightSelectors": []settings{{"insightType": "ApiCallRateInsight"}},
				"advancedEventSelectors": []settings{{"fieldSelectors": []settings{
					{"field": "eventCategory", "equals": []string{category}}}}}}
		}
		return []attempt{
			{"all of it", cloudTrailTrail, trail(nil), ""},
			{"insights", cloudTrailTrail, trail(selectors("Management")), ""},
			{"insights of nothing", cloudTrailTrail, trail(selectors("Data")), "api error InvalidInsightSelectorsException"},
			{"name", cloudTrailTrail, trail(settings{"name": "a"}), "api error InvalidTrailNameException"},
			{"another trail's policy", cloudTrailTrail, trail(settings{"name": "other"}),
				"api error InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: trail"},
			{"no bucket", cloudTrailTrail, trail(settings{"s3BucketName": "none"}),
				"api error S3BucketDoesNotExistException: S3 bucket none does not exist!"},
			{"bucket without policy", cloudTrailTrail, trail(settings{"s3BucketName": "closed"}),
				"api error InsufficientS3BucketPolicyException"},
			{"prefix that the policy does not name", cloudTrailTrail, trail(settings{"s3KeyPrefix": "x"}),
				"api error InsufficientS3BucketPolicyException"},
			{"no key", cloudTrailTrail, trail(settings{"kmsKeyId": "arn:k"}), "api error KmsKeyNotFoundException"},
			{"key of others", cloudTrailTrail, trail(settings{"kmsKeyId": s.make(kmsKey, settings{}).Text("arn")}),
				"api error InsufficientEncryptionPolicyException: Insufficient permissions to access S3 bucket trail or KMS"},
			{"group without role", cloudTrailTrail, trail(settings{"cloudWatchLogsRoleArn": nil}),
				"You must specify a role ARN as well as a log group."},
			{"group without star", cloudTrailTrail, trail(settings{
				"cloudWatchLogsGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:/haven/audit"}),
				"api error InvalidCloudWatchLogsLogGroupArnException"},
			{"no group", cloudTrailTrail, trail(settings{
				"cloudWatchLogsGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:/haven/none:*"}),
				"api error InvalidCloudWatchLogsLogGroupArnException"},
			{"role of others", cloudTrailTrail, trail(settings{
				"cloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/tasks"}),
				"api error InvalidCloudWatchLogsRoleArnException"},
			{"no role", cloudTrailTrail, trail(settings{
				"cloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/none"}),
				"api error InvalidCloudWatchLogsRoleArnException"},
			{"organization", cloudTrailTrail, trail(settings{"isOrganizationTrail": true}),
				"StatusCode: 404, api error OrganizationsNotInUseException"},
		}
	})
}

func TestTrailOutputs(t *testing.T) {
	s := trailSite(t)
	trail := s.make(cloudTrailTrail, settings{"name": "audit", "s3BucketName": "trail"})
	assert.Equal(t, trailARN, trail.ID)
	assert.Equal(t, trailARN, trail.Text("arn"))
	assert.Equal(t, ireland, trail.Text("homeRegion"))
	_, err := s.try(cloudTrailTrail, settings{"name": "audit", "s3BucketName": "trail"})
	expect(t, err, "api error TrailAlreadyExistsException: Trail audit already exists")
}

func TestTrailsOfAllRegionsCountInEach(t *testing.T) {
	s := trailSite(t)
	for i := range 5 {
		s.resources = append(s.resources, Resource{Account: account, Region: germany, Type: cloudTrailTrail,
			ID: fmt.Sprint(i), Outputs: toMap(settings{"isMultiRegionTrail": i > 0})})
	}
	s.make(cloudTrailTrail, settings{"name": "audit", "s3BucketName": "trail"})
	_, err := s.try(cloudTrailTrail, settings{"name": "audit-2", "s3BucketName": "trail"})
	expect(t, err, "api error MaximumNumberOfTrailsExceededException: User: 123456789012 already has 5 trails in"+
		" eu-west-1.")
}
