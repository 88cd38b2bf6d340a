package archive_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/archive"
	"haven/tests/harness"
)

const (
	source  = "demo-cell-archive-123456789012-eu-west-1"
	replica = "demo-cell-archive-123456789012-eu-central-1"

	key        = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"
	replicaKey = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1"

	critical         = "arn:aws:sns:eu-west-1:123456789012:critical"
	recoveryCritical = "arn:aws:sns:eu-central-1:123456789012:critical"

	bucketType   = "aws:s3/bucketV2:BucketV2"
	encryption   = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	ownership    = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	publicAccess = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	versioning   = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	lifecycle    = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	lock         = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	logging      = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy"
	metric       = "aws:s3/bucketMetric:BucketMetric"
	notification = "aws:s3/bucketNotification:BucketNotification"
	replication  = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	queueType    = "aws:sqs/queue:Queue"
	queuePolicy  = "aws:sqs/queuePolicy:QueuePolicy"
	alarmType    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	roleType     = "aws:iam/role:Role"
	rolePolicy   = "aws:iam/rolePolicy:RolePolicy"
)

func args() archive.Args {
	return archive.Args{
		Scope:              harness.CellScope(),
		Account:            "123456789012",
		Region:             "eu-west-1",
		RecoveryRegion:     "eu-central-1",
		KeyARN:             pulumi.String(key),
		ReplicaKeyARN:      pulumi.String(replicaKey),
		AccessLogs:         pulumi.String("access-logs"),
		RecoveryAccessLogs: pulumi.String("recovery-access-logs"),
		LockDays:           35,
		RetentionDays:      400,
		Topics:             archive.Topics{Region: pulumi.String(critical), Recovery: pulumi.String(recoveryCritical)},
		Protected:          true,
	}
}

