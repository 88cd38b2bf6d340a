package freshness_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/asl/asltest"
	"haven/components/tiers"
)

// cloud answers the calls of a state machine with what AWS documents for them, as Step Functions hands it on: with the
// names of AWS's SDK for Java.
type cloud struct {
	t       *testing.T
	since   time.Time
	answers map[string]any // by call; an error is one
	asked   map[string][]map[string]any
	ages    map[string]float64
}

func answering(t *testing.T, answers map[string]any) *cloud {
	return &cloud{t: t, since: ago(1000 * time.Hour), answers: answers,
		asked: map[string][]map[string]any{}, ages: map[string]float64{}}
}

func (a *cloud) call(resource string, arguments map[string]any) (any, error) {
	a.asked[resource] = append(a.asked[resource], arguments)
	if answer, given := a.answers[resource]; given {
		if err, is := answer.(error); is {
			return nil, err
		}
		return answer, nil
	}
	switch resource {
	case "sfn:describeStateMachine":
		return object{"CreationDate": stamp(a.since), "Name": "demo-acme-freshness", "Status": "ACTIVE"}, nil
	case "cloudwatch:putMetricData":
		assert.Equal(a.t, "Haven/demo-acme", arguments["Namespace"])
		data := arguments["MetricData"].([]any)[0].(map[string]any)
		assert.Equal(a.t, "CopyAgeMinutes", data["MetricName"])
		dimension := data["Dimensions"].([]any)[0].(map[string]any)
		assert.Equal(a.t, "Copy", dimension["Name"])
		a.ages[dimension["Value"].(string)] = data["Value"].(float64)
		return object{}, nil
	}
	return object{}, nil
}

// measure runs the state machine of a region once, and answers what it puts out by kind.
func (a *cloud) measure(definition string) map[string]map[string]any {
	a.t.Helper()
	run := &asltest.Run{Call: a.call, Start: time.Now()}
	output, err := run.Execute(definition, object{})
	require.NoError(a.t, err)
	all := map[string]map[string]any{}
	for _, one := range output.([]any) {
		all[one.(map[string]any)["copy"].(string)] = one.(map[string]any)
	}
	return all
}

type object = map[string]any

func ago(d time.Duration) time.Time { return time.Now().UTC().Add(-d) }

// stamp is a time as Step Functions writes it.
func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.999Z") }

func key(kind string, t time.Time, part string) object {
	return object{"Key": "tenants/acme/" + kind + "/" + t.Format("20060102T150405Z") + "/" + part,
		"LastModified": stamp(t), "Size": 512, "StorageClass": "STANDARD"}
}

func point(status string, t time.Time) object {
	return object{"RecoveryPointArn": "arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:job-1", "Status": status,
		"ResourceType": "RDS", "CreationDate": stamp(t), "CompletionDate": stamp(t.Add(time.Minute)), "IsEncrypted": true}
}

func export(status string, t time.Time) object {
	return object{"ExportTaskIdentifier": "demo-acme-2026-11-21", "SnapshotTime": stamp(t), "Status": status,
		"S3Bucket": "demo-cell-archive", "S3Prefix": "tenants/acme/snapshots", "PercentProgress": 100}
}

// answers are those of AWS where each copy is so old; others are older, unfinished or something else.
func answers(age time.Duration) map[string]any {
	newest := ago(age)
	older := newest.Add(-6 * time.Hour)
	points := object{"RecoveryPoints": []any{
		point("COMPLETED", older), point("COMPLETED", newest), point("PARTIAL", newest.Add(time.Minute)),
		point("RUNNING", newest.Add(2*time.Minute)),
	}}
	return map[string]any{
		"rds:describeDBInstances": object{"DbInstances": []any{
			object{"DbInstanceIdentifier": "demo-acme-database", "LatestRestorableTime": stamp(newest)}}},
		"backup:listRecoveryPointsByBackupVault": points,
		"s3:listObjectsV2": object{"IsTruncated": false, "KeyCount": 6, "Contents": []any{
			key("dumps", older, "database.sql.zst"), key("dumps", older, "manifest.json"),
			key("dumps", newest, "database.sql.zst"), key("dumps", newest, "manifest.json"),
			key("dumps", newest.Add(time.Minute), "database.sql.zst"),
			object{"Key": "tenants/acme/dumps/latest/manifest.json"},
		}},
		"rds:describeExportTasks": object{"ExportTasks": []any{
			export("COMPLETE", older), export("COMPLETE", newest), export("IN_PROGRESS", newest.Add(time.Minute))}},
		"rds:describeDBInstanceAutomatedBackups": object{"DbInstanceAutomatedBackups": []any{object{
			"Status":        "replicating",
			"RestoreWindow": object{"EarliestTime": stamp(older), "LatestTime": stamp(newest)}}}},
	}
}

