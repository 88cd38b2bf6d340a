package audit_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/audit"
	"haven/tests/harness"
)

const (
	trailARN  = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/demo-account-audit"
	bucketARN = "arn:aws:s3:::demo-account-audit-123456789012-eu-west-1"
	copyARN   = "arn:aws:s3:::demo-account-audit-123456789012-eu-central-1"
)

func args() audit.Args {
	return audit.Args{
		Scope:              harness.AccountScope(),
		Account:            "123456789012",
		Region:             "eu-west-1",
		RecoveryRegion:     "eu-central-1",
		AccessLogs:         pulumi.String("access-logs"),
		RecoveryAccessLogs: pulumi.String("recovery-access-logs"),
		Topics: audit.Topics{
			Region: pulumi.String("arn:critical"), Recovery: pulumi.String("arn:recovery-critical"),
		},
		LogsKeyARN:       pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/logs"),
		LogRetentionDays: 400,
		Protected:        true,
	}
}

func ofOrganization() audit.Args {
	own := args()
	own.OrganizationID = "o-a1b2c3d4e5"
	return own
}

func declare(t *testing.T, args audit.Args) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		args.Recovery = recovery
		a, err := audit.New(ctx, "audit", args)
		if err != nil {
			return err
		}
		pulumi.All(a.TrailARN, a.BucketARN, a.LogGroupName).ApplyT(func(all []any) error {
			assert.Equal(t, []any{"arn:aws:mock:::audit-trail", "arn:aws:s3:::audit-logs-bucket-id",
				"/haven/demo-account/audit"}, all)
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, audit.Type, "audit")
	return r
}

func trail(t *testing.T, r *harness.Recorder) harness.Declared {
	t.Helper()
	return r.One(t, "aws:cloudtrail/trail:Trail", "audit-trail")
}

func TestTrail(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	d := trail(t, r)
	harness.AssertTags(t, d, "audit")
	harness.AssertInputs(t, d, map[string]any{
		"name":                       "demo-account-audit",
		"isMultiRegionTrail":         true,
		"includeGlobalServiceEvents": true,
		"isOrganizationTrail":        false,
		"enableLogging":              true,
		"enableLogFileValidation":    true,
		"s3BucketName":               "audit-logs-bucket-id",
		"kmsKeyId":                   "arn:aws:mock:::audit-key-regional",
		"cloudWatchLogsGroupArn":     "arn:aws:mock:::audit-events:*",
		"cloudWatchLogsRoleArn":      "arn:aws:mock:::audit-role",
		"insightSelectors": []any{map[string]any{"insightType": "ApiCallRateInsight"},
			map[string]any{"insightType": "ApiErrorRateInsight"}},
		"eventSelectors": nil,
	})
	assert.Contains(t, d.DependsOn, "audit-role-policy", "CloudTrail tries the role when it is given")
	assert.Equal(t, true, trail(t, declare(t, ofOrganization())).Input("isOrganizationTrail"))
}

func TestEverythingIsRecorded(t *testing.T) {
	t.Parallel()
	equals := func(field string, value any) map[string]any {
		return map[string]any{"field": field, "equals": []any{value}}
	}
	assert.Equal(t, []any{
		map[string]any{"name": "All management events",
			"fieldSelectors": []any{equals("eventCategory", "Management")}},
		map[string]any{"name": "Objects of the environment's buckets", "fieldSelectors": []any{
			equals("eventCategory", "Data"), equals("resources.type", "AWS::S3::Object"),
			map[string]any{"field": "resources.ARN", "startsWiths": []any{"arn:aws:s3:::demo-"},
				"notStartsWiths": []any{bucketARN + "/", copyARN + "/"}}}},
		map[string]any{"name": "Calls of functions", "fieldSelectors": []any{
			equals("eventCategory", "Data"), equals("resources.type", "AWS::Lambda::Function")}},
	}, trail(t, declare(t, args())).Input("advancedEventSelectors"))
}

func TestLogsAreLocked(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "audit-logs-bucket"), map[string]any{
		"bucket": "demo-account-audit-123456789012-eu-west-1", "objectLockEnabled": true, "forceDestroy": false,
		"tags.data-classification": "confidential"})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
		"audit-logs-lock"), map[string]any{
		"rule.defaultRetention": map[string]any{"mode": "COMPLIANCE", "days": 400.0}})
	harness.AssertInputs(t, r.One(t,
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		"audit-logs-encryption"), map[string]any{
		"rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId": "arn:aws:mock:::audit-key-regional"})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketLoggingV2:BucketLoggingV2", "audit-logs-logging"), map[string]any{
		"targetBucket": "access-logs"})
}

