package backup_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/backup"
	"haven/components/tiers"
	"haven/tests/harness"
)

const (
	vaultType     = "aws:backup/vault:Vault"
	airGappedType = "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault"
	lockType      = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	vaultPolicy   = "aws:backup/vaultPolicy:VaultPolicy"
	planType      = "aws:backup/plan:Plan"
	selectionType = "aws:backup/selection:Selection"
	testType      = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
	testedType    = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
	groupType     = "aws:ec2/securityGroup:SecurityGroup"
	roleType      = "aws:iam/role:Role"
	policyType    = "aws:iam/rolePolicy:RolePolicy"
	machineType   = "aws:sfn/stateMachine:StateMachine"
	ruleType      = "aws:cloudwatch/eventRule:EventRule"
	targetType    = "aws:cloudwatch/eventTarget:EventTarget"

	keyARN      = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"
	replicaARN  = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1"
	databaseKey = "arn:aws:kms:eu-west-1:123456789012:key/mrk-2"
	filesKey    = "arn:aws:kms:eu-west-1:123456789012:key/mrk-3"
	databaseARN = "arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database"
	filesARN    = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
	topicARN    = "arn:aws:sns:eu-west-1:123456789012:demo-account-critical"
)

func args() backup.Args {
	return backup.Args{
		Scope: harness.TenantScope(), Account: "123456789012", Region: "eu-west-1", RecoveryRegion: "eu-central-1",
		Tier: tiers.Standard, KeyARN: pulumi.String(keyARN), ReplicaKeyARN: pulumi.String(replicaARN),
		Database: backup.Database{
			ARN: pulumi.String(databaseARN), KeyARN: pulumi.String(databaseKey),
			Engine: "mysql", EngineVersion: "8.0", InstanceClass: "db.t4g.medium",
			BackupWindow: "01:00-02:00", MaintenanceWindow: "sun:03:00-sun:04:00",
		},
		Files:           backup.Files{ARN: pulumi.String(filesARN), KeyARN: pulumi.String(filesKey)},
		Restore:         backup.Restore{VPCID: pulumi.String("vpc-1"), SubnetGroupName: pulumi.String("demo-acme-database")},
		FailureTopicARN: pulumi.String(topicARN),
		Protected:       true,
	}
}

// options are what else a resource was registered with.
type options struct{ retained, deletedFirst bool }

// watcher records what the harness does not.
type watcher struct {
	*harness.Recorder
	mu       sync.Mutex
	options  map[string]options
	replaces map[string][]string
}

func (w *watcher) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if rpc := args.RegisterRPC; rpc != nil {
		w.mu.Lock()
		w.options[args.Name] = options{rpc.GetRetainOnDelete(), rpc.GetDeleteBeforeReplace()}
		w.replaces[args.Name] = rpc.GetReplaceOnChanges()
		w.mu.Unlock()
	}
	return w.Recorder.NewResource(args)
}

// declare declares the backup of these Args, and returns what was declared and the component's outputs.
func declare(t *testing.T, args backup.Args) (*watcher, map[string]string) {
	t.Helper()
	w := &watcher{Recorder: &harness.Recorder{}, options: map[string]options{}, replaces: map[string][]string{}}
	var mu sync.Mutex
	outputs := map[string]string{}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		args.Recovery = recovery
		b, err := backup.New(ctx, "backup", args)
		if err != nil {
			return err
		}
		for name, output := range map[string]pulumi.StringOutput{
			"vaultName": b.VaultName, "vaultArn": b.VaultARN, "roleArn": b.RoleARN, "checkArn": b.CheckARN,
			"recoveryVaultName": b.RecoveryVaultName, "recoveryVaultArn": b.RecoveryVaultARN,
			"airGappedVaultArn": b.AirGappedVaultARN, "databasePlanId": b.DatabasePlanID, "filesPlanId": b.FilesPlanID,
		} {
			output.ApplyT(func(text string) error {
				mu.Lock()
				defer mu.Unlock()
				outputs[name] = text
				return nil
			})
		}
		return nil
	}, pulumi.WithMocks(harness.Project, harness.Stack, w)))
	harness.AssertFamily(t, w.Recorder, backup.Type, "backup")
	return w, outputs
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	_, outputs := declare(t, args())
	assert.Equal(t, map[string]string{
		"vaultName": "demo-acme-backup-f56cbb79", "vaultArn": "arn:aws:mock:::backup-vault",
		"recoveryVaultName": "demo-acme-backup-f56cbb79", "recoveryVaultArn": "arn:aws:mock:::backup-recovery-vault",
		"airGappedVaultArn": "arn:aws:mock:::backup-air-gapped",
		"roleArn":           "arn:aws:mock:::backup-backup-role",
		"databasePlanId":    "backup-database-plan-id", "filesPlanId": "backup-files-plan-id",
		"checkArn": "arn:aws:mock:::backup-check-machine",
	}, outputs)
}

