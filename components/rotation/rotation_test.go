package rotation_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/asl/asltest"
	"haven/components/rotation"
	"haven/tests/harness"
)

const (
	machineType = "aws:sfn/stateMachine:StateMachine"
	ruleType    = "aws:cloudwatch/eventRule:EventRule"
	targetType  = "aws:cloudwatch/eventTarget:EventTarget"
	roleType    = "aws:iam/role:Role"
	policyType  = "aws:iam/rolePolicy:RolePolicy"
)

func args() rotation.Args {
	return rotation.Args{
		Scope:        harness.TenantScope(),
		Account:      "123456789012",
		Region:       "eu-west-1",
		SecretARNs:   pulumi.ToStringArray([]string{"arn:secret-b", "arn:secret-a"}),
		ClusterName:  pulumi.String("demo-cell-cluster"),
		ServiceNames: pulumi.ToStringArray([]string{"demo-acme-web", "demo-acme-worker"}),
	}
}

func declare(t *testing.T, args rotation.Args) (*harness.Recorder, string) {
	t.Helper()
	recorder := &harness.Recorder{}
	got := make(chan string, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		r, err := rotation.New(ctx, "rotation", args)
		if err != nil {
			return err
		}
		r.StateMachineARN.ApplyT(func(arn string) error {
			got <- arn
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, rotation.Type, "rotation")
	return recorder, <-got
}

func TestStateMachine(t *testing.T) {
	t.Parallel()
	recorder, arn := declare(t, args())
	assert.Equal(t, "arn:aws:mock:::rotation-machine", arn)
	machine := recorder.One(t, machineType, "rotation-machine")
	harness.AssertTags(t, machine, "rotation")
	harness.AssertInputs(t, machine, map[string]any{
		"name":    "demo-acme-rotation",
		"type":    "STANDARD",
		"roleArn": "arn:aws:mock:::rotation-role",
	})
	assert.JSONEq(t, `{
		"Comment": "Rolls the services that read a secret which was rotated",
		"QueryLanguage": "JSONata",
		"StartAt": "Each",
		"States": {
			"Each": {"Type": "Map", "End": true, "Items": ["demo-acme-web", "demo-acme-worker"], "ItemProcessor": {
				"ProcessorConfig": {"Mode": "INLINE"},
				"StartAt": "Roll",
				"States": {"Roll": {
					"Type": "Task",
					"Resource": "arn:aws:states:::aws-sdk:ecs:updateService",
					"Arguments": {"Cluster": "demo-cell-cluster", "Service": "{% $states.input %}", "ForceNewDeployment": true},
					"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 6}],
					"End": true
				}}
			}}
		}
	}`, machine.Input("definition").(string))
}

func TestEachServiceIsRolled(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	definition := recorder.One(t, machineType, "rotation-machine").Input("definition").(string)
	asltest.Sound(t, definition)
	var rolled []any
	run := asltest.Run{Call: func(resource string, arguments map[string]any) (any, error) {
		assert.Equal(t, "ecs:updateService", resource)
		rolled = append(rolled, arguments["Service"])
		return map[string]any{}, nil
	}}
	_, err := run.Execute(definition, map[string]any{"detail": map[string]any{}})
	require.NoError(t, err)
	assert.Equal(t, []any{"demo-acme-web", "demo-acme-worker"}, rolled)
}

// TestRoles: each service may be assumed for one source only, and its role does one thing only.
func TestRoles(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	require.Len(t, recorder.OfType(roleType), 2)
	for name, want := range map[string]struct{ physical, service, source, sid, action, resources string }{
		"rotation": {
			"demo-acme-rotation", "states.amazonaws.com",
			"arn:aws:states:eu-west-1:123456789012:stateMachine:demo-acme-rotation",
			"RollServices", "ecs:UpdateService", `["arn:aws:ecs:eu-west-1:123456789012:service/demo-cell-cluster/demo-acme-web",
				"arn:aws:ecs:eu-west-1:123456789012:service/demo-cell-cluster/demo-acme-worker"]`,
		},
		"rotation-start": {
			"demo-acme-rotation-start", "events.amazonaws.com",
			"arn:aws:events:eu-west-1:123456789012:rule/demo-acme-rotation-succeeded",
			"Start", "states:StartExecution", `["arn:aws:mock:::rotation-machine"]`,
		},
	} {
		role := recorder.One(t, roleType, name+"-role")
		harness.AssertTags(t, role, "rotation")
		assert.Equal(t, want.physical, role.Input("name"))
		assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
			"Effect": "Allow",
			"Action": ["sts:AssumeRole"],
			"Principal": {"Service": ["`+want.service+`"]},
			"Condition": {
				"StringEquals": {"aws:SourceAccount": ["123456789012"]},
				"ArnLike": {"aws:SourceArn": ["`+want.source+`"]}
			}
		}]}`, role.Input("assumeRolePolicy").(string))

		policy := recorder.One(t, policyType, name+"-policy")
		assert.Equal(t, want.physical, policy.Input("role"))
		assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
			"Sid": "`+want.sid+`",
			"Effect": "Allow",
			"Action": ["`+want.action+`"],
			"Resource": `+want.resources+`
		}]}`, policy.Input("policy").(string))
	}
}

