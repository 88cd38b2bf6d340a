package restoration_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/restoration"
	"haven/components/task"
	"haven/tests/harness"
)

func args() restoration.Args {
	return restoration.Args{
		Scope:           harness.TenantScope(),
		Account:         "123456789012",
		Region:          "eu-central-1",
		Image:           "public.ecr.aws/haven-demo/dump:1",
		Bucket:          "demo-cell-archive-eu-central-1",
		ArchiveKeyARN:   "arn:archive-key",
		Dump:            "tenants/acme/dumps/20261122T010000Z/manifest.json",
		ClusterARN:      pulumi.String("arn:aws:ecs:eu-central-1:123456789012:cluster/demo-standby-cluster"),
		SubnetIDs:       pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}),
		SecurityGroupID: pulumi.String("sg-application"),
		Database: task.Database{Host: pulumi.String("db.example"), Port: 3306, Name: "processmaker",
			SecretARN: pulumi.String("arn:database-secret")},
		Files:            task.Files{FileSystemID: pulumi.String("fs-1"), AccessPointID: pulumi.String("fsap-1")},
		SecretsKeyARN:    pulumi.String("arn:secrets-key"),
		RestoredKeyARN:   pulumi.String("arn:restored-key"),
		LogsKeyARN:       pulumi.String("arn:logs-key"),
		LogRetentionDays: 400,
	}
}

func declare(t *testing.T, changes ...func(*restoration.Args)) *harness.Recorder {
	t.Helper()
	a := args()
	for _, change := range changes {
		change(&a)
	}
	recorder := harness.StandbyEnvironment()
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		_, err := restoration.New(ctx, "restoration", a)
		return err
	}))
	harness.AssertFamily(t, recorder, restoration.Type, "restoration")
	return recorder
}

// containers are those of the task.
func containers(t *testing.T, recorder *harness.Recorder) []map[string]any {
	t.Helper()
	definition := recorder.One(t, "aws:ecs/taskDefinition:TaskDefinition", "restoration-definition")
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(definition.Input("containerDefinitions").(string)), &all))
	require.Len(t, all, 1)
	return all
}

// TestOneContainerBringsBackAndReads: its end is the task's, and it has what both take.
func TestOneContainerBringsBackAndReads(t *testing.T) {
	t.Parallel()
	back := containers(t, declare(t))[0]
	assert.Equal(t, []any{"restore", "s3://demo-cell-archive-eu-central-1/tenants/acme/dumps/20261122T010000Z/",
		"--replace", "--warm", "--files-only"}, back["command"])
	assert.Equal(t, true, back["essential"])
	assert.Len(t, back["mountPoints"], 2)
	assert.Contains(t, back["secrets"], map[string]any{"name": "DB_PASSWORD", "valueFrom": "arn:database-secret:password::"})
}

func TestDatabaseComesFromTheDumpWhereItIsTold(t *testing.T) {
	t.Parallel()
	back := containers(t, declare(t, func(a *restoration.Args) { a.WithDatabase = true }))[0]
	assert.NotContains(t, back["command"], "--files-only")
}

// TestBeforeADumpIsKnown: the roles are there, and are those of later.
func TestBeforeADumpIsKnown(t *testing.T) {
	t.Parallel()
	before, after := declare(t, func(a *restoration.Args) { a.Dump = "" }), declare(t)
	for _, token := range []string{"aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"} {
		assert.Len(t, before.OfType(token), 3)
		for _, one := range before.OfType(token) {
			assert.Equal(t, one.Inputs, after.One(t, token, one.Name).Inputs, one.Name)
		}
	}
}

func policy(t *testing.T, recorder *harness.Recorder, name string) string {
	t.Helper()
	return recorder.One(t, "aws:iam/rolePolicy:RolePolicy", name).Input("policy").(string)
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	recorder := declare(t, func(a *restoration.Args) {
		a.UserPoolARN = pulumi.String("arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_people")
	})
	running := policy(t, recorder, "restoration-task-policy")
	assert.Contains(t, running, `"s3:GetObject"],"Resource":["arn:aws:s3:::demo-cell-archive-eu-central-1/tenants/acme/*"]`)
	assert.Contains(t, running, `"elasticfilesystem:ClientMount","elasticfilesystem:ClientWrite"]`)
	assert.Contains(t, running, `userpool/eu-central-1_people"]`)
	assert.NotContains(t, running, "s3:Put")
	assert.Contains(t, policy(t, recorder, "restoration-execution-policy"), `["arn:restored-key","arn:secrets-key"]`)
	steering := policy(t, recorder, "restoration-policy")
	assert.Contains(t, steering, `"ecs:RunTask"],"Resource":["arn:aws:ecs:eu-central-1:123456789012:task-definition/`+
		`demo-acme-restoration:*"]`)
	assert.Contains(t, steering, `"iam:PassedToService":["ecs-tasks.amazonaws.com"]`)
	assert.Contains(t, containers(t, recorder)[0]["environment"], map[string]any{"name": "HAVEN_DUMP_USER_POOL",
		"value": "eu-central-1_people"})
}

// TestMachine: it runs one task, waits for it, and fails where a container did.
func TestMachine(t *testing.T) {
	t.Parallel()
	machine := declare(t, func(a *restoration.Args) { a.DatabaseClientsID = pulumi.String("sg-replica") }).
		One(t, "aws:sfn/stateMachine:StateMachine", "restoration-machine")
	harness.AssertTags(t, machine, "restoration")
	var definition struct {
		StartAt string
		States  map[string]struct {
			Type, Resource, Default, Next string
			Arguments                     map[string]any
			Choices                       []struct{ Condition, Next string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(machine.Input("definition").(string)), &definition))
	run := definition.States[definition.StartAt]
	assert.Equal(t, "arn:aws:states:::aws-sdk:ecs:runTask", run.Resource)
	network := run.Arguments["NetworkConfiguration"].(map[string]any)["AwsvpcConfiguration"].(map[string]any)
	assert.Equal(t, []any{"sg-application", "sg-replica"}, network["SecurityGroups"])
	assert.Equal(t, "DISABLED", network["AssignPublicIp"])
	judge := definition.States["Judge"]
	assert.Equal(t, "Wait", judge.Default)
	require.Len(t, judge.Choices, 2)
	assert.Equal(t, "Succeed", definition.States[judge.Choices[0].Next].Type)
	assert.Equal(t, "Fail", definition.States[judge.Choices[1].Next].Type)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const missing = ": missing, expected a value\n"
	const nothingGiven = "restoration: Scope" + missing + "Scope.Tenant" + missing + "Account" + missing + "Region" + missing +
		"Image" + missing + "Bucket" + missing + "ArchiveKeyARN" + missing + "ClusterARN" + missing + "SubnetIDs" + missing +
		"SecurityGroupID" + missing + "Database.Host" + missing + "Database.Port" + missing + "Database.Name" + missing +
		"Database.SecretARN" + missing + "Files.FileSystemID" + missing + "Files.AccessPointID" + missing +
		"SecretsKeyARN" + missing + "LogsKeyARN" + missing + "LogRetentionDays: missing, expected a value"
	harness.AssertRefusals(t, restoration.New, nothingGiven, args, map[string]func(*restoration.Args){
		"restoration: Bucket: missing, expected a value": func(a *restoration.Args) { a.Bucket = "" },
	})
}
