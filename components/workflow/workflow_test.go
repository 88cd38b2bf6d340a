package workflow_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/workflow"
	"haven/tests/harness"
)

const (
	machineType  = "aws:sfn/stateMachine:StateMachine"
	ruleType     = "aws:cloudwatch/eventRule:EventRule"
	targetType   = "aws:cloudwatch/eventTarget:EventTarget"
	roleType     = "aws:iam/role:Role"
	policyType   = "aws:iam/rolePolicy:RolePolicy"
	scheduleType = "aws:scheduler/schedule:Schedule"
)

func args() workflow.Args {
	return workflow.Args{
		Scope: harness.TenantScope(), Account: "123456789012", Region: "eu-west-1",
		Part: "work", Component: "labour", Description: "Works for demo-acme",
		Definition: pulumi.String(`{"StartAt":"Work"}`), Permissions: pulumi.String(`{"Statement":[]}`),
	}
}

func declare(t *testing.T, args workflow.Args, more func(*workflow.Workflow) error) *harness.Recorder {
	t.Helper()
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		parent := &pulumi.ResourceState{}
		if err := ctx.RegisterComponentResource("test:index:Parent", "work", parent); err != nil {
			return err
		}
		w, err := workflow.Declare(ctx, "work", args, pulumi.Parent(parent))
		if err != nil {
			return err
		}
		return more(w)
	}))
	harness.AssertFamily(t, recorder, "test:index:Parent", "work")
	return recorder
}

func nothing(*workflow.Workflow) error { return nil }

func TestMachine(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args(), nothing)
	machine := recorder.One(t, machineType, "work-machine")
	harness.AssertTags(t, machine, "labour")
	harness.AssertInputs(t, machine, map[string]any{
		"name": "demo-acme-work", "type": "STANDARD", "roleArn": "arn:aws:mock:::work-role",
		"definition": `{"StartAt":"Work"}`, "loggingConfiguration": nil,
	})
	role := recorder.One(t, roleType, "work-role")
	harness.AssertTags(t, role, "labour")
	harness.AssertInputs(t, role, map[string]any{
		"name": "demo-acme-work", "description": "Works for demo-acme",
		"assumeRolePolicy": trust("states.amazonaws.com",
			"arn:aws:states:eu-west-1:123456789012:stateMachine:demo-acme-work"),
	})
	harness.AssertInputs(t, recorder.One(t, policyType, "work-policy"), map[string]any{
		"name": "demo-acme-work", "role": "demo-acme-work", "policy": `{"Statement":[]}`,
	})
	assert.Equal(t, "arn:aws:states:eu-west-1:123456789012:stateMachine:demo-acme-work",
		workflow.ARN(harness.TenantScope(), "123456789012", "eu-west-1", "work"))
}

func TestExpress(t *testing.T) {
	t.Parallel()
	express := args()
	express.Express = true
	recorder := declare(t, express, nothing)
	assert.Equal(t, "EXPRESS", recorder.One(t, machineType, "work-machine").Input("type"))
}

func TestStartOn(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args(), func(w *workflow.Workflow) error {
		return w.StartOn(
			workflow.Event{Part: "dawn", Description: "The sun rose", Pattern: pulumi.String(`{"source":["sun"]}`)},
			workflow.Event{Part: "dusk", Description: "The sun set", Pattern: pulumi.String(`{"source":["moon"]}`)},
		)
	})
	assert.Equal(t, trust("events.amazonaws.com", "arn:aws:events:eu-west-1:123456789012:rule/demo-acme-work-dawn",
		"arn:aws:events:eu-west-1:123456789012:rule/demo-acme-work-dusk"),
		recorder.One(t, roleType, "work-start-role").Input("assumeRolePolicy"))
	assert.Equal(t, start, recorder.One(t, policyType, "work-start-policy").Input("policy"))
	for part, pattern := range map[string]string{"dawn": `{"source":["sun"]}`, "dusk": `{"source":["moon"]}`} {
		rule := recorder.One(t, ruleType, "work-"+part)
		harness.AssertTags(t, rule, "labour")
		harness.AssertInputs(t, rule, map[string]any{"name": "demo-acme-work-" + part, "eventPattern": pattern})
		harness.AssertInputs(t, recorder.One(t, targetType, "work-"+part+"-target"), map[string]any{
			"rule": "demo-acme-work-" + part, "targetId": "work-" + part,
			"arn": "arn:aws:mock:::work-machine", "roleArn": "arn:aws:mock:::work-start-role", "input": nil,
		})
	}
}

func TestStartEvery(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args(), func(w *workflow.Workflow) error { return w.StartEvery("rate(1 hour)") })
	harness.AssertInputs(t, recorder.One(t, scheduleType, "work-schedule"), map[string]any{
		"name": "demo-acme-work", "scheduleExpression": "rate(1 hour)", "startDate": nil, "state": nil,
		"flexibleTimeWindow.mode": "OFF",
		"target.arn":              "arn:aws:mock:::work-machine",
		"target.roleArn":          "arn:aws:mock:::work-schedule-role",
		"target.input":            "{}",
		"target.retryPolicy.maximumEventAgeInSeconds": 600.0,
		"target.retryPolicy.maximumRetryAttempts":     5.0,
	})
	assert.Equal(t, trust("scheduler.amazonaws.com",
		"arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default"),
		recorder.One(t, roleType, "work-schedule-role").Input("assumeRolePolicy"))
	assert.Equal(t, start, recorder.One(t, policyType, "work-schedule-policy").Input("policy"))
}

func TestTellFailures(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args(), func(w *workflow.Workflow) error {
		return w.TellFailures(pulumi.String("arn:critical"))
	})
	rule := recorder.One(t, ruleType, "work-unfinished")
	assert.Equal(t, "What should have happened did not: Works for demo-acme", rule.Input("description"))
	assert.JSONEq(t, `{
		"source": ["aws.states"],
		"detail-type": ["Step Functions Execution Status Change"],
		"detail": {"stateMachineArn": ["arn:aws:mock:::work-machine"], "status": ["ABORTED", "FAILED", "TIMED_OUT"]}
	}`, rule.Input("eventPattern").(string))
	harness.AssertInputs(t, recorder.One(t, targetType, "work-unfinished-target"), map[string]any{
		"rule": "demo-acme-work-unfinished", "arn": "arn:critical", "roleArn": nil,
	})
}

const start = `{"Version":"2012-10-17","Statement":[{"Sid":"Start","Effect":"Allow",` +
	`"Action":["states:StartExecution"],"Resource":["arn:aws:mock:::work-machine"]}]}`

// trust is the policy of a role that a service assumes for these sources.
func trust(service string, sources ...string) string {
	list := ""
	for i, source := range sources {
		if i > 0 {
			list += ","
		}
		list += `"` + source + `"`
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["` + service + `"]},` +
		`"Action":["sts:AssumeRole"],"Condition":{"ArnLike":{"aws:SourceArn":[` + list + `]},` +
		`"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`
}
