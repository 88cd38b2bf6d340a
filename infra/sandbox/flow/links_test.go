package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/world"
)

const (
	attachedPolicy = "aws:iam/rolePolicy:RolePolicy"
	role           = "aws:iam/role:Role"
	key            = "aws:kms/key:Key"
	replicaKey     = "aws:kms/replicaKey:ReplicaKey"
	versioning     = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	bucketPolicy   = "aws:s3/bucketPolicy:BucketPolicy"
	replication    = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	queuePolicy    = "aws:sqs/queuePolicy:QueuePolicy"
	schedule       = "aws:scheduler/schedule:Schedule"
	database       = "aws:rds/instance:Instance"
	plan           = "aws:backup/plan:Plan"
	transferJob    = "gcp:storage/transferJob:TransferJob"
)

const cell, standby, tenant, mirror = "demo-cell", "demo-standby", "demo-initech", "demo-mirror"

// links are broken one at a time. Each stops the copies that depend on it and no others, and raises the alarms that
// depend on these and no others. What is lost on the way to the mirror the hourly transfer brings, and each of the two
// ways has an alarm of its own.
var links = []struct {
	name   string
	broken change
	// hours are how many the clock is advanced by.
	hours time.Duration
	// old are the copies that are too old then, raised the alarms of the second half of the first day and later.
	old, raised string
}{
	{"nothing is broken",
		func(*world.Tx) error { return nil },
		26, "", ""},
	{"the database keeps no backups",
		set(database, tenant, "database-instance", "backupRetentionPeriod", 0.0),
		40, "export pitr replicated-backup", "initech-export-age initech-pitr-age initech-replicated-backup-age"},
	{"the database's key is disabled",
		set(key, tenant, "database-key-primary", "isEnabled", false),
		40,
		"dump dump-copy export mirror pitr replicated-backup snapshot snapshot-copy",
		"initech-dump-age initech-dump-copy-age initech-export-age initech-mirror-age initech-pitr-age " +
			"initech-replicated-backup-age initech-snapshot-age initech-snapshot-copy-age mirror-silence"},
	{"the database's key abroad is disabled",
		set(replicaKey, tenant, "database-key-replica", "enabled", false),
		26, "replicated-backup", "initech-replicated-backup-age"},
	{"nothing replicates the backups",
		drop("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", tenant,
			"replication-replication"),
		26, "replicated-backup", "initech-replicated-backup-age"},
	{"the dump's schedule is disabled",
		set(schedule, tenant, "dump-schedule", "state", "DISABLED"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump's schedule may not run it",
		edit(attachedPolicy, tenant, "dump-schedule-policy", "policy", "ecs:RunTask", "ecs:StopTask"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump's schedule may not hand on its roles",
		edit(attachedPolicy, tenant, "dump-schedule-policy", "policy", "iam:PassRole", "iam:GetRole"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump may not write",
		edit(attachedPolicy, tenant, "dump-task-policy", "policy", "s3:PutObject\"", "s3:GetObject\""),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump may not encrypt",
		edit(attachedPolicy, tenant, "dump-task-policy", "policy", "kms:GenerateDataKey", "kms:Sign"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump may not lock",
		edit(attachedPolicy, tenant, "dump-task-policy", "policy", "s3:PutObjectRetention", "s3:GetObjectRetention"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump may not read its secrets",
		edit(attachedPolicy, tenant, "dump-execution-policy", "policy", "secretsmanager:GetSecretValue",
			"secretsmanager:DescribeSecret"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump's role trusts another",
		edit(role, tenant, "dump-task-role", "assumeRolePolicy", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the dump does not reach the database",
		drop("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", tenant, "perimeter-database-from-application"),
		26, "dump dump-copy mirror", "initech-dump-age initech-dump-copy-age initech-mirror-age"},
	{"the archive's key is disabled",
		set(key, cell, "archive-key-primary", "isEnabled", false),
		40,
		"dump dump-copy export mirror",
		"initech-dump-age initech-dump-copy-age initech-export-age " +
			"initech-mirror-age mirror-silence"},
	{"the archive's key serves another service",
		edit(key, cell, "archive-key-primary", "policy", "s3.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"),
		40,
		"dump dump-copy mirror",
		"cell-archive-mirror-unheard cell-archive-replication-failed initech-dump-age initech-dump-copy-age " +
			"initech-mirror-age mirror-hourly-demo-cell mirror-silence " +
			"mirror-transfer-errors"},
	{"the archive refuses writing",
		edit(bucketPolicy, cell, "archive-source-policy", "policy", `"s3:DeleteObjectVersion"`, `"s3:PutObject"`),
		40,
		"dump dump-copy export mirror",
		"initech-dump-age initech-dump-copy-age initech-export-age " +
			"initech-mirror-age mirror-silence"},
	{"the archive keeps no versions",
		set(versioning, cell, "archive-source-versioning", "versioningConfiguration.status", "Suspended"),
		26, "dump-copy", "initech-dump-copy-age"},
	{"the replica keeps no versions",
		set(versioning, cell, "archive-replica-versioning", "versioningConfiguration.status", "Suspended"),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the replication's rule is disabled",
		set(replication, cell, "archive-replication", "rules.0.status", "Disabled"),
		26, "dump-copy", "initech-dump-copy-age"},
	{"the replication passes encrypted objects by",
		set(replication, cell, "archive-replication", "rules.0.sourceSelectionCriteria.sseKmsEncryptedObjects.status",
			"Disabled"),
		26, "dump-copy", "initech-dump-copy-age"},
	{"the replication may not read",
		edit(attachedPolicy, cell, "archive-replication-policy", "policy", "s3:GetObjectVersionForReplication",
			"s3:GetObjectVersion"),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the replication may not decrypt",
		edit(attachedPolicy, cell, "archive-replication-policy", "policy", "kms:Decrypt", "kms:Sign"),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the replication may not encrypt",
		edit(attachedPolicy, cell, "archive-replication-policy", "policy", "kms:Encrypt\"", "kms:Sign\""),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the replication may not give objects away",
		edit(attachedPolicy, cell, "archive-replication-policy", "policy", "s3:ObjectOwnerOverrideToBucketOwner", "s3:X"),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the replication's role trusts another",
		edit(role, cell, "archive-replication-role", "assumeRolePolicy", "s3.amazonaws.com",
			"batchoperations.s3.amazonaws.com"),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the replica's key is disabled",
		set(replicaKey, cell, "archive-key-replica", "enabled", false),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the replica's key is another account's",
		edit(replicaKey, cell, "archive-key-replica", "policy", "123456789012:root", "210987654321:root"),
		26, "dump-copy", "cell-archive-replication-failed initech-dump-copy-age"},
	{"the plan is years ahead",
		set(plan, tenant, "backup-database-plan", "rules.0.schedule", "cron(0 5 1 1 ? 2030)"),
		26, "snapshot snapshot-copy", "initech-snapshot-age initech-snapshot-copy-age"},
	{"backups may not make snapshots",
		edit(attachedPolicy, tenant, "backup-backup-policy", "policy", "rds:CreateDBSnapshot", "rds:X"),
		26, "snapshot snapshot-copy", "initech-snapshot-age initech-snapshot-copy-age"},
	{"backups may not read files",
		edit(attachedPolicy, tenant, "backup-backup-policy", "policy", "elasticfilesystem:Backup", "elasticfilesystem:X"),
		26, "files files-copy", "initech-files-age initech-files-copy-age"},
	{"backups may not be copied",
		edit(attachedPolicy, tenant, "backup-backup-policy", "policy", "backup:CopyIntoBackupVault", "backup:X"),
		26, "files-copy snapshot-copy", "initech-files-copy-age initech-snapshot-copy-age"},
	{"the backup's role trusts another",
		edit(role, tenant, "backup-backup-role", "assumeRolePolicy", "backup.amazonaws.com", "ec2.amazonaws.com"),
		26,
		"files files-copy snapshot snapshot-copy",
		"initech-files-age initech-files-copy-age initech-snapshot-age initech-snapshot-copy-age"},
	{"the vault's key is disabled",
		set(key, tenant, "backup-key-primary", "isEnabled", false),
		26, "files files-copy", "initech-files-age initech-files-copy-age"},
	{"the vault's key abroad is disabled",
		set(replicaKey, tenant, "backup-key-replica", "enabled", false),
		26, "files-copy snapshot-copy", "initech-files-copy-age initech-snapshot-copy-age"},
	{"the vault abroad is gone",
		drop("aws:backup/vault:Vault", tenant, "backup-recovery-vault"),
		26, "files-copy snapshot-copy", "initech-files-copy-age initech-snapshot-copy-age"},
	{"exports may not be started",
		edit(attachedPolicy, tenant, "exports-policy", "policy", "rds:StartExportTask", "rds:X"),
		40, "export", "initech-export-age"},
	{"exports may not be written",
		edit(attachedPolicy, tenant, "exports-writer-policy", "policy", "s3:PutObject*", "s3:GetObject*"),
		40, "export", "initech-export-age"},
	{"nobody measures",
		set(schedule, tenant, "freshness-schedule", "state", "DISABLED"),
		26, "", "initech-dump-age initech-export-age initech-files-age " +
			"initech-pitr-age initech-snapshot-age"},
	{"dumps may not be listed",
		edit(attachedPolicy, tenant, "freshness-policy", "policy", "s3:ListBucket", "s3:GetBucket"),
		26, "", "initech-dump-age"},
	{"the queue lets no events in",
		edit(queuePolicy, cell, "archive-created-policy", "policy", "sqs:SendMessage", "sqs:X"),
		26, "", "cell-archive-mirror-untold"},
	{"the transfer's role trusts another",
		set(role, mirror, "transfer-demo-cell-role", "assumeRolePolicy",
			`{"Statement":[{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},`+
				`"Action":"sts:AssumeRoleWithWebIdentity",`+
				`"Condition":{"StringEquals":{"accounts.google.com:sub":"1"}}}]}`),
		26, "mirror", "cell-archive-mirror-unheard initech-mirror-age mirror-hourly-demo-cell mirror-silence " +
			"mirror-transfer-errors"},
	{"the transfer of events is disabled",
		set(transferJob, mirror, "transfer-demo-cell-events", "status", "DISABLED"),
		26, "", "cell-archive-mirror-unheard"},
	{"the hourly transfer is disabled",
		set(transferJob, mirror, "transfer-demo-cell-hourly", "status", "DISABLED"),
		26, "", "mirror-hourly-demo-cell"},
	{"the hourly transfer may not report",
		drop("gcp:pubsub/topicIAMMember:TopicIAMMember", mirror, "transfer-demo-cell-hourly-reporter"),
		26, "", "mirror-hourly-demo-cell"},
	{"the hourly transfer of the cell that stands by is disabled",
		set(transferJob, mirror, "transfer-demo-standby-hourly", "status", "DISABLED"),
		26, "", "mirror-hourly-demo-standby"},
	{"the transfer may not write",
		drop("gcp:storage/bucketIAMMember:BucketIAMMember", mirror, "mirror-agent-writer"),
		26, "mirror", "cell-archive-mirror-unheard initech-mirror-age mirror-hourly-demo-cell mirror-silence " +
			"mirror-transfer-errors"},
	{"Cloud Storage may not use its key",
		drop("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", mirror, "mirror-key-user"),
		26, "mirror", "cell-archive-mirror-unheard initech-mirror-age mirror-hourly-demo-cell mirror-silence " +
			"mirror-transfer-errors"},
	{"the transfer may not decrypt",
		edit(attachedPolicy, mirror, "transfer-demo-cell-policy", "policy", "kms:Decrypt", "kms:Sign"),
		26, "mirror", "cell-archive-mirror-unheard initech-mirror-age mirror-hourly-demo-cell mirror-silence " +
			"mirror-transfer-errors"},
	{"nothing is logged",
		drop("gcp:projects/iAMAuditConfig:IAMAuditConfig", mirror, "mirror-audit"),
		26, "", "initech-mirror-age"},
}

func TestEachLinkCarriesItsCopiesAlone(t *testing.T) {
	for _, link := range links {
		t.Run(link.name, func(t *testing.T) {
			w := alone(t)
			require.NoError(t, w.Update(link.broken))
			advance(t, w, link.hours*time.Hour)
			assert.Equal(t, link.old, strings.ReplaceAll(old(t, w), "initech:", ""))
			assert.Equal(t, link.raised, raised(t, w, 12*time.Hour))
		})
	}
}

// alone is the demo with one tenant, its cell, the one that stands by for it, and the mirror of both.
func alone(t *testing.T) *world.World {
	t.Helper()
	w := demo(t)
	entries, err := w.Entries()
	require.NoError(t, err)
	require.NoError(t, w.Update(func(tx *world.Tx) error {
		for _, entry := range entries {
			stack := strings.Split(entry.URN, ":")[2]
			if stack == cell || stack == standby || stack == tenant || stack == mirror {
				continue
			}
			for _, r := range tx.ByURN(entry.URN) {
				if err := tx.Delete(world.KeyOf(r)); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	return w
}
