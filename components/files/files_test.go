package files_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/files"
	"haven/tests/harness"
)

const (
	systemType = "aws:efs/fileSystem:FileSystem"
	targetType = "aws:efs/mountTarget:MountTarget"
	pointType  = "aws:efs/accessPoint:AccessPoint"
	policyType = "aws:efs/fileSystemPolicy:FileSystemPolicy"
	backupType = "aws:efs/backupPolicy:BackupPolicy"
)

const role = "arn:aws:iam::123456789012:role/demo-acme-web-task"

func args() files.Args {
	return files.Args{
		Scope:           harness.TenantScope(),
		SubnetIDs:       pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		SecurityGroupID: pulumi.String("sg-files"),
		KeyARN:          pulumi.String("arn:files-key"),
		TaskRoleARNs:    []string{role},
		Protected:       true,
	}
}

func declare(t *testing.T, args files.Args) (*harness.Recorder, []any) {
	t.Helper()
	recorder := &harness.Recorder{}
	got := make(chan []any, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		f, err := files.New(ctx, "files", args)
		if err != nil {
			return err
		}
		pulumi.All(f.ARN, f.FileSystemID, f.AccessPointID, f.AccessPointARN).ApplyT(func(v []any) error {
			got <- v
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, files.Type, "files")
	return recorder, <-got
}

func TestFileSystem(t *testing.T) {
	t.Parallel()
	recorder, got := declare(t, args())
	system := recorder.One(t, systemType, "files-system")
	harness.AssertTags(t, system, "files")
	harness.AssertInputs(t, system, map[string]any{
		"creationToken":        "demo-acme-files",
		"encrypted":            true,
		"kmsKeyId":             "arn:files-key",
		"performanceMode":      "generalPurpose",
		"throughputMode":       "elastic",
		"availabilityZoneName": nil,
		"lifecyclePolicies": []any{
			map[string]any{"transitionToIa": "AFTER_30_DAYS"},
			map[string]any{"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
		},
		"protection.replicationOverwrite": "ENABLED",
		"tags.data-classification":        "confidential",
	})
	assert.True(t, system.Protect)
	harness.AssertInputs(t, recorder.One(t, backupType, "files-backup-policy"), map[string]any{
		"fileSystemId": "files-system-id", "backupPolicy.status": "ENABLED"})
	assert.Equal(t, []any{"arn:aws:mock:::files-system", "files-system-id", "files-access-point-id",
		"arn:aws:mock:::files-access-point"}, got)
}

func TestTeardown(t *testing.T) {
	t.Parallel()
	leaving := args()
	leaving.Protected = false
	recorder, _ := declare(t, leaving)
	assert.False(t, recorder.One(t, systemType, "files-system").Protect)
}

func TestMountTargetInEachSubnet(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	require.Len(t, recorder.OfType(targetType), 3)
	for i, subnet := range []string{"subnet-a", "subnet-b", "subnet-c"} {
		harness.AssertInputs(t, recorder.One(t, targetType, fmt.Sprintf("files-mount-%d", i+1)), map[string]any{
			"fileSystemId":   "files-system-id",
			"subnetId":       subnet,
			"securityGroups": []any{"sg-files"},
			"ipAddress":      nil,
		})
	}
}

func TestAccessPoint(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	point := recorder.One(t, pointType, "files-access-point")
	harness.AssertTags(t, point, "files")
	harness.AssertInputs(t, point, map[string]any{
		"fileSystemId": "files-system-id",
		"posixUser":    map[string]any{"uid": 1000.0, "gid": 1000.0},
		"rootDirectory": map[string]any{
			"path":         "/storage",
			"creationInfo": map[string]any{"ownerUid": 1000.0, "ownerGid": 1000.0, "permissions": "0750"},
		},
	})
}

// TestPolicy lists every statement: who may mount, and that nobody else may, whatever their own policies say.
func TestPolicy(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	policy := recorder.One(t, policyType, "files-policy")
	harness.AssertInputs(t, policy, map[string]any{"fileSystemId": "files-system-id", "bypassPolicyLockoutSafetyCheck": nil})
	var document struct {
		Statement []map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(policy.Input("policy").(string)), &document))
	const point = "arn:aws:mock:::files-access-point"
	list := func(values ...any) []any { return values }
	client := list("elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite")
	tests := []map[string]any{
		{
			"Sid":    "MountByTasks",
			"Effect": "Allow",
			"Action": list("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
			"Condition": map[string]any{
				"ArnEquals":    map[string]any{"aws:PrincipalArn": list(role)},
				"StringEquals": map[string]any{"elasticfilesystem:AccessPointArn": list(point)},
				"Bool":         map[string]any{"elasticfilesystem:AccessedViaMountTarget": list("true")},
			},
		},
		{
			"Sid":       "DenyOtherPrincipals",
			"Effect":    "Deny",
			"Action":    client,
			"Condition": map[string]any{"ArnNotEquals": map[string]any{"aws:PrincipalArn": list(role)}},
		},
		{
			"Sid":       "DenyOtherWays",
			"Effect":    "Deny",
			"Action":    client,
			"Condition": map[string]any{"StringNotEquals": map[string]any{"elasticfilesystem:AccessPointArn": list(point)}},
		},
		{
			"Sid":    "DenyRoot",
			"Effect": "Deny",
			"Action": list("elasticfilesystem:ClientRootAccess"),
		},
		{
			"Sid":       "DenyPlainTransport",
			"Effect":    "Deny",
			"Action":    list("elasticfilesystem:*"),
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": list("false")}},
		},
	}
	require.Len(t, document.Statement, len(tests))
	for i, want := range tests {
		want["Principal"] = "*"
		want["Resource"] = list("arn:aws:mock:::files-system")
		assert.Equal(t, want, document.Statement[i])
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "files: Scope: missing, expected a value\n" +
		"SubnetIDs: missing, expected a value\n" +
		"SecurityGroupID: missing, expected a value\n" +
		"KeyARN: missing, expected a value\n" +
		"TaskRoleARNs: missing, expected a value"
	harness.AssertRefusals(t, files.New, nothingGiven, args, map[string]func(*files.Args){
		`files: TaskRoleARNs: "arn:aws:iam::123456789012:role/*", expected the ARN of one role`: func(a *files.Args) {
			a.TaskRoleARNs = []string{"arn:aws:iam::123456789012:role/*"}
		},
		`files: TaskRoleARNs: "demo-acme-web-task", expected the ARN of one role`: func(a *files.Args) {
			a.TaskRoleARNs = []string{role, "demo-acme-web-task"}
		},
	})
}

// TestGenerations: a further one has names of its own.
func TestGenerations(t *testing.T) {
	t.Parallel()
	a := args()
	a.Generation = 2
	recorder, _ := declare(t, a)
	harness.AssertInputs(t, recorder.One(t, systemType, "files-system"), map[string]any{
		"creationToken": "demo-acme-files-g2", "tags.Name": "demo-acme-files-g2"})
	harness.AssertInputs(t, recorder.One(t, pointType, "files-access-point"), map[string]any{
		"tags.Name": "demo-acme-files-g2-access"})
}

// TestQuarantine: nobody mounts it, and it stays protected and backed up.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	a := args()
	a.Quarantined, a.TaskRoleARNs = true, nil
	recorder, _ := declare(t, a)
	assert.True(t, recorder.One(t, systemType, "files-system").Protect)
	harness.AssertInputs(t, recorder.One(t, backupType, "files-backup-policy"), map[string]any{
		"backupPolicy.status": "ENABLED"})
	var document struct {
		Statement []struct {
			Sid, Effect string
			Action      []string
			Condition   map[string]any
		}
	}
	text := recorder.One(t, policyType, "files-policy").Input("policy").(string)
	require.NoError(t, json.Unmarshal([]byte(text), &document))
	for _, statement := range document.Statement {
		assert.Equal(t, "Deny", statement.Effect, statement.Sid)
	}
	first := document.Statement[0]
	assert.Equal(t, "DenyEverybody", first.Sid)
	assert.ElementsMatch(t, []string{"elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientMount",
		"elasticfilesystem:ClientWrite"}, first.Action)
	assert.Empty(t, first.Condition)
}
