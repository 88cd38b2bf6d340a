package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/access"
)

// caller is who calls an API: a role, in an account and region.
type caller struct{ role, account, region string }

func (c caller) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, c.region, c.account, resource)
}

// call answers what a state machine calls, as AWS's SDK for Java words it.
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
func (e *engine) call(by caller, resource string, args map[string]any) (any, error) {
	calls := map[string]func(caller, map[string]any) (any, error){
		"rds:describeDBInstances":                e.describeInstances,
		"rds:describeDBInstanceAutomatedBackups": e.describeBackups,
		"rds:describeDBSnapshots":                e.describeSnapshots,
		"rds:describeExportTasks":                e.describeExports,
		"rds:startExportTask":                    e.startExport,
		"backup:listRecoveryPointsByBackupVault": e.listPoints,
		"s3:listObjectsV2":                       e.listObjects,
		"cloudwatch:putMetricData":               e.putMetrics,
		"ecs:runTask":                            e.runRestoration,
		"ecs:describeTasks":                      e.describeTasks,
		"sfn:describeStateMachine":               e.describeMachine,
		"sfn:startExecution":                     e.startExecution,
		"sfn:startSyncExecution":                 e.startSync,
	}
	name := strings.TrimPrefix(resource, "arn:aws:states:::aws-sdk:")
	do, known := calls[name]
	if !known {
		return nil, failed("States.Runtime", "the sandbox does not answer %s", resource)
	}
	return do(by, args)
}

func word(args map[string]any, name string) string {
	text, _ := args[name].(string)
	return text
}

// allow is the refusal that the SDK gives where a role may not call.
func (e *engine) allow(by caller, service, action, resource string, context access.Context) error {
	if err := e.may(by.role, action, resource, nil, context); err != nil {
		return failed(service+".AccessDeniedException", "%v", err)
	}
	return nil
}

func iso(at time.Time) string { return at.UTC().Format(time.RFC3339) }

func (e *engine) describeInstances(by caller, args map[string]any) (any, error) {
	id := word(args, "DbInstanceIdentifier")
	if err := e.allow(by, "Rds", "rds:DescribeDBInstances", by.arn("rds", "db:"+firstText(id, "*")), nil); err != nil {
		return nil, err
	}
	found := []any{}
	for _, database := range e.all(databaseType) {
		if database.Region != by.region || database.Account != by.account || id != "" && database.Text("identifier") != id {
			continue
		}
		status := "available"
		if e.available(database) != nil {
			status = "inaccessible-encryption-credentials"
		}
		described := map[string]any{
			"DbInstanceIdentifier": database.Text("identifier"), "DbInstanceArn": database.Text("arn"),
			"DbiResourceId": database.ID, "DbInstanceStatus": status,
			"BackupRetentionPeriod": float64(number(database.Outputs, "backupRetentionPeriod")),
			"InstanceCreateTime":    iso(e.madeAt(database)), "KmsKeyId": database.Text("kmsKeyId"),
		}
		if source := database.Text("replicateSourceDb"); source != "" {
			described["ReadReplicaSourceDBInstanceIdentifier"] = source
		}
		if number(database.Outputs, "backupRetentionPeriod") > 0 {
			if h, holds := e.holderOf(database.ID); holds && !e.reachOf(h).IsZero() {
				described["LatestRestorableTime"] = iso(e.reachOf(h))
			}
		}
		found = append(found, described)
	}
	if id != "" && len(found) == 0 {
		return nil, failed("Rds.DbInstanceNotFoundException", "DBInstance %s not found.", id)
	}
	return map[string]any{"DbInstances": found}, nil
}

// describeBackups are the automated backups of other regions' databases that are kept here.
func (e *engine) describeBackups(by caller, args map[string]any) (any, error) {
	arn := word(args, "DbInstanceAutomatedBackupsArn")
	err := e.allow(by, "Rds", "rds:DescribeDBInstanceAutomatedBackups",
		firstText(arn, by.arn("rds", "auto-backup:*")), nil)
	if err != nil {
		return nil, err
	}
	found := []any{}
	for _, replication := range e.all(automatedBackups) {
		id, resource := word(args, "DbInstanceIdentifier"), word(args, "DbiResourceId")
		h := e.replicated(replication)
		source := arnPart(replication.Text("sourceDbInstanceArn"), 5)
		if replication.Region != by.region || replication.Account != by.account || arn != "" && replication.ID != arn ||
			id != "" && source != "db:"+id || resource != "" && h.source != resource {
			continue
		}
		window := map[string]any{}
		if until := e.reachOf(h); !until.IsZero() {
			window = map[string]any{"EarliestTime": iso(h.from), "LatestTime": iso(until)}
		}
		found = append(found, map[string]any{
			"DbInstanceAutomatedBackupsArn": replication.ID, "DbInstanceArn": replication.Text("sourceDbInstanceArn"),
			"DbInstanceIdentifier": strings.TrimPrefix(source, "db:"), "DbiResourceId": h.source,
			"Status": "replicating", "RestoreWindow": window, "Region": arnPart(replication.Text("sourceDbInstanceArn"), 3),
		})
	}
	if arn != "" && len(found) == 0 {
		return nil, failed("Rds.DbInstanceAutomatedBackupNotFoundException", "%s not found.", arn)
	}
	return map[string]any{"DbInstanceAutomatedBackups": found}, nil
}

