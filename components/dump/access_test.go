package dump_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/application"
	"haven/policy/access"
	"haven/tests/harness"
)

// TestWhatTheRolesMay asks IAM's rules what the roles' policies come to.
func TestWhatTheRolesMay(t *testing.T) {
	t.Parallel()
	given := args()
	given.UserPoolARN = pulumi.String(userPool)
	recorder := declare(t, given)
	const (
		archive   = "arn:aws:s3:::demo-cell-archive/"
		own       = archive + "tenants/acme/dumps/20261121T230000Z/"
		files     = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
		point     = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/"
		family    = "arn:aws:ecs:eu-west-1:123456789012:task-definition/"
		cluster   = "arn:aws:ecs:eu-west-1:123456789012:cluster/"
		execution = "arn:aws:mock:::dump-execution-role"
		pool      = userPool
	)
	object := func(on string) access.Context {
		return access.Context{"kms:ViaService": {"s3.eu-west-1.amazonaws.com"}, "kms:EncryptionContext:aws:s3:arn": {on}}
	}
	to := func(service string) access.Context { return access.Context{"iam:PassedToService": {service}} }
	by := func(id string) access.Context {
		return access.Context{"elasticfilesystem:AccessPointArn": {point + id}}
	}
	in := func(name string) access.Context { return access.Context{"ecs:cluster": {cluster + name}} }
	for _, test := range []struct {
		name, role, action, resource string
		context                      access.Context
		want                         bool
	}{
		{"put a part", "task", "s3:PutObject", own + "database.sql.zst", nil, true},
		{"lock it", "task", "s3:PutObjectRetention", own + "manifest.json", nil, true},
		{"put a final one", "task", "s3:PutObject", archive + "tenants/acme/final/20261121T230000Z/manifest.json", nil, true},
		{"put beside", "task", "s3:PutObject", archive + "tenants/acme/snapshots/x", nil, false},
		{"put for a tenant of a like name", "task", "s3:PutObject", archive + "tenants/acme2/dumps/x", nil, false},
		{"read", "task", "s3:GetObject", own + "manifest.json", nil, false},
		{"delete", "task", "s3:DeleteObject", own + "manifest.json", nil, false},
		{"unlock", "task", "s3:BypassGovernanceRetention", own + "manifest.json", nil, false},
		{"list", "task", "s3:ListBucket", "arn:aws:s3:::demo-cell-archive", nil, false},
		{"encrypt a part", "task", "kms:GenerateDataKey", "arn:archive-key", object(own + "files.tar.zst"), true},
		{"assemble a part", "task", "kms:Decrypt", "arn:archive-key", object(own + "files.tar.zst"), true},
		{"decrypt another tenant's", "task", "kms:Decrypt", "arn:archive-key",
			object(archive + "tenants/globex/dumps/x"), false},
		{"encrypt by itself", "task", "kms:GenerateDataKey", "arn:archive-key", access.Context{
			"kms:ViaService": nil, "kms:EncryptionContext:aws:s3:arn": {own}}, false},
		{"mount", "task", "elasticfilesystem:ClientMount", files, by("fsap-1"), true},
		{"mount another way", "task", "elasticfilesystem:ClientMount", files, by("fsap-2"), false},
		{"write a file", "task", "elasticfilesystem:ClientWrite", files, by("fsap-1"), false},
		{"list people", "task", "cognito-idp:ListUsers", pool, nil, true},
		{"list who is in a group", "task", "cognito-idp:ListUsersInGroup", pool, nil, true},
		{"list another's people", "task", "cognito-idp:ListUsers", pool + "2", nil, false},
		{"make a person", "task", "cognito-idp:AdminCreateUser", pool, nil, false},
		{"read a secret while it runs", "task", "secretsmanager:GetSecretValue", "arn:db-secret", nil, false},
		{"start", "schedule", "ecs:RunTask", family + "demo-acme-dump:7", in("demo-cell-cluster"), true},
		{"start the application", "schedule", "ecs:RunTask", family + "demo-acme-web:7", in("demo-cell-cluster"), false},
		{"start elsewhere", "schedule", "ecs:RunTask", family + "demo-acme-dump:7", in("other"), false},
		{"pass its role", "schedule", "iam:PassRole", execution, to("ecs-tasks.amazonaws.com"), true},
		{"pass it to others", "schedule", "iam:PassRole", execution, to("lambda.amazonaws.com"), false},
		{"pass the application's", "schedule", "iam:PassRole",
			application.TaskRoleARN("123456789012", harness.TenantScope()), to("ecs-tasks.amazonaws.com"), false},
	} {
		t.Run(test.role+": "+test.name, func(t *testing.T) {
			t.Parallel()
			document, err := access.Parse("policy",
				recorder.One(t, policyType, "dump-"+test.role+"-policy").Input("policy").(string))
			require.NoError(t, err)
			decision := access.Decide(access.Request{
				Principal: access.Role("arn:aws:iam::123456789012:role/demo-acme-dump-" + test.role),
				Action:    test.action, Resource: test.resource, Context: test.context,
			}, access.Policies{Identity: []access.Document{document}})
			assert.Equal(t, test.want, decision.Allowed, decision.Why)
		})
	}
}

// TestAFileSystemThatLetsItWriteDoesNot: what the role denies itself holds against the file system's own policy.
func TestAFileSystemThatLetsItWriteDoesNot(t *testing.T) {
	t.Parallel()
	own, err := access.Parse("policy", declare(t, args()).One(t, policyType, "dump-task-policy").Input("policy").(string))
	require.NoError(t, err)
	const files = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
	open, err := access.Parse("file system",
		`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`)
	require.NoError(t, err)
	for action, want := range map[string]bool{
		"elasticfilesystem:ClientMount": true, "elasticfilesystem:ClientWrite": false,
		"elasticfilesystem:ClientRootAccess": false,
	} {
		decision := access.Decide(access.Request{
			Principal: access.Role("arn:aws:iam::123456789012:role/demo-acme-dump-task"), Action: action, Resource: files,
			Context: access.Context{"elasticfilesystem:AccessPointArn": {files}},
		}, access.Policies{Identity: []access.Document{own}, Resource: []access.Document{open}})
		assert.Equal(t, want, decision.Allowed, "%s: %s", action, decision.Why)
	}
}