// TestLogsAreCopied: to a bucket of the recovery region that is locked alike, and that only replication writes to.
func TestLogsAreCopied(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	copied := r.One(t, "aws:s3/bucketV2:BucketV2", "audit-replica-bucket")
	assert.Equal(t, "recovery", copied.Provider)
	harness.AssertInputs(t, copied, map[string]any{
		"bucket": "demo-account-audit-123456789012-eu-central-1", "objectLockEnabled": true, "forceDestroy": false})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
		"audit-replica-lock"), map[string]any{
		"rule.defaultRetention": map[string]any{"mode": "COMPLIANCE", "days": 400.0}})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketLoggingV2:BucketLoggingV2", "audit-replica-logging"), map[string]any{
		"targetBucket": "recovery-access-logs"})
	const encryption = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	harness.AssertInputs(t, r.One(t, encryption, "audit-replica-encryption"), map[string]any{
		"rules[0].bucketKeyEnabled":                                  false,
		"rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId": "arn:aws:mock:::audit-replica-key-regional"})
	key := r.One(t, "aws:kms/key:Key", "audit-replica-key-regional")
	assert.Equal(t, "recovery", key.Provider)
	uses := policy(t, r, "aws:kms/key:Key", "audit-replica-key-regional", "policy")
	assert.Equal(t, []string{"kms:Encrypt"}, uses["WriteThroughService"].Action)
	assert.Equal(t, []string{"s3.eu-central-1.amazonaws.com"},
		uses["WriteThroughService"].Condition["StringEquals"]["kms:ViaService"])
	refused := policy(t, r, "aws:s3/bucketPolicy:BucketPolicy", "audit-replica-policy", "policy")["DenyWriting"]
	assert.Equal(t, "Deny", refused.Effect)
	assert.Equal(t, []string{"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"}, refused.Action)
	assert.Equal(t, []string{copyARN + "/*"}, refused.Resource)
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketReplicationConfig:BucketReplicationConfig", "audit-replication"),
		map[string]any{"bucket": "audit-logs-bucket-id", "role": "arn:aws:mock:::audit-replication-role",
			"rules[0].status":             "Enabled",
			"rules[0].destination.bucket": "arn:aws:s3:::audit-replica-bucket-id",
			"rules[0].destination.encryptionConfiguration.replicaKmsKeyId": "arn:aws:mock:::audit-replica-key-regional"})
	may := policy(t, r, "aws:iam/rolePolicy:RolePolicy", "audit-replication-policy", "policy")
	assert.Equal(t, []string{bucketARN, bucketARN + "/*"},
		may["Decrypt"].Condition["ArnLike"]["kms:EncryptionContext:aws:s3:arn"], "with a bucket key")
	assert.Equal(t, []string{copyARN + "/*"}, may["Encrypt"].Condition["ArnLike"]["kms:EncryptionContext:aws:s3:arn"])
	const notification = "aws:s3/bucketNotification:BucketNotification"
	assert.Equal(t, true, r.One(t, notification, "audit-logs-notification").Input("eventbridge"))
	assert.Equal(t, "recovery", r.One(t, notification, "audit-replica-notification").Provider)
	for part, topic := range map[string]string{"failed": "arn:critical", "late": "arn:recovery-critical",
		"stuck": "arn:recovery-critical"} {
		harness.AssertInputs(t, r.One(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "audit-replication-"+part),
			map[string]any{"name": "demo-account-audit-replication-" + part, "alarmActions": []any{topic}})
	}

	torn := args()
	torn.Protected = false
	r = declare(t, torn)
	refused = policy(t, r, "aws:s3/bucketPolicy:BucketPolicy", "audit-replica-policy", "policy")["DenyWriting"]
	assert.Equal(t, []string{"s3:PutObject"}, refused.Action, "what may go goes with the stack")
}

func TestEventsReachCloudWatchLogs(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	group := r.One(t, "aws:cloudwatch/logGroup:LogGroup", "audit-events")
	harness.AssertTags(t, group, "audit")
	harness.AssertInputs(t, group, map[string]any{"name": "/haven/demo-account/audit", "retentionInDays": 400.0,
		"kmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/logs"})
	role := r.One(t, "aws:iam/role:Role", "audit-role")
	harness.AssertTags(t, role, "audit")
	assert.Equal(t, "demo-account-audit", role.Input("name"))
	assert.Equal(t, "demo-account-audit", r.One(t, "aws:iam/rolePolicy:RolePolicy", "audit-role-policy").Input("role"))
}

type statement struct {
	Sid, Effect string
	Principal   any
	Action      []string
	Resource    []string
	Condition   map[string]map[string][]string
}