// TestVaults: each region has a vault under the tenant's own key, locked for good, that outlives the stack.
func TestVaults(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers.All {
		given := args()
		given.Tier = tier
		w, _ := declare(t, given)
		for name, want := range map[string]struct{ key, provider string }{
			"backup-vault": {keyARN, ""}, "backup-recovery-vault": {replicaARN, "recovery"},
		} {
			vault := w.One(t, vaultType, name)
			harness.AssertTags(t, vault, "backup")
			harness.AssertInputs(t, vault, map[string]any{"name": "demo-acme-backup-f56cbb79", "kmsKeyArn": want.key,
				"forceDestroy": false, "tags.tenant": "acme", "tags.data-classification": "confidential"})
			lock := w.One(t, lockType, name+"-lock")
			harness.AssertInputs(t, lock, map[string]any{"backupVaultName": "demo-acme-backup-f56cbb79",
				"changeableForDays": 3.0, "minRetentionDays": 35.0, "maxRetentionDays": 400.0})
			policy := w.One(t, vaultPolicy, name+"-policy")
			assert.Contains(t, policy.DependsOn, name+"-lock")
			assert.True(t, vault.Protect)
			for _, d := range []harness.Declared{vault, lock, policy} {
				assert.Equal(t, want.provider, d.Provider, d.Name)
				assert.True(t, w.options[d.Name].retained, "%s goes with its stack", d.Name)
			}
		}
		gap := w.One(t, airGappedType, "backup-air-gapped")
		harness.AssertTags(t, gap, "backup")
		harness.AssertInputs(t, gap, map[string]any{"name": "demo-acme-air-gapped-f56cbb79", "minRetentionDays": 35.0,
			"maxRetentionDays": 400.0})
		assert.True(t, gap.Protect)
		assert.Equal(t, "recovery", gap.Provider)
		assert.True(t, w.options[gap.Name].retained)
	}
}

// TestALaterLifeHasOtherVaults: those of an earlier one may still be there.
func TestALaterLifeHasOtherVaults(t *testing.T) {
	t.Parallel()
	later := args()
	later.KeyARN = pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/mrk-9")
	_, outputs := declare(t, later)
	assert.Regexp(t, `^demo-acme-backup-[0-9a-f]{8}$`, outputs["vaultName"])
	assert.NotEqual(t, "demo-acme-backup-f56cbb79", outputs["vaultName"])
}

const copyToOwnVaults = `{"Sid": "CopyToOwnVaults", "Effect": "Deny", "Principal": "*",
	"Action": ["backup:CopyFromBackupVault"], "Resource": ["*"], "Condition": {"ForAnyValue:ArnNotLike":
	{"backup:CopyTargets": [GAP"arn:aws:mock:::backup-recovery-vault", "arn:aws:mock:::backup-vault"]}}}`

const keepAll = `{"Sid": "KeepRecoveryPoints", "Effect": "Deny", "Principal": "*", "Resource": ["*"],
	"Action": ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint",
		"backup:DisassociateRecoveryPointFromParent", "backup:UpdateRecoveryPointLifecycle"]},
	{"Sid": "KeepLock", "Effect": "Deny", "Principal": "*", "Resource": ["*"],
	"Action": ["backup:DeleteBackupVaultLockConfiguration", "backup:PutBackupVaultLockConfiguration"]}`

