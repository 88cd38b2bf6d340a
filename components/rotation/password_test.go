package rotation_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/asl"
	"haven/components/asl/asltest"
	"haven/components/rotation"
	"haven/tests/harness"
)

func declarePassword(t *testing.T, args rotation.PasswordArgs) (*harness.Recorder, string) {
	t.Helper()
	recorder := &harness.Recorder{}
	got := make(chan string, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		p, err := rotation.NewPassword(ctx, "password", args)
		if err != nil {
			return err
		}
		p.StateMachineARN.ApplyT(func(arn string) error {
			got <- arn
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, rotation.PasswordType, "password")
	return recorder, <-got
}

// TestPasswordMachines: what sees the password is an express workflow, which keeps no history, and writes no log.
func TestPasswordMachines(t *testing.T) {
	t.Parallel()
	recorder, arn := declarePassword(t, passwordArgs())
	assert.Equal(t, "arn:aws:mock:::password-machine", arn)
	require.Len(t, recorder.OfType(machineType), 2)
	for name, want := range map[string]map[string]any{
		"password-machine": {"name": "demo-acme-password", "type": "STANDARD",
			"roleArn": "arn:aws:mock:::password-role"},
		"password-change-machine": {"name": "demo-acme-password-change", "type": "EXPRESS",
			"roleArn": "arn:aws:mock:::password-change-role", "loggingConfiguration": nil, "tracingConfiguration": nil},
	} {
		machine := recorder.One(t, machineType, name)
		harness.AssertTags(t, machine, "rotation")
		harness.AssertInputs(t, machine, want)
	}
}

// TestPasswordStates: in what sees the password each error is caught, and nothing but a version is put out.
func TestPasswordStates(t *testing.T) {
	t.Parallel()
	rotate, change := definitions(t)
	asltest.Sound(t, rotate)
	for name, state := range asltest.Sound(t, change).States {
		if state.Type != "Task" {
			continue
		}
		assert.Equal(t, asl.Catch{ErrorEquals: []string{asl.AnyError}, Next: "Failed"},
			state.Catch[len(state.Catch)-1], name)
		output := map[string]any{}
		if name == "Apply" {
			output["version"] = "{% $version %}"
		}
		assert.Equal(t, output, state.Output, name)
	}
}

func TestPasswordPolicies(t *testing.T) {
	t.Parallel()
	recorder, _ := declarePassword(t, passwordArgs())
	require.Len(t, recorder.OfType(policyType), 3)
	for name, want := range map[string]string{
		"password-policy": `{"Version":"2012-10-17","Statement":[
			{"Sid":"LookAtDatabase","Effect":"Allow","Action":["rds:DescribeDBInstances"],
				"Resource":["arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"]},
			{"Sid":"LabelVersions","Effect":"Allow",
				"Action":["secretsmanager:ListSecretVersionIds","secretsmanager:UpdateSecretVersionStage"],
				"Resource":["arn:master-secret"]},
			{"Sid":"ChangePassword","Effect":"Allow","Action":["states:StartSyncExecution"],
				"Resource":["arn:aws:mock:::password-change-machine"]},
			{"Sid":"RollServices","Effect":"Allow","Action":["states:StartExecution"],"Resource":["arn:rolling"]}]}`,
		"password-change-policy": `{"Version":"2012-10-17","Statement":[
			{"Sid":"Generate","Effect":"Allow","Action":["secretsmanager:GetRandomPassword"],"Resource":["*"]},
			{"Sid":"KeepPassword","Effect":"Allow",
				"Action":["secretsmanager:GetSecretValue","secretsmanager:PutSecretValue"],
				"Resource":["arn:master-secret"]},
			{"Sid":"UseKeyThroughSecretsManager","Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],
				"Resource":["arn:secrets-key"],"Condition":{"StringEquals":{
					"kms:ViaService":["secretsmanager.eu-west-1.amazonaws.com"]}}},
			{"Sid":"TellDatabase","Effect":"Allow","Action":["rds:ModifyDBInstance"],
				"Resource":["arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"]}]}`,
		"password-schedule-policy": `{"Version":"2012-10-17","Statement":[
			{"Sid":"Start","Effect":"Allow","Action":["states:StartExecution"],
				"Resource":["arn:aws:mock:::password-machine"]}]}`,
	} {
		assert.JSONEq(t, want, recorder.One(t, policyType, name).Input("policy").(string), name)
	}
}

// TestPasswordSchedule: each hour, so that what died is taken up within one; a rate starts at once.
func TestPasswordSchedule(t *testing.T) {
	t.Parallel()
	recorder, _ := declarePassword(t, passwordArgs())
	harness.AssertInputs(t, recorder.One(t, "aws:scheduler/schedule:Schedule", "password-schedule"), map[string]any{
		"name": "demo-acme-password", "scheduleExpression": "rate(1 hour)", "startDate": nil,
		"target.arn": "arn:aws:mock:::password-machine",
	})
}

func TestPasswordFailuresAreTold(t *testing.T) {
	t.Parallel()
	silent, _ := declarePassword(t, passwordArgs())
	assert.Empty(t, silent.OfType(ruleType))
	told := passwordArgs()
	told.FailureTopicARN = pulumi.String("arn:critical")
	recorder, _ := declarePassword(t, told)
	require.Len(t, recorder.OfType(ruleType), 1)
	assert.Equal(t, "demo-acme-password-unfinished", recorder.One(t, ruleType, "password-unfinished").Input("name"))
	assert.Equal(t, "arn:critical", recorder.One(t, targetType, "password-unfinished-target").Input("arn"))
}

func TestPasswordRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, rotation.NewPassword,
		"password: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nDatabaseID: missing, expected a value\n"+
			"DatabaseARN: missing, expected a value\n"+
			"SecretARN: missing, expected a value\nSecretsKeyARN: missing, expected a value\n"+
			"RollingARN: missing, expected a value",
		passwordArgs, map[string]func(*rotation.PasswordArgs){
			"password: RollingARN: missing, expected a value": func(a *rotation.PasswordArgs) { a.RollingARN = nil },
		})
}
