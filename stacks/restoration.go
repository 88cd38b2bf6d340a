package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/keys"
	"haven/components/perimeter"
	"haven/components/restoration"
	"haven/components/task"
	"haven/stacks/config"
)

// restoration declares what brings the tenant's files back, and answers its state machine; empty where the tenant is not
// brought back.
func (t *tenant) restoration(
	ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter, store *store,
) (pulumi.StringInput, error) {
	if !t.brought() {
		return pulumi.String(""), nil
	}
	from := t.config.Restore
	archive, dumped, withDatabase := from.Archive, from.Files.Dump, from.Database.Dump != ""
	if t.config.Data.Restored() {
		archive = config.RestoreArchive{Bucket: t.cell.ArchiveBucket, KeyARN: t.cell.ArchiveKeyARN}
		dumped = t.config.Data.From.Dump
	}
	args := restoration.Args{
		Scope:             t.scope,
		Account:           t.cell.Account,
		Region:            t.cell.Region,
		Image:             t.cell.DumpImage,
		Bucket:            archive.Bucket,
		ArchiveKeyARN:     archive.KeyARN,
		Dump:              dumped,
		WithDatabase:      withDatabase,
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
		SecretsKeyARN:    own[keys.Secrets].ARN,
		RestoredKeyARN:   t.restoredSecretsKey(),
		LogsKeyARN:       own[keys.Logs].ARN,
		LogRetentionDays: t.cell.LogRetentionDays,
	}
	if store.pool != nil {
		args.UserPoolARN = store.pool.UserPoolARN
	}
	back, err := restoration.New(ctx, "restoration", args, t.child())
	if err != nil {
		return nil, err
	}
	return back.StateMachineARN, nil
}
