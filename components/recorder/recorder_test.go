package recorder_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/recorder"
	"haven/tests/harness"
)

const (
	bucketARN  = "arn:aws:s3:::demo-account-config-123456789012-eu-west-1"
	linkedRole = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
	roleARN    = "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
	ruleType   = "aws:cfg/rule:Rule"
)

func home() recorder.Args {
	return recorder.Args{
		Scope:            harness.AccountScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		Home:             true,
		AccessLogs:       pulumi.String("access-logs"),
		LogRetentionDays: 400,
		Protected:        true,
	}
}

func away() recorder.Args {
	args := home()
	args.Home, args.RoleARN = false, pulumi.String(roleARN)
	return args
}

func declare(t *testing.T, args recorder.Args, role string) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		c, err := recorder.New(ctx, "recorder", args)
		if err != nil {
			return err
		}
		c.RoleARN.ApplyT(func(arn string) string {
			assert.Equal(t, role, arn)
			return arn
		})
		return nil
	}))
	harness.AssertFamily(t, r, recorder.Type, "recorder")
	return r
}

func TestHomeRegion(t *testing.T) {
	t.Parallel()
	r := declare(t, home(), "arn:aws:mock:::recorder-role")
	role := r.One(t, linkedRole, "recorder-role")
	harness.AssertTags(t, role, "recorder")
	assert.Equal(t, "config.amazonaws.com", role.Input("awsServiceName"))
	harness.AssertInputs(t, r.One(t, "aws:cfg/recorder:Recorder", "recorder-recorder"), map[string]any{
		"name":           "demo-account-recorder",
		"roleArn":        "arn:aws:mock:::recorder-role",
		"recordingGroup": map[string]any{"allSupported": true, "includeGlobalResourceTypes": true},
		"recordingMode":  map[string]any{"recordingFrequency": "CONTINUOUS"},
	})
}

func TestOtherRegionsUseTheRoleAndLeaveGlobalResourcesOut(t *testing.T) {
	t.Parallel()
	r := declare(t, away(), roleARN)
	assert.Empty(t, r.OfType(linkedRole))
	harness.AssertInputs(t, r.One(t, "aws:cfg/recorder:Recorder", "recorder-recorder"), map[string]any{
		"roleArn":        roleARN,
		"recordingGroup": map[string]any{"allSupported": true, "includeGlobalResourceTypes": false},
	})
}

func TestRecorderRunsOnceItsChannelStands(t *testing.T) {
	t.Parallel()
	r := declare(t, home(), "arn:aws:mock:::recorder-role")
	channel := r.One(t, "aws:cfg/deliveryChannel:DeliveryChannel", "recorder-channel")
	harness.AssertInputs(t, channel, map[string]any{
		"name":                       "demo-account-recorder",
		"s3BucketName":               "recorder-history-bucket-id",
		"s3KmsKeyArn":                "arn:aws:mock:::recorder-key-regional",
		"snapshotDeliveryProperties": map[string]any{"deliveryFrequency": "TwentyFour_Hours"}})
	assert.Contains(t, channel.DependsOn, "recorder-recorder")
	status := r.One(t, "aws:cfg/recorderStatus:RecorderStatus", "recorder-status")
	harness.AssertInputs(t, status, map[string]any{"name": "demo-account-recorder", "isEnabled": true})
	assert.Contains(t, status.DependsOn, "recorder-channel")
}

func TestHistory(t *testing.T) {
	t.Parallel()
	r := declare(t, home(), "arn:aws:mock:::recorder-role")
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "recorder-history-bucket"), map[string]any{
		"bucket": "demo-account-config-123456789012-eu-west-1", "forceDestroy": false,
		"objectLockEnabled": false, "tags.data-classification": "internal"})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketLoggingV2:BucketLoggingV2", "recorder-history-logging"),
		map[string]any{"targetBucket": "access-logs"})
	harness.AssertInputs(t, r.One(t,
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		"recorder-history-encryption"), map[string]any{
		"rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId": "arn:aws:mock:::recorder-key-regional"})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
		"recorder-history-lifecycle"), map[string]any{"rules[0].expiration.days": 400.0})
}

type statement struct {
	Sid, Effect string
	Principal   any
	Action      []string
	Resource    []string
	Condition   map[string]map[string][]string
}

func policy(t *testing.T, d harness.Declared) map[string]statement {
	t.Helper()
	var document struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(d.Input("policy").(string)), &document))
	statements := map[string]statement{}
	for _, s := range document.Statement {
		statements[s.Sid] = s
	}
	return statements
}

