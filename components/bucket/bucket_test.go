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
	events     = "aws:s3/bucketNotification:BucketNotification"
	policyType = "aws:s3/bucketPolicy:BucketPolicy"

	key = "arn:aws:kms:eu-west-1:123456789012:key/1"
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
		{events, "trail-notification", map[string]any{"bucket": "trail-bucket-id", "eventbridge": true}},
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
	given.KeyARN = pulumi.String(key)
	harness.AssertInputs(t, declare(t, given).One(t, encryption, "trail-encryption"), map[string]any{
		"rules": []any{map[string]any{"bucketKeyEnabled": true, "applyServerSideEncryptionByDefault": map[string]any{
			"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key}}}})
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

func TestEventsThatAnotherDeclares(t *testing.T) {
	t.Parallel()
	given := args()
	given.OwnEvents = true
	assert.Empty(t, declare(t, given).OfType(events))
}

func TestEmptiedForATeardown(t *testing.T) {
	t.Parallel()
	given := args()
	given.Protected = false
	harness.AssertInputs(t, declare(t, given).One(t, bucketType, "trail-bucket"), map[string]any{"forceDestroy": true})
}

func TestKeyForEachObject(t *testing.T) {
	t.Parallel()
	given := args()
	given.KeyARN, given.KeyForEach = pulumi.String(key), true
	harness.AssertInputs(t, declare(t, given).One(t, encryption, "trail-encryption"), map[string]any{
		"rules[0].bucketKeyEnabled": false, "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId": key})
}

func TestLockedForLessThanKept(t *testing.T) {
	t.Parallel()
	given := args()
	given.Locked, given.LockDays = true, 35
	r := declare(t, given)
	harness.AssertInputs(t, r.One(t, lock, "trail-lock"), map[string]any{"rule.defaultRetention.days": 35.0})
	harness.AssertInputs(t, r.One(t, lifecycle, "trail-lifecycle"), map[string]any{"rules[0].expiration.days": 400.0})
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	given := args()
	given.Transitions = []bucket.Transition{{Days: 30, Class: "GLACIER_IR"}, {Days: 120, Class: "DEEP_ARCHIVE"}}
	harness.AssertInputs(t, declare(t, given).One(t, lifecycle, "trail-lifecycle"), map[string]any{
		"transitionDefaultMinimumObjectSize": "all_storage_classes_128K",
		"rules[0].transitions": []any{map[string]any{"days": 30.0, "storageClass": "GLACIER_IR"},
			map[string]any{"days": 120.0, "storageClass": "DEEP_ARCHIVE"}}})
}

type statement struct {
	Sid, Effect string
	Principal   any
	Action      []string
	Resource    []string
	Condition   map[string]map[string][]string
}

// statements are those of the bucket's policy, in its order.
func statements(t *testing.T, args bucket.Args) []statement {
	t.Helper()
	d := declare(t, args).One(t, policyType, "trail-policy")
	assert.Equal(t, "trail-bucket-id", d.Input("bucket"))
	var policy struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(d.Input("policy").(string)), &policy))
	return policy.Statement
}

// denial is a statement about everyone and the bucket's objects.
func denial(sid string, condition map[string]map[string][]string, actions ...string) statement {
	return statement{Sid: sid, Effect: "Deny", Principal: "*", Action: actions,
		Resource: []string{"arn:aws:s3:::" + physical + "/*"}, Condition: condition}
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
	given.Refusals = []iamdoc.Statement{{
		Sid:        "DenyRemoval",
		Effect:     iamdoc.Deny,
		Principals: iamdoc.Principals{Anyone: true},
		Actions:    []string{"s3:DeleteObjectVersion"},
		Resources:  []string{bucket.ARN(given.Bucket) + "/*"},
	}}
	got := statements(t, given)
	require.Len(t, got, 3)
	assert.Equal(t, "Deliver", got[0].Sid)
	assert.Equal(t, []string{"arn:aws:s3:::" + physical + "/*"}, got[0].Resource)
	assert.Equal(t, statement{Sid: "DenyPlainTransport", Effect: "Deny", Principal: "*", Action: []string{"s3:*"},
		Resource:  []string{"arn:aws:s3:::" + physical, "arn:aws:s3:::" + physical + "/*"},
		Condition: map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}}}, got[1])
	assert.Equal(t, denial("DenyRemoval", nil, "s3:DeleteObjectVersion"), got[2])
}

func TestNoOtherKey(t *testing.T) {
	t.Parallel()
	const serverSide = "s3:x-amz-server-side-encryption"
	given := args()
	given.KeyARN, given.KeyOnly = pulumi.String(key), true
	assert.Equal(t, []statement{
		denial("DenyOtherEncryption", map[string]map[string][]string{
			"Null": {serverSide: {"false"}}, "StringNotEquals": {serverSide: {"aws:kms"}}}, "s3:PutObject"),
		denial("DenyOtherKeys", map[string]map[string][]string{"Null": {serverSide + "-aws-kms-key-id": {"false"}},
			"StringNotEquals": {serverSide + "-aws-kms-key-id": {key}}}, "s3:PutObject"),
		denial("DenyUnnamedKeys", map[string]map[string][]string{"Null": {
			serverSide: {"false"}, serverSide + "-aws-kms-key-id": {"true"}}}, "s3:PutObject"),
		denial("DenyCustomerKeys", map[string]map[string][]string{"Null": {
			serverSide + "-customer-algorithm": {"false"}}}, "s3:PutObject"),
	}, statements(t, given)[1:])
}

func TestStrictLocks(t *testing.T) {
	t.Parallel()
	given := args()
	given.Locked, given.LockDays, given.StrictLocks = true, 35, true
	actions := []string{"s3:PutObject", "s3:PutObjectRetention"}
	assert.Equal(t, []statement{
		denial("DenyLooseLocks", map[string]map[string][]string{"Null": {"s3:object-lock-mode": {"false"}},
			"StringNotEquals": {"s3:object-lock-mode": {"COMPLIANCE"}}}, actions...),
		denial("DenyShortLocks", map[string]map[string][]string{"NumericLessThan": {
			"s3:object-lock-remaining-retention-days": {"34"}}}, actions...),
		denial("DenyLongLocks", map[string]map[string][]string{"NumericGreaterThan": {
			"s3:object-lock-remaining-retention-days": {"400"}}}, actions...),
	}, statements(t, given)[1:])
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, bucket.New,
		"bucket refused: Scope: missing, expected a value\nBucket: missing, expected a value\n"+
			"Class: missing, expected a value\nRetentionDays: missing, expected a value",
		args, map[string]func(*bucket.Args){
			"bucket refused: Bucket: missing, expected a value": func(a *bucket.Args) { a.Bucket = "" },
			"bucket refused: KeyARN: missing, expected a value": func(a *bucket.Args) { a.KeyOnly, a.KeyForEach = true, true },
			"bucket refused: LockDays: 401, expected 1 to 400":  func(a *bucket.Args) { a.LockDays = 401 },
			"bucket refused: LockDays: -1, expected 1 to 400":   func(a *bucket.Args) { a.LockDays = -1 },
		})
}
