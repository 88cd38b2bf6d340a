package freshness_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/freshness"
	"haven/components/naming"
	"haven/components/tiers"
	"haven/tests/harness"
)

const (
	alarmType    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	machineType  = "aws:sfn/stateMachine:StateMachine"
	policyType   = "aws:iam/rolePolicy:RolePolicy"
	scheduleType = "aws:scheduler/schedule:Schedule"

	databaseARN   = "arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"
	filesARN      = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
	replicatedARN = "arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-1"
)

func args() freshness.Args {
	return freshness.Args{
		Scope: harness.TenantScope(), Account: "123456789012", Region: "eu-west-1", RecoveryRegion: "eu-central-1",
		Tier:       tiers.Continuity,
		DatabaseID: pulumi.String("demo-acme-database"), DatabaseARN: pulumi.String(databaseARN),
		FileSystemARN:            pulumi.String(filesARN),
		VaultName:                pulumi.String("demo-acme-backup-0a1b2c3d"),
		RecoveryVaultName:        pulumi.String("demo-acme-recovery-0a1b2c3d"),
		ArchiveBucket:            pulumi.String("demo-cell-archive"),
		ArchiveReplicaBucket:     pulumi.String("demo-cell-archive-replica"),
		ReplicatedBackupARN:      pulumi.String(replicatedARN),
		CriticalTopicARN:         pulumi.String("arn:critical"),
		RecoveryCriticalTopicARN: pulumi.String("arn:recovery-critical"),
		Recovery:                 &aws.Provider{},
	}
}

// declare gives the args a provider of the recovery region.
func declare(t *testing.T, args freshness.Args) *harness.Recorder {
	t.Helper()
	recorder := &harness.Recorder{}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		args.Recovery = recovery
		_, err = freshness.New(ctx, "freshness", args)
		return err
	}))
	harness.AssertFamily(t, recorder, freshness.Type, "freshness")
	return recorder
}

// definitions are those of the state machines of both regions.
func definitions(t *testing.T, args freshness.Args) (primary, recovery string) {
	t.Helper()
	recorder := declare(t, args)
	return recorder.One(t, machineType, "freshness-machine").Input("definition").(string),
		recorder.One(t, machineType, "freshness-recovery-machine").Input("definition").(string)
}

func TestEachRegionMeasuresByItself(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	for name, physical := range map[string]string{
		"freshness": "demo-acme-freshness", "freshness-recovery": "demo-acme-freshness-recovery",
	} {
		machine := recorder.One(t, machineType, name+"-machine")
		harness.AssertTags(t, machine, "freshness")
		harness.AssertInputs(t, machine, map[string]any{"name": physical, "type": "EXPRESS"})
		schedule := recorder.One(t, scheduleType, name+"-schedule")
		assert.Equal(t, "arn:aws:mock:::"+name+"-machine", schedule.Input("target.arn"))
	}
	inRecovery := regexp.MustCompile(`^freshness-(recovery-|snapshot-copy-|files-copy-|dump-copy-|replicated-backup-)`)
	for _, token := range []string{alarmType, machineType, scheduleType} {
		for _, d := range recorder.OfType(token) {
			assert.Equal(t, inRecovery.MatchString(d.Name), d.Provider == "recovery", d.Name)
		}
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	got := make(chan []any, 1)
	require.NoError(t, harness.Run(&harness.Recorder{}, func(ctx *pulumi.Context) error {
		args := args()
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{})
		if err != nil {
			return err
		}
		args.Recovery = recovery
		f, err := freshness.New(ctx, "freshness", args)
		if err != nil {
			return err
		}
		pulumi.All(f.StateMachineARN, f.RecoveryStateMachineARN, f.AlarmARNs, f.RecoveryAlarmARNs).ApplyT(
			func(all []any) error {
				got <- all
				return nil
			})
		return nil
	}))
	all := <-got
	assert.Equal(t, []any{"arn:aws:mock:::freshness-machine", "arn:aws:mock:::freshness-recovery-machine"}, all[:2])
	assert.Contains(t, all[2], "arn:aws:mock:::freshness-dump-age")
	assert.Len(t, all[2], 5)
	assert.Contains(t, all[3], "arn:aws:mock:::freshness-dump-copy-age")
	assert.Len(t, all[3], 4)
}

