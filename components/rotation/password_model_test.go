package rotation_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/asl/asltest"
	"haven/components/database"
	"haven/components/rotation"
	"haven/tests/harness"
)

const changeARN = "arn:aws:mock:::password-change-machine"

// definitions are those of the rotation and of the change that it starts.
func definitions(t *testing.T) (rotation, change string) {
	t.Helper()
	recorder, _ := declarePassword(t, passwordArgs())
	return recorder.One(t, machineType, "password-machine").Input("definition").(string),
		recorder.One(t, machineType, "password-change-machine").Input("definition").(string)
}

type version struct {
	password string
	stages   []string
	created  time.Time
}

// tenant is a database, its secret and its services, as AWS keeps them.
type tenant struct {
	t        assert.TestingT
	now      time.Time
	change   string // the definition
	versions map[string]*version

	password string // that the database takes
	coming   string // what it was told and does not take yet
	settling int    // how often it is looked at before it does
	busy     int    // how often it is looked at before it is available

	read   string // what the services read last
	calls  []string
	refuse func(call string) error
}

func newTenant(t assert.TestingT, change string) *tenant {
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	first := &version{"generated", []string{"AWSCURRENT", database.FirstStage}, day}
	return &tenant{t: t, now: day, change: change, versions: map[string]*version{"v1": first},
		password: "generated", read: "generated", refuse: func(string) error { return nil }}
}

func (w *tenant) labelled(stage string) (string, *version) {
	for id, v := range w.versions {
		if slices.Contains(v.stages, stage) {
			return id, v
		}
	}
	return "", nil
}

// execute runs the rotation once.
func (w *tenant) execute(definition string) error {
	run := asltest.Run{Call: w.call, Start: w.now, Wait: func(d time.Duration) { w.now = w.now.Add(d) }}
	_, err := run.Execute(definition, map[string]any{})
	return err
}

// call is AWS. Whatever happens, the password that the database takes is in a version with a label.
func (w *tenant) call(resource string, arguments map[string]any) (any, error) {
	w.calls = append(w.calls, resource)
	if err := w.refuse(resource); err != nil {
		return nil, err
	}
	result, err := w.serve(resource, arguments)
	known := false
	for _, stage := range []string{"AWSCURRENT", "AWSPENDING"} {
		if _, v := w.labelled(stage); v != nil && v.password == w.password {
			known = true
		}
	}
	assert.True(w.t, known, "after %v nobody knows the password", w.calls)
	return result, err
}

func (w *tenant) serve(resource string, arguments map[string]any) (any, error) {
	switch resource {
	case "secretsmanager:listSecretVersionIds":
		var list []map[string]any
		for id, v := range w.versions {
			if len(v.stages) > 0 {
				list = append(list, map[string]any{"VersionId": id, "VersionStages": v.stages,
					"CreatedDate": v.created.Format(time.RFC3339)})
			}
		}
		return map[string]any{"Versions": list}, nil
	case "rds:describeDBInstances":
		return w.describe(), nil
	case "sfn:startSyncExecution":
		return w.nested(arguments)
	case "sfn:startExecution":
		_, v := w.labelled("AWSCURRENT")
		w.read = v.password
		return map[string]any{"ExecutionArn": "arn"}, nil
	case "secretsmanager:updateSecretVersionStage":
		return map[string]any{}, w.move(arguments)
	case "secretsmanager:getSecretValue":
		id, v := w.labelled(arguments["VersionStage"].(string))
		if v == nil {
			return nil, asltest.Error{Name: "SecretsManager.ResourceNotFoundException"}
		}
		text, _ := json.Marshal(map[string]string{"username": "haven_admin", "password": v.password})
		return map[string]any{"VersionId": id, "SecretString": string(text)}, nil
	case "secretsmanager:getRandomPassword":
		return map[string]any{"RandomPassword": fmt.Sprintf("password-%d", len(w.versions)+1)}, nil
	case "secretsmanager:putSecretValue":
		return w.put(arguments), nil
	case "rds:modifyDBInstance":
		w.coming, w.settling = arguments["MasterUserPassword"].(string), 2
		return map[string]any{"DbInstance": map[string]any{}}, nil
	}
	return nil, fmt.Errorf("no call %s", resource)
}

func (w *tenant) describe() any {
	instance := map[string]any{"DbInstanceStatus": "available", "PendingModifiedValues": map[string]any{}}
	if w.busy > 0 {
		w.busy--
		instance["DbInstanceStatus"] = "backing-up"
	}
	if w.coming != "" {
		if w.settling--; w.settling <= 0 {
			w.password, w.coming = w.coming, ""
		} else {
			instance["PendingModifiedValues"] = map[string]any{"MasterUserPassword": "****"}
		}
	}
	return map[string]any{"DbInstances": []any{instance}}
}

// nested runs the change, as the task that starts it sees it.
func (w *tenant) nested(arguments map[string]any) (any, error) {
	assert.Equal(w.t, changeARN, arguments["StateMachineArn"])
	run := asltest.Run{Call: w.call, Start: w.now}
	output, err := run.Execute(w.change, map[string]any{})
	if err == asltest.ErrCrash {
		return nil, err
	}
	text, _ := json.Marshal(output)
	assert.NotContains(w.t, string(text), "password", "the history of the rotation must not hold one")
	if err != nil {
		return map[string]any{"Status": "FAILED", "Error": err.Error()}, nil
	}
	return map[string]any{"Status": "SUCCEEDED", "Output": string(text)}, nil
}

