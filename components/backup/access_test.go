package backup_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/policy/access"
)

// parsed is a policy as IAM reads it.
func parsed(t *testing.T, name, text string) access.Document {
	t.Helper()
	document, err := access.Parse(name, text)
	require.NoError(t, err)
	return document
}

// TestWhatTheRolesMay asks IAM's own rules, for what is the tenant's and for what is another's.
func TestWhatTheRolesMay(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	const (
		anothersDatabase = "arn:aws:rds:eu-west-1:123456789012:db:demo-globex-database"
		anothersFiles    = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-2"
		anothersVault    = "arn:aws:backup:eu-west-1:123456789012:backup-vault:demo-globex-backup-1"
		anothersKey      = "arn:aws:kms:eu-west-1:123456789012:key/mrk-7"
		snapshot         = "arn:aws:rds:eu-west-1:123456789012:snapshot:awsbackup:job-1"
		far              = "arn:aws:rds:eu-central-1:123456789012:snapshot:awsbackup:copyjob-1"
		final            = "arn:aws:rds:eu-west-1:123456789012:snapshot:demo-acme-database-final"
		newFiles         = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-new"
		test             = "arn:aws:rds:eu-west-1:123456789012:db:awsbackup-restore-test-1"
	)
	of := func(tenant string) access.Context { return access.Context{"aws:ResourceTag/tenant": {tenant}} }
	untagged := access.Context{"aws:ResourceTag/tenant": nil}
	tested := access.Context{"aws:ResourceTag/awsbackup-restore-test": {"1"}}
	via := func(service string) access.Context {
		return access.Context{"kms:ViaService": {service + ".amazonaws.com"}, "kms:GrantIsForAWSResource": {"true"}}
	}
	for _, question := range []struct {
		role, action, resource string
		context                access.Context
		want                   bool
	}{
		{"backup", "rds:CreateDBSnapshot", databaseARN, nil, true},
		{"backup", "rds:CreateDBSnapshot", anothersDatabase, nil, false},
		{"backup", "rds:CopyDBSnapshot", far, nil, true},
		{"backup", "rds:CopyDBSnapshot", final, nil, false},
		{"backup", "rds:DeleteDBSnapshot", snapshot, of("acme"), true},
		{"backup", "rds:DeleteDBSnapshot", far, of("globex"), false},
		{"backup", "rds:DeleteDBSnapshot", final, of("acme"), false},
		{"backup", "rds:ModifyDBSnapshotAttribute", snapshot, of("acme"), false},
		{"backup", "rds:DeleteDBInstance", databaseARN, nil, false},
		{"backup", "rds:ModifyDBInstance", databaseARN, nil, false},
		{"backup", "elasticfilesystem:Backup", filesARN, nil, true},
		{"backup", "elasticfilesystem:Backup", anothersFiles, nil, false},
		{"backup", "backup:CopyIntoBackupVault", "arn:aws:mock:::backup-recovery-vault", nil, true},
		{"backup", "backup:CopyIntoBackupVault", anothersVault, nil, false},
		{"backup", "backup:DeleteRecoveryPoint", snapshot, nil, false},
		{"backup", "kms:CreateGrant", replicaARN, via("rds.eu-central-1"), true},
		{"backup", "kms:Decrypt", databaseKey, via("rds.eu-west-1"), true},
		{"backup", "kms:Decrypt", databaseKey, via("secretsmanager.eu-west-1"), false},
		{"backup", "kms:Decrypt", anothersKey, via("rds.eu-west-1"), false},
		{"backup", "kms:Decrypt", filesKey, via("elasticfilesystem.eu-west-1"), false},
		{"restore-test", "rds:RestoreDBInstanceFromDBSnapshot", test, nil, true},
		{"restore-test", "rds:RestoreDBInstanceFromDBSnapshot", databaseARN, nil, false},
		{"restore-test", "rds:DeleteDBInstance", test, nil, true},
		{"restore-test", "rds:DeleteDBInstance", databaseARN, nil, false},
		{"restore-test", "rds:DeleteDBSnapshot", snapshot, of("acme"), false},
		{"restore-test", "elasticfilesystem:TagResource", newFiles, untagged, true},
		{"restore-test", "elasticfilesystem:Restore", newFiles, untagged, true},
		{"restore-test", "elasticfilesystem:TagResource", anothersFiles, of("globex"), false},
		{"restore-test", "elasticfilesystem:Restore", filesARN, of("acme"), false},
		{"restore-test", "elasticfilesystem:DeleteFileSystem", newFiles, tested, true},
		{"restore-test", "elasticfilesystem:DeleteFileSystem", filesARN, nil, false},
		{"restore-test", "kms:CreateGrant", filesKey, via("elasticfilesystem.eu-west-1"), true},
		{"restore-test", "kms:Decrypt", replicaARN, via("rds.eu-central-1"), false},
	} {
		document := parsed(t, "policy", w.One(t, policyType, "backup-"+question.role+"-policy").Input("policy").(string))
		decision := access.Decide(access.Request{
			Principal: access.Role("arn:aws:iam::123456789012:role/demo-acme-" + question.role),
			Action:    question.action, Resource: question.resource, Context: question.context,
		}, access.Policies{Identity: []access.Document{document}})
		assert.Equal(t, question.want, decision.Allowed, "%s: %s of %s: %+v", question.role, question.action,
			question.resource, decision)
	}
}

// TestNobodyTakesFromAVault: not even who may do everything.
func TestNobodyTakesFromAVault(t *testing.T) {
	t.Parallel()
	w, _ := declare(t, args())
	everything := parsed(t, "everything",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	to := func(vault string) access.Context { return access.Context{"backup:CopyTargets": {vault}} }
	for _, name := range []string{"backup-vault-policy", "backup-recovery-vault-policy"} {
		vault := parsed(t, name, w.One(t, vaultPolicy, name).Input("policy").(string))
		for _, question := range []struct {
			action  string
			context access.Context
			want    bool
		}{
			{"backup:DeleteRecoveryPoint", nil, false},
			{"backup:DisassociateRecoveryPoint", nil, false},
			{"backup:UpdateRecoveryPointLifecycle", nil, false},
			{"backup:DeleteBackupVaultLockConfiguration", nil, false},
			{"backup:PutBackupVaultLockConfiguration", nil, false},
			{"backup:CopyFromBackupVault", to("arn:aws:mock:::backup-recovery-vault"), true},
			{"backup:CopyFromBackupVault", to("arn:aws:mock:::backup-air-gapped"), true},
			{"backup:CopyFromBackupVault", to("arn:aws:backup:us-east-1:999999999999:backup-vault:stolen"), false},
			{"backup:StartRestoreJob", nil, true},
			{"backup:DescribeRecoveryPoint", nil, true},
		} {
			decision := access.Decide(access.Request{
				Principal: access.Role("arn:aws:iam::123456789012:role/admin"), Action: question.action,
				Resource: "arn:aws:backup:eu-west-1:123456789012:recovery-point:1", Context: question.context,
			}, access.Policies{Identity: []access.Document{everything}, Resource: []access.Document{vault}})
			assert.Equal(t, question.want, decision.Allowed, "%s: %s: %+v", name, question.action, decision)
		}
	}
}
