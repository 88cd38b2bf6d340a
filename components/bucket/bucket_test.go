package bucket_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/bucket"
	"haven/components/iamdoc"
	"haven/components/naming"
	"haven/tests/harness"
)

const (
	physical   = "demo-cell-trail-123456789012-eu-west-1"
	bucketType = "aws:s3/bucketV2:BucketV2"
	encryption = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	ownership  = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	access     = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	versioning = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	lifecycle  = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	lock       = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	logging    = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	policyType = "aws:s3/bucketPolicy:BucketPolicy"
)

func args() bucket.Args {
	return bucket.Args{
		Scope:         harness.CellScope(),
		Bucket:        physical,
		Class:         naming.Confidential,
		RetentionDays: 400,
		Protected:     true,
	}
}

func declare(t *testing.T, args bucket.Args) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		b, err := bucket.New(ctx, "trail", args)
		if err != nil {
			return err
		}
		pulumi.All(b.Name, b.ARN).ApplyT(func(all []any) error {
			assert.Equal(t, []any{"trail-bucket-id", "arn:aws:s3:::trail-bucket-id"}, all, "known by the policy")
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, bucket.Type, "trail")
	return r
}

func TestBucket(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	for _, test := range []struct {
		token, name string
		want        map[string]any
	}{
		{bucketType, "trail-bucket", map[string]any{"bucket": physical, "forceDestroy": false,
			"objectLockEnabled": false, "tags.Name": physical, "tags.data-classification": "confidential"}},
		{encryption, "trail-encryption", map[string]any{"bucket": "trail-bucket-id", "rules": []any{map[string]any{
			"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "AES256"}}}}},
		{ownership, "trail-ownership", map[string]any{"bucket": "trail-bucket-id",
			"rule.objectOwnership": "BucketOwnerEnforced"}},
		{access, "trail-public-access", map[string]any{"bucket": "trail-bucket-id", "blockPublicAcls": true,
			"blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true}},
		{versioning, "trail-versioning", map[string]any{"bucket": "trail-bucket-id",
			"versioningConfiguration.status": "Enabled"}},
		{lifecycle, "trail-lifecycle", map[string]any{"bucket": "trail-bucket-id", "rules": []any{map[string]any{
			"id": "expire", "status": "Enabled", "filter": map[string]any{"prefix": ""},
			"expiration":                     map[string]any{"days": 400.0},
			"noncurrentVersionExpiration":    map[string]any{"noncurrentDays": 30.0},
			"abortIncompleteMultipartUpload": map[string]any{"daysAfterInitiation": 7.0}}}}},
	} {
		harness.AssertInputs(t, r.One(t, test.token, test.name), test.want)
	}
	harness.AssertTags(t, r.One(t, bucketType, "trail-bucket"), "bucket")
	assert.Contains(t, r.One(t, lifecycle, "trail-lifecycle").DependsOn, "trail-versioning")
	assert.Empty(t, r.OfType(lock))
	assert.Empty(t, r.OfType(logging))
}

func TestKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	given := args()
	given.KeyARN = pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/1")
	harness.AssertInputs(t, declare(t, given).One(t, encryption, "trail-encryption"), map[string]any{
		"rules": []any{map[string]any{"bucketKeyEnabled": true, "applyServerSideEncryptionByDefault": map[string]any{
			"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:123456789012:key/1"}}}})
}

func TestLocked(t *testing.T) {
	t.Parallel()
	given := args()
	given.Locked = true
	r := declare(t, given)
	harness.AssertInputs(t, r.One(t, bucketType, "trail-bucket"), map[string]any{"objectLockEnabled": true})
	d := r.One(t, lock, "trail-lock")
	harness.AssertInputs(t, d, map[string]any{"bucket": "trail-bucket-id", "objectLockEnabled": "Enabled",
		"rule": map[string]any{"defaultRetention": map[string]any{"mode": "COMPLIANCE", "days": 400.0}}})
	assert.Contains(t, d.DependsOn, "trail-versioning")
}

func TestAccessIsLogged(t *testing.T) {
	t.Parallel()
	given := args()
	given.AccessLogs = pulumi.String("logs")
	harness.AssertInputs(t, declare(t, given).One(t, logging, "trail-logging"), map[string]any{
		"bucket": "trail-bucket-id", "targetBucket": "logs", "targetPrefix": "s3/",
		"targetObjectKeyFormat": map[string]any{"partitionedPrefix": map[string]any{"partitionDateSource": "EventTime"}}})
}

func TestEmptiedForATeardown(t *testing.T) {
	t.Parallel()
	given := args()
	given.Protected = false
	harness.AssertInputs(t, declare(t, given).One(t, bucketType, "trail-bucket"), map[string]any{"forceDestroy": true})
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	given := args()
	given.Writers = []iamdoc.Statement{{
		Sid:        "Deliver",
		Principals: iamdoc.Principals{Services: []string{"cloudtrail.amazonaws.com"}},
		Actions:    []string{"s3:PutObject"},
		Resources:  []string{bucket.ARN(given.Bucket) + "/*"},
	}}
	d := declare(t, given).One(t, policyType, "trail-policy")
	assert.Equal(t, "trail-bucket-id", d.Input("bucket"))
	var policy struct {
		Statement []struct {
			Sid, Effect string
			Principal   any
			Action      []string
			Resource    []string
			Condition   map[string]map[string][]string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(d.Input("policy").(string)), &policy))
	require.Len(t, policy.Statement, 2)
	denied := policy.Statement[1]
	assert.Equal(t, "Deny", denied.Effect)
	assert.Equal(t, "*", denied.Principal)
	assert.Equal(t, []string{"arn:aws:s3:::" + physical, "arn:aws:s3:::" + physical + "/*"}, denied.Resource)
	assert.Equal(t, map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}}, denied.Condition)
	assert.Equal(t, "Deliver", policy.Statement[0].Sid)
	assert.Equal(t, []string{"arn:aws:s3:::" + physical + "/*"}, policy.Statement[0].Resource)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, bucket.New,
		"bucket refused: Scope: missing, expected a value\nBucket: missing, expected a value\n"+
			"Class: missing, expected a value\nRetentionDays: missing, expected a value",
		args, map[string]func(*bucket.Args){
			"bucket refused: Bucket: missing, expected a value": func(a *bucket.Args) { a.Bucket = "" },
		})
}
