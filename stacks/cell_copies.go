package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/archive"
	"haven/components/assurance"
	"haven/components/keys"
	"haven/components/tiers"
)

// copies is where the copies of the tenants' data lie that the cell keeps for them.
type copies struct {
	archive *archive.Archive
	key     *keys.Key
}

// copies declares the bucket of backups, with its replica in the recovery region.
func (c *cell) copies(ctx *pulumi.Context) (*copies, error) {
	key, err := c.key(ctx, keys.Archive)
	if err != nil {
		return nil, err
	}
	region, recovery := c.config.Region, c.config.RecoveryRegion
	standard, _ := tiers.Of(tiers.Standard)
	made, err := archive.New(ctx, "archive", archive.Args{
		Scope:              c.scope,
		Account:            c.config.Account,
		Region:             region,
		RecoveryRegion:     recovery,
		KeyARN:             key.ARN,
		ReplicaKeyARN:      key.ReplicaARN,
		AccessLogs:         optional(c.account.accessLogs(region)),
		RecoveryAccessLogs: optional(c.account.accessLogs(recovery)),
		LockDays:           standard.LockDays,
		RetentionDays:      c.config.Backup.RetentionDays,
		Topics: archive.Topics{
			Region:   optional(c.account.topics(region).Critical),
			Recovery: optional(c.account.topics(recovery).Critical),
		},
		Recovery:  c.recovery,
		Protected: c.protected,
	}, c.child())
	if err != nil {
		return nil, err
	}
	return &copies{made, key}, c.assure(ctx)
}

// assure judges and reports the tenants' backups. The role that delivers reports is the account's, so a cell whose
// alarms go to no account has none.
func (c *cell) assure(ctx *pulumi.Context) error {
	if c.config.Alerts == "" {
		return nil
	}
	_, err := assurance.New(ctx, "assurance", assurance.Args{
		Scope:          c.scope,
		Account:        c.config.Account,
		Region:         c.config.Region,
		RecoveryRegion: c.config.RecoveryRegion,
		AccessLogs:     optional(c.account.accessLogs(c.config.Region)),
		RetentionDays:  c.config.Backup.RetentionDays,
		Protected:      c.protected,
	}, c.child())
	return err
}