func TestGovernance(t *testing.T) {
	t.Parallel()
	const gap = `"arn:aws:mock:::backup-air-gapped", `
	for _, test := range []struct {
		name                  string
		governance, protected bool
		forced                bool
		policy                string
	}{
		{"compliance", false, true, false, strings.ReplaceAll(copyToOwnVaults, "GAP", gap) + "," + keepAll},
		{"compliance torn down", false, false, false, strings.ReplaceAll(copyToOwnVaults, "GAP", gap) + "," + keepAll},
		{"governance", true, true, false, strings.ReplaceAll(copyToOwnVaults, "GAP", "") + "," + keepAll},
		{"governance torn down", true, false, true, strings.ReplaceAll(copyToOwnVaults, "GAP", "")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			given := args()
			given.Governance, given.Protected = test.governance, test.protected
			w, outputs := declare(t, given)
			for _, name := range []string{"backup-vault", "backup-recovery-vault"} {
				vault := w.One(t, vaultType, name)
				assert.Equal(t, test.forced, vault.Input("forceDestroy"))
				assert.Equal(t, test.protected, vault.Protect)
				assert.Equal(t, !test.governance, w.options[name].retained)
				assert.Equal(t, test.governance, w.One(t, lockType, name+"-lock").Input("changeableForDays") == nil)
				assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [`+test.policy+`]}`,
					w.One(t, vaultPolicy, name+"-policy").Input("policy").(string))
			}
			assert.Equal(t, test.governance, len(w.OfType(airGappedType)) == 0)
			assert.Equal(t, test.governance, outputs["airGappedVaultArn"] == "")
			copies := w.One(t, planType, "backup-files-plan").Input("rules[0].copyActions").([]any)
			assert.Equal(t, test.governance, len(copies) == 1)
		})
	}
}

// TestPlans: of each tier, how often, for how long, where to and by which role.
func TestPlans(t *testing.T) {
	t.Parallel()
	for tier, want := range map[tiers.Tier]struct {
		schedule string
		days     float64
		cold     any
	}{
		tiers.Standard:   {"cron(5 4,16 * * ? *)", 35, nil},
		tiers.Continuity: {"cron(5 4,16 * * ? *)", 90, nil},
		tiers.Critical:   {"cron(55 4,10,16,22 * * ? *)", 365, 35.0},
	} {
		given := args()
		given.Tier = tier
		w, _ := declare(t, given)
		kept := func(cold any) map[string]any {
			lifecycle := map[string]any{"deleteAfter": want.days}
			if cold != nil {
				lifecycle["coldStorageAfter"] = cold
			}
			return lifecycle
		}
		for part, copies := range map[string][]any{
			"database": {map[string]any{"destinationVaultArn": "arn:aws:mock:::backup-recovery-vault", "lifecycle": kept(nil)}},
			"files": {
				map[string]any{"destinationVaultArn": "arn:aws:mock:::backup-recovery-vault", "lifecycle": kept(want.cold)},
				map[string]any{"destinationVaultArn": "arn:aws:mock:::backup-air-gapped", "lifecycle": kept(nil)},
			},
		} {
			plan := w.One(t, planType, "backup-"+part+"-plan")
			harness.AssertTags(t, plan, "backup")
			cold := want.cold
			if part == "database" {
				cold = nil
			}
			harness.AssertInputs(t, plan, map[string]any{
				"name": "demo-acme-" + part, "rules[1]": nil, "rules[0].ruleName": part,
				"rules[0].targetVaultName": "demo-acme-backup-f56cbb79", "rules[0].schedule": want.schedule,
				"rules[0].startWindow": 60.0, "rules[0].completionWindow": 180.0, "rules[0].enableContinuousBackup": false,
				"rules[0].lifecycle": kept(cold), "rules[0].copyActions": copies,
				"rules[0].recoveryPointTags.tenant": "acme", "rules[0].recoveryPointTags.cell": "demo-cell",
			})
			selection := w.One(t, selectionType, "backup-"+part+"-selection")
			harness.AssertInputs(t, selection, map[string]any{
				"name": "demo-acme-" + part, "planId": "backup-" + part + "-plan-id",
				"iamRoleArn":    "arn:aws:mock:::backup-backup-role",
				"selectionTags": nil, "resources": []any{map[string]string{"database": databaseARN, "files": filesARN}[part]},
			})
			assert.Contains(t, selection.DependsOn, "backup-backup-policy")
		}
	}
}

// TestEveryTierFitsTheLock: vaults that are locked already take what each tier keeps.
func TestEveryTierFitsTheLock(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	lock := w.One(t, lockType, "backup-vault-lock")
	for _, tier := range tiers.All {
		promise, _ := tiers.Of(tier)
		assert.GreaterOrEqual(t, float64(promise.LockDays), lock.Input("minRetentionDays"), tier)
		assert.LessOrEqual(t, float64(promise.LockDays), lock.Input("maxRetentionDays"), tier)
	}
}

// TestRoles: AWS Backup may assume each for the account alone.
func TestRoles(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	for name, physical := range map[string]string{
		"backup-backup": "demo-acme-backup", "backup-restore-test": "demo-acme-restore-test",
	} {
		role := w.One(t, roleType, name+"-role")
		harness.AssertTags(t, role, "backup")
		assert.Equal(t, physical, role.Input("name"))
		assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole"],
			"Principal": {"Service": ["backup.amazonaws.com"]},
			"Condition": {"StringEquals": {"aws:SourceAccount": ["123456789012"]}}}]}`,
			role.Input("assumeRolePolicy").(string))
		assert.Equal(t, physical, w.One(t, policyType, name+"-policy").Input("role"))
	}
}