// TestPermissions: what is measured is named wherever IAM lets it be.
func TestPermissions(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	const report = `{"Sid": "ReportAges", "Effect": "Allow", "Action": ["cloudwatch:PutMetricData"], "Resource": ["*"],
		"Condition": {"StringEquals": {"cloudwatch:namespace": ["Haven/demo-acme"]}}}`
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "AskSince", "Effect": "Allow", "Action": ["states:DescribeStateMachine"],
			"Resource": ["arn:aws:states:eu-west-1:123456789012:stateMachine:demo-acme-freshness"]},
		`+report+`,
		{"Sid": "DescribeDatabase", "Effect": "Allow", "Action": ["rds:DescribeDBInstances"],
			"Resource": ["`+databaseARN+`"]},
		{"Sid": "ListRecoveryPoints", "Effect": "Allow", "Action": ["backup:ListRecoveryPointsByBackupVault"],
			"Resource": ["arn:aws:backup:eu-west-1:123456789012:backup-vault:demo-acme-backup-0a1b2c3d"]},
		{"Sid": "ListDumps", "Effect": "Allow", "Action": ["s3:ListBucket"],
			"Resource": ["arn:aws:s3:::demo-cell-archive"],
			"Condition": {"StringEquals": {"s3:prefix": ["tenants/acme/dumps/"]}}},
		{"Sid": "DescribeExports", "Effect": "Allow", "Action": ["rds:DescribeExportTasks"], "Resource": ["*"]}
	]}`, recorder.One(t, policyType, "freshness-policy").Input("policy").(string))
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "AskSince", "Effect": "Allow", "Action": ["states:DescribeStateMachine"],
			"Resource": ["arn:aws:states:eu-central-1:123456789012:stateMachine:demo-acme-freshness-recovery"]},
		`+report+`,
		{"Sid": "ListRecoveryPoints", "Effect": "Allow", "Action": ["backup:ListRecoveryPointsByBackupVault"],
			"Resource": ["arn:aws:backup:eu-central-1:123456789012:backup-vault:demo-acme-recovery-0a1b2c3d"]},
		{"Sid": "ListDumps", "Effect": "Allow", "Action": ["s3:ListBucket"],
			"Resource": ["arn:aws:s3:::demo-cell-archive-replica"],
			"Condition": {"StringEquals": {"s3:prefix": ["tenants/acme/dumps/"]}}},
		{"Sid": "DescribeReplicatedBackup", "Effect": "Allow", "Action": ["rds:DescribeDBInstanceAutomatedBackups"],
			"Resource": ["`+replicatedARN+`"]}
	]}`, recorder.One(t, policyType, "freshness-recovery-policy").Input("policy").(string))
}

