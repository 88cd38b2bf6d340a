package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/accesslogs"
	"haven/components/assurance"
	"haven/components/audit"
	"haven/components/guards"
	"haven/components/keys"
	"haven/components/notifications"
	"haven/components/quotas"
	"haven/components/recorder"
	"haven/components/registry"
	"haven/components/tripwires"
	"haven/stacks/config"
)

// AccountType is the component that everything in an account's stack descends from.
const AccountType = "haven:stacks:Account"

// account is an account's stack while it is being composed.
type account struct {
	shared
	config *config.Account
}

// watched is one of the two regions of an account.
type watched struct {
	// suffix sets the names of its components apart from the home's, whose is empty.
	suffix string
	region string
	child  pulumi.ResourceOption
}

// deployAccount declares what an AWS account has once, and in each of its regions.
func deployAccount(ctx *pulumi.Context, stack *config.Stack) error {
	settings := stack.Account
	shared, err := newShared(ctx, AccountType, stack, settings.Environment, settings.Owner,
		place{settings.Account, settings.Region, settings.RecoveryRegion})
	if err != nil {
		return err
	}
	a := &account{shared, settings}
	return a.compose(ctx)
}

func (a *account) compose(ctx *pulumi.Context) error {
	home := watched{"", a.config.Region, a.child()}
	recovery := watched{"-recovery", a.config.RecoveryRegion, a.recoveryChild()}
	homeLogs, err := a.accessLogs(ctx, home)
	if err != nil {
		return err
	}
	recoveryLogs, err := a.accessLogs(ctx, recovery)
	if err != nil {
		return err
	}
	logsKey, err := a.logsKey(ctx)
	if err != nil {
		return err
	}
	record, err := a.record(ctx, home, homeLogs, nil)
	if err != nil {
		return err
	}
	if _, err := a.record(ctx, recovery, recoveryLogs, record.RoleARN); err != nil {
		return err
	}
	if err := a.guard(ctx, home, recovery); err != nil {
		return err
	}
	watch, err := a.watch(ctx, home, recovery, logsKey)
	if err != nil {
		return err
	}
	trail, err := a.audit(ctx, homeLogs, recoveryLogs, logsKey, watch)
	if err != nil {
		return err
	}
	if err := a.trip(ctx, trail, watch.home); err != nil {
		return err
	}
	if err := a.replicateImages(ctx); err != nil {
		return err
	}
	ctx.Export(accountOutput, pulumi.Map{
		"environment":              pulumi.String(a.config.Environment),
		"production":               pulumi.Bool(a.config.Production),
		"owner":                    pulumi.String(a.config.Owner),
		"account":                  pulumi.String(a.config.Account),
		"region":                   pulumi.String(a.config.Region),
		"recoveryRegion":           pulumi.String(a.config.RecoveryRegion),
		"logRetentionDays":         pulumi.Int(a.config.LogRetentionDays),
		"accessLogBucket":          homeLogs.Bucket,
		"recoveryAccessLogBucket":  recoveryLogs.Bucket,
		"trailArn":                 trail.TrailARN,
		"trailBucketArn":           trail.BucketARN,
		"trailReplicaBucketArn":    trail.ReplicaBucketARN,
		"trailLogGroupName":        trail.LogGroupName,
		"operatorRoleArn":          watch.people.OperatorRoleARN,
		"readOnlyRoleArn":          watch.people.ReadOnlyRoleARN,
		"emergencyRoleArn":         watch.people.EmergencyRoleARN,
		"criticalTopicArn":         watch.home.CriticalTopicARN,
		"warningTopicArn":          watch.home.WarningTopicARN,
		"infoTopicArn":             watch.home.InfoTopicARN,
		"recoveryCriticalTopicArn": watch.recovery.CriticalTopicARN,
		"recoveryWarningTopicArn":  watch.recovery.WarningTopicARN,
		"recoveryInfoTopicArn":     watch.recovery.InfoTopicARN,
	})
	return nil
}

func (a *account) accessLogs(ctx *pulumi.Context, in watched) (*accesslogs.AccessLogs, error) {
	return accesslogs.New(ctx, "access-logs"+in.suffix, accesslogs.Args{
		Scope:            a.scope,
		Account:          a.config.Account,
		Region:           in.region,
		LogRetentionDays: a.config.LogRetentionDays,
		Protected:        a.protected,
	}, in.child)
}