// pointsOf are the recovery points of a vault or of all vaults of a region, newest first.
func (e *engine) pointsOf(wanted func(*world.Point) bool) []*world.Point {
	var found []*world.Point
	for _, point := range e.data.points {
		if wanted(point) && (point.Expires.IsZero() || e.now.Before(point.Expires) || e.now.Before(point.LockedUntil)) {
			found = append(found, point)
		}
	}
	slices.SortStableFunc(found, func(a, b *world.Point) int { return b.Created.Compare(a.Created) })
	return found
}

func (e *engine) describeSnapshots(by caller, args map[string]any) (any, error) {
	id := word(args, "DbInstanceIdentifier")
	if err := e.allow(by, "Rds", "rds:DescribeDBSnapshots", by.arn("rds", "db:"+firstText(id, "*")), nil); err != nil {
		return nil, err
	}
	kind, snapshots := word(args, "SnapshotType"), []any{}
	for _, snapshot := range e.snapshots(by, id) {
		if kind == "" || kind == snapshot["SnapshotType"] {
			snapshots = append(snapshots, snapshot)
		}
	}
	return map[string]any{"DbSnapshots": snapshots}, nil
}

// snapshots are those of AWS Backup and the automated ones, a day each.
func (e *engine) snapshots(by caller, identifier string) []map[string]any {
	var found []map[string]any
	for _, point := range e.pointsOf(func(p *world.Point) bool {
		return p.ResourceType == "RDS" && arnPart(p.ID, 3) == by.region && arnPart(p.ID, 4) == by.account
	}) {
		name := strings.TrimPrefix(arnPart(point.Resource, 5), "db:")
		if identifier != "" && name != identifier {
			continue
		}
		kind := "awsbackup"
		if point.Vault == "" {
			kind = "automated"
		}
		found = append(found, map[string]any{
			"DbSnapshotIdentifier": strings.TrimPrefix(arnPart(point.ID, 5), "snapshot:"), "DbSnapshotArn": point.ID,
			"DbInstanceIdentifier": name, "SnapshotType": kind, "Status": "available",
			"SnapshotCreateTime": iso(point.Completed), "OriginalSnapshotCreateTime": iso(point.DataTime),
			"KmsKeyId": point.Key, "Encrypted": true, "PercentProgress": 100.0,
		})
	}
	return found
}

func (e *engine) listPoints(by caller, args map[string]any) (any, error) {
	name := word(args, "BackupVaultName")
	arn := by.arn("backup", "backup-vault:"+name)
	if err := e.allow(by, "Backup", "backup:ListRecoveryPointsByBackupVault", arn, nil); err != nil {
		return nil, err
	}
	if _, found := e.vault(arn); !found {
		return nil, failed("Backup.ResourceNotFoundException", "Backup vault %s does not exist", name)
	}
	after, _ := time.Parse(time.RFC3339, word(args, "ByCreatedAfter"))
	points := []any{}
	for _, point := range e.pointsOf(func(p *world.Point) bool {
		return p.Vault == arn && p.Created.After(after) &&
			(word(args, "ByResourceArn") == "" || word(args, "ByResourceArn") == p.Resource) &&
			(word(args, "ByResourceType") == "" || word(args, "ByResourceType") == p.ResourceType)
	}) {
		points = append(points, map[string]any{
			"RecoveryPointArn": point.ID, "BackupVaultArn": arn, "BackupVaultName": name, "ResourceArn": point.Resource,
			"ResourceType": point.ResourceType, "Status": "COMPLETED", "CreationDate": iso(point.Created),
			"CompletionDate": iso(point.Completed), "EncryptionKeyArn": point.Key, "IsEncrypted": true,
		})
	}
	if most, given := args["MaxResults"].(float64); given && len(points) > int(most) {
		points = points[:int(most)]
	}
	return map[string]any{"RecoveryPoints": points}, nil
}

// mostListed is how many keys one answer has at most.
const mostListed = 1000

