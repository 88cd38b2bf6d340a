package replica_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/bucket"
	"haven/components/naming"
	"haven/components/replica"
	"haven/tests/harness"
)

// declare copies a bucket "source" to a bucket "target".
func declare(t *testing.T, change func(*replica.Args)) (*harness.Recorder, error) {
	t.Helper()
	r := &harness.Recorder{}
	err := harness.Run(r, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		side := func(name, region string, opts ...pulumi.ResourceOption) replica.Side {
			made, err := bucket.New(ctx, name, bucket.Args{Scope: harness.CellScope(), Bucket: name,
				Class: naming.Confidential, RetentionDays: 1, Locked: true}, opts...)
			require.NoError(t, err)
			return replica.Side{Bucket: made, Name: name, Region: region, KeyARN: pulumi.String("arn:key:" + name)}
		}
		args := replica.Args{
			Scope: harness.CellScope(), Account: "123456789012", Part: "records",
			Source: side("source", "eu-west-1"), Target: side("target", "eu-central-1", pulumi.Providers(recovery)),
			Subject: "Records", Failures: "Their status says which.", Recovery: recovery,
		}
		change(&args)
		name, err := replica.Declare(ctx, "records", args, pulumi.Composite())
		if err == nil {
			name.ApplyT(func(name string) error {
				assert.Equal(t, "source-bucket-id", name)
				return nil
			})
		}
		return err
	})
	return r, err
}

func unchanged(*replica.Args) {}

func TestWhatAReplicationMay(t *testing.T) {
	t.Parallel()
	r, err := declare(t, unchanged)
	require.NoError(t, err)
	policy := r.One(t, "aws:iam/rolePolicy:RolePolicy", "records-replication-policy").Input("policy").(string)
	assert.Contains(t, policy, `"kms:EncryptionContext:aws:s3:arn":["arn:aws:s3:::source/*"]`)
	assert.Contains(t, policy, `"kms:EncryptionContext:aws:s3:arn":["arn:aws:s3:::target/*"]`)
	assert.NotContains(t, policy, "s3:ReplicateDelete")
	assert.Contains(t, r.One(t, "aws:iam/role:Role", "records-replication-role").Input("assumeRolePolicy"),
		`"ArnLikeIfExists":{"aws:SourceArn":["arn:aws:s3:::source"]}`)

	r, err = declare(t, func(a *replica.Args) { a.BucketKey = true })
	require.NoError(t, err)
	policy = r.One(t, "aws:iam/rolePolicy:RolePolicy", "records-replication-policy").Input("policy").(string)
	assert.Contains(t, policy, `"kms:EncryptionContext:aws:s3:arn":["arn:aws:s3:::source","arn:aws:s3:::source/*"]`)
}

func TestWhoIsToldOfAReplication(t *testing.T) {
	t.Parallel()
	const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
	r, err := declare(t, func(a *replica.Args) {
		a.Source.TopicARN, a.Target.TopicARN = pulumi.String("arn:here"), pulumi.String("arn:there")
	})
	require.NoError(t, err)
	for part, want := range map[string]struct{ topic, provider string }{
		"failed": {"arn:here", ""}, "late": {"arn:there", "recovery"}, "stuck": {"arn:there", "recovery"},
	} {
		d := r.One(t, alarm, "records-replication-"+part)
		harness.AssertInputs(t, d, map[string]any{"name": "demo-cell-records-replication-" + part,
			"alarmActions": []any{want.topic}, "okActions": []any{want.topic}, "dimensions": map[string]any{
				"SourceBucket": "source", "DestinationBucket": "target", "RuleId": "everything"}})
		assert.Equal(t, want.provider, d.Provider)
		assert.Regexp(t, "^Records ", d.Input("alarmDescription"))
	}
	assert.Contains(t, r.One(t, alarm, "records-replication-failed").Input("alarmDescription"), "Their status says which.")
	r, err = declare(t, unchanged)
	require.NoError(t, err)
	assert.Nil(t, r.One(t, alarm, "records-replication-failed").Input("alarmActions"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	_, err := declare(t, func(a *replica.Args) { a.Target.Region = a.Source.Region })
	assert.ErrorContains(t, err, `replication: Target.Region: "eu-west-1", expected another region than Source.Region`)
	_, err = declare(t, func(a *replica.Args) { *a = replica.Args{} })
	assert.ErrorContains(t, err, `replication: Scope: missing, expected a value
Account: missing, expected a value
Part: missing, expected a value
Source.Bucket: missing, expected a value
Source.Name: missing, expected a value
Source.Region: missing, expected a value
Source.KeyARN: missing, expected a value
Target.Bucket: missing, expected a value
Target.Name: missing, expected a value
Target.Region: missing, expected a value
Target.KeyARN: missing, expected a value
Subject: missing, expected a value
Failures: missing, expected a value
Recovery: missing, expected a value`)
}
