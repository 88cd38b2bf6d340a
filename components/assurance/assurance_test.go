package assurance_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/assurance"
	"haven/tests/harness"
)

const (
	frameworkType = "aws:backup/framework:Framework"
	reportType    = "aws:backup/reportPlan:ReportPlan"
	settingsType  = "aws:backup/regionSettings:RegionSettings"
	linkedType    = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
	keyType       = "aws:kms/key:Key"
	bucketType    = "aws:s3/bucketV2:BucketV2"
	policyType    = "aws:s3/bucketPolicy:BucketPolicy"

	physical  = "demo-cell-backup-reports-123456789012-eu-west-1"
	deliverer = "arn:aws:iam::123456789012:role/aws-service-role/reports.backup.amazonaws.com/" +
		"AWSServiceRoleForBackupReports"
)

func args() assurance.Args {
	return assurance.Args{
		Scope: harness.CellScope(), Account: "123456789012", Region: "eu-west-1", RecoveryRegion: "eu-central-1",
		AccessLogs: pulumi.String("logs"), RetentionDays: 400, Protected: true,
	}
}

func declare(t *testing.T) *harness.Recorder {
	t.Helper()
	r := &harness.Recorder{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		a, err := assurance.New(ctx, "assurance", args())
		if err != nil {
			return err
		}
		pulumi.All(a.FrameworkARN, a.BucketName).ApplyT(func(all []any) error {
			assert.Equal(t, []any{"arn:aws:mock:::assurance-framework", "assurance-reports-bucket-id"}, all)
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, assurance.Type, "assurance")
	return r
}

// TestFramework: each control with its parameters and what it judges.
func TestFramework(t *testing.T) {
	t.Parallel()
	framework := declare(t).One(t, frameworkType, "assurance-framework")
	harness.AssertTags(t, framework, "assurance")
	harness.AssertInputs(t, framework, map[string]any{
		"name": "demo_cell_backups", "description": "What the backups of demo-cell are meant to be",
	})
	stores := map[string]any{"complianceResourceTypes": []any{"EFS", "RDS"}}
	own := map[string]any{"tags": map[string]any{"cell": "demo-cell"}}
	want := map[string]struct {
		scope      map[string]any
		parameters map[string]string
	}{
		"BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN":       {stores, nil},
		"BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK": {stores, nil},
		"BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION":      {stores, map[string]string{"crossRegionList": "eu-central-1"}},
		"BACKUP_LAST_RECOVERY_POINT_CREATED": {stores, map[string]string{
			"recoveryPointAgeUnit": "hours", "recoveryPointAgeValue": "24"}},
		"RESTORE_TIME_FOR_RESOURCES_MEET_TARGET": {stores, map[string]string{"maxRestoreTime": "240"}},
		"BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK": {own, map[string]string{
			"requiredFrequencyUnit": "hours", "requiredFrequencyValue": "12", "requiredRetentionDays": "35"}},
		"BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK":  {own, map[string]string{"requiredRetentionDays": "35"}},
		"BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED": {own, nil},
		"BACKUP_RECOVERY_POINT_ENCRYPTED":                {own, nil},
	}
	controls := framework.Input("controls").([]any)
	assert.Len(t, controls, len(want))
	for _, each := range controls {
		control := each.(map[string]any)
		expected, known := want[control["name"].(string)]
		require.True(t, known, control["name"])
		assert.Equal(t, expected.scope, control["scope"], control["name"])
		var given map[string]string
		if parameters, has := control["inputParameters"].([]any); has {
			given = map[string]string{}
			for _, p := range parameters {
				parameter := p.(map[string]any)
				given[parameter["name"].(string)] = parameter["value"].(string)
			}
		}
		assert.Equal(t, expected.parameters, given, control["name"])
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	r := declare(t)
	judged := []any{"arn:aws:mock:::assurance-framework"}
	want := map[string]struct {
		physical, template string
		frameworks         any
	}{
		"backup-jobs":       {"demo_cell_backup_jobs", "BACKUP_JOB_REPORT", nil},
		"copy-jobs":         {"demo_cell_copy_jobs", "COPY_JOB_REPORT", nil},
		"restore-jobs":      {"demo_cell_restore_jobs", "RESTORE_JOB_REPORT", nil},
		"backup-compliance": {"demo_cell_backup_compliance", "RESOURCE_COMPLIANCE_REPORT", judged},
		"backup-controls":   {"demo_cell_backup_controls", "CONTROL_COMPLIANCE_REPORT", judged},
	}
	require.Len(t, r.OfType(reportType), len(want))
	for part, report := range want {
		plan := r.One(t, reportType, "assurance-"+part)
		harness.AssertTags(t, plan, "assurance")
		harness.AssertInputs(t, plan, map[string]any{
			"name": report.physical, "reportSetting.reportTemplate": report.template,
			"reportSetting.frameworkArns":        report.frameworks,
			"reportDeliveryChannel.s3BucketName": "assurance-reports-bucket-id",
			"reportDeliveryChannel.formats":      []any{"CSV", "JSON"},
		})
	}
}

// TestDelivery: only the role of AWS Backup's reports writes to the bucket, and with its key.
func TestDelivery(t *testing.T) {
	t.Parallel()
	r := declare(t)
	harness.AssertInputs(t, r.One(t, bucketType, "assurance-reports-bucket"), map[string]any{
		"bucket": physical, "forceDestroy": false, "tags.data-classification": "internal",
	})
	const denyPlain = `{"Sid": "DenyPlainTransport", "Effect": "Deny", "Principal": "*", "Action": ["s3:*"],
		"Resource": ["arn:aws:s3:::` + physical + `", "arn:aws:s3:::` + physical + `/*"],
		"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}`
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "DeliverReports", "Effect": "Allow", "Principal": {"AWS": ["`+deliverer+`"]}, "Action": ["s3:PutObject"],
			"Resource": ["arn:aws:s3:::`+physical+`/*"],
			"Condition": {"StringEquals": {"s3:x-amz-acl": ["bucket-owner-full-control"]}}}, `+denyPlain+`]}`,
		r.One(t, policyType, "assurance-reports-policy").Input("policy").(string))
	key := r.One(t, keyType, "assurance-key-regional")
	assert.Contains(t, key.Input("policy"), `{"Sid":"EncryptReports","Effect":"Allow","Principal":{"AWS":["`+deliverer+
		`"]},"Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":["*"],`+
		`"Condition":{"StringEquals":{"kms:ViaService":["s3.eu-west-1.amazonaws.com"]}}}`)
}

func TestRegions(t *testing.T) {
	t.Parallel()
	for _, home := range []bool{true, false} {
		r := &harness.Recorder{}
		require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
			_, err := assurance.NewRegion(ctx, "backups", assurance.RegionArgs{Scope: harness.AccountScope(), Home: home})
			return err
		}))
		harness.AssertFamily(t, r, assurance.RegionType, "backups")
		opted := r.One(t, settingsType, "backups-settings").Input("resourceTypeOptInPreference").(map[string]any)
		assert.Len(t, opted, 19)
		for kind, in := range opted {
			assert.Equal(t, kind == "RDS" || kind == "EFS", in, kind)
		}
		roles := r.OfType(linkedType)
		require.Equal(t, home, len(roles) == 1)
		if home {
			harness.AssertTags(t, roles[0], "assurance")
			assert.Equal(t, "reports.backup.amazonaws.com", roles[0].Input("awsServiceName"))
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	harness.AssertRefusals(t, assurance.New,
		"assurance: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\nRecoveryRegion: missing, expected a value\n"+
			"AccessLogs: missing, expected a value\nRetentionDays: missing, expected a value",
		args, map[string]func(*assurance.Args){
			"assurance: RetentionDays: missing, expected a value": func(a *assurance.Args) { a.RetentionDays = 0 },
		})
	harness.AssertRefusals(t, assurance.NewRegion, "assurance: Scope: missing, expected a value",
		func() assurance.RegionArgs { return assurance.RegionArgs{Scope: harness.AccountScope()} }, nil)
}