// declare makes an archive and returns what was declared, with the archive's outputs.
func declare(t *testing.T, args archive.Args) (*harness.Recorder, map[string]any) {
	t.Helper()
	r, outputs := &harness.Recorder{Outputs: map[string]resource.PropertyMap{
		queueType: {"url": resource.NewProperty("https://sqs/queue")},
	}}, map[string]any{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		args.Recovery = recovery
		a, err := archive.New(ctx, "archive", args)
		if err != nil {
			return err
		}
		pulumi.Map{
			"bucket": a.Bucket, "arn": a.ARN, "replicaBucket": a.ReplicaBucket, "replicaArn": a.ReplicaARN,
			"queueArn": a.QueueARN, "queueUrl": a.QueueURL,
		}.ToMapOutput().ApplyT(func(all map[string]any) error {
			outputs = all
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, archive.Type, "archive")
	return r, outputs
}

func TestArchive(t *testing.T) {
	t.Parallel()
	r, outputs := declare(t, args())
	assert.Equal(t, map[string]any{
		"bucket": "archive-source-bucket-id", "arn": "arn:aws:s3:::archive-source-bucket-id",
		"replicaBucket": "archive-replica-bucket-id", "replicaArn": "arn:aws:s3:::archive-replica-bucket-id",
		"queueArn": "arn:aws:mock:::archive-created", "queueUrl": "https://sqs/queue",
	}, outputs)
	for _, token := range []string{queueType, alarmType, roleType} {
		require.NotEmpty(t, r.OfType(token))
		for _, d := range r.OfType(token) {
			harness.AssertTags(t, d, "archive")
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	assert.Equal(t, source, archive.BucketName(harness.CellScope(), "123456789012", "eu-west-1"))
	assert.Equal(t, "tenants/acme/", archive.Prefix("acme"))
}

// TestBuckets: whatever is set for the archive is set for its replica, in the replica's region and by its key.
func TestBuckets(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	for _, of := range []struct{ name, physical, key, logs, provider string }{
		{"archive-source", source, key, "access-logs", ""},
		{"archive-replica", replica, replicaKey, "recovery-access-logs", "recovery"},
	} {
		for _, test := range []struct {
			token, part string
			want        map[string]any
		}{
			{bucketType, "-bucket", map[string]any{"bucket": of.physical, "objectLockEnabled": true, "forceDestroy": false,
				"tags.data-classification": "confidential"}},
			{encryption, "-encryption", map[string]any{"rules": []any{map[string]any{"bucketKeyEnabled": false,
				"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": of.key}}}}},
			{ownership, "-ownership", map[string]any{"rule.objectOwnership": "BucketOwnerEnforced"}},
			{publicAccess, "-public-access", map[string]any{"blockPublicAcls": true, "blockPublicPolicy": true,
				"ignorePublicAcls": true, "restrictPublicBuckets": true}},
			{versioning, "-versioning", map[string]any{"versioningConfiguration.status": "Enabled"}},
			{lock, "-lock", map[string]any{"objectLockEnabled": "Enabled", "rule": map[string]any{
				"defaultRetention": map[string]any{"mode": "COMPLIANCE", "days": 35.0}}}},
			{lifecycle, "-lifecycle", map[string]any{"transitionDefaultMinimumObjectSize": "all_storage_classes_128K",
				"rules": []any{map[string]any{
					"id": "expire", "status": "Enabled", "filter": map[string]any{"prefix": ""},
					"transitions": []any{map[string]any{"days": 30.0, "storageClass": "GLACIER_IR"},
						map[string]any{"days": 120.0, "storageClass": "DEEP_ARCHIVE"}},
					"expiration":                     map[string]any{"days": 400.0},
					"noncurrentVersionExpiration":    map[string]any{"noncurrentDays": 30.0},
					"abortIncompleteMultipartUpload": map[string]any{"daysAfterInitiation": 7.0}}}}},
			{logging, "-logging", map[string]any{"targetBucket": of.logs}},
			{metric, "-metric", map[string]any{"bucket": of.name + "-bucket-id", "name": "EntireBucket", "filter": nil}},
			{notification, "-notification", map[string]any{"bucket": of.name + "-bucket-id", "eventbridge": true}},
		} {
			d := r.One(t, test.token, of.name+test.part)
			harness.AssertInputs(t, d, test.want)
			assert.Equal(t, of.provider, d.Provider, d.Name)
		}
	}
	harness.AssertInputs(t, r.One(t, notification, "archive-replica-notification"), map[string]any{"queues": nil})
}

// TestColderOnlyWhereItPays: an object is held in no class for less than it is charged for.
func TestColderOnlyWhereItPays(t *testing.T) {
	t.Parallel()
	instant := map[string]any{"days": 30.0, "storageClass": "GLACIER_IR"}
	for days, want := range map[int]any{
		35:  nil,
		119: nil,
		120: []any{instant},
		299: []any{instant},
		300: []any{instant, map[string]any{"days": 120.0, "storageClass": "DEEP_ARCHIVE"}},
	} {
		given := args()
		given.RetentionDays = days
		r, _ := declare(t, given)
		for _, d := range r.OfType(lifecycle) {
			assert.Equal(t, want, d.Input("rules[0].transitions"), "%d days", days)
		}
	}
}

func TestAccessUnlogged(t *testing.T) {
	t.Parallel()
	given := args()
	given.AccessLogs, given.RecoveryAccessLogs = nil, nil
	r, _ := declare(t, given)
	assert.Empty(t, r.OfType(logging))
}

// TestTeardown: only then may the buckets go, and what they hold that is locked no longer.
func TestTeardown(t *testing.T) {
	t.Parallel()
	given := args()
	given.Protected = false
	r, _ := declare(t, given)
	for _, d := range r.OfType(bucketType) {
		harness.AssertInputs(t, d, map[string]any{"forceDestroy": true})
	}
	for _, d := range r.OfType(bucketPolicy) {
		assert.NotContains(t, d.Input("policy"), "DenyRemoval")
	}
}

func TestReplication(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	d := r.One(t, replication, "archive-replication")
	harness.AssertInputs(t, d, map[string]any{
		"bucket": "archive-source-bucket-id",
		"role":   "arn:aws:mock:::archive-replication-role",
		"rules": []any{map[string]any{
			"id": "everything", "priority": 1.0, "status": "Enabled", "filter": map[string]any{"prefix": ""},
			"deleteMarkerReplication": map[string]any{"status": "Disabled"},
			"sourceSelectionCriteria": map[string]any{"sseKmsEncryptedObjects": map[string]any{"status": "Enabled"}},
			"destination": map[string]any{
				"bucket":                   "arn:aws:s3:::archive-replica-bucket-id",
				"account":                  "123456789012",
				"accessControlTranslation": map[string]any{"owner": "Destination"},
				"encryptionConfiguration":  map[string]any{"replicaKmsKeyId": replicaKey},
				"metrics":                  map[string]any{"status": "Enabled", "eventThreshold": map[string]any{"minutes": 15.0}},
				"replicationTime":          map[string]any{"status": "Enabled", "time": map[string]any{"minutes": 15.0}},
			},
		}},
	})
	for _, before := range []string{"archive-source-versioning", "archive-replica-versioning",
		"archive-replication-policy", "archive-replica-policy"} {
		assert.Contains(t, d.DependsOn, before)
	}
	assert.Empty(t, d.Provider)
}

func TestReplicationRole(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	role := r.One(t, roleType, "archive-replication-role")
	harness.AssertInputs(t, role, map[string]any{"name": "demo-cell-archive-replication"})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow", "Principal": {"Service": ["s3.amazonaws.com"]}, "Action": ["sts:AssumeRole"],
		"Condition": {
			"StringEqualsIfExists": {"aws:SourceAccount": ["123456789012"]},
			"ArnLikeIfExists": {"aws:SourceArn": ["arn:aws:s3:::`+source+`"]}
		}}]}`, role.Input("assumeRolePolicy").(string))
	policy := r.One(t, rolePolicy, "archive-replication-policy")
	harness.AssertInputs(t, policy, map[string]any{"role": "demo-cell-archive-replication"})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "ReadConfiguration", "Effect": "Allow", "Resource": ["arn:aws:s3:::`+source+`"],
			"Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"]},
		{"Sid": "ReadVersions", "Effect": "Allow", "Resource": ["arn:aws:s3:::`+source+`/*"],
			"Action": ["s3:GetObjectLegalHold", "s3:GetObjectRetention", "s3:GetObjectVersionAcl",
				"s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]},
		{"Sid": "Replicate", "Effect": "Allow", "Resource": ["arn:aws:s3:::`+replica+`/*"],
			"Action": ["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags"]},
		{"Sid": "Decrypt", "Effect": "Allow", "Resource": ["`+key+`"], "Action": ["kms:Decrypt"], "Condition": {
			"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]},
			"ArnLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::`+source+`/*"]}}},
		{"Sid": "Encrypt", "Effect": "Allow", "Resource": ["`+replicaKey+`"], "Action": ["kms:Encrypt"], "Condition": {
			"StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com"]},
			"ArnLike": {"kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::`+replica+`/*"]}}}
	]}`, policy.Input("policy").(string))
}