const snapshots = `"arn:aws:rds:eu-central-1:123456789012:snapshot:awsbackup:*",
	"arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:*"`

func TestBackingUp(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	const via = `"backup.eu-central-1.amazonaws.com", "backup.eu-west-1.amazonaws.com",
		"elasticfilesystem.eu-central-1.amazonaws.com", "elasticfilesystem.eu-west-1.amazonaws.com",
		"rds.eu-central-1.amazonaws.com", "rds.eu-west-1.amazonaws.com"`
	const keys = `"` + replicaARN + `", "` + keyARN + `", "` + databaseKey + `"`
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "FindResources", "Effect": "Allow", "Resource": ["*"], "Action": ["tag:GetResources"]},
		{"Sid": "DescribeDatabases", "Effect": "Allow",
			"Action": ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots"],
			"Resource": ["arn:aws:rds:eu-central-1:123456789012:db:*",
				"arn:aws:rds:eu-central-1:123456789012:snapshot:*", "arn:aws:rds:eu-west-1:123456789012:db:*",
				"arn:aws:rds:eu-west-1:123456789012:snapshot:*"]},
		{"Sid": "SnapshotDatabase", "Effect": "Allow", "Resource": [`+snapshotsAfter(`"`+databaseARN+`"`)+`],
			"Action": ["rds:AddTagsToResource", "rds:CreateDBSnapshot", "rds:ListTagsForResource"]},
		{"Sid": "CopySnapshots", "Effect": "Allow", "Action": ["rds:CopyDBSnapshot"], "Resource": [`+snapshots+`]},
		{"Sid": "ExpireSnapshots", "Effect": "Allow", "Action": ["rds:DeleteDBSnapshot"], "Resource": [`+snapshots+`],
			"Condition": {"StringEquals": {"aws:ResourceTag/tenant": ["acme"]}}},
		{"Sid": "BackUpFiles", "Effect": "Allow", "Resource": ["`+filesARN+`"],
			"Action": ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"]},
		{"Sid": "FillVaults", "Effect": "Allow", "Action": ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
			"Resource": ["arn:aws:mock:::backup-air-gapped", "arn:aws:mock:::backup-recovery-vault",
				"arn:aws:mock:::backup-vault"]},
		{"Sid": "CopyRecoveryPoints", "Effect": "Allow", "Action": ["backup:CopyFromBackupVault"],
			"Resource": ["arn:aws:backup:eu-west-1:123456789012:recovery-point:*", `+snapshots+`]},
		{"Sid": "UseKeys", "Effect": "Allow", "Resource": [`+keys+`],
			"Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
			"Condition": {"StringEquals": {"kms:ViaService": [`+via+`]}}},
		{"Sid": "GrantKeys", "Effect": "Allow", "Action": ["kms:CreateGrant"], "Resource": [`+keys+`],
			"Condition": {"Bool": {"kms:GrantIsForAWSResource": ["true"]}, "StringEquals": {"kms:ViaService": [`+via+`]}}}
	]}`, w.One(t, policyType, "backup-backup-policy").Input("policy").(string))
}

// snapshotsAfter are a database and the snapshots as they are sorted.
func snapshotsAfter(database string) string {
	parts := strings.Split(snapshots, ",")
	return parts[0] + ", " + database + ", " + parts[1]
}

func TestRestoring(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	const via = `"backup.eu-west-1.amazonaws.com", "elasticfilesystem.eu-west-1.amazonaws.com",
		"rds.eu-west-1.amazonaws.com"`
	const keys = `"` + keyARN + `", "` + databaseKey + `", "` + filesKey + `"`
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "FindPlace", "Effect": "Allow", "Resource": ["*"], "Action": ["ec2:DescribeAccountAttributes",
			"ec2:DescribeAvailabilityZones", "ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups",
			"ec2:DescribeSubnets", "ec2:DescribeVpcs"]},
		{"Sid": "DescribeDatabases", "Effect": "Allow",
			"Action": ["rds:DescribeDBInstances", "rds:DescribeDBSnapshots"],
			"Resource": ["arn:aws:rds:eu-west-1:123456789012:db:*", "arn:aws:rds:eu-west-1:123456789012:snapshot:*"]},
		{"Sid": "RestoreDatabase", "Effect": "Allow",
			"Action": ["rds:CreateDBInstance", "rds:RestoreDBInstanceFromDBSnapshot"],
			"Resource": ["arn:aws:rds:eu-west-1:123456789012:db:awsbackup-restore-test-*",
				"arn:aws:rds:eu-west-1:123456789012:og:default:*", "arn:aws:rds:eu-west-1:123456789012:pg:*",
				"arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:*",
				"arn:aws:rds:eu-west-1:123456789012:subgrp:demo-acme-database"]},
		{"Sid": "TendDatabase", "Effect": "Allow",
			"Action": ["rds:AddTagsToResource", "rds:DeleteDBInstance", "rds:ListTagsForResource"],
			"Resource": ["arn:aws:rds:eu-west-1:123456789012:db:awsbackup-restore-test-*"]},
		{"Sid": "RestoreFiles", "Effect": "Allow",
			"Action": ["elasticfilesystem:CreateFileSystem", "elasticfilesystem:DescribeFileSystems"],
			"Resource": ["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/*"]},
		{"Sid": "FillRestoredFiles", "Effect": "Allow",
			"Action": ["elasticfilesystem:Restore", "elasticfilesystem:TagResource"],
			"Resource": ["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/*"],
			"Condition": {"Null": {"aws:ResourceTag/tenant": ["true"]}}},
		{"Sid": "DeleteRestoredFiles", "Effect": "Allow", "Action": ["elasticfilesystem:DeleteFileSystem"],
			"Resource": ["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/*"],
			"Condition": {"Null": {"aws:ResourceTag/awsbackup-restore-test": ["false"]}}},
		{"Sid": "UseKeys", "Effect": "Allow", "Resource": [`+keys+`],
			"Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
			"Condition": {"StringEquals": {"kms:ViaService": [`+via+`]}}},
		{"Sid": "GrantKeys", "Effect": "Allow", "Action": ["kms:CreateGrant"], "Resource": [`+keys+`],
			"Condition": {"Bool": {"kms:GrantIsForAWSResource": ["true"]}, "StringEquals": {"kms:ViaService": [`+via+`]}}}
	]}`, w.One(t, policyType, "backup-restore-test-policy").Input("policy").(string))
}