func TestOnlyConfigOfThisAccountDelivers(t *testing.T) {
	t.Parallel()
	config := map[string]any{"Service": []any{"config.amazonaws.com"}}
	own := map[string][]string{"aws:SourceAccount": {"123456789012"}}
	r := declare(t, home(), "arn:aws:mock:::recorder-role")

	writers := policy(t, r.One(t, "aws:s3/bucketPolicy:BucketPolicy", "recorder-history-policy"))
	assert.Len(t, writers, 3)
	assert.Equal(t, "Deny", writers["DenyPlainTransport"].Effect)
	assert.Equal(t, statement{Sid: "FindBucket", Effect: "Allow", Principal: config,
		Action: []string{"s3:GetBucketAcl", "s3:ListBucket"}, Resource: []string{bucketARN},
		Condition: map[string]map[string][]string{"StringEquals": own}}, writers["FindBucket"])
	assert.Equal(t, statement{Sid: "DeliverHistory", Effect: "Allow", Principal: config,
		Action: []string{"s3:PutObject"}, Resource: []string{bucketARN + "/AWSLogs/123456789012/Config/*"},
		Condition: map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {"123456789012"},
			"s3:x-amz-acl": {"bucket-owner-full-control"}}}}, writers["DeliverHistory"])

	uses := policy(t, r.One(t, "aws:kms/key:Key", "recorder-key-regional"))
	assert.Len(t, uses, 3)
	assert.Equal(t, statement{Sid: "EncryptHistory", Effect: "Allow", Principal: config,
		Action: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resource: []string{"*"},
		Condition: map[string]map[string][]string{"StringEquals": own}}, uses["EncryptHistory"])
	assert.Equal(t, []string{"kms:Decrypt", "kms:DescribeKey"}, uses["ReadThroughService"].Action)
}

func TestRules(t *testing.T) {
	t.Parallel()
	atHome := declare(t, home(), "arn:aws:mock:::recorder-role").OfType(ruleType)
	elsewhere := declare(t, away(), roleARN).OfType(ruleType)
	identifiers := map[string]bool{}
	for _, d := range atHome {
		harness.AssertTags(t, d, "recorder")
		assert.Equal(t, "AWS", d.Input("source.owner"))
		assert.Contains(t, d.DependsOn, "recorder-recorder")
		assert.NotEmpty(t, d.Input("description"))
		assert.Equal(t, "demo-account-"+d.Name[len("recorder-"):], d.Input("name"))
		identifier := d.Input("source.sourceIdentifier").(string)
		assert.Regexp(t, regexp.MustCompile(`^[A-Z0-9_]+$`), identifier)
		assert.False(t, identifiers[identifier], "%s twice", identifier)
		identifiers[identifier] = true
		if parameters, given := d.Input("inputParameters").(string); given {
			var plain map[string]string
			assert.NoError(t, json.Unmarshal([]byte(parameters), &plain), "AWS Config takes texts only")
		}
	}
	for _, identifier := range []string{"INCOMING_SSH_DISABLED", "RDS_STORAGE_ENCRYPTED", "S3_BUCKET_SSL_REQUESTS_ONLY",
		"VPC_FLOW_LOGS_ENABLED", "ALB_WAF_ENABLED", "CMK_BACKING_KEY_ROTATION_ENABLED", "EC2_IMDSV2_CHECK",
		"IAM_PASSWORD_POLICY", "MULTI_REGION_CLOUD_TRAIL_ENABLED", "ROOT_ACCOUNT_MFA_ENABLED"} {
		assert.True(t, identifiers[identifier], identifier)
	}
	for _, d := range elsewhere {
		assert.NotRegexp(t, `^(IAM_|ROOT_|MFA_|ACCESS_KEYS|CLOUD_TRAIL|MULTI_REGION|S3_ACCOUNT)`,
			d.Input("source.sourceIdentifier"), "judged in the home region")
	}
	assert.Len(t, elsewhere, len(atHome)-12)
}

func TestRuleParameters(t *testing.T) {
	t.Parallel()
	r := declare(t, home(), "arn:aws:mock:::recorder-role")
	for name, want := range map[string]string{
		"recorder-open-to-authorized-ports": `{"authorizedTcpPorts":"80,443"}`,
		"recorder-access-keys-rotated":      `{"maxAccessKeyAge":"90"}`,
		"recorder-iam-password-policy": `{"MaxPasswordAge":"90","MinimumPasswordLength":"14",` +
			`"PasswordReusePrevention":"24","RequireLowercaseCharacters":"true","RequireNumbers":"true",` +
			`"RequireSymbols":"true","RequireUppercaseCharacters":"true"}`,
	} {
		assert.Equal(t, want, r.One(t, ruleType, name).Input("inputParameters"))
	}
	assert.Nil(t, r.One(t, ruleType, "recorder-restricted-ssh").Input("inputParameters"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, recorder.New,
		"recorder: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nRoleARN: missing, expected a value\n"+
			"AccessLogs: missing, expected a value\nLogRetentionDays: missing, expected a value",
		home, map[string]func(*recorder.Args){
			"recorder: RoleARN: missing, expected a value": func(a *recorder.Args) { a.Home = false },
		})
}
