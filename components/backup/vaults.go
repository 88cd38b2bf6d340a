package backup

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/iamdoc"
	"haven/components/naming"
	"haven/components/partial"
)

const (
	// vaults take recovery points that are kept for so many days, whatever the tier. The numbers cannot be changed where
	// a vault is locked already.
	leastRetentionDays = 35
	mostRetentionDays  = 400
	// graceDays are the days for which a lock in compliance mode can be taken back: the fewest that AWS offers.
	graceDays = 3
)

// vaults declares the vaults of both regions, and the policies that keep what is in them.
func (b *builder) vaults() error {
	near, nearLock, err := b.vault("vault", b.args.KeyARN)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	b.own.VaultName, b.own.VaultARN = near.Name, near.Arn
	if b.args.Recovery == nil {
		nothing := pulumi.String("").ToStringOutput()
		b.own.RecoveryVaultName, b.own.RecoveryVaultARN, b.own.AirGappedVaultARN = nothing, nothing, nothing
		return b.keep("vault", near, nearLock)
	}
	recovery := pulumi.Provider(b.args.Recovery)
	far, farLock, err := b.vault("recovery-vault", b.args.ReplicaKeyARN, recovery)
	if err != nil {
		return fmt.Errorf("recovery vault: %w", err)
	}
	b.own.RecoveryVaultName, b.own.RecoveryVaultARN = far.Name, far.Arn
	if err := b.airGap(recovery); err != nil {
		return fmt.Errorf("air-gapped vault: %w", err)
	}
	if err := b.keep("vault", near, nearLock); err != nil {
		return err
	}
	return b.keep("recovery-vault", far, farLock, recovery)
}

// lasting are the options of what outlives the stack under a lock in compliance mode.
func (b *builder) lasting(opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(opts, b.parent(), pulumi.RetainOnDelete(!b.args.Governance))
}

// physical is the name of a part that outlives the stack: with a part of its key's ID, that of a later life differs.
func (b *builder) physical(part string) pulumi.StringOutput {
	return pulumix.Apply(b.args.KeyARN.ToStringOutput(), func(arn string) string {
		id := arn[strings.LastIndex(arn, "/")+1:]
		return fmt.Sprintf("%s-%.4x", b.args.Scope.Name(part), sha256.Sum256([]byte(id)))
	}).Untyped().(pulumi.StringOutput)
}

// vault declares one with its lock.
func (b *builder) vault(part string, key pulumi.StringInput, opts ...pulumi.ResourceOption) (
	*backup.Vault, *backup.VaultLockConfiguration, error) {
	vault, err := backup.NewVault(b.ctx, b.name+"-"+part, &backup.VaultArgs{
		Name:         b.physical("backup"),
		KmsKeyArn:    key.ToStringOutput(),
		ForceDestroy: pulumi.Bool(b.args.Governance && !b.args.Protected),
		Tags:         b.args.tags(b.args.Scope.Name("backup"), naming.Confidential),
	}, append(b.lasting(opts...), pulumi.Protect(b.args.Protected))...)
	if err != nil {
		return nil, nil, err
	}
	settings := &backup.VaultLockConfigurationArgs{
		BackupVaultName:  vault.Name,
		MinRetentionDays: pulumi.Int(leastRetentionDays),
		MaxRetentionDays: pulumi.Int(mostRetentionDays),
	}
	if !b.args.Governance {
		settings.ChangeableForDays = pulumi.Int(graceDays)
	}
	lock, err := backup.NewVaultLockConfiguration(b.ctx, b.name+"-"+part+"-lock", settings, b.lasting(opts...)...)
	if err != nil {
		return nil, nil, fmt.Errorf("lock: %w", err)
	}
	return vault, lock, nil
}

// airGap declares the vault that AWS keeps apart. It is always locked in compliance mode, and encrypted by a key of
// AWS's own, which no administrator of the account can delete.
func (b *builder) airGap(recovery pulumi.ResourceOption) error {
	b.own.AirGappedVaultARN = pulumi.String("").ToStringOutput()
	if b.args.Governance {
		return nil
	}
	vault, err := backup.NewLogicallyAirGappedVault(b.ctx, b.name+"-air-gapped", &backup.LogicallyAirGappedVaultArgs{
		Name:             b.physical("air-gapped"),
		MinRetentionDays: pulumi.Int(leastRetentionDays),
		MaxRetentionDays: pulumi.Int(mostRetentionDays),
		Tags:             b.args.tags(b.args.Scope.Name("air-gapped"), naming.Confidential),
	}, append(b.lasting(recovery), pulumi.Protect(b.args.Protected))...)
	if err != nil {
		return err
	}
	b.own.AirGappedVaultARN = vault.Arn
	return nil
}

// keep gives a vault its policy, which is the second line behind the lock. It comes after the lock, which it forbids to
// touch.
func (b *builder) keep(part string, vault *backup.Vault, lock *backup.VaultLockConfiguration,
	opts ...pulumi.ResourceOption) error {
	policy := pulumix.ApplyErr(partial.Array(b.ctx, b.ownVaults()), func(vaults []string) (string, error) {
		return b.args.keeping(vaults).Resource()
	})
	_, err := backup.NewVaultPolicy(b.ctx, b.name+"-"+part+"-policy", &backup.VaultPolicyArgs{
		BackupVaultName: vault.Name,
		Policy:          policy.Untyped().(pulumi.StringOutput),
	}, append(b.lasting(opts...), pulumi.DependsOn([]pulumi.Resource{lock}))...)
	if err != nil {
		return fmt.Errorf("policy of the %s: %w", part, err)
	}
	return nil
}

// ownVaults are the ARNs of the tenant's vaults.
func (b *builder) ownVaults() pulumi.StringArray {
	own := pulumi.StringArray{b.own.VaultARN}
	if b.args.Recovery == nil {
		return own
	}
	own = append(own, b.own.RecoveryVaultARN)
	if !b.args.Governance {
		own = append(own, b.own.AirGappedVaultARN)
	}
	return own
}

// keeping denies everyone to delete recovery points, to change how long they are kept, to take the lock away, and to
// copy them anywhere but to one of the tenant's own vaults. While a stack under governance is torn down, only the last.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
func (a Args) keeping(vaults []string) iamdoc.Document {
	deny := func(sid string, conditions iamdoc.Conditions, actions ...string) iamdoc.Statement {
		return iamdoc.Statement{
			Sid:        sid,
			Effect:     iamdoc.Deny,
			Principals: iamdoc.Principals{Anyone: true},
			Actions:    actions,
			Resources:  []string{"*"},
			Conditions: conditions,
		}
	}
	statements := []iamdoc.Statement{
		deny("CopyToOwnVaults", iamdoc.Conditions{"ForAnyValue:ArnNotLike": {"backup:CopyTargets": vaults}},
			"backup:CopyFromBackupVault"),
	}
	if a.Governance && !a.Protected {
		return iamdoc.Document{Statements: statements}
	}
	return iamdoc.Document{Statements: append(statements,
		deny("KeepRecoveryPoints", nil, "backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint",
			"backup:DisassociateRecoveryPointFromParent", "backup:UpdateRecoveryPointLifecycle"),
		deny("KeepLock", nil, "backup:DeleteBackupVaultLockConfiguration", "backup:PutBackupVaultLockConfiguration"),
	)}
}
