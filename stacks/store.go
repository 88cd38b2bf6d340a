package stacks

import (
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/application"
	"haven/components/cache"
	"haven/components/credentials"
	"haven/components/database"
	"haven/components/dump"
	"haven/components/files"
	"haven/components/identity"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/perimeter"
	"haven/components/restoration"
	"haven/stacks/config"
)

// store is where a tenant's data lies, and the secrets that open it.
type store struct {
	appKeyARN pulumi.StringInput
	admin     *credentials.Credential
	database  *database.Database
	cache     *cache.Cache
	files     *files.Files
	// quarantined are the generations of the data before the one that serves.
	quarantined []*generation
	// pool is who may sign in; nil where people reach the application's own sign-in.
	pool *identity.Identity
}

func (t *tenant) store(ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter) (*store, error) {
	var s store
	for _, declare := range []func() error{
		func() (err error) { s.appKeyARN, err = t.applicationKey(ctx, own, application.KeyLength); return },
		func() (err error) {
			s.admin, err = t.credential(ctx, own, "admin-password", adminPasswordLength)
			return
		},
		func() error { return t.past(ctx, own, groups, &s) },
		func() (err error) { s.database, err = t.database(ctx, own, groups, &s); return },
		func() (err error) { s.cache, err = t.cache(ctx, own, groups); return },
		func() (err error) { s.files, err = t.files(ctx, own, groups); return },
		func() (err error) { s.pool, err = t.pool(ctx); return },
	} {
		if err := declare(); err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// adminPasswordLength is that of the first password of the user "admin", who changes it.
const adminPasswordLength = 24

// goes is when the tenant's data may go: when the stack is torn down, or when the tenant has left. Zero protects it.
func (t *tenant) goes() time.Time {
	if t.config.State == config.Leaving && t.stack.Teardown.IsZero() {
		return t.config.Deletion()
	}
	return t.stack.Teardown
}

func (t *tenant) credential(
	ctx *pulumi.Context, own tenantKeys, part string, length int,
) (*credentials.Credential, error) {
	return credentials.New(ctx, part, credentials.Args{
		Scope:          t.scope,
		Part:           part,
		Length:         length,
		KeyARN:         own[keys.Secrets].ARN,
		RecoveryRegion: t.recoveryRegion(),
		ReplicaKeyARN:  own[keys.Secrets].ReplicaARN,
	}, t.child())
}

// database is that of the generation that serves.
func (t *tenant) database(
	ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter, s *store,
) (*database.Database, error) {
	if t.promoted() {
		return t.promotedDatabase(ctx)
	}
	return t.databaseOf(ctx, own, kept{
		number:        t.config.Data.Generation,
		databaseGroup: groups.DatabaseGroupID,
		source:        t.source(own, s),
		goes:          t.goes(),
	})
}

func (t *tenant) databaseOf(ctx *pulumi.Context, own tenantKeys, how kept) (*database.Database, error) {
	settings := t.config.Database
	return database.New(ctx, naming.Generation("database", how.number), database.Args{
		Scope:                t.scopeOf(how.number),
		Generation:           how.number,
		Account:              t.cell.Account,
		Region:               t.cell.Region,
		InstanceClass:        settings.InstanceClass,
		StorageGiB:           settings.StorageGiB,
		MaxStorageGiB:        settings.MaxStorageGiB,
		BackupRetentionDays:  settings.BackupRetentionDays,
		BackupWindow:         settings.BackupWindow,
		MaintenanceWindow:    settings.MaintenanceWindow,
		LogRetentionDays:     t.cell.LogRetentionDays,
		SubnetIDs:            pulumi.ToStringArray(t.cell.IsolatedSubnetIDs),
		SecurityGroupID:      how.databaseGroup,
		KeyARN:               own[keys.Database].ARN,
		SecretsKeyARN:        own[keys.Secrets].ARN,
		LogsKeyARN:           own[keys.Logs].ARN,
		Source:               how.source,
		Prepared:             t.ready(),
		OwnSecret:            t.ownSecret(),
		RecoveryRegion:       t.recoveryRegion(),
		SecretsReplicaKeyARN: own[keys.Secrets].ReplicaARN,
		TeardownAt:           how.goes,
	}, t.child())
}

func (t *tenant) cache(ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter) (*cache.Cache, error) {
	settings := t.config.Cache
	return cache.New(ctx, "cache", cache.Args{
		Scope:                 t.scope,
		NodeType:              settings.NodeType,
		SnapshotRetentionDays: settings.SnapshotRetentionDays,
		SnapshotWindow:        settings.SnapshotWindow,
		MaintenanceWindow:     settings.MaintenanceWindow,
		TokenRotation:         settings.TokenRotation,
		LogRetentionDays:      t.cell.LogRetentionDays,
		SubnetIDs:             pulumi.ToStringArray(t.cell.IsolatedSubnetIDs),
		SecurityGroupID:       groups.CacheGroupID,
		KeyARN:                own[keys.Cache].ARN,
		SecretsKeyARN:         own[keys.Secrets].ARN,
		LogsKeyARN:            own[keys.Logs].ARN,
		Prepared:              t.ready(),
		RecoveryRegion:        t.recoveryRegion(),
		SecretsReplicaKeyARN:  own[keys.Secrets].ReplicaARN,
		TeardownAt:            t.goes(),
	}, t.child())
}

// files are those of the generation that serves.
func (t *tenant) files(ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter) (*files.Files, error) {
	return t.filesOf(ctx, own, kept{
		number:     t.config.Data.Generation,
		filesGroup: groups.FilesGroupID,
		mounting:   t.mounting(),
		goes:       t.goes(),
	})
}

func (t *tenant) filesOf(ctx *pulumi.Context, own tenantKeys, how kept) (*files.Files, error) {
	return files.New(ctx, naming.Generation("files", how.number), files.Args{
		Scope:           t.scopeOf(how.number),
		Generation:      how.number,
		SubnetIDs:       pulumi.ToStringArray(t.cell.IsolatedSubnetIDs),
		SecurityGroupID: how.filesGroup,
		KeyARN:          own[keys.Files].ARN,
		TaskRoleARNs:    how.mounting,
		Quarantined:     t.quarantined(how.number),
		Protected:       how.goes.IsZero(),
	}, t.child())
}

// mounting are the roles that may mount the files.
func (t *tenant) mounting() []string {
	roles := []string{
		application.TaskRoleARN(t.cell.Account, t.scope),
		dump.TaskRoleARN(t.cell.Account, t.scope),
	}
	if t.brought() {
		roles = append(roles, restoration.TaskRoleARN(t.cell.Account, t.scope))
	}
	return roles
}