func TestRestoreTests(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	plan := w.One(t, testType, "backup-restore-test")
	harness.AssertTags(t, plan, "backup")
	harness.AssertInputs(t, plan, map[string]any{
		"name": "demo_acme_restore_test", "startWindowHours": 1.0,
		"scheduleExpression": "cron(40 14 ? * WED *)",
		"recoveryPointSelection": map[string]any{
			"algorithm": "LATEST_WITHIN_WINDOW", "includeVaults": []any{"arn:aws:mock:::backup-vault"},
			"recoveryPointTypes": []any{"SNAPSHOT"}, "selectionWindowDays": 7.0,
		},
	})
	group := w.One(t, groupType, "backup-restore-test-group")
	harness.AssertTags(t, group, "backup")
	harness.AssertInputs(t, group, map[string]any{"name": "demo-acme-restore-test", "vpcId": "vpc-1", "ingress": nil,
		"egress": nil})
	for part, want := range map[string]struct {
		kind, arn string
		overrides map[string]any
	}{
		"database": {"RDS", databaseARN, map[string]any{"dbSubnetGroupName": "demo-acme-database", "multiAz": "false",
			"publiclyAccessible": "false", "vpcSecurityGroupIds": `["backup-restore-test-group-id"]`}},
		"files": {"EFS", filesARN, map[string]any{"kmsKeyId": filesKey}},
	} {
		name := "backup-restore-test-" + part
		selection := w.One(t, testedType, name)
		harness.AssertInputs(t, selection, map[string]any{
			"name": "demo_acme_" + part, "restoreTestingPlanName": "demo_acme_restore_test",
			"protectedResourceType": want.kind, "protectedResourceArns": []any{want.arn},
			"iamRoleArn":               "arn:aws:mock:::backup-restore-test-role",
			"restoreMetadataOverrides": want.overrides, "validationWindowHours": 2.0,
		})
		assert.Contains(t, selection.DependsOn, "backup-restore-test-policy")
		assert.Equal(t, []string{"protectedResourceArns"}, w.replaces[name])
		assert.True(t, w.options[name].deletedFirst)
	}
}

