package exports

import (
	"fmt"

	"haven/components/asl"
)

const (
	// timeoutSeconds ends an execution that waits for an export; the largest take hours.
	timeoutSeconds = 12 * 60 * 60
	// pauseSeconds is how often it looks.
	pauseSeconds = 5 * 60
	// mostAttempts is how often the export of a snapshot is tried.
	mostAttempts = 3
)

// nameTaken is what RDS says of an export whose name there is already.
const nameTaken = "Rds.ExportTaskAlreadyExistsException"

// definition is a machine that exports the newest snapshot, unless that was done.
func definition(e export) string {
	const (
		available = "$states.result.DbSnapshots[Status = 'available']"
		newest    = "$sort(" + available + ", function($a, $b) {$toMillis($a.SnapshotCreateTime) < " +
			"$toMillis($b.SnapshotCreateTime)})[0]"
		tasks = "$states.result.ExportTasks"
	)
	start := asl.State{
		Type: "Task", Resource: asl.SDK("rds", "startExportTask"),
		Arguments: map[string]any{
			"ExportTaskIdentifier": asl.Expression("$tried = 0 ? $name : $name & '-' & $string($tried + 1)"),
			"SourceArn":            asl.Expression("$snapshot"),
			"S3BucketName":         e.bucket,
			"S3Prefix":             prefix(e.tenant),
			"IamRoleArn":           e.writer,
			"KmsKeyId":             e.archiveKey,
		},
		Output: map[string]any{},
		Retry: append([]asl.Retry{{ErrorEquals: []string{nameTaken}, IntervalSeconds: 1, BackoffRate: 1}},
			asl.Persistently...),
		Catch: []asl.Catch{{ErrorEquals: []string{nameTaken}, Next: "Done"}},
		Next:  "Pause",
	}
	return asl.Machine{
		Comment:        "Exports the newest snapshot of a database",
		TimeoutSeconds: timeoutSeconds,
		StartAt:        "Snapshots",
		States: map[string]asl.State{
			"Snapshots": {
				Type: "Task", Resource: asl.SDK("rds", "describeDBSnapshots"),
				Arguments: map[string]any{"DbInstanceIdentifier": e.databaseID, "SnapshotType": "automated"},
				Assign: map[string]any{
					"snapshot": asl.Expression(fmt.Sprintf("$exists(%s) ? %s.DbSnapshotArn : ''", available, newest)),
					"name": asl.Expression(fmt.Sprintf(
						"$exists(%s) ? '%s-' & $substringBefore(%s.SnapshotCreateTime, 'T') : ''", available, e.stack, newest)),
				},
				Output: map[string]any{},
				Retry:  asl.Persistently,
				Next:   "Found",
			},
			"Found": {Type: "Choice", Default: "Tasks",
				Choices: []asl.Choice{{Condition: asl.Expression("$snapshot = ''"), Next: "Done"}}},
			"Tasks": {
				Type: "Task", Resource: asl.SDK("rds", "describeExportTasks"),
				Arguments: map[string]any{"SourceArn": asl.Expression("$snapshot")},
				Assign: map[string]any{
					"tried": asl.Expression("$count(" + tasks + ")"),
					"done":  asl.Expression("$count(" + tasks + "[Status = 'COMPLETE']) > 0"),
					"running": asl.Expression("$count(" + tasks +
						"[Status in ['STARTING', 'IN_PROGRESS', 'CANCELING']]) > 0"),
				},
				Output: map[string]any{},
				Retry:  asl.Persistently,
				Next:   "Standing",
			},
			"Standing": {Type: "Choice", Default: "Start", Choices: []asl.Choice{
				{Condition: asl.Expression("$done"), Next: "Done"},
				{Condition: asl.Expression("$running"), Next: "Pause"},
				{Condition: asl.Expression(fmt.Sprintf("$tried >= %d", mostAttempts)), Next: "Failed"},
			}},
			"Start":  start,
			"Pause":  {Type: "Wait", Seconds: pauseSeconds, Next: "Tasks"},
			"Done":   {Type: "Succeed"},
			"Failed": {Type: "Fail", Error: "NotExported", Cause: "RDS has the cause of each export that failed."},
		},
	}.String()
}