// TestAlarms: each is on its tier's bound, and on silence.
func TestAlarms(t *testing.T) {
	t.Parallel()
	for tier, want := range map[tiers.Tier]map[string]float64{
		tiers.Standard: {"pitr": 15, "snapshot": 1440, "files": 1440, "dump": 1440, "export": 2160,
			"snapshot-copy": 1440, "files-copy": 1440, "dump-copy": 1440},
		tiers.Continuity: {"pitr": 15, "snapshot": 1440, "files": 1440, "dump": 480, "export": 2160,
			"snapshot-copy": 1440, "files-copy": 1440, "dump-copy": 480, "replicated-backup": 30},
		tiers.Critical: {"pitr": 15, "snapshot": 720, "files": 720, "dump": 120, "export": 2160,
			"snapshot-copy": 720, "files-copy": 720, "dump-copy": 120},
	} {
		changed := args()
		changed.Tier = tier
		recorder := declare(t, changed)
		assert.Len(t, recorder.OfType(alarmType), len(want), tier)
		for kind, minutes := range want {
			alarm := recorder.One(t, alarmType, "freshness-"+kind+"-age")
			harness.AssertTags(t, alarm, "freshness")
			harness.AssertInputs(t, alarm, map[string]any{
				"name": "demo-acme-" + kind + "-age", "namespace": "Haven/demo-acme", "metricName": "CopyAgeMinutes",
				"dimensions": map[string]any{"Copy": kind}, "statistic": "Maximum", "period": 900.0,
				"comparisonOperator": "GreaterThanThreshold", "threshold": minutes, "treatMissingData": "breaching",
				"evaluationPeriods": 2.0, "datapointsToAlarm": 2.0, "actionsEnabled": nil,
				"okActions": alarm.Input("alarmActions"),
			})
			topic := "arn:critical"
			if alarm.Provider == "recovery" {
				topic = "arn:recovery-critical"
			}
			assert.Equal(t, []any{topic}, alarm.Input("alarmActions"), kind)
		}
	}
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	recorder := declare(t, args())
	for kind, want := range map[string]string{
		"dump": "The newest complete dump in the backup bucket is older than 8 hours, or its age is not known. " +
			"Look at the dump's log, at its schedule, and at the queue of its undelivered calls. Started by hand with " +
			"StartSyncExecution, the state machine demo-acme-freshness says what AWS answered.",
		"replicated-backup": "The latest moment that the replicated backups of the database reach is older than " +
			"30 minutes, or its age is not known. Look at the replicated automated backups in this region, and at the key " +
			"that they are encrypted with. Started by hand with StartSyncExecution, the state machine " +
			"demo-acme-freshness-recovery says what AWS answered.",
	} {
		assert.Equal(t, want, recorder.One(t, alarmType, "freshness-"+kind+"-age").Input("alarmDescription"))
	}
}

func TestNobodyToTell(t *testing.T) {
	t.Parallel()
	quiet := args()
	quiet.CriticalTopicARN, quiet.RecoveryCriticalTopicARN = nil, nil
	for _, alarm := range declare(t, quiet).OfType(alarmType) {
		assert.Nil(t, alarm.Input("alarmActions"), alarm.Name)
		assert.Nil(t, alarm.Input("okActions"), alarm.Name)
	}
}

// TestTimes: once in each quarter of an hour, away from its edges, and not all tenants at once.
func TestTimes(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^cron\(([2-9]|1[0-2])/15 \* \* \* \? \*\)$`)
	minutes := map[string]bool{}
	for i := range 25 {
		changed := args()
		changed.Scope = naming.Scope{Environment: "demo", Stack: fmt.Sprintf("demo-tenant-%d", i), Cell: "demo-cell",
			Tenant: "acme", Owner: "platform"}
		times := declare(t, changed).One(t, scheduleType, "freshness-schedule").Input("scheduleExpression").(string)
		assert.Regexp(t, form, times)
		minutes[times] = true
	}
	assert.Greater(t, len(minutes), 5)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const missing = ": missing, expected a value\n"
	const nothingGiven = "freshness: Scope" + missing + "Scope.Tenant" + missing + "Account" + missing +
		"Region" + missing + `Tier: "", expected one of standard, continuity, critical` + "\n" +
		"DatabaseID" + missing + "DatabaseARN" + missing + "FileSystemARN" + missing + "VaultName" + missing +
		"ArchiveBucket: missing, expected a value"
	harness.AssertRefusals(t, freshness.New, nothingGiven, args, map[string]func(*freshness.Args){
		"freshness: ReplicatedBackupARN: missing, expected a value": func(a *freshness.Args) {
			a.ReplicatedBackupARN = nil
		},
	})
}
