package sessions_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/sessions"
	"haven/tests/harness"
)

const logsKey = "arn:aws:kms:eu-west-1:123456789012:key/logs"

func args() sessions.Args {
	return sessions.Args{
		Scope:            harness.AccountScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		LogsKeyARN:       pulumi.String(logsKey),
		LogRetentionDays: 400,
	}
}

func declare(t *testing.T) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		s, err := sessions.New(ctx, "sessions", args())
		if err != nil {
			return err
		}
		s.LogGroupName.ApplyT(func(name string) string {
			assert.Equal(t, "/haven/demo-account/sessions", name)
			return name
		})
		return nil
	}))
	harness.AssertFamily(t, r, sessions.Type, "sessions")
	return r
}

func TestSessionsAreEncryptedLoggedAndShort(t *testing.T) {
	t.Parallel()
	r := declare(t)
	d := r.One(t, "aws:ssm/document:Document", "sessions-preferences")
	harness.AssertTags(t, d, "sessions")
	harness.AssertInputs(t, d, map[string]any{"name": "SSM-SessionManagerRunShell", "documentType": "Session",
		"documentFormat": "JSON", "permissions": nil})
	assert.JSONEq(t, `{
		"schemaVersion": "1.0",
		"description": "Sessions are encrypted, logged and short",
		"sessionType": "Standard_Stream",
		"inputs": {
			"cloudWatchLogGroupName": "/haven/demo-account/sessions",
			"cloudWatchEncryptionEnabled": true,
			"cloudWatchStreamingEnabled": true,
			"s3BucketName": "",
			"s3KeyPrefix": "",
			"s3EncryptionEnabled": true,
			"kmsKeyId": "arn:aws:mock:::sessions-key-regional",
			"runAsEnabled": false,
			"idleSessionTimeout": "20",
			"maxSessionDuration": "60"
		}
	}`, d.Input("content").(string))
	for name, path := range map[string]string{
		"sessions-log": "/haven/demo-account/sessions", "sessions-automation": "/haven/demo-account/automation",
	} {
		group := r.One(t, "aws:cloudwatch/logGroup:LogGroup", name)
		harness.AssertTags(t, group, "sessions")
		harness.AssertInputs(t, group, map[string]any{"name": path, "kmsKeyId": logsKey, "retentionInDays": 400.0,
			"tags.data-classification": "confidential"})
	}
}

func TestKeyIsForSessionsOnly(t *testing.T) {
	t.Parallel()
	var document struct {
		Statement []struct {
			Sid       string
			Action    []string
			Condition map[string]map[string][]string
		}
	}
	key := declare(t).One(t, "aws:kms/key:Key", "sessions-key-regional")
	require.NoError(t, json.Unmarshal([]byte(key.Input("policy").(string)), &document))
	require.Len(t, document.Statement, 2)
	use := document.Statement[1]
	assert.Equal(t, "EncryptSessions", use.Sid)
	assert.Equal(t, []string{"kms:Decrypt", "kms:GenerateDataKey"}, use.Action)
	assert.Equal(t, map[string]map[string][]string{
		"StringEquals": {"kms:CallerAccount": {"123456789012"}},
		"Null":         {"kms:EncryptionContext:aws:ssm:SessionId": {"false"}},
	}, use.Condition)
}

func TestSettings(t *testing.T) {
	t.Parallel()
	settings := map[any]any{}
	for _, d := range declare(t).OfType("aws:ssm/serviceSetting:ServiceSetting") {
		settings[d.Input("settingId")] = d.Input("settingValue")
	}
	const prefix = "arn:aws:ssm:eu-west-1:123456789012:servicesetting/ssm/"
	assert.Equal(t, map[any]any{
		prefix + "documents/console/public-sharing-permission": "Disable",
		prefix + "automation/customer-script-log-destination":  "CloudWatch",
		prefix + "automation/customer-script-log-group-name":   "/haven/demo-account/automation",
	}, settings)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, sessions.New,
		"sessions: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nLogsKeyARN: missing, expected a value\n"+
			"LogRetentionDays: missing, expected a value",
		args, map[string]func(*sessions.Args){
			"sessions: Region: missing, expected a value": func(a *sessions.Args) { a.Region = "" },
		})
}
