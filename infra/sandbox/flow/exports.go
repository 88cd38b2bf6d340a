package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"haven/infra/sandbox/world"
	"haven/policy/access"
)

// Exports of snapshots: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html.
const exportJob = "export"

// exporting is an export under way.
type exporting struct{ ID, Role string }

func asText(value any) string {
	raw, _ := json.Marshal(value) // it came from JSON
	return string(raw)
}

func (e *engine) startExport(by caller, args map[string]any) (any, error) {
	snapshot, role := word(args, "SourceArn"), word(args, "IamRoleArn")
	err := firstOf(
		func() error { return e.allow(by, "Rds", "rds:StartExportTask", snapshot, nil) },
		func() error {
			return e.allow(by, "Rds", "iam:PassRole", role, access.Context{"iam:PassedToService": {"export.rds.amazonaws.com"}})
		},
	)
	if err != nil {
		return nil, err
	}
	export := world.Export{
		ID: word(args, "ExportTaskIdentifier"), Account: by.account, Region: by.region, Snapshot: snapshot,
		Bucket: word(args, "S3BucketName"), Prefix: word(args, "S3Prefix"), Key: word(args, "KmsKeyId"), Started: e.now,
		Status: "STARTING",
	}
	at := slices.IndexFunc(e.data.points, func(p *world.Point) bool { return p.ID == snapshot })
	switch {
	case e.data.exports[export.ID] != nil:
		return nil, failed("Rds.ExportTaskAlreadyExistsException", "Export task %s already exists.", export.ID)
	case at < 0:
		return nil, failed("Rds.DbSnapshotNotFoundException", "%s not found.", snapshot)
	}
	if err := e.mayUseKey(by.role, "kms:CreateGrant", export.Key, "rds", nil); err != nil {
		return nil, failed("Rds.KmsKeyNotAccessibleException", "%v", err)
	}
	if err := e.assumed(role, "export.rds.amazonaws.com", snapshot); err != nil {
		return nil, failed("Rds.IamRoleNotFoundException", "%v", err)
	}
	export.Source, export.DataTime = e.data.points[at].Source, e.data.points[at].DataTime
	e.data.exports[export.ID] = &export
	e.later(exportJob, export.ID, e.now.Add(e.between(8*time.Minute, 15*time.Minute, "export", export.ID)),
		exporting{export.ID, role})
	return describedExport(&export), nil
}

// finishExport writes what was exported, where the role may. RDS uses the key by the grant that the caller gave it.
func (e *engine) finishExport(job exporting) {
	export := e.data.exports[job.ID]
	bucket, found := e.bucket(export.Bucket)
	prefix := export.Prefix
	if prefix != "" {
		prefix += "/"
	}
	export.Ended, export.Status = e.now, "COMPLETE"
	err := fmt.Errorf("there is no bucket %s", export.Bucket)
	for i, name := range []string{"export_info_" + job.ID + ".json", "export_tables_info_" + job.ID + "_from_1_to_1.json",
		"processmaker/processmaker.ledger/1/part-00000.gz.parquet"} {
		if !found {
			break
		}
		object := e.newObject(bucket, prefix+job.ID+"/"+name, world.Object{
			Source: export.Source, DataTime: export.DataTime, KMSKey: export.Key, Size: int64(1+i*i*1000) << 10,
		})
		err = firstOf(
			func() error { return e.usable(object.KMSKey) },
			func() error {
				return e.mayInBucket(job.Role, "s3:PutObject", bucket.ID, object.Key, encryptedBy(object))
			},
		)
		if err != nil {
			break
		}
		e.store(bucket, object)
	}
	if err != nil {
		export.Status, export.Why = "FAILED", err.Error()
	}
	e.publish(export.Region, "aws.rds", "RDS DB Snapshot Event", map[string]any{
		"SourceIdentifier": export.ID, "SourceArn": export.Snapshot,
		"EventID": map[string]string{"COMPLETE": "RDS-EVENT-0161", "FAILED": "RDS-EVENT-0159"}[export.Status],
	})
}

func (e *engine) describeExports(by caller, args map[string]any) (any, error) {
	if err := e.allow(by, "Rds", "rds:DescribeExportTasks", "*", nil); err != nil {
		return nil, err
	}
	found := []any{}
	for _, export := range sorted(e.data.exports) {
		if export.Account == by.account && export.Region == by.region && exportAsked(export, args) {
			found = append(found, describedExport(export))
		}
	}
	if word(args, "ExportTaskIdentifier") != "" && len(found) == 0 {
		return nil, failed("Rds.ExportTaskNotFoundException", "%s not found.", word(args, "ExportTaskIdentifier"))
	}
	return map[string]any{"ExportTasks": found}, nil
}

// exportAsked says whether an export is among those that are asked for. A filter has one value or more.
func exportAsked(export *world.Export, args map[string]any) bool {
	fields := map[string]string{"export-task-identifier": export.ID, "s3-bucket": export.Bucket,
		"source-arn": export.Snapshot, "status": export.Status}
	filters, _ := args["Filters"].([]any)
	for _, filter := range filters {
		filter, _ := filter.(map[string]any)
		wanted, _ := filter["Values"].([]any)
		if !slices.Contains(wanted, any(fields[word(filter, "Name")])) {
			return false
		}
	}
	id, source := word(args, "ExportTaskIdentifier"), word(args, "SourceArn")
	return (id == "" || id == export.ID) && (source == "" || source == export.Snapshot)
}

func describedExport(export *world.Export) map[string]any {
	described := map[string]any{
		"ExportTaskIdentifier": export.ID, "SourceArn": export.Snapshot, "S3Bucket": export.Bucket, "S3Prefix": export.Prefix,
		"KmsKeyId": export.Key, "Status": export.Status, "SnapshotTime": iso(export.DataTime),
		"TaskStartTime": iso(export.Started), "PercentProgress": 0.0, "SourceType": "SNAPSHOT",
	}
	if !export.Ended.IsZero() {
		described["TaskEndTime"], described["PercentProgress"] = iso(export.Ended), 100.0
	}
	if export.Why != "" {
		described["FailureCause"] = export.Why
	}
	return described
}
