package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/database"
	"haven/components/keys"
	"haven/components/tiers"
	"haven/stacks/config"
)

// A tenant that is brought back is composed as any other, in the region of its cell alone: what follows is all that
// differs.

// abroad says whether the tenant has copies in another region. One that is brought back has none: the region that its
// cell stands by for may be lost, and nothing of it may depend on that one.
func (t *tenant) abroad() bool { return !t.config.Restores() }

// recoveryRegion is where its copies lie; empty where it has none abroad.
func (t *tenant) recoveryRegion() string { return recoveryRegion(t.config, t.cell) }

func recoveryRegion(tenant *config.Tenant, cell CellOutputs) string {
	if tenant.Restores() {
		return ""
	}
	return cell.RecoveryRegion
}

// copied says whether anything copies its data, beyond RDS's own backups.
func (t *tenant) copied() bool { return !t.config.Restores() || t.config.Restore.Copies }

// ready says that it waits for a take-over, with no data and nothing that runs.
func (t *tenant) ready() bool { return t.config.Restore.Mode == config.Ready }

// serves says whether its application runs.
func (t *tenant) serves() bool { return t.config.Serves() && !t.ready() }

// topics are told of its alarms. Those of a drill wake nobody: whatever they tell is for information.
func (t *tenant) topics() Topics {
	if info := t.cell.Topics.Info; t.config.Restore.Mode == config.Drill {
		return Topics{Critical: info, Warning: info, Info: info}
	}
	return t.cell.Topics
}

// replicated says whether its database has a replica.
func (t *tenant) replicated() bool {
	_, replicated := t.promise.Bound(tiers.Replica)
	return replicated && t.abroad()
}

// promoted says whether its database is a replica that was promoted, or will be, and is another stack's.
func (t *tenant) promoted() bool { return t.config.Restore.Database.Replica != "" }

// ownSecret says whether its database's password is in a secret of its own: where RDS would refuse the replica, of
// which it knows until it is deleted, and where the roles that read it have to be there before the database is.
func (t *tenant) ownSecret() bool {
	return t.replicated() || t.config.Database.Replica == config.ReplicaDropped || t.config.Restore.TakesOver() && !t.promoted()
}

// brought says whether its data was brought back, in this stack or from another's.
func (t *tenant) brought() bool { return t.config.Restores() || t.config.Data.Restored() }

// source is what the database is made from.
func (t *tenant) source(own tenantKeys, s *store) database.Source {
	if t.config.Data.Restored() {
		return t.broughtBack(own, s)
	}
	from := t.config.Restore.Database
	return database.Source{
		SnapshotARN:        from.Snapshot,
		AutomatedBackupARN: from.AutomatedBackup,
		Instance:           optional(from.Instance),
		At:                 from.Time(),
		KeyARN:             optional(from.KeyARN),
	}
}

// promotedDatabase is the replica.
func (t *tenant) promotedDatabase(ctx *pulumi.Context) (*database.Database, error) {
	restore := t.config.Restore
	return database.Promoted(ctx, "database", database.PromotedArgs{
		ARN:       restore.Database.Replica,
		Address:   restore.Database.Address,
		SecretARN: restore.Secrets.DatabaseARN,
	}, t.child())
}

// databaseKeyARN is the key that the database is encrypted with.
func (t *tenant) databaseKeyARN(own tenantKeys) pulumi.StringInput {
	if given := optional(t.config.Restore.Database.KeyARN); given != nil {
		return given
	}
	return own[keys.Database].ARN
}

// databaseARN is the database's. Where it is taken over it is known before the database is, so that no role changes when
// that is made.
func (t *tenant) databaseARN(store *store) pulumi.StringInput {
	if !t.config.Restore.TakesOver() {
		return store.database.ARN
	}
	return pulumi.String("arn:aws:rds:" + t.cell.Region + ":" + t.cell.Account + ":db:" + t.scope.Name("database"))
}

// applicationKey is the key that the application encrypts with: that of the tenant who is brought back, read where it
// lies.
func (t *tenant) applicationKey(ctx *pulumi.Context, own tenantKeys, length int) (pulumi.StringInput, error) {
	if t.config.Restores() {
		return pulumi.String(t.config.Restore.Secrets.ApplicationKeyARN), nil
	}
	made, err := t.credential(ctx, own, "app-key", length)
	if err != nil {
		return nil, err
	}
	return made.ARN, nil
}

// restoredSecretsKey is the key of the secrets that were the tenant's before; nil where all are its own.
func (t *tenant) restoredSecretsKey() pulumi.StringInput {
	return optional(t.config.Restore.Secrets.KeyARN)
}

// secretsKeyARN is the key of the application's key.
func (t *tenant) secretsKeyARN(own tenantKeys) pulumi.StringInput {
	if given := t.restoredSecretsKey(); given != nil {
		return given
	}
	return own[keys.Secrets].ARN
}

// databaseClients is the group whose members reach a promoted replica; nil where the database is its own.
func (t *tenant) databaseClients() pulumi.StringInput {
	return optional(t.config.Restore.Database.ClientsGroupID)
}
