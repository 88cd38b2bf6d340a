package exports_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/asl/asltest"
	"haven/components/exports"
	"haven/tests/harness"
)

const (
	machineType = "aws:sfn/stateMachine:StateMachine"
	ruleType    = "aws:cloudwatch/eventRule:EventRule"
	policyType  = "aws:iam/rolePolicy:RolePolicy"
	roleType    = "aws:iam/role:Role"
)

func args() exports.Args {
	return exports.Args{
		Scope: harness.TenantScope(), Account: "123456789012", Region: "eu-west-1",
		DatabaseID:     pulumi.String("demo-acme-database"),
		DatabaseARN:    pulumi.String("arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"),
		DatabaseKeyARN: pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/database"),
		ArchiveBucket:  pulumi.String("archive"),
		ArchiveKeyARN:  pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/archive"),
	}
}

func declare(t *testing.T, args exports.Args) (*harness.Recorder, string) {
	t.Helper()
	recorder := &harness.Recorder{}
	got := make(chan string, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		e, err := exports.New(ctx, "exports", args)
		if err != nil {
			return err
		}
		e.StateMachineARN.ApplyT(func(arn string) error {
			got <- arn
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, exports.Type, "exports")
	return recorder, <-got
}

func TestMachine(t *testing.T) {
	t.Parallel()
	recorder, arn := declare(t, args())
	assert.Equal(t, "arn:aws:mock:::exports-machine", arn)
	machine := recorder.One(t, machineType, "exports-machine")
	harness.AssertTags(t, machine, "exports")
	harness.AssertInputs(t, machine, map[string]any{"name": "demo-acme-export", "type": "STANDARD"})
}

// TestWriter: RDS alone assumes it, and it reaches the tenant's own files only.
func TestWriter(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	role := recorder.One(t, roleType, "exports-writer")
	harness.AssertTags(t, role, "exports")
	assert.Equal(t, "demo-acme-export-writer", role.Input("name"))
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole"],
		"Principal":{"Service":["export.rds.amazonaws.com"]},"Condition":{
			"ArnLike":{"aws:SourceArn":["arn:aws:rds:eu-west-1:123456789012:*"]},
			"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`, role.Input("assumeRolePolicy").(string))
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"FindBucket","Effect":"Allow","Action":["s3:GetBucketLocation"],"Resource":["arn:aws:s3:::archive"]},
		{"Sid":"ListOwnFiles","Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::archive"],
			"Condition":{"StringLike":{"s3:prefix":["tenants/acme/snapshots","tenants/acme/snapshots/*"]}}},
		{"Sid":"WriteOwnFiles","Effect":"Allow","Action":["s3:DeleteObject*","s3:GetObject*","s3:PutObject*"],
			"Resource":["arn:aws:s3:::archive/tenants/acme/snapshots/*"]}]}`,
		recorder.One(t, policyType, "exports-writer-policy").Input("policy").(string))
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	keys := `["arn:aws:kms:eu-west-1:123456789012:key/archive","arn:aws:kms:eu-west-1:123456789012:key/database"]`
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"LookAtSnapshots","Effect":"Allow","Action":["rds:DescribeDBSnapshots"],"Resource":[
			"arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database",
			"arn:aws:rds:eu-west-1:123456789012:snapshot:rds:demo-acme-database-*"]},
		{"Sid":"Export","Effect":"Allow","Action":["rds:StartExportTask"],"Resource":[
			"arn:aws:rds:eu-west-1:123456789012:snapshot:rds:demo-acme-database-*"]},
		{"Sid":"LookAtExports","Effect":"Allow","Action":["rds:DescribeExportTasks"],"Resource":["*"]},
		{"Sid":"PassWriter","Effect":"Allow","Action":["iam:PassRole"],"Resource":["arn:aws:mock:::exports-writer"],
			"Condition":{"StringEquals":{"iam:PassedToService":["export.rds.amazonaws.com"]}}},
		{"Sid":"LookAtKeys","Effect":"Allow","Action":["kms:DescribeKey"],"Resource":`+keys+`,
			"Condition":{"StringEquals":{"kms:ViaService":["rds.eu-west-1.amazonaws.com"]}}},
		{"Sid":"GrantKeysToExport","Effect":"Allow","Action":["kms:CreateGrant"],"Resource":`+keys+`,
			"Condition":{"StringEquals":{"kms:ViaService":["rds.eu-west-1.amazonaws.com"]},
				"Bool":{"kms:GrantIsForAWSResource":["true"]}}}]}`,
		recorder.One(t, policyType, "exports-policy").Input("policy").(string))
}