func TestWhatIsToldOf(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	for rule, want := range map[string]struct{ target, pattern string }{
		"restored": {"arn:aws:mock:::backup-check-machine", `{"source": ["aws.backup"],
			"detail-type": ["Restore Job State Change"],
			"detail": {"status": ["COMPLETED"], "restoreTestingPlanArn": ["arn:aws:mock:::backup-restore-test"]}}`},
		"failed": {topicARN, `{"source": ["aws.backup"], "detail-type": ["Backup Job State Change",
			"Copy Job State Change", "Restore Job State Change"], "detail": {
			"iamRoleArn": ["arn:aws:mock:::backup-backup-role", "arn:aws:mock:::backup-restore-test-role"],
			"$or": [{"state": ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]},
				{"status": ["ABORTED", "EXPIRED", "FAILED", "PARTIAL"]}]}}`},
		"unfinished": {topicARN, `{"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"],
			"detail": {"stateMachineArn": ["arn:aws:mock:::backup-check-machine"],
			"status": ["ABORTED", "FAILED", "TIMED_OUT"]}}`},
	} {
		assert.JSONEq(t, want.pattern, w.One(t, ruleType, "backup-check-"+rule).Input("eventPattern").(string))
		assert.Equal(t, want.target, w.One(t, targetType, "backup-check-"+rule+"-target").Input("arn"))
	}
	silent := args()
	silent.FailureTopicARN = nil
	w, _ = declare(t, silent)
	assert.Len(t, w.OfType(ruleType), 1)
}

