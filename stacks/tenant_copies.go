package stacks

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/alarms"
	"haven/components/backup"
	"haven/components/bucket"
	"haven/components/database"
	"haven/components/dump"
	"haven/components/exports"
	"haven/components/freshness"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/perimeter"
	"haven/components/replication"
	"haven/components/task"
	"haven/components/tiers"
	"haven/stacks/config"
)

// tenantCopies are the copies of a tenant's data, in both regions.
type tenantCopies struct {
	vaults *backup.Backup
	dump   *dump.Dump
	// backups and replica are the tier's own way to the recovery region; nil in the tiers that have none.
	backups *replication.AutomatedBackups
	replica *replication.ReadReplica
}

// copies declares what copies the tenant's data, and what measures how old each copy is.
func (t *tenant) copies(
	ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter, store *store,
) (*tenantCopies, error) {
	var c tenantCopies
	if !t.copied() {
		return &c, nil
	}
	for _, declare := range []func() error{
		func() (err error) { c.vaults, err = t.vaults(ctx, own, store); return },
		func() (err error) { c.dump, err = t.dump(ctx, own, groups, store); return },
		func() error { return t.exports(ctx, own, store) },
		func() error { return t.replicate(ctx, own, store, &c) },
		func() error { return t.measure(ctx, store, &c) },
		func() error { return t.watchMirror(ctx) },
	} {
		if err := declare(); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

func (t *tenant) vaults(ctx *pulumi.Context, own tenantKeys, store *store) (*backup.Backup, error) {
	settings := t.config.Database
	return backup.New(ctx, "backup", backup.Args{
		Scope:          t.scope,
		Account:        t.cell.Account,
		Region:         t.cell.Region,
		RecoveryRegion: t.recoveryRegion(),
		Tier:           t.config.Tier,
		KeyARN:         own[keys.Backup].ARN,
		ReplicaKeyARN:  own[keys.Backup].ReplicaARN,
		Database: backup.Database{
			ARN:               store.database.ARN,
			QuarantinedARNs:   store.databaseARNs(),
			KeyARN:            t.databaseKeyARN(own),
			Engine:            database.Engine,
			EngineVersion:     database.EngineVersion,
			InstanceClass:     settings.InstanceClass,
			BackupWindow:      settings.BackupWindow,
			MaintenanceWindow: settings.MaintenanceWindow,
		},
		Files: backup.Files{
			ARN: store.files.ARN, KeyARN: own[keys.Files].ARN, QuarantinedARNs: store.fileSystemARNs(),
		},
		Restore: backup.Restore{
			VPCID:           pulumi.String(t.cell.VPCID),
			SubnetGroupName: store.database.SubnetGroupName,
		},
		FailureTopicARN: optional(t.topics().Critical),
		Governance:      !t.cell.Production,
		Protected:       t.goes().IsZero(),
		Recovery:        t.recovery,
	}, t.child())
}

func (t *tenant) dump(
	ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter, store *store,
) (*dump.Dump, error) {
	var pool pulumi.StringInput
	if store.pool != nil {
		pool = store.pool.UserPoolARN
	}
	return dump.New(ctx, "dump", dump.Args{
		Scope:             t.scope,
		Account:           t.cell.Account,
		Region:            t.cell.Region,
		Tier:              t.config.Tier,
		Image:             t.cell.DumpImage,
		Generation:        t.config.Data.Generation,
		Recipients:        t.cell.RecoveryRecipients,
		Final:             t.leaves(),
		ClusterARN:        pulumi.String(t.cell.ClusterARN),
		SubnetIDs:         pulumi.ToStringArray(t.cell.PrivateSubnetIDs),
		SecurityGroupID:   groups.ApplicationGroupID,
		DatabaseClientsID: t.databaseClients(),
		Database: task.Database{
			Host:      store.database.Address,
			Port:      store.database.Port,
			Name:      store.database.Name,
			SecretARN: store.database.MasterSecretARN,
		},
		Files: task.Files{
			FileSystemID:  store.files.FileSystemID,
			AccessPointID: store.files.AccessPointID,
		},
		RestoredKeyARN:   t.restoredSecretsKey(),
		AppKeyARN:        store.appKeyARN,
		UserPoolARN:      pool,
		SecretsKeyARN:    own[keys.Secrets].ARN,
		ArchiveBucket:    pulumi.String(t.cell.ArchiveBucket),
		ArchiveARN:       pulumi.String(bucket.ARN(t.cell.ArchiveBucket)),
		ArchiveKeyARN:    pulumi.String(t.cell.ArchiveKeyARN),
		LogsKeyARN:       own[keys.Logs].ARN,
		LogRetentionDays: t.cell.LogRetentionDays,
		FailureTopicARN:  optional(t.topics().Critical),
	}, t.child())
}

// leaves says whether the tenant's dumps are its last.
func (t *tenant) leaves() bool { return t.config.State == config.Leaving }

func (t *tenant) exports(ctx *pulumi.Context, own tenantKeys, store *store) error {
	_, err := exports.New(ctx, "exports", exports.Args{
		Scope:           t.scope,
		Account:         t.cell.Account,
		Region:          t.cell.Region,
		DatabaseID:      store.database.ID,
		DatabaseARN:     store.database.ARN,
		DatabaseKeyARN:  t.databaseKeyARN(own),
		ArchiveBucket:   pulumi.String(t.cell.ArchiveBucket),
		ArchiveKeyARN:   pulumi.String(t.cell.ArchiveKeyARN),
		FailureTopicARN: optional(t.topics().Critical),
	}, t.child())
	return err
}

// replicate declares the way to the recovery region that the tier has beyond the copies of snapshots. What lies in
// quarantine keeps its own: nothing that was copied is let go before it is.
func (t *tenant) replicate(ctx *pulumi.Context, own tenantKeys, store *store, c *tenantCopies) error {
	if !t.abroad() {
		return nil
	}
	for _, one := range store.quarantined {
		var err error
		if _, one.replica, err = t.replicateOne(ctx, own, one, t.released(one.number)); err != nil {
			return fmt.Errorf("generation %d: %w", one.number, err)
		}
	}
	serving := &generation{number: t.config.Data.Generation, database: store.database}
	var err error
	c.backups, c.replica, err = t.replicateOne(ctx, own, serving, t.goes())
	return err
}

// replicateOne declares it of one generation, which may go at that time; zero protects it.
func (t *tenant) replicateOne(ctx *pulumi.Context, own tenantKeys, of *generation, goes time.Time) (
	backups *replication.AutomatedBackups, replica *replication.ReadReplica, err error,
) {
	switch t.config.Tier {
	case tiers.Continuity:
		name := naming.Generation("replication", of.number)
		backups, err = replication.NewAutomatedBackups(ctx, name, replication.AutomatedBackupsArgs{
			SourceARN:     of.database.ARN,
			KeyARN:        own[keys.Database].ReplicaARN,
			RetentionDays: t.config.Database.BackupRetentionDays,
			Recovery:      t.recovery,
		}, t.child())
	case tiers.Critical:
		replica, err = t.replica(ctx, own, of, goes)
	}
	return backups, replica, err
}

// replica lies in the network of the cell that stands by.
func (t *tenant) replica(ctx *pulumi.Context, own tenantKeys, of *generation, goes time.Time) (
	*replication.ReadReplica, error,
) {
	settings := t.config.Database
	return replication.NewReadReplica(ctx, naming.Generation("replica", of.number), replication.ReadReplicaArgs{
		Scope:               t.scopeOf(of.number),
		Generation:          of.number,
		Account:             t.cell.Account,
		Region:              t.cell.RecoveryRegion,
		SourceARN:           of.database.ARN,
		InstanceClass:       settings.InstanceClass,
		MaxStorageGiB:       settings.MaxStorageGiB,
		BackupRetentionDays: settings.BackupRetentionDays,
		BackupWindow:        settings.BackupWindow,
		MaintenanceWindow:   settings.MaintenanceWindow,
		LogRetentionDays:    t.cell.LogRetentionDays,
		VPCID:               pulumi.String(t.standby.VPCID),
		SubnetIDs:           pulumi.ToStringArray(t.standby.IsolatedSubnetIDs),
		KeyARN:              own[keys.Database].ReplicaARN,
		LogsKeyARN:          own[keys.Logs].ReplicaARN,
		Protected:           goes.IsZero() && settings.Replica != config.ReplicaReleased,
		Recovery:            t.recovery,
	}, t.child())
}

// lagging is what is watched of the replica; nil where the tier has none.
func (c *tenantCopies) lagging(t *tenant) *alarms.Replica {
	if c.replica == nil {
		return nil
	}
	promise, _ := tiers.Of(t.config.Tier)
	bound, _ := promise.Bound(tiers.Replica)
	return &alarms.Replica{
		ID:            c.replica.ID,
		Region:        t.recovery,
		Topics:        t.cell.RecoveryTopics.alarms(),
		MaxLagSeconds: int(bound.Seconds()),
	}
}

func (t *tenant) measure(ctx *pulumi.Context, store *store, c *tenantCopies) error {
	args := freshness.Args{
		Scope:                    t.scope,
		Account:                  t.cell.Account,
		Region:                   t.cell.Region,
		RecoveryRegion:           t.recoveryRegion(),
		Tier:                     t.config.Tier,
		Final:                    t.leaves(),
		DatabaseID:               store.database.ID,
		DatabaseARN:              store.database.ARN,
		FileSystemARN:            store.files.ARN,
		VaultName:                c.vaults.VaultName,
		RecoveryVaultName:        c.vaults.RecoveryVaultName,
		ArchiveBucket:            pulumi.String(t.cell.ArchiveBucket),
		ArchiveReplicaBucket:     optional(t.archiveReplica()),
		CriticalTopicARN:         optional(t.topics().Critical),
		RecoveryCriticalTopicARN: optional(t.cell.RecoveryTopics.Critical),
		Recovery:                 t.recovery,
	}
	if c.backups != nil {
		args.ReplicatedBackupARN = c.backups.ARN
	}
	_, err := freshness.New(ctx, "freshness", args, t.child())
	return err
}
