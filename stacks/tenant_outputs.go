package stacks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/application"
	"haven/components/archive"
	"haven/components/keys"
	"haven/components/routing"
)

// export tells whoever brings the tenant back all that a restoring stack names: nothing can be looked up once a region is
// lost. What a tenant does not have is empty.
func (t *tenant) export(ctx *pulumi.Context, own tenantKeys, store *store, kept *tenantCopies, way *routing.Routing,
	app *application.Application, back pulumi.StringInput,
) {
	outputs := pulumi.Map{
		"name":                     pulumi.String(t.config.Name),
		"tier":                     pulumi.String(t.config.Tier),
		"cell":                     pulumi.String(t.config.Cell),
		"slot":                     pulumi.Int(t.config.Slot),
		"state":                    pulumi.String(t.config.State),
		"deletionDate":             pulumi.String(t.config.DeletionDate),
		"leavingSince":             pulumi.String(t.leavingSince),
		"restoredOf":               pulumi.String(t.config.Restore.Of),
		"restoreMode":              pulumi.String(t.config.Restore.Mode),
		"generation":               pulumi.Int(t.config.Data.Generation),
		"quarantined":              pulumi.ToIntArray(t.quarantine()),
		"copied":                   pulumi.Bool(t.copied()),
		"account":                  pulumi.String(t.cell.Account),
		"region":                   pulumi.String(t.cell.Region),
		"recoveryRegion":           pulumi.String(t.recoveryRegion()),
		"host":                     pulumi.String(t.config.Host),
		"url":                      pulumi.String("https://" + t.config.Host),
		"databaseId":               store.database.ID,
		"databaseArn":              store.database.ARN,
		"databaseSecretArn":        store.database.MasterSecretARN,
		"databaseSecretReplicaArn": pulumi.String(""),
		"databaseKeyArn":           t.databaseKeyARN(own),
		"databaseReplicaKeyArn":    own[keys.Database].ReplicaARN,
		"secretsKeyArn":            t.secretsKeyARN(own),
		"secretsReplicaKeyArn":     own[keys.Secrets].ReplicaARN,
		"applicationKeyArn":        store.appKeyARN,
		"applicationKeyReplicaArn": t.abroadARN(store.appKeyARN),
		"finalSnapshot":            pulumi.String(store.database.FinalSnapshot),
		"filesArn":                 store.files.ARN,
		"filesId":                  store.files.FileSystemID,
		"archiveBucket":            pulumi.String(t.cell.ArchiveBucket),
		"archiveKeyArn":            pulumi.String(t.cell.ArchiveKeyARN),
		"archiveReplicaBucket":     pulumi.String(t.archiveReplica()),
		"archiveReplicaKeyArn":     pulumi.String(t.archiveReplicaKey()),
		"archivePrefix":            pulumi.String(archive.Prefix(t.config.Name)),
		"serviceName":              app.ServiceName,
		"restorationArn":           back,
		"released":                 t.letGo(store, kept),
	}
	t.exportCopies(outputs, own, store, kept)
	t.exportTakeOver(outputs, way)
	ctx.Export(tenantOutput, outputs)
}

// exportCopies adds the copies of its data.
func (t *tenant) exportCopies(outputs pulumi.Map, own tenantKeys, store *store, kept *tenantCopies) {
	for _, name := range []string{"backupKeyArn", "backupReplicaKeyArn", "vaultArn", "recoveryVaultArn", "replicatedBackupArn", "replicaArn", "replicaId",
		"replicaAddress", "replicaClientsGroupId"} {
		outputs[name] = pulumi.String("")
	}
	if key := own[keys.Backup]; key != nil {
		outputs["backupKeyArn"], outputs["backupReplicaKeyArn"] = key.ARN, key.ReplicaARN
	}
	if kept.vaults != nil {
		outputs["vaultArn"], outputs["recoveryVaultArn"] = kept.vaults.VaultARN, kept.vaults.RecoveryVaultARN
	}
	if kept.backups != nil {
		outputs["replicatedBackupArn"] = kept.backups.ARN
	}
	if kept.replica != nil {
		outputs["replicaArn"], outputs["replicaId"] = kept.replica.ARN, kept.replica.ID
		outputs["replicaAddress"] = kept.replica.Address
		outputs["replicaClientsGroupId"] = kept.replica.SecurityGroupID
		outputs["databaseSecretReplicaArn"] = t.abroadARN(store.database.MasterSecretARN)
	}
}

// exportTakeOver adds what takes its host over.
func (t *tenant) exportTakeOver(outputs pulumi.Map, way *routing.Routing) {
	latch, certificate := way.Latch, pulumi.StringInput(way.StandbyCertificateARN)
	if latch == nil {
		latch, certificate = &routing.Latch{}, pulumi.String("")
	}
	outputs["recoveryCertificateArn"] = certificate
	outputs["latchRegion"] = pulumi.String(latch.Region)
	outputs["latchNamespace"] = pulumi.String(latch.Namespace)
	outputs["latchMetric"] = pulumi.String(latch.Metric)
	outputs["latchAlarm"] = pulumi.String(latch.Alarm)
	outputs["latchDimensions"] = pulumi.ToStringMap(latch.Dimensions)
}

// abroadARN is that of the replica of a secret, which differs in its region alone; empty where there is none.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
func (t *tenant) abroadARN(of pulumi.StringInput) pulumi.StringInput {
	if !t.abroad() {
		return pulumi.String("")
	}
	there := t.cell.RecoveryRegion
	return pulumix.Apply(of.ToStringOutput(), func(arn string) string {
		return strings.Replace(arn, ":"+t.cell.Region+":", ":"+there+":", 1)
	}).Untyped().(pulumi.StringOutput)
}

// archiveReplica is the bucket with the copies of its dumps abroad, and archiveReplicaKey its key; empty where it has
// none.
func (t *tenant) archiveReplica() string {
	if !t.abroad() {
		return ""
	}
	return t.cell.ArchiveReplicaBucket
}

func (t *tenant) archiveReplicaKey() string {
	if !t.abroad() {
		return ""
	}
	return t.cell.ArchiveReplicaKeyARN
}
