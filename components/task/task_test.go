package task_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/iamdoc"
	"haven/components/task"
	"haven/tests/harness"
)

func TestImagesOfPrivateRepositoriesArePulledFromThemAlone(t *testing.T) {
	t.Parallel()
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	tests := []struct{ image, want string }{
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/pm/web" + digest,
			"arn:aws:ecr:eu-west-1:123456789012:repository/pm/web"},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:4.15" + digest,
			"arn:aws:ecr:eu-west-1:123456789012:repository/web"},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web", "arn:aws:ecr:eu-west-1:123456789012:repository/web"},
		{"public.ecr.aws/haven-demo/processmaker:4.15", ""},
		{"docker.io/123456789012.dkr.ecr.eu-west-1.amazonaws.com/web", ""},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/web", ""},
	}
	for _, test := range tests {
		document, err := task.Started{Image: test.image, SecretARNs: []string{"arn:a"}, SecretsKeyARNs: []string{"arn:b"},
			LogGroups: []string{"c"}}.Permissions().Identity()
		require.NoError(t, err)
		assert.Equal(t, test.want != "", strings.Contains(document, "ecr:"), test.image)
		assert.Contains(t, document, test.want, test.image)
	}
}

func TestPermissionsToStart(t *testing.T) {
	t.Parallel()
	const own = `{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"ReadSecrets","Effect":"Allow","Action":["secretsmanager:GetSecretValue"],` +
		`"Resource":["arn:app-key","arn:db-secret"]},` +
		`{"Sid":"DecryptSecrets","Effect":"Allow","Action":["kms:Decrypt"],"Resource":["arn:key"],` +
		`"Condition":{"StringEquals":{"kms:ViaService":["secretsmanager.eu-west-1.amazonaws.com"]}}},` +
		`{"Sid":"WriteLog","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],` +
		`"Resource":["arn:aws:logs:eu-west-1:123456789012:log-group:/haven/demo-acme/web:*"]}`
	const pull = `,{"Sid":"SignInToRegistry","Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":["*"]},` +
		`{"Sid":"PullImage","Effect":"Allow","Action":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage",` +
		`"ecr:GetDownloadUrlForLayer"],"Resource":["arn:aws:ecr:eu-west-1:123456789012:repository/web"]}`
	tests := []struct{ name, image, want string }{
		{"public image", "public.ecr.aws/haven-demo/processmaker:4.15", own + "]}"},
		{"private image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1", own + pull + "]}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := task.Started{
				Account: "123456789012", Region: "eu-west-1", Image: test.image,
				LogGroups:  []string{"/haven/demo-acme/web"},
				SecretARNs: []string{"arn:db-secret", "arn:app-key"}, SecretsKeyARNs: []string{"arn:key"},
			}.Permissions().Identity()
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestMount(t *testing.T) {
	t.Parallel()
	got, err := iamdoc.Document{Statements: []iamdoc.Statement{
		task.Mount("123456789012", "eu-west-1", "fs-1", "fsap-1", "ClientMount"),
	}}.Identity()
	require.NoError(t, err)
	assert.Equal(t, `{"Version":"2012-10-17","Statement":[{"Sid":"MountFiles","Effect":"Allow",`+
		`"Action":["elasticfilesystem:ClientMount"],`+
		`"Resource":["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"],`+
		`"Condition":{"StringEquals":{"elasticfilesystem:AccessPointArn":`+
		`["arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1"]}}}]}`, got)
}

// TestRender: lists are sorted, empty ones are lists too, and no character is escaped that need not be.
func TestRender(t *testing.T) {
	t.Parallel()
	c := task.Hardened("one", "image")
	c.Environment = task.Variables{"B": "a<b>&c", "A": "1"}
	c.Secrets = task.Secrets{"D": task.Key("arn:secret", "password"), "C": "arn:whole"}
	text, err := task.Render(c)
	require.NoError(t, err)
	assert.Contains(t, text, `"environment":[{"name":"A","value":"1"},{"name":"B","value":"a<b>&c"}]`)
	assert.Contains(t, text,
		`"secrets":[{"name":"C","valueFrom":"arn:whole"},{"name":"D","valueFrom":"arn:secret:password::"}]`)
	assert.Contains(t, text, `"portMappings":[]`)
	assert.True(t, strings.HasSuffix(text, "]"), "no line break at the end")
	empty, err := task.Render(task.Hardened("two", "image"))
	require.NoError(t, err)
	assert.Contains(t, empty, `"environment":[],"secrets":[]`)
	assert.True(t, json.Valid([]byte(empty)))
}

func TestOwnerDeclares(t *testing.T) {
	t.Parallel()
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		parent := &pulumi.ResourceState{}
		if err := ctx.RegisterComponentResource("test:index:Owner", "owner", parent); err != nil {
			return err
		}
		owner := task.Owner{Context: ctx, Name: "owner", Parent: pulumi.Parent(parent), Component: "owner",
			Scope: harness.TenantScope(), Account: "123456789012", Region: "eu-west-1"}
		role, err := owner.Role("task", "part-task", "What it is for")
		if err != nil {
			return err
		}
		if _, err := owner.Permit("task", "part-task", role, pulumi.String("{}")); err != nil {
			return err
		}
		if _, err := owner.LogGroup("owner-log", "part", pulumi.String("arn:key"), 400); err != nil {
			return err
		}
		_, err = owner.Define("owner-definition", task.Definition{
			Part: "part", CPU: 512, MemoryMiB: 1024, StorageGiB: 50, Execution: role, Task: role,
			Containers: pulumi.String("[]"),
		})
		return err
	}))
	harness.AssertFamily(t, recorder, "test:index:Owner", "owner")
	role := recorder.One(t, "aws:iam/role:Role", "owner-task-role")
	harness.AssertTags(t, role, "owner")
	harness.AssertInputs(t, role, map[string]any{"name": "demo-acme-part-task", "description": "What it is for"})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow", "Principal": {"Service": ["ecs-tasks.amazonaws.com"]}, "Action": ["sts:AssumeRole"],
		"Condition": {"ArnLike": {"aws:SourceArn": ["arn:aws:ecs:eu-west-1:123456789012:*"]},
			"StringEquals": {"aws:SourceAccount": ["123456789012"]}}
	}]}`, role.Input("assumeRolePolicy").(string))
	harness.AssertInputs(t, recorder.One(t, "aws:iam/rolePolicy:RolePolicy", "owner-task-policy"), map[string]any{
		"name": "demo-acme-part-task", "role": "demo-acme-part-task", "policy": "{}"})
	harness.AssertInputs(t, recorder.One(t, "aws:cloudwatch/logGroup:LogGroup", "owner-log"), map[string]any{
		"name": "/haven/demo-acme/part", "kmsKeyId": "arn:key", "retentionInDays": 400.0})
	harness.AssertInputs(t, recorder.One(t, "aws:ecs/taskDefinition:TaskDefinition", "owner-definition"), map[string]any{
		"family": "demo-acme-part", "cpu": "512", "memory": "1024", "ephemeralStorage.sizeInGib": 50.0,
		"networkMode": "awsvpc", "taskRoleArn": "arn:aws:mock:::owner-task-role"})
}