// logsKey encrypts the account's log groups, in both regions.
func (a *account) logsKey(ctx *pulumi.Context) (*keys.Key, error) {
	return keys.New(ctx, "logs-key", keys.Args{
		Scope:          a.scope,
		Account:        a.config.Account,
		Region:         a.config.Region,
		RecoveryRegion: a.config.RecoveryRegion,
		Purpose:        keys.Logs,
		Recovery:       a.recovery,
	}, a.child())
}

// audit is the trail of all regions, whose home is the account's.
func (a *account) audit(ctx *pulumi.Context, logs, recoveryLogs *accesslogs.AccessLogs, key *keys.Key, told *watch) (
	*audit.Audit, error,
) {
	return audit.New(ctx, "audit", audit.Args{
		Scope:              a.scope,
		Account:            a.config.Account,
		Region:             a.config.Region,
		RecoveryRegion:     a.config.RecoveryRegion,
		OrganizationID:     a.config.OrganizationID,
		AccessLogs:         logs.Bucket,
		RecoveryAccessLogs: recoveryLogs.Bucket,
		LogsKeyARN:         key.ARN,
		LogRetentionDays:   a.config.LogRetentionDays,
		Topics:             audit.Topics{Region: told.home.CriticalTopicARN, Recovery: told.recovery.CriticalTopicARN},
		Recovery:           a.recovery,
		Protected:          a.protected,
	}, a.child())
}

// record records one region; without a role it is the home.
func (a *account) record(ctx *pulumi.Context, in watched, logs *accesslogs.AccessLogs, role pulumi.StringInput) (
	*recorder.Recorder, error) {
	return recorder.New(ctx, "recorder"+in.suffix, recorder.Args{
		Scope:            a.scope,
		Account:          a.config.Account,
		Region:           in.region,
		Home:             role == nil,
		RoleARN:          role,
		AccessLogs:       logs.Bucket,
		LogRetentionDays: a.config.LogRetentionDays,
		Protected:        a.protected,
	}, in.child)
}

// guard guards the account as a whole, and each of its regions, and asks for what those are to have room for.
func (a *account) guard(ctx *pulumi.Context, regions ...watched) error {
	_, err := guards.NewAccount(ctx, "account-guards", guards.AccountArgs{Account: a.config.Account}, a.child())
	if err != nil {
		return err
	}
	for _, in := range regions {
		_, err := guards.NewRegion(ctx, "guards"+in.suffix, guards.RegionArgs{
			Scope:   a.scope,
			Account: a.config.Account,
			Region:  in.region,
		}, in.child)
		if err != nil {
			return err
		}
		_, err = quotas.New(ctx, "quotas"+in.suffix, quotas.Args{Databases: a.config.Databases}, in.child)
		if err != nil {
			return err
		}
		_, err = assurance.NewRegion(ctx, "backups"+in.suffix, assurance.RegionArgs{
			Scope: a.scope,
			Home:  in.suffix == "",
		}, in.child)
		if err != nil {
			return err
		}
	}
	return nil
}

// trip raises alarms for what stands in the trail and must not be overlooked.
func (a *account) trip(ctx *pulumi.Context, trail *audit.Audit, told *notifications.Notifications) error {
	_, err := tripwires.New(ctx, "tripwires", tripwires.Args{
		Scope:            a.scope,
		LogGroupName:     trail.LogGroupName,
		CriticalTopicARN: told.CriticalTopicARN,
		WarningTopicARN:  told.WarningTopicARN,
		InfoTopicARN:     told.InfoTopicARN,
	}, a.child())
	return err
}

// replicateImages copies what is pushed to any cell's registry. ECR has one such setting for each account and region.
func (a *account) replicateImages(ctx *pulumi.Context) error {
	_, err := registry.NewReplication(ctx, "image-replication", registry.ReplicationArgs{
		Scope:          a.scope,
		Account:        a.config.Account,
		Region:         a.config.Region,
		RecoveryRegion: a.config.RecoveryRegion,
	}, a.child())
	return err
}
