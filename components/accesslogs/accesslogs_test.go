package accesslogs_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/accesslogs"
	"haven/tests/harness"
)

const physical = "demo-cell-access-logs-123456789012-eu-west-1"

func args() accesslogs.Args {
	return accesslogs.Args{
		Scope:            harness.CellScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		LogRetentionDays: 400,
		Protected:        true,
	}
}

func declare(t *testing.T, args accesslogs.Args) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		a, err := accesslogs.New(ctx, "access-logs", args)
		if err != nil {
			return err
		}
		a.Bucket.ApplyT(func(name string) string {
			assert.Equal(t, "access-logs-store-bucket-id", name)
			return name
		})
		return nil
	}))
	return r
}

func TestAccessLogs(t *testing.T) {
	t.Parallel()
	r := declare(t, args())
	harness.AssertFamily(t, r, accesslogs.Type, "access-logs")
	d := r.One(t, "aws:s3/bucketV2:BucketV2", "access-logs-store-bucket")
	harness.AssertTags(t, d, "bucket")
	harness.AssertInputs(t, d, map[string]any{"bucket": physical, "forceDestroy": false, "objectLockEnabled": false,
		"tags.data-classification": "confidential"})
	harness.AssertInputs(t, r.One(t,
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		"access-logs-store-encryption"), map[string]any{
		"rules[0].applyServerSideEncryptionByDefault.sseAlgorithm": "AES256"})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
		"access-logs-store-lifecycle"), map[string]any{"rules[0].expiration.days": 400.0})
	assert.Empty(t, r.OfType("aws:s3/bucketLoggingV2:BucketLoggingV2"))
}

func TestOnlyTheLoggingServiceOfThisAccountDelivers(t *testing.T) {
	t.Parallel()
	d := declare(t, args()).One(t, "aws:s3/bucketPolicy:BucketPolicy", "access-logs-store-policy")
	var policy struct {
		Statement []struct {
			Sid       string
			Principal any
			Action    []string
			Resource  []string
			Condition map[string]map[string][]string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(d.Input("policy").(string)), &policy))
	require.Len(t, policy.Statement, 2)
	deliver := policy.Statement[0]
	assert.Equal(t, map[string]any{"Service": []any{"logging.s3.amazonaws.com"}}, deliver.Principal)
	assert.Equal(t, []string{"s3:PutObject"}, deliver.Action)
	assert.Equal(t, []string{"arn:aws:s3:::" + physical + "/*"}, deliver.Resource)
	assert.Equal(t, map[string]map[string][]string{
		"StringEquals": {"aws:SourceAccount": {"123456789012"}},
		"ArnLike":      {"aws:SourceArn": {"arn:aws:s3:::*"}},
	}, deliver.Condition)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, accesslogs.New,
		"access logs: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nLogRetentionDays: 0, expected 1 to 3653",
		args, map[string]func(*accesslogs.Args){
			"access logs: Region: missing, expected a value": func(a *accesslogs.Args) { a.Region = "" },
		})
}
