package rotation

import (
	"fmt"

	"haven/components/asl"
	"haven/components/database"
)

const (
	// maxAgeDays is how old a password gets.
	maxAgeDays = 30
	// timeoutSeconds ends a rotation before the next one starts, so that there are never two.
	timeoutSeconds = 50 * 60
	// passwordLength is of letters and digits; RDS for MySQL takes 41 characters at most.
	// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
	passwordLength = 40
)

// The staging labels that Secrets Manager gives a meaning.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
const (
	current = "AWSCURRENT"
	pending = "AWSPENDING"
)

// labelled is the version that carries a label, as an expression on the list of versions.
func labelled(stage string) string {
	return fmt.Sprintf("$states.result.Versions['%s' in VersionStages]", stage)
}

// rotation goes by the labels alone, so that it takes up whatever an earlier execution left undone:
//
//   - No pending version: there is nothing to do, or a password to change.
//   - Another version is pending than is current: the database may have the one password or the other. It is told the
//     pending one, again if need be, and the version becomes the current one.
//   - The pending version is current: services may not have read it yet. They are rolled.
func (d passwordData) rotation() asl.Machine {
	status := "$states.result.DbInstances[0].DbInstanceStatus"
	look := asl.State{
		Type: "Task", Resource: asl.SDK("rds", "describeDBInstances"),
		Arguments: map[string]any{"DbInstanceIdentifier": d.databaseID},
		Output:    map[string]any{},
		Retry:     asl.Persistently,
	}
	instance, settling := look, look
	instance.Assign = map[string]any{"status": asl.Expression(status)}
	instance.Next = "Available"
	settling.Assign = map[string]any{"settled": asl.Expression(status + " = 'available' and " +
		"$not($exists($states.result.DbInstances[0].PendingModifiedValues.MasterUserPassword))")}
	settling.Next = "Settled"
	return asl.Machine{
		Comment:        "Rotates the password of a database",
		TimeoutSeconds: timeoutSeconds,
		StartAt:        "Versions",
		States: map[string]asl.State{
			"Versions": d.versions("Due"),
			"Due": choose("Instance",
				asl.Choice{Condition: asl.Expression("$pending = '' and $not($due)"), Next: "Done"},
				asl.Choice{Condition: asl.Expression("$pending = $current"), Next: "Roll"},
			),
			"Instance": instance,
			"Available": choose("Await",
				asl.Choice{Condition: asl.Expression("$status = 'available'"), Next: "Change"},
				asl.Choice{Condition: asl.Expression("$pending = ''"), Next: "Done"},
			),
			"Await": {Type: "Wait", Seconds: 60, Next: "Instance"},
			"Change": {
				Type: "Task", Resource: asl.SDK("sfn", "startSyncExecution"),
				Arguments: map[string]any{"StateMachineArn": d.changeARN, "Input": "{}"},
				Assign: map[string]any{
					"changed": asl.Expression("$states.result.Status = 'SUCCEEDED'"),
					"pending": asl.Expression(
						"$states.result.Status = 'SUCCEEDED' ? $parse($states.result.Output).version : $pending"),
				},
				Output: map[string]any{},
				Retry:  asl.Persistently,
				Next:   "Changed",
			},
			"Changed": choose("Unchanged", asl.Choice{Condition: asl.Expression("$changed"), Next: "Settle"}),
			"Unchanged": {Type: "Fail", Error: "Unchanged",
				Cause: "The password was not changed. CloudTrail has the call that was refused."},
			"Settle":   {Type: "Wait", Seconds: 30, Next: "Settling"},
			"Settling": settling,
			"Settled":  choose("Settle", asl.Choice{Condition: asl.Expression("$settled"), Next: "Promote"}),
			"Promote": d.label(current, map[string]any{
				"MoveToVersionId":     asl.Expression("$pending"),
				"RemoveFromVersionId": asl.Expression("$current"),
			}, "Roll"),
			"Roll": {
				Type: "Task", Resource: asl.SDK("sfn", "startExecution"),
				Arguments: map[string]any{"StateMachineArn": d.rollingARN, "Input": "{}"},
				Output:    map[string]any{},
				Retry:     asl.Persistently,
				Next:      "Clear",
			},
			"Clear": d.label(pending, map[string]any{"RemoveFromVersionId": asl.Expression("$pending")}, "Done"),
			"Done":  {Type: "Succeed"},
		},
	}
}

