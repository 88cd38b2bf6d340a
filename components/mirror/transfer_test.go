package mirror_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/mirror"
	"haven/tests/harness"
)

const (
	roleType   = "aws:iam/role:Role"
	policyType = "aws:iam/rolePolicy:RolePolicy"
	jobType    = "gcp:storage/transferJob:TransferJob"
	topicType  = "gcp:pubsub/topic:Topic"
	senderType = "gcp:pubsub/topicIAMMember:TopicIAMMember"
)

func transferArgs() mirror.TransferArgs {
	return mirror.TransferArgs{
		Scope: scope(),
		Cell:  "demo-cell",
		Source: mirror.Source{
			Region:   "eu-west-1",
			Bucket:   "demo-cell-archive-123456789012-eu-west-1",
			KeyARN:   "arn:aws:kms:eu-west-1:123456789012:key/mrk-1",
			QueueARN: "arn:aws:sqs:eu-west-1:123456789012:demo-cell-archive",
		},
		Sink:           pulumi.String("demo-mirror-haven-demo"),
		AgentSubjectID: pulumi.String(subject),
		Agent:          pulumi.String(transferAgent),
		Project:        pulumi.String("haven-demo"),
		Channels:       pulumi.ToStringArray([]string{"projects/haven-demo/notificationChannels/1"}),
		RetentionDays:  90,
	}
}

func transfer(t *testing.T) *harness.Recorder {
	t.Helper()
	r := recorder()
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		made, err := mirror.NewTransfer(ctx, "transfer", transferArgs())
		if err != nil {
			return err
		}
		made.RoleARN.ApplyT(func(arn string) error {
			assert.Equal(t, "arn:aws:mock:::transfer-role", arn)
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, mirror.TransferType, "transfer")
	return r
}

// TestRole: the agent of the mirror's project, and nobody else, may take the role on.
func TestRole(t *testing.T) {
	t.Parallel()
	role := transfer(t).One(t, roleType, "transfer-role")
	harness.AssertTags(t, role, "mirror")
	assert.Equal(t, "demo-mirror-demo-cell", role.Input("name"))
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow",
		"Principal": {"Federated": ["accounts.google.com"]},
		"Action": ["sts:AssumeRoleWithWebIdentity"],
		"Condition": {"StringEquals": {"accounts.google.com:sub": ["100000000000000000001"]}}
	}]}`, role.Input("assumeRolePolicy").(string))
}

// TestReading: the role reads the tenants' objects with the bucket's key, takes events off the queue, and changes
// nothing.
func TestReading(t *testing.T) {
	t.Parallel()
	policy := transfer(t).One(t, policyType, "transfer-policy")
	assert.Equal(t, "demo-mirror-demo-cell", policy.Input("role"))
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "ListBackups", "Effect": "Allow", "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
			"Resource": ["arn:aws:s3:::demo-cell-archive-123456789012-eu-west-1"]},
		{"Sid": "ReadBackups", "Effect": "Allow", "Action": ["s3:GetObject"],
			"Resource": ["arn:aws:s3:::demo-cell-archive-123456789012-eu-west-1/tenants/*"]},
		{"Sid": "DecryptBackups", "Effect": "Allow", "Action": ["kms:Decrypt"],
			"Resource": ["arn:aws:kms:eu-west-1:123456789012:key/mrk-1"],
			"Condition": {
				"StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com"]},
				"StringLike": {"kms:EncryptionContext:aws:s3:arn":
					["arn:aws:s3:::demo-cell-archive-123456789012-eu-west-1/tenants/*"]}
			}},
		{"Sid": "TakeEvents", "Effect": "Allow", "Action": ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage",
			"sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
			"Resource": ["arn:aws:sqs:eu-west-1:123456789012:demo-cell-archive"]}
	]}`, policy.Input("policy").(string))
}

