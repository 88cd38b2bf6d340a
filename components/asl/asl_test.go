package asl_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/asl"
)

func TestDefinition(t *testing.T) {
	t.Parallel()
	machine := asl.Machine{
		Comment: "Says hello", TimeoutSeconds: 60, StartAt: "Ask",
		States: map[string]asl.State{
			"Ask": {
				Type: "Task", Resource: asl.SDK("rds", "describeDBInstances"),
				Arguments: map[string]any{"DbInstanceIdentifier": "demo"},
				Assign:    map[string]any{"status": asl.Expression("$states.result.DbInstances[0].DbInstanceStatus")},
				Output:    map[string]any{},
				Retry:     asl.Persistently,
				Catch: []asl.Catch{{ErrorEquals: []string{asl.AnyError}, Assign: map[string]any{"status": nil},
					Output: "lost", Next: "Fail"}},
				Next: "Ready",
			},
			"Ready": {Type: "Choice", Default: "Pause",
				Choices: []asl.Choice{{Condition: asl.Expression("$status = 'available'"), Next: "Each"}}},
			"Pause": {Type: "Wait", Seconds: 30, Next: "Ask"},
			"Each": {Type: "Map", Items: []string{"a", "b"}, Next: "Both", ItemProcessor: asl.Inline(asl.Machine{
				StartAt: "Done", States: map[string]asl.State{"Done": {Type: "Succeed"}},
			})},
			"Both": {Type: "Parallel", End: true, Branches: []asl.Machine{
				{StartAt: "One", States: map[string]asl.State{"One": {Type: "Succeed"}}},
			}},
			"Fail": {Type: "Fail", Error: "Lost", Cause: "There is none"},
		},
	}
	assert.JSONEq(t, `{
		"QueryLanguage": "JSONata", "Comment": "Says hello", "TimeoutSeconds": 60, "StartAt": "Ask",
		"States": {
			"Ask": {
				"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:rds:describeDBInstances",
				"Arguments": {"DbInstanceIdentifier": "demo"},
				"Assign": {"status": "{% $states.result.DbInstances[0].DbInstanceStatus %}"},
				"Output": {},
				"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "BackoffRate": 2, "MaxAttempts": 6}],
				"Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"status": null}, "Output": "lost", "Next": "Fail"}],
				"Next": "Ready"
			},
			"Ready": {"Type": "Choice", "Default": "Pause",
				"Choices": [{"Condition": "{% $status = 'available' %}", "Next": "Each"}]},
			"Pause": {"Type": "Wait", "Seconds": 30, "Next": "Ask"},
			"Each": {"Type": "Map", "Items": ["a", "b"], "Next": "Both", "ItemProcessor": {
				"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}},
			"Both": {"Type": "Parallel", "End": true,
				"Branches": [{"StartAt": "One", "States": {"One": {"Type": "Succeed"}}}]},
			"Fail": {"Type": "Fail", "Error": "Lost", "Cause": "There is none"}
		}
	}`, machine.String())
}