// versions finds out where a rotation stands: the current version, whether it is due to be replaced, and the pending
// version, empty for none.
func (d passwordData) versions(next string) asl.State {
	return asl.State{
		Type: "Task", Resource: asl.SDK("secretsmanager", "listSecretVersionIds"),
		Arguments: map[string]any{"SecretId": d.secretARN},
		Assign: map[string]any{
			"current": asl.Expression(labelled(current) + ".VersionId"),
			"pending": asl.Expression(fmt.Sprintf("$exists(%[1]s) ? %[1]s.VersionId : ''", labelled(pending))),
			"due": asl.Expression(fmt.Sprintf("('%s' in %[2]s.VersionStages) or $toMillis(%[2]s.CreatedDate) < "+
				"$toMillis($states.context.Execution.StartTime) - %[3]d",
				database.FirstStage, labelled(current), maxAgeDays*24*60*60*1000)),
		},
		Output: map[string]any{},
		Retry:  asl.Persistently,
		Next:   next,
	}
}

// label moves a label of the secret.
func (d passwordData) label(stage string, move map[string]any, next string) asl.State {
	arguments := map[string]any{"SecretId": d.secretARN, "VersionStage": stage}
	for name, value := range move {
		arguments[name] = value
	}
	return asl.State{
		Type: "Task", Resource: asl.SDK("secretsmanager", "updateSecretVersionStage"),
		Arguments: arguments,
		Output:    map[string]any{},
		Retry:     asl.Persistently,
		Next:      next,
	}
}

func choose(otherwise string, choices ...asl.Choice) asl.State {
	return asl.State{Type: "Choice", Choices: choices, Default: otherwise}
}

// noPending is what Secrets Manager says where no version is pending.
const noPending = "SecretsManager.ResourceNotFoundException"

// change tells the database the pending password, which it generates where there is none, and puts out its version. The
// password is in a variable and in calls, nowhere else; each error ends in the same words, which repeat none of it.
//
// The modification is not said to apply immediately: a password always does, and whatever else waits for the
// maintenance window goes on waiting.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
func (d passwordData) change() asl.Machine {
	value := map[string]any{
		"password": asl.Expression("$parse($states.result.SecretString).password"),
		"version":  asl.Expression("$states.result.VersionId"),
	}
	read := d.secretly("secretsmanager", "getSecretValue",
		map[string]any{"SecretId": d.secretARN, "VersionStage": pending}, value, "Apply")
	read.Retry = append([]asl.Retry{{ErrorEquals: []string{noPending}, IntervalSeconds: 1, BackoffRate: 1}},
		read.Retry...)
	read.Catch = append([]asl.Catch{{ErrorEquals: []string{noPending}, Next: "Generate"}}, read.Catch...)
	apply := d.secretly("rds", "modifyDBInstance", map[string]any{
		"DbInstanceIdentifier": d.databaseID, "MasterUserPassword": asl.Expression("$password"),
	}, nil, "")
	apply.End = true
	apply.Output = map[string]any{"version": asl.Expression("$version")}
	return asl.Machine{
		Comment: "Gives a database another password",
		StartAt: "Pending",
		States: map[string]asl.State{
			"Pending": read,
			"Generate": d.secretly("secretsmanager", "getRandomPassword",
				map[string]any{"PasswordLength": passwordLength, "ExcludePunctuation": true},
				map[string]any{"password": asl.Expression("$states.result.RandomPassword")}, "Put"),
			"Put": d.secretly("secretsmanager", "putSecretValue",
				map[string]any{
					"SecretId": d.secretARN,
					"SecretString": asl.Expression(fmt.Sprintf(
						"$string({'username': '%s', 'password': $password})", database.Username)),
					"VersionStages": []string{pending},
				},
				map[string]any{"version": asl.Expression("$states.result.VersionId")}, "Apply"),
			"Apply":  apply,
			"Failed": {Type: "Fail", Error: "Refused", Cause: "CloudTrail has the call that was refused."},
		},
	}
}

// secretly is a call whose result and errors go no further than what it assigns.
func (d passwordData) secretly(service, call string, arguments, assign map[string]any, next string) asl.State {
	return asl.State{
		Type: "Task", Resource: asl.SDK(service, call),
		Arguments: arguments,
		Assign:    assign,
		Output:    map[string]any{},
		Retry:     []asl.Retry{{ErrorEquals: []string{asl.AnyError}, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 4}},
		Catch:     []asl.Catch{{ErrorEquals: []string{asl.AnyError}, Next: "Failed"}},
		Next:      next,
	}
}