func TestEvents(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	require.Len(t, recorder.OfType(ruleType), 2)
	for name, pattern := range map[string]string{
		"snapshot": `{"source":["aws.rds"],"detail-type":["RDS DB Snapshot Event"],"detail":{
			"EventID":["RDS-EVENT-0091"],"SourceIdentifier":[{"prefix":"rds:demo-acme-database-"}]}}`,
		"backup": `{"source":["aws.backup"],"detail-type":["Backup Job State Change"],"detail":{
			"state":["COMPLETED"],"resourceArn":["arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"]}}`,
	} {
		assert.JSONEq(t, pattern, recorder.One(t, ruleType, "exports-"+name).Input("eventPattern").(string))
	}
	told := args()
	told.FailureTopicARN = pulumi.String("arn:critical")
	recorder, _ = declare(t, told)
	assert.Equal(t, "arn:critical",
		recorder.One(t, "aws:cloudwatch/eventTarget:EventTarget", "exports-unfinished-target").Input("arn"))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, exports.New,
		"exports: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nDatabaseID: missing, expected a value\n"+
			"DatabaseARN: missing, expected a value\nDatabaseKeyARN: missing, expected a value\n"+
			"ArchiveBucket: missing, expected a value\nArchiveKeyARN: missing, expected a value",
		args, map[string]func(*exports.Args){
			"exports: Scope: missing, expected a value": func(a *exports.Args) { a.Scope = harness.CellScope() },
		})
}

// rds is the part of RDS that exports snapshots.
type rds struct {
	t         *testing.T
	snapshots []map[string]any
	tasks     []map[string]any
	fails     int // how many of the next exports fail
	looks     int // how often the next export is looked at before it ends
	started   []string
	refuse    string // a call that is refused
}

func (r *rds) call(resource string, arguments map[string]any) (any, error) {
	if resource == r.refuse {
		return nil, asltest.Error{Name: "Rds.AccessDeniedException"}
	}
	switch resource {
	case "rds:describeDBSnapshots":
		assert.Equal(r.t, map[string]any{"DbInstanceIdentifier": "demo-acme-database", "SnapshotType": "automated"},
			arguments)
		return map[string]any{"DbSnapshots": r.snapshots}, nil
	case "rds:describeExportTasks":
		return map[string]any{"ExportTasks": r.look(arguments["SourceArn"])}, nil
	case "rds:startExportTask":
		return map[string]any{}, r.start(arguments)
	}
	return nil, fmt.Errorf("no call %s", resource)
}

func (r *rds) look(source any) []map[string]any {
	of := []map[string]any{}
	for _, task := range r.tasks {
		if task["SourceArn"] != source {
			continue
		}
		if task["Status"] == "STARTING" {
			if r.looks--; r.looks <= 0 {
				task["Status"] = "COMPLETE"
				if r.fails--; r.fails >= 0 {
					task["Status"] = "FAILED"
				}
			}
		}
		of = append(of, task)
	}
	return of
}