func TestAges(t *testing.T) {
	t.Parallel()
	primary, recovery := definitions(t, args())
	for name, age := range map[string]time.Duration{
		"fresh": 3 * time.Minute, "stale": 40 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := answering(t, answers(age))
			outputs := cloud.measure(primary)
			assert.Len(t, outputs, 5)
			assert.Len(t, cloud.measure(recovery), 4)
			assert.Len(t, cloud.ages, 9)
			for kind, minutes := range cloud.ages {
				assert.InDelta(t, age.Minutes(), minutes, 0.2, kind)
			}
			assert.InDelta(t, age.Minutes(), outputs["dump"]["ageMinutes"], 0.2)
		})
	}
}

// TestNoCopyYet: it counts as old as the state machine, with an answer that is empty or names nothing of use.
func TestNoCopyYet(t *testing.T) {
	t.Parallel()
	primary, recovery := definitions(t, args())
	none := map[string]map[string]any{
		"nothing": {},
		"empty": {
			"rds:describeDBInstances":                object{"DbInstances": []any{object{"DbInstanceStatus": "creating"}}},
			"backup:listRecoveryPointsByBackupVault": object{"RecoveryPoints": []any{}},
			"s3:listObjectsV2":                       object{"KeyCount": 0},
			"rds:describeExportTasks":                object{"ExportTasks": []any{}},
			"rds:describeDBInstanceAutomatedBackups": object{"DbInstanceAutomatedBackups": []any{object{
				"Status": "pending"}}},
		},
		"unfinished": {
			"backup:listRecoveryPointsByBackupVault": object{"RecoveryPoints": []any{point("RUNNING", ago(0))}},
			"s3:listObjectsV2":                       object{"Contents": []any{key("dumps", ago(0), "files.tar.zst")}},
			"rds:describeExportTasks":                object{"ExportTasks": []any{export("FAILED", ago(0))}},
		},
	}
	for name, answers := range none {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := answering(t, answers)
			cloud.since = ago(90 * time.Minute)
			cloud.measure(primary)
			cloud.measure(recovery)
			assert.Len(t, cloud.ages, 9)
			for kind, minutes := range cloud.ages {
				assert.InDelta(t, 90, minutes, 0.2, kind)
			}
		})
	}
}

// TestABrokenKindSilencesNoOther: its metric is missing, and the execution says what AWS answered.
func TestABrokenKindSilencesNoOther(t *testing.T) {
	t.Parallel()
	primary, recovery := definitions(t, args())
	for call, broken := range map[string]struct {
		definition string
		kinds      []string
		others     int
	}{
		"rds:describeDBInstances":                {primary, []string{"pitr"}, 4},
		"backup:listRecoveryPointsByBackupVault": {recovery, []string{"snapshot-copy", "files-copy"}, 2},
		"s3:listObjectsV2":                       {primary, []string{"dump"}, 4},
		"rds:describeExportTasks":                {primary, []string{"export"}, 4},
		"rds:describeDBInstanceAutomatedBackups": {recovery, []string{"replicated-backup"}, 3},
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			answers := answers(time.Minute)
			answers[call] = asltest.Error{Name: "Some.AccessDeniedException", Cause: "not allowed"}
			cloud := answering(t, answers)
			outputs := cloud.measure(broken.definition)
			assert.Len(t, cloud.ages, broken.others)
			for _, kind := range broken.kinds {
				assert.NotContains(t, cloud.ages, kind)
				assert.Equal(t, object{"copy": kind, "error": "Some.AccessDeniedException", "cause": "not allowed"},
					outputs[kind])
			}
		})
	}
}

// TestAnAgeThatCannotBeReportedIsMissing, and an answer that makes no sense is none.
func TestAnAgeThatCannotBeReportedIsMissing(t *testing.T) {
	t.Parallel()
	primary, _ := definitions(t, args())
	refused := answers(time.Minute)
	refused["cloudwatch:putMetricData"] = asltest.Error{Name: "CloudWatch.CloudWatchException", Cause: "slow down"}
	cloud := answering(t, refused)
	outputs := cloud.measure(primary)
	assert.Empty(t, cloud.ages)
	assert.Equal(t, "slow down", outputs["pitr"]["cause"])

	odd := answers(time.Minute)
	odd["rds:describeDBInstances"] = object{"DbInstances": []any{object{"LatestRestorableTime": "soon"}}}
	cloud = answering(t, odd)
	outputs = cloud.measure(primary)
	assert.Len(t, cloud.ages, 4)
	assert.Equal(t, "States.QueryEvaluationError", outputs["pitr"]["error"])
}

// TestTheStateMachinesOwnAgeNeedNotBeKnown where there are copies; where there are none, nothing is known then.
func TestTheStateMachinesOwnAgeNeedNotBeKnown(t *testing.T) {
	t.Parallel()
	primary, _ := definitions(t, args())
	answers := answers(time.Minute)
	answers["sfn:describeStateMachine"] = asltest.Error{Name: "Sfn.SfnException", Cause: "gone"}
	answers["s3:listObjectsV2"] = object{"KeyCount": 0}
	cloud := answering(t, answers)
	outputs := cloud.measure(primary)
	assert.Len(t, cloud.ages, 4)
	assert.NotContains(t, cloud.ages, "dump")
	assert.Equal(t, "States.QueryEvaluationError", outputs["dump"]["error"])
}

