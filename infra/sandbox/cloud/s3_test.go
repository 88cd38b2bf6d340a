package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBuckets(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.in(germany, func() { s.make(s3Bucket, settings{"bucket": "ours"}) })
		s.resources = append(s.resources, Resource{Account: "999999999999", Region: ireland, Type: s3Bucket,
			ID: "theirs"})
		s.make(s3Bucket, settings{"bucket": "blocked"})
		s.make(s3PublicAccessBlock, settings{"bucket": "blocked", "blockPublicPolicy": true})
		policy := func(statement string) settings {
			return settings{"bucket": "blocked", "policy": `{"Version":"2012-10-17","Statement":[` + statement + `]}`}
		}
		rule := func(changes settings) settings {
			return settings{"bucket": "blocked", "rules": []settings{with(settings{"id": "r", "status": "Enabled",
				"expiration": settings{"days": 90}}, changes)}}
		}
		const allow = `{"Effect":"Allow","Principal":{"AWS":"999999999999"},`
		return []attempt{
			{"new", s3Bucket, settings{"bucket": "haven-logs.1"}, ""},
			{"ours", s3Bucket, settings{"bucket": "ours"}, "StatusCode: 409, api error BucketAlreadyOwnedByYou"},
			{"theirs", s3Bucket, settings{"bucket": "theirs"}, "StatusCode: 409, api error BucketAlreadyExists"},
			{"capitals", s3Bucket, settings{"bucket": "Haven"}, "api error InvalidBucketName"},
			{"address", s3Bucket, settings{"bucket": "10.0.0.1"}, "api error InvalidBucketName"},
			{"reserved", s3Bucket, settings{"bucket": "x-s3alias"}, "api error InvalidBucketName"},
			{"no bucket", s3OwnershipControls, settings{"bucket": "none"},
				"StatusCode: 404, api error NoSuchBucket: The specified bucket does not exist"},
			{"policy", s3Policy, policy(allow + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::blocked/*"}`), ""},
			{"policy of another", s3Policy,
				policy(allow + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::blockedtoo/*"}`),
				"Policy has invalid resource"},
			{"policy on the wrong level", s3Policy, policy(allow +
				`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::blocked/*"}`),
				"Action does not apply to any resource(s) in statement"},
			{"policy without principal", s3Policy,
				policy(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::blocked/*"}`),
				"api error MalformedPolicy: Missing required field Principal"},
			{"policy no JSON", s3Policy, settings{"bucket": "blocked", "policy": "x"},
				"Policies must be valid JSON and the first byte must be '{'"},
			{"policy of another service", s3Policy, policy(allow +
				`"Action":"sqs:Send","Resource":"arn:aws:s3:::blocked"}`), "Policy has invalid action"},
			{"public policy", s3Policy,
				policy(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::blocked/*"}`),
				"StatusCode: 403, api error AccessDenied"},
			{"denying everyone", s3Policy,
				policy(`{"Effect":"Deny","Principal":"*","Action":"s3:*",` +
					`"Resource":["arn:aws:s3:::blocked","arn:aws:s3:::blocked/*"]}`), ""},
			{"lifecycle", s3Lifecycle, rule(nil), ""},
			{"rule without action", s3Lifecycle, rule(settings{"expiration": nil}),
				"At least one action needs to be specified in a rule"},
			{"too soon", s3Lifecycle, rule(settings{"transitions": []settings{{"days": 10, "storageClass": "STANDARD_IA"}}}),
				"'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'"},
			{"gone before it moves", s3Lifecycle, rule(settings{"transitions": []settings{{"days": 90,
				"storageClass": "GLACIER"}}}),
				"must be greater than 'Days' in the Transition action"},
			{"key without KMS", s3Encryption, settings{"bucket": "blocked",
				"rules": []settings{{"applyServerSideEncryptionByDefault": settings{
					"sseAlgorithm": "AES256", "kmsMasterKeyId": s.key.Text("arn")}}}},
				"a KMSMasterKeyID is not applicable"},
			{"key", s3Encryption, settings{"bucket": "blocked",
				"rules": []settings{{"applyServerSideEncryptionByDefault": settings{
					"sseAlgorithm": "aws:kms", "kmsMasterKeyId": s.key.Text("arn")}}}}, ""},
			{"no such key", s3Encryption, settings{"bucket": "blocked",
				"rules": []settings{{"applyServerSideEncryptionByDefault": settings{
					"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:k"}}}}, "Key 'arn:k' does not exist"},
			{"logs nowhere", s3Logging, settings{"bucket": "blocked", "targetBucket": "none"},
				"The target bucket for logging does not exist"},
		}
	})
}

func TestVersioningIsNotUndone(t *testing.T) {
	s := full(t)
	s.make(s3Bucket, settings{"bucket": "versions"})
	status := func(status string) settings {
		return settings{"bucket": "versions", "versioningConfiguration": settings{"status": status}}
	}
	versioning := s.make(s3Versioning, status("Enabled"))
	_, err := s.update(versioning, status("Disabled"))
	expect(t, err, "versioning_configuration.status cannot be updated from 'Enabled' to 'Disabled'")
	_, err = s.update(versioning, status("Suspended"))
	assert.NoError(t, err)
}