const patternOf = `{
	"source": ["aws.secretsmanager"],
	"detail-type": ["AWS Service Event via CloudTrail"],
	"detail": {
		"eventSource": ["secretsmanager.amazonaws.com"],
		"eventName": ["EVENT"],
		"additionalEventData": {"SecretId": ["arn:secret-a", "arn:secret-b"]}
	}
}`

func TestSuccessRollsTheServices(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	require.Len(t, recorder.OfType(ruleType), 1)
	assertRule(t, recorder, "succeeded", "RotationSucceeded")
	harness.AssertInputs(t, recorder.One(t, targetType, "rotation-succeeded-target"), map[string]any{
		"rule":     "demo-acme-rotation-succeeded",
		"targetId": "rotation-succeeded",
		"arn":      "arn:aws:mock:::rotation-machine",
		"roleArn":  "arn:aws:mock:::rotation-start-role",
	})
}

func TestFailureIsTold(t *testing.T) {
	t.Parallel()
	told := args()
	told.FailureTopicARN = pulumi.String("arn:critical")
	recorder, _ := declare(t, told)
	require.Len(t, recorder.OfType(ruleType), 2)
	assertRule(t, recorder, "failed", "RotationFailed")
	harness.AssertInputs(t, recorder.One(t, targetType, "rotation-failed-target"), map[string]any{
		"rule":     "demo-acme-rotation-failed",
		"targetId": "rotation-failed",
		"arn":      "arn:critical",
		"roleArn":  nil,
	})
}

func assertRule(t *testing.T, recorder *harness.Recorder, outcome, event string) {
	t.Helper()
	rule := recorder.One(t, ruleType, "rotation-"+outcome)
	harness.AssertTags(t, rule, "rotation")
	harness.AssertInputs(t, rule, map[string]any{
		"name":        "demo-acme-rotation-" + outcome,
		"description": "A rotation of a secret of demo-acme " + outcome,
		"state":       nil,
	})
	assert.JSONEq(t, strings.ReplaceAll(patternOf, "EVENT", event), rule.Input("eventPattern").(string))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	err := harness.Run(&harness.Recorder{}, func(ctx *pulumi.Context) error {
		_, err := rotation.New(ctx, "rotation", rotation.Args{})
		return err
	})
	assert.ErrorContains(t, err, "rotation: Scope: missing, expected a value\n"+
		"Account: missing, expected a value\n"+
		"Region: missing, expected a value\n"+
		"SecretARNs: missing, expected a value\n"+
		"ClusterName: missing, expected a value\n"+
		"ServiceNames: missing, expected a value")
}