func (e *engine) listObjects(by caller, args map[string]any) (any, error) {
	bucket, prefix, delimiter := word(args, "Bucket"), word(args, "Prefix"), word(args, "Delimiter")
	context := access.Context{"s3:prefix": {prefix}, "s3:delimiter": nil, "s3:max-keys": nil}
	if delimiter != "" {
		context["s3:delimiter"] = []string{delimiter}
	}
	most := mostListed
	if limit, given := args["MaxKeys"].(float64); given {
		most = min(most, int(limit))
		context["s3:max-keys"] = []string{fmt.Sprint(most)}
	}
	if err := e.mayInBucket(by.role, "s3:ListBucket", bucket, "", context); err != nil {
		return nil, failed("S3.S3Exception", "%v", err)
	}
	after := firstText(word(args, "ContinuationToken"), word(args, "StartAfter"))
	answer := map[string]any{"Name": bucket, "Prefix": prefix, "IsTruncated": false}
	contents, prefixes := []any{}, []any{}
	count, last := 0, ""
	for object := range e.data.bucket(bucket).listed(prefix, after) {
		if common := commonPrefix(object.Key, prefix, delimiter); common != "" {
			if common == last || common <= after {
				continue
			}
			prefixes, last = append(prefixes, map[string]any{"Prefix": common}), common
		} else {
			contents, last = append(contents, map[string]any{
				"Key": object.Key, "LastModified": iso(object.Made), "Size": float64(object.Size),
				"StorageClass": object.StorageClass,
			}), object.Key
		}
		if count++; count == most {
			answer["IsTruncated"], answer["NextContinuationToken"] = true, last+"\xff"
			break
		}
	}
	if len(contents) > 0 {
		answer["Contents"] = contents
	}
	if len(prefixes) > 0 {
		answer["CommonPrefixes"] = prefixes
	}
	answer["KeyCount"] = float64(count)
	return answer, nil
}

// commonPrefix is what a key begins with up to the delimiter after the prefix; "" where that does not follow.
func commonPrefix(key, prefix, delimiter string) string {
	if delimiter == "" {
		return ""
	}
	before, _, found := strings.Cut(key[len(prefix):], delimiter)
	if !found {
		return ""
	}
	return prefix + before + delimiter
}

func (e *engine) putMetrics(by caller, args map[string]any) (any, error) {
	namespace := word(args, "Namespace")
	err := e.allow(by, "CloudWatch", "cloudwatch:PutMetricData", "*", access.Context{"cloudwatch:namespace": {namespace}})
	if err != nil {
		return nil, err
	}
	points, _ := args["MetricData"].([]any)
	for _, point := range points {
		point, _ := point.(map[string]any)
		value, is := point["Value"].(float64)
		if !is {
			return nil, failed("CloudWatch.InvalidParameterValueException", "the value %v of %v is no number",
				point["Value"], point["MetricName"])
		}
		series := world.Series{Provider: "aws", Account: by.account, Region: by.region, Namespace: namespace,
			Name: word(point, "MetricName"), Dimensions: []string{}}
		dimensions, _ := point["Dimensions"].([]any)
		for _, dimension := range dimensions {
			dimension, _ := dimension.(map[string]any)
			series.Dimensions = append(series.Dimensions, word(dimension, "Name")+"="+word(dimension, "Value"))
		}
		e.data.measured(series, e.now, value)
	}
	return map[string]any{}, nil
}

func (e *engine) startExecution(by caller, args map[string]any) (any, error) {
	machine, err := e.startable(by, "states:StartExecution", args)
	if err != nil {
		return nil, err
	}
	e.execute(machine, asJSON(word(args, "Input")))
	return map[string]any{"ExecutionArn": machine.Text("arn"), "StartDate": iso(e.now)}, nil
}

func (e *engine) startable(by caller, action string, args map[string]any) (cloud.Resource, error) {
	arn := word(args, "StateMachineArn")
	machine, found := e.arn(stateMachineType, arn)
	if !found {
		return machine, failed("Sfn.StateMachineDoesNotExistException", "State Machine Does Not Exist: '%s'", arn)
	}
	return machine, e.allow(by, "Sfn", action, arn, nil)
}

func (e *engine) describeMachine(by caller, args map[string]any) (any, error) {
	machine, err := e.startable(by, "states:DescribeStateMachine", args)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"StateMachineArn": machine.Text("arn"), "Name": machine.Text("name"), "Status": "ACTIVE",
		"Definition": machine.Text("definition"), "RoleArn": machine.Text("roleArn"), "CreationDate": iso(e.madeAt(machine)),
	}, nil
}

// startSync runs an express workflow and answers with what it puts out.
func (e *engine) startSync(by caller, args map[string]any) (any, error) {
	of, err := e.startable(by, "states:StartSyncExecution", args)
	if err != nil {
		return nil, err
	}
	input := asJSON(word(args, "Input"))
	how, err := e.step(&execution{ID: hexOf(of.ID, e.now.String())[:32], Machine: of.Text("arn"), Given: input,
		Input: input, Vars: map[string]any{}, Started: e.now}, true)
	if err != nil {
		return map[string]any{"Status": "FAILED", "Cause": err.Error()}, nil
	}
	output, _ := plain(how.output)
	return map[string]any{"Status": "SUCCEEDED", "Output": asText(output)}, nil
}