func TestChecking(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	machine := w.One(t, machineType, "backup-check-machine")
	harness.AssertTags(t, machine, "backup")
	harness.AssertInputs(t, machine, map[string]any{"name": "demo-acme-backup-check", "type": "STANDARD"})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{"Sid": "LookAtDatabase", "Effect": "Allow", "Action": ["rds:DescribeDBInstances"],
			"Resource": ["arn:aws:rds:eu-west-1:123456789012:db:awsbackup-restore-test-*"]},
		{"Sid": "LookAtFiles", "Effect": "Allow", "Action": ["elasticfilesystem:DescribeFileSystems"],
			"Resource": ["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/*"]},
		{"Sid": "ReportResult", "Effect": "Allow", "Action": ["backup:PutRestoreValidationResult"], "Resource": ["*"]}
	]}`, w.One(t, policyType, "backup-check-policy").Input("policy").(string))
	assert.True(t, json.Valid([]byte(machine.Input("definition").(string))))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	valid := args
	harness.AssertRefusals(t, backup.New,
		"backup: Scope: missing, expected a value\nAccount: missing, expected a value\n"+
			"Region: missing, expected a value\n"+
			"Tier: \"\", expected one of standard, continuity, critical\n"+
			"KeyARN: missing, expected a value\n"+
			"Database.ARN: missing, expected a value\nDatabase.KeyARN: missing, expected a value\n"+
			"Database.Engine: missing, expected a value\nDatabase.EngineVersion: missing, expected a value\n"+
			"Database.InstanceClass: missing, expected a value\nDatabase.BackupWindow: missing, expected a value\n"+
			"Database.MaintenanceWindow: missing, expected a value\nFiles.ARN: missing, expected a value\n"+
			"Files.KeyARN: missing, expected a value\nRestore.VPCID: missing, expected a value\n"+
			"Restore.SubnetGroupName: missing, expected a value",
		valid, map[string]func(*backup.Args){
			"backup: RecoveryRegion: \"eu-west-1\", expected another region than Region\n" +
				"Recovery: missing, expected a value": func(a *backup.Args) { a.RecoveryRegion = a.Region },
			"backup: Database.BackupWindow, Database.MaintenanceWindow: \"00:00-11:00, sun:12:00-sun:13:00\", expected " +
				"windows that leave a time free every 12 hours; make them shorter, or put one after the other\n" +
				"Recovery: missing, expected a value": func(a *backup.Args) {
				a.Database.BackupWindow, a.Database.MaintenanceWindow = "00:00-11:00", "sun:12:00-sun:13:00"
			},
		})
}

// TestQuarantineIsBackedUp: what lies in quarantine is in the same plans and vaults as what serves, and in no test.
func TestQuarantineIsBackedUp(t *testing.T) {
	t.Parallel()
	const (
		pastDatabase = "arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database-g2"
		pastFiles    = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-2"
	)
	a := args()
	a.Database.QuarantinedARNs = pulumi.ToStringArray([]string{pastDatabase})
	a.Files.QuarantinedARNs = pulumi.ToStringArray([]string{pastFiles})
	w, _ := declare(t, a)
	assert.Equal(t, []any{databaseARN, pastDatabase},
		w.One(t, selectionType, "backup-database-selection").Input("resources"))
	assert.Equal(t, []any{filesARN, pastFiles}, w.One(t, selectionType, "backup-files-selection").Input("resources"))
	policy := w.One(t, policyType, "backup-backup-policy").Input("policy")
	assert.Contains(t, policy, `"`+databaseARN+`","`+pastDatabase+`",`)
	assert.Contains(t, policy, `"Resource":["`+filesARN+`","`+pastFiles+`"]`)
	assert.Equal(t, []any{databaseARN},
		w.One(t, testedType, "backup-restore-test-database").Input("protectedResourceArns"))
	assert.Equal(t, []any{filesARN}, w.One(t, testedType, "backup-restore-test-files").Input("protectedResourceArns"))
}