func (w *tenant) move(arguments map[string]any) error {
	stage := arguments["VersionStage"].(string)
	from, _ := arguments["RemoveFromVersionId"].(string)
	if id, _ := w.labelled(stage); id != from {
		return asltest.Error{Name: "SecretsManager.InvalidParameterException", Cause: stage + " is on " + id}
	}
	w.versions[from].stages = slices.DeleteFunc(w.versions[from].stages, func(s string) bool { return s == stage })
	if to, moves := arguments["MoveToVersionId"].(string); moves {
		w.versions[to].stages = append(w.versions[to].stages, stage)
	}
	return nil
}

func (w *tenant) put(arguments map[string]any) any {
	if old, v := w.labelled("AWSPENDING"); v != nil {
		w.versions[old].stages = slices.DeleteFunc(v.stages, func(s string) bool { return s == "AWSPENDING" })
	}
	var value struct{ Username, Password string }
	err := json.Unmarshal([]byte(arguments["SecretString"].(string)), &value)
	assert.NoError(w.t, err)
	assert.Equal(w.t, "haven_admin", value.Username)
	id := fmt.Sprintf("v%d", len(w.versions)+1)
	stages := []string{}
	for _, stage := range arguments["VersionStages"].([]any) {
		stages = append(stages, stage.(string))
	}
	w.versions[id] = &version{value.Password, stages, w.now}
	return map[string]any{"VersionId": id}
}

// converged says that the services read the password that the database takes, that it is not the generated one, and
// that nothing is left to do.
func (w *tenant) converged() {
	_, held := w.labelled("AWSCURRENT")
	if assert.NotNil(w.t, held) {
		assert.Equal(w.t, held.password, w.password)
		assert.Equal(w.t, held.password, w.read)
		assert.NotEqual(w.t, "generated", w.password)
	}
	_, left := w.labelled("AWSPENDING")
	assert.Nil(w.t, left)
}

func TestRotatesAtOnceAndThenEachThirtyDays(t *testing.T) {
	t.Parallel()
	rotate, change := definitions(t)
	w := newTenant(t, change)
	require.NoError(t, w.execute(rotate))
	w.converged()
	after := w.password
	for range 30*24 - 1 {
		w.now = w.now.Add(time.Hour)
		require.NoError(t, w.execute(rotate))
	}
	assert.Equal(t, after, w.password)
	w.now = w.now.Add(2 * time.Hour)
	require.NoError(t, w.execute(rotate))
	w.converged()
	assert.NotEqual(t, after, w.password)
}

// TestWaitsForABusyDatabase: what is merely due can wait for the next hour.
func TestWaitsForABusyDatabase(t *testing.T) {
	t.Parallel()
	rotate, change := definitions(t)
	w := newTenant(t, change)
	w.busy = 1
	require.NoError(t, w.execute(rotate))
	assert.Equal(t, "generated", w.password)
	require.NoError(t, w.execute(rotate))
	w.converged()
}

// TestCrashes: wherever executions die, before a call or after it, the next one that lives converges.
func TestCrashes(t *testing.T) {
	t.Parallel()
	rotate, change := definitions(t)
	rapid.Check(t, func(r *rapid.T) {
		w := newTenant(r, change)
		for _, after := range rapid.SliceOfN(rapid.IntRange(0, 16), 0, 4).Draw(r, "crashes") {
			w.busy = rapid.IntRange(0, 2).Draw(r, "busy")
			left := after
			w.refuse = func(string) error {
				if left--; left < 0 {
					return asltest.ErrCrash
				}
				return nil
			}
			_ = w.execute(rotate)
			w.now = w.now.Add(time.Hour)
		}
		w.busy, w.refuse = 0, func(string) error { return nil }
		assert.NoError(r, w.execute(rotate))
		w.converged()
	})
}

// TestRefusedCallsAreTold: each call that is refused for good fails the rotation, so that somebody is told, and the
// next rotation converges.
func TestRefusedCallsAreTold(t *testing.T) {
	t.Parallel()
	rotate, change := definitions(t)
	for _, refused := range []string{
		"secretsmanager:listSecretVersionIds", "rds:describeDBInstances", "sfn:startSyncExecution", "sfn:startExecution",
		"secretsmanager:updateSecretVersionStage", "secretsmanager:getSecretValue", "secretsmanager:getRandomPassword",
		"secretsmanager:putSecretValue", "rds:modifyDBInstance",
	} {
		t.Run(refused, func(t *testing.T) {
			t.Parallel()
			w := newTenant(t, change)
			w.refuse = func(call string) error {
				if call == refused {
					return asltest.Error{Name: "Some.AccessDeniedException", Cause: "with the password generated in it"}
				}
				return nil
			}
			err := w.execute(rotate)
			require.Error(t, err)
			assert.Contains(t, w.calls, refused)
			w.refuse = func(string) error { return nil }
			require.NoError(t, w.execute(rotate))
			w.converged()
		})
	}
}

// TestPassingTroublesAreMended: a call that is refused twice is tried again.
func TestPassingTroublesAreMended(t *testing.T) {
	t.Parallel()
	rotate, change := definitions(t)
	w := newTenant(t, change)
	seen := map[string]int{}
	w.refuse = func(call string) error {
		if seen[call]++; seen[call] <= 2 {
			return asltest.Error{Name: "Some.ThrottlingException"}
		}
		return nil
	}
	require.NoError(t, w.execute(rotate))
	w.converged()
}

func passwordArgs() rotation.PasswordArgs {
	return rotation.PasswordArgs{
		Scope: harness.TenantScope(), Account: "123456789012", Region: "eu-west-1",
		DatabaseID:    pulumi.String("demo-acme-database"),
		DatabaseARN:   pulumi.String("arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"),
		SecretARN:     pulumi.String("arn:master-secret"),
		SecretsKeyARN: pulumi.String("arn:secrets-key"),
		RollingARN:    pulumi.String("arn:rolling"),
	}
}