// TestQuestions: each asks for the tenant's own copies, no further back than three bounds.
func TestQuestions(t *testing.T) {
	t.Parallel()
	primary, recovery := definitions(t, args())
	cloud := answering(t, answers(time.Minute))
	cloud.measure(primary)
	assert.Equal(t, []object{{"DbInstanceIdentifier": "demo-acme-database"}}, cloud.asked["rds:describeDBInstances"])
	points := cloud.asked["backup:listRecoveryPointsByBackupVault"]
	require.Len(t, points, 2)
	for i, resource := range []string{databaseARN, filesARN} {
		assert.Equal(t, "demo-acme-backup-0a1b2c3d", points[i]["BackupVaultName"])
		assert.Equal(t, resource, points[i]["ByResourceArn"])
		after, err := time.Parse(time.RFC3339, points[i]["ByCreatedAfter"].(string))
		require.NoError(t, err)
		assert.WithinDuration(t, ago(72*time.Hour), after, time.Minute)
	}
	listed := cloud.asked["s3:listObjectsV2"][0]
	const prefix = "tenants/acme/dumps/"
	assert.Equal(t, []any{"demo-cell-archive", prefix, 500.0},
		[]any{listed["Bucket"], listed["Prefix"], listed["MaxKeys"]})
	after, err := time.Parse(prefix+"20060102T150405Z", listed["StartAfter"].(string))
	require.NoError(t, err)
	assert.WithinDuration(t, ago(24*time.Hour), after, time.Minute, "three times the tier's eight hours")

	filter := cloud.asked["rds:describeExportTasks"][0]["Filters"].([]any)[0].(map[string]any)
	assert.Equal(t, "export-task-identifier", filter["Name"])
	assert.Len(t, filter["Values"], 15)
	for days := range 5 {
		name := "demo-acme-" + ago(time.Duration(days)*24*time.Hour).Format(time.DateOnly)
		assert.Subset(t, filter["Values"], []any{name, name + "-2", name + "-3"})
	}

	cloud = answering(t, answers(time.Minute))
	cloud.measure(recovery)
	assert.Equal(t, "demo-acme-recovery-0a1b2c3d",
		cloud.asked["backup:listRecoveryPointsByBackupVault"][0]["BackupVaultName"])
	assert.Equal(t, "demo-cell-archive-replica", cloud.asked["s3:listObjectsV2"][0]["Bucket"])
	assert.Equal(t, []object{{"DbInstanceAutomatedBackupsArn": replicatedARN}},
		cloud.asked["rds:describeDBInstanceAutomatedBackups"])
	assert.Equal(t, "arn:aws:states:eu-central-1:123456789012:stateMachine:demo-acme-freshness-recovery",
		cloud.asked["sfn:describeStateMachine"][0]["StateMachineArn"])
}

func TestFinalDumps(t *testing.T) {
	t.Parallel()
	leaving := args()
	leaving.Final = true
	primary, _ := definitions(t, leaving)
	cloud := answering(t, map[string]any{"s3:listObjectsV2": object{"Contents": []any{
		key("final", ago(5*time.Minute), "manifest.json"),
	}}})
	cloud.measure(primary)
	assert.InDelta(t, 5, cloud.ages["dump"], 0.2)
	assert.Equal(t, "tenants/acme/final/", cloud.asked["s3:listObjectsV2"][0]["Prefix"])
}

// TestAnswersFitIntoAState: the largest there can be, in the smallest of Step Functions' quotas.
func TestAnswersFitIntoAState(t *testing.T) {
	t.Parallel()
	const quota = 256 << 10
	var keys []any
	for i := range 500 {
		keys = append(keys, object{"Key": fmt.Sprintf("tenants/%024d/dumps/20261121T230000Z/database.sql.zst", i),
			"LastModified": "2026-11-21T23:00:00Z", "ETag": `"d41d8cd98f00b204e9800998ecf8427e-100"`,
			"ChecksumAlgorithm": []string{"CRC64NVME"}, "ChecksumType": "FULL_OBJECT", "Size": 1 << 40,
			"StorageClass": "INTELLIGENT_TIERING"})
	}
	text, err := json.Marshal(object{"Contents": keys})
	require.NoError(t, err)
	assert.Less(t, len(text), quota)
}

func TestOnlyWhatTheTierHasIsMeasured(t *testing.T) {
	t.Parallel()
	for tier, want := range map[tiers.Tier][]string{
		tiers.Standard:   {"dump-copy", "files-copy", "snapshot-copy"},
		tiers.Continuity: {"dump-copy", "files-copy", "replicated-backup", "snapshot-copy"},
		tiers.Critical:   {"dump-copy", "files-copy", "snapshot-copy"},
	} {
		changed := args()
		changed.Tier = tier
		primary, recovery := definitions(t, changed)
		cloud := answering(t, answers(time.Minute))
		var kinds []string
		for kind := range cloud.measure(recovery) {
			kinds = append(kinds, kind)
		}
		assert.ElementsMatch(t, want, kinds, tier)
		assert.Len(t, cloud.measure(primary), 5, tier)
	}
}