func TestJobs(t *testing.T) {
	t.Parallel()
	r := transfer(t)
	require.Len(t, r.OfType(jobType), 2)
	for _, job := range r.OfType(jobType) {
		harness.AssertInputs(t, job, map[string]any{
			"status": "ENABLED",
			"name":   nil,
			"transferSpec.awsS3DataSource": map[string]any{"bucketName": "demo-cell-archive-123456789012-eu-west-1",
				"roleArn": "arn:aws:mock:::transfer-role"},
			"transferSpec.gcsDataSink":     map[string]any{"bucketName": "demo-mirror-haven-demo"},
			"transferSpec.transferOptions": map[string]any{"overwriteWhen": "NEVER"},
		})
		assert.Contains(t, job.DependsOn, "transfer-policy", "the role may read before the job does")
	}
	harness.AssertInputs(t, r.One(t, jobType, "transfer-events"), map[string]any{
		"description":                   "demo-mirror: backups of demo-cell, as they are made",
		"eventStream":                   map[string]any{"name": "arn:aws:sqs:eu-west-1:123456789012:demo-cell-archive"},
		"notificationConfig":            nil,
		"schedule":                      nil,
		"transferSpec.objectConditions": nil,
	})
	harness.AssertInputs(t, r.One(t, jobType, "transfer-hourly"), map[string]any{
		"description": "demo-mirror: backups of demo-cell, every hour",
		"eventStream": nil,
		"notificationConfig": map[string]any{"pubsubTopic": "transfer-hourly-reports-id",
			"eventTypes": []any{"TRANSFER_OPERATION_SUCCESS"}, "payloadFormat": "NONE"},
		"schedule.repeatInterval":       "3600s",
		"schedule.scheduleStartDate":    map[string]any{"year": 2026.0, "month": 1.0, "day": 1.0},
		"schedule.scheduleEndDate":      nil,
		"transferSpec.objectConditions": map[string]any{"maxTimeElapsedSinceLastModification": "7776000s"},
	})
}

// TestReports: the agent may tell the topic of runs, and somebody is told when it does not.
func TestReports(t *testing.T) {
	t.Parallel()
	r := transfer(t)
	topic := r.One(t, topicType, "transfer-hourly-reports")
	harness.AssertInputs(t, topic, map[string]any{"name": "demo-mirror-demo-cell-hourly", "project": "haven-demo",
		"labels.environment": "demo"})
	harness.AssertInputs(t, r.One(t, senderType, "transfer-hourly-reporter"), map[string]any{
		"topic": "demo-mirror-demo-cell-hourly", "role": "roles/pubsub.publisher", "member": transferAgent})
	assert.Contains(t, r.One(t, jobType, "transfer-hourly").DependsOn, "transfer-hourly-reporter")
	harness.AssertInputs(t, r.One(t, alarmType, "transfer-hourly-silence"), map[string]any{
		"displayName": "demo-mirror-hourly-demo-cell", "severity": "WARNING",
		"notificationChannels": []any{"projects/haven-demo/notificationChannels/1"},
		"conditions[0].conditionPrometheusQueryLanguage.query": "(sum(increase(pubsub_googleapis_com:topic_send_request_count{" +
			`monitored_resource="pubsub_topic",topic_id="demo-mirror-demo-cell-hourly",response_class="success"}[10m]))` +
			" or vector(0)) == 0",
		"conditions[0].conditionPrometheusQueryLanguage.duration": "10200s",
	})
}

func TestTransferRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, mirror.NewTransfer, `transfer refused: Scope: missing, expected a value
Cell: missing, expected a value
Source.Region: missing, expected a value
Source.Bucket: missing, expected a value
Source.KeyARN: missing, expected a value
Source.QueueARN: missing, expected a value
Sink: missing, expected a value
AgentSubjectID: missing, expected a value
Agent: missing, expected a value
Project: missing, expected a value
Channels: missing, expected a value
RetentionDays: 0, expected 35 to 3650`, transferArgs, map[string]func(*mirror.TransferArgs){
		"transfer refused: Source.Bucket: missing, expected a value": func(a *mirror.TransferArgs) { a.Source.Bucket = "" },
	})
}