func (r *rds) start(arguments map[string]any) error {
	name := arguments["ExportTaskIdentifier"].(string)
	for _, task := range r.tasks {
		if task["ExportTaskIdentifier"] == name {
			return asltest.Error{Name: "Rds.ExportTaskAlreadyExistsException"}
		}
	}
	assert.Equal(r.t, "archive", arguments["S3BucketName"])
	assert.Equal(r.t, "tenants/acme/snapshots", arguments["S3Prefix"])
	assert.Equal(r.t, "arn:aws:mock:::exports-writer", arguments["IamRoleArn"])
	assert.Equal(r.t, "arn:aws:kms:eu-west-1:123456789012:key/archive", arguments["KmsKeyId"])
	assert.LessOrEqual(r.t, len(name), 60, "RDS's limit")
	r.started = append(r.started, name+" of "+arguments["SourceArn"].(string))
	r.tasks = append(r.tasks, map[string]any{"ExportTaskIdentifier": name, "SourceArn": arguments["SourceArn"],
		"Status": "STARTING"})
	return nil
}

func snapshot(day, clock, status string) map[string]any {
	return map[string]any{"DbSnapshotArn": "snapshot-" + day + "-" + strings.ReplaceAll(clock, ":", "-"), "Status": status,
		"SnapshotCreateTime": day + "T" + clock + "Z"}
}

func TestWhatIsExported(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	definition := recorder.One(t, machineType, "exports-machine").Input("definition").(string)
	asltest.Sound(t, definition)
	yesterday, today := snapshot("2026-03-01", "01:00:00", "available"), snapshot("2026-03-02", "01:00:00", "available")
	done := map[string]any{"ExportTaskIdentifier": "demo-acme-2026-03-02", "SourceArn": today["DbSnapshotArn"],
		"Status": "COMPLETE"}
	const first, second, third = "demo-acme-2026-03-02 of snapshot-2026-03-02-01-00-00",
		"demo-acme-2026-03-02-2 of snapshot-2026-03-02-01-00-00", "demo-acme-2026-03-02-3 of snapshot-2026-03-02-01-00-00"
	tests := map[string]struct {
		rds     rds
		started []string
		err     string
	}{
		"nothing yet":            {rds: rds{}},
		"the newest":             {rds: rds{snapshots: []map[string]any{yesterday, today}}, started: []string{first}},
		"in whatever order":      {rds: rds{snapshots: []map[string]any{today, yesterday}}, started: []string{first}},
		"an export takes a time": {rds: rds{snapshots: []map[string]any{today}, looks: 7}, started: []string{first}},
		"not one that is being made": {
			rds:     rds{snapshots: []map[string]any{today, snapshot("2026-03-03", "01:00:00", "creating")}},
			started: []string{first},
		},
		"not twice": {rds: rds{snapshots: []map[string]any{yesterday, today}, tasks: []map[string]any{done}}},
		"not two of one day": {rds: rds{
			snapshots: []map[string]any{today, snapshot("2026-03-02", "05:00:00", "available")},
			tasks:     []map[string]any{done},
		}},
		"what another execution started is waited for": {rds: rds{
			snapshots: []map[string]any{today}, looks: 3, tasks: []map[string]any{{
				"ExportTaskIdentifier": "demo-acme-2026-03-02", "SourceArn": today["DbSnapshotArn"], "Status": "STARTING"}},
		}},
		"again where it failed": {
			rds: rds{snapshots: []map[string]any{today}, fails: 2}, started: []string{first, second, third},
		},
		"not for ever": {
			rds: rds{snapshots: []map[string]any{today}, fails: 3}, started: []string{first, second, third},
			err: "NotExported: RDS has the cause of each export that failed.",
		},
		"snapshots unseen": {rds: rds{refuse: "rds:describeDBSnapshots"}, err: "Rds.AccessDeniedException: "},
		"tasks unseen": {rds: rds{snapshots: []map[string]any{today}, refuse: "rds:describeExportTasks"},
			err: "Rds.AccessDeniedException: "},
		"refused": {rds: rds{snapshots: []map[string]any{today}, refuse: "rds:startExportTask"},
			err: "Rds.AccessDeniedException: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.rds.t = t
			run := asltest.Run{Call: test.rds.call, Start: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}
			_, err := run.Execute(definition, map[string]any{"detail": map[string]any{}})
			if test.err == "" {
				assert.NoError(t, err)
			} else {
				assert.EqualError(t, err, test.err)
			}
			assert.Equal(t, test.started, test.rds.started)
		})
	}
}