// policy is a policy's statements by their Sid.
func policy(t *testing.T, r *harness.Recorder, token, name, property string) map[string]statement {
	t.Helper()
	var document struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(r.One(t, token, name).Input(property).(string)), &document))
	statements := map[string]statement{}
	for _, s := range document.Statement {
		statements[s.Sid] = s
	}
	return statements
}

var cloudTrail = map[string]any{"Service": []any{"cloudtrail.amazonaws.com"}}

func TestOnlyThisTrailUsesItsKey(t *testing.T) {
	t.Parallel()
	uses := policy(t, declare(t, args()), "aws:kms/key:Key", "audit-key-regional", "policy")
	assert.Len(t, uses, 3)
	assert.Equal(t, statement{
		Sid:       "EncryptTrail",
		Effect:    "Allow",
		Principal: cloudTrail,
		Action:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"},
		Resource:  []string{"*"},
		Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceArn": {trailARN}}},
	}, uses["EncryptTrail"])
	assert.Equal(t, []string{"kms:Decrypt", "kms:DescribeKey"}, uses["ReadThroughService"].Action)
	assert.Equal(t, []string{"s3.eu-west-1.amazonaws.com"},
		uses["ReadThroughService"].Condition["StringEquals"]["kms:ViaService"])
}

func TestOnlyThisTrailWritesToItsBucket(t *testing.T) {
	t.Parallel()
	const token, name = "aws:s3/bucketPolicy:BucketPolicy", "audit-logs-policy"
	for _, test := range []struct {
		args  audit.Args
		files []string
	}{
		{args(), []string{bucketARN + "/AWSLogs/123456789012/*"}},
		{ofOrganization(), []string{bucketARN + "/AWSLogs/123456789012/*", bucketARN + "/AWSLogs/o-a1b2c3d4e5/*"}},
	} {
		writers := policy(t, declare(t, test.args), token, name, "policy")
		assert.Len(t, writers, 3)
		assert.Equal(t, "Deny", writers["DenyPlainTransport"].Effect)
		assert.Equal(t, statement{Sid: "FindBucket", Effect: "Allow", Principal: cloudTrail,
			Action: []string{"s3:GetBucketAcl"}, Resource: []string{bucketARN},
			Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceArn": {trailARN}}},
		}, writers["FindBucket"])
		assert.Equal(t, statement{Sid: "DeliverTrail", Effect: "Allow", Principal: cloudTrail,
			Action: []string{"s3:PutObject"}, Resource: test.files,
			Condition: map[string]map[string][]string{"StringEquals": {
				"aws:SourceArn": {trailARN}, "s3:x-amz-acl": {"bucket-owner-full-control"}}},
		}, writers["DeliverTrail"])
	}
}

func TestRoleWritesToItsStreamsOnly(t *testing.T) {
	t.Parallel()
	const group = "arn:aws:logs:eu-west-1:123456789012:log-group:/haven/demo-account/audit:log-stream:"
	for _, test := range []struct {
		args    audit.Args
		streams []string
	}{
		{args(), []string{group + "123456789012_CloudTrail_eu-west-1*"}},
		{ofOrganization(), []string{group + "123456789012_CloudTrail_eu-west-1*", group + "o-a1b2c3d4e5_*"}},
	} {
		r := declare(t, test.args)
		assert.Equal(t, map[string]statement{"WriteEvents": {Sid: "WriteEvents", Effect: "Allow",
			Action: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: test.streams,
		}}, policy(t, r, "aws:iam/rolePolicy:RolePolicy", "audit-role-policy", "policy"))
		assert.Equal(t, map[string]statement{"": {Effect: "Allow", Principal: cloudTrail,
			Action: []string{"sts:AssumeRole"}, Condition: map[string]map[string][]string{
				"StringEquals": {"aws:SourceAccount": {"123456789012"}}, "ArnLike": {"aws:SourceArn": {trailARN}}},
		}}, policy(t, r, "aws:iam/role:Role", "audit-role", "assumeRolePolicy"))
	}
}

// complete has a provider that nothing is made with.
func complete() audit.Args {
	given := args()
	given.Recovery = &aws.Provider{}
	return given
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, audit.New,
		"audit: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nRecoveryRegion: missing, expected a value\n"+
			"AccessLogs: missing, expected a value\nRecoveryAccessLogs: missing, expected a value\n"+
			"LogsKeyARN: missing, expected a value\nLogRetentionDays: 0, expected 365 to 3653\n"+
			"Recovery: missing, expected a value",
		complete, map[string]func(*audit.Args){
			"audit: LogRetentionDays: 364, expected 365 to 3653": func(a *audit.Args) { a.LogRetentionDays = 364 },
			`audit: RecoveryRegion: "eu-west-1", expected another region than Region`: func(a *audit.Args) {
				a.RecoveryRegion = a.Region
			},
		})
}