func TestQueues(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	const days = 24 * 60 * 60.0
	assert.Len(t, r.OfType(queueType), 3)
	for name, want := range map[string]map[string]any{
		"archive-created": {"name": "demo-cell-archive-created", "messageRetentionSeconds": 4 * days,
			"visibilityTimeoutSeconds": 300.0, "receiveWaitTimeSeconds": 20.0,
			"redrivePolicy": `{"deadLetterTargetArn":"arn:aws:mock:::archive-created-dead","maxReceiveCount":20}`},
		"archive-created-dead": {"name": "demo-cell-archive-created-dead", "messageRetentionSeconds": 14 * days,
			"redriveAllowPolicy": `{"redrivePermission":"byQueue","sourceQueueArns":` +
				`["arn:aws:sqs:eu-west-1:123456789012:demo-cell-archive-created"]}`},
		"archive-unreplicated": {"name": "demo-cell-archive-unreplicated", "messageRetentionSeconds": 14 * days},
	} {
		d := r.One(t, queueType, name)
		harness.AssertInputs(t, d, want)
		harness.AssertInputs(t, d, map[string]any{"sqsManagedSseEnabled": true, "kmsMasterKeyId": nil, "policy": nil})
	}
}

func TestQueuePolicies(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	for name, admits := range map[string]bool{"created": true, "created-dead": false, "unreplicated": true} {
		arn := "arn:aws:sqs:eu-west-1:123456789012:demo-cell-archive-" + name
		want := `{"Sid": "DenyPlainTransport", "Effect": "Deny", "Principal": "*", "Action": ["sqs:*"],
			"Resource": ["` + arn + `"], "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}`
		if admits {
			want = `{"Sid": "SendEvents", "Effect": "Allow", "Principal": {"Service": ["s3.amazonaws.com"]},
				"Action": ["sqs:SendMessage"], "Resource": ["` + arn + `"], "Condition": {
					"StringEquals": {"aws:SourceAccount": ["123456789012"]},
					"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::` + source + `"]}}}, ` + want
		}
		d := r.One(t, queuePolicy, "archive-"+name+"-policy")
		assert.Equal(t, "https://sqs/queue", d.Input("queueUrl"))
		assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [`+want+`]}`, d.Input("policy").(string))
	}
}

func TestNotifications(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	d := r.One(t, notification, "archive-source-notification")
	harness.AssertInputs(t, d, map[string]any{"queues": []any{
		map[string]any{"id": "created", "queueArn": "arn:aws:mock:::archive-created",
			"events": []any{"s3:ObjectCreated:*"}},
		map[string]any{"id": "unreplicated", "queueArn": "arn:aws:mock:::archive-unreplicated",
			"events": []any{"s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold",
				"s3:Replication:OperationNotTracked"}},
	}})
	assert.Subset(t, d.DependsOn, []string{"archive-created-policy", "archive-unreplicated-policy"},
		"S3 tries to send when it is told to")
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	rule := map[string]any{"SourceBucket": source, "DestinationBucket": replica, "RuleId": "everything"}
	queue := func(name string) map[string]any { return map[string]any{"QueueName": "demo-cell-archive-" + name} }
	tests := []struct {
		part, namespace, metric, statistic string
		dimensions                         map[string]any
		threshold, periods                 float64
		provider, topic                    string
	}{
		{"replication-failed", "AWS/S3", "OperationsFailedReplication", "Sum", rule, 0, 1, "", critical},
		{"replication-late", "AWS/S3", "ReplicationLatency", "Maximum", rule, 900, 1, "recovery", recoveryCritical},
		{"replication-stuck", "AWS/S3", "BytesPendingReplication", "Minimum", rule, 0, 12, "recovery", recoveryCritical},
		{"mirror-unheard", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", queue("created"), 1800, 1, "", critical},
		{"mirror-dead-letters", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", queue("created-dead"), 0, 1, "",
			critical},
	}
	assert.Len(t, r.OfType(alarmType), len(tests)+1)
	for _, test := range tests {
		d := r.One(t, alarmType, "archive-"+test.part)
		harness.AssertInputs(t, d, map[string]any{
			"name": "demo-cell-archive-" + test.part, "namespace": test.namespace, "metricName": test.metric,
			"statistic": test.statistic, "dimensions": test.dimensions, "comparisonOperator": "GreaterThanThreshold",
			"threshold": test.threshold, "period": 300.0, "evaluationPeriods": test.periods,
			"datapointsToAlarm": test.periods, "treatMissingData": "notBreaching",
			"alarmActions": []any{test.topic}, "okActions": []any{test.topic},
		})
		assert.NotEmpty(t, d.Input("alarmDescription"))
		assert.Equal(t, test.provider, d.Provider, test.part)
	}
}

// TestUntold: of an hour in which something was written the queue hears, or somebody is told that it did not.
func TestUntold(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	sum := func(id, namespace, metric string, dimensions map[string]any) any {
		return map[string]any{"id": id, "metric": map[string]any{"namespace": namespace, "metricName": metric,
			"dimensions": dimensions, "stat": "Sum", "period": 3600.0}}
	}
	d := r.One(t, alarmType, "archive-mirror-untold")
	harness.AssertInputs(t, d, map[string]any{
		"name": "demo-cell-archive-mirror-untold", "metricName": nil, "period": nil,
		"comparisonOperator": "GreaterThanThreshold", "threshold": 0.0, "evaluationPeriods": 1.0, "datapointsToAlarm": 1.0,
		"treatMissingData": "notBreaching", "alarmActions": []any{critical}, "okActions": []any{critical},
		"metricQueries": []any{
			map[string]any{"id": "untold", "expression": "IF(written > 0 && FILL(told, 0) == 0, 1, 0)",
				"label": "Written, and not told of", "returnData": true},
			sum("written", "AWS/S3", "PutRequests", map[string]any{"BucketName": source, "FilterId": "EntireBucket"}),
			sum("told", "AWS/SQS", "NumberOfMessagesSent", map[string]any{"QueueName": "demo-cell-archive-created"}),
		},
	})
}

func TestNobodyIsTold(t *testing.T) {
	t.Parallel()
	given := args()
	given.Topics = archive.Topics{}
	r, _ := declare(t, given)
	for _, d := range r.OfType(alarmType) {
		harness.AssertInputs(t, d, map[string]any{"alarmActions": nil, "okActions": nil})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	valid := func() archive.Args {
		valid := args()
		valid.Recovery = &aws.Provider{}
		return valid
	}
	harness.AssertRefusals(t, archive.New,
		"archive: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nRecoveryRegion: missing, expected a value\n"+
			"KeyARN: missing, expected a value\nReplicaKeyARN: missing, expected a value\n"+
			"LockDays: 0, expected 1 to 36500\nRetentionDays: 0, expected 1 to 36500\nRecovery: missing, expected a value",
		valid, map[string]func(*archive.Args){
			`archive: RecoveryRegion: "eu-west-1", expected another region than Region`: func(a *archive.Args) {
				a.RecoveryRegion = a.Region
			},
			"archive: LockDays: -1, expected 1 to 36500":        func(a *archive.Args) { a.LockDays = -1 },
			"archive: RetentionDays: 34, expected 35 to 36500":  func(a *archive.Args) { a.RetentionDays = 34 },
			"archive: ReplicaKeyARN: missing, expected a value": func(a *archive.Args) { a.ReplicaKeyARN = nil },
		})
}
