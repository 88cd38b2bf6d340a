package freshness

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/archive"
	"haven/components/arguments"
	"haven/components/limit"
	"haven/components/naming"
	"haven/components/tiers"
)

// Args say which copies are measured, and whom to tell. A suspended tenant's are measured like everyone's.
type Args struct {
	// Scope names and tags everything; its Tenant is whose data it is.
	Scope naming.Scope
	// Account is the AWS account, twelve digits. Region holds the tenant, RecoveryRegion its copies. RecoveryRegion,
	// RecoveryVaultName, ArchiveReplicaBucket, ReplicatedBackupARN and Recovery go together. Default: none, there are no
	// copies but those in Region.
	Account, Region, RecoveryRegion string
	// Tier decides which copies there are, and how old the newest of each may be.
	Tier tiers.Tier
	// Final has the dumps of a tenant that is leaving watched, which lie below "final/". Default false.
	Final bool
	// DatabaseID is the RDS instance's identifier, DatabaseARN its ARN; FileSystemARN is that of the files.
	DatabaseID, DatabaseARN, FileSystemARN pulumi.StringInput
	// VaultName and RecoveryVaultName are the tenant's backup vaults in each region.
	VaultName, RecoveryVaultName pulumi.StringInput
	// ArchiveBucket is the name of the cell's backup bucket, ArchiveReplicaBucket that of its replica.
	ArchiveBucket, ArchiveReplicaBucket pulumi.StringInput
	// ReplicatedBackupARN is that of the replicated automated backups; needed for the tier that has them.
	ReplicatedBackupARN pulumi.StringInput
	// CriticalTopicARN and RecoveryCriticalTopicARN are told of alarms, each of those of its region. Default none: nobody
	// is told.
	CriticalTopicARN, RecoveryCriticalTopicARN pulumi.StringInput
	// Recovery is the provider of the recovery region.
	Recovery *aws.Provider
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Scope.Tenant", a.Scope.Tenant != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("RecoveryRegion", a.RecoveryRegion != "" || a.Recovery == nil)
	promise, known := tiers.Of(a.Tier)
	if !known {
		problems.Check("Tier", &limit.Error{Got: string(a.Tier), Want: "one of " + limit.List(tiers.All)})
	}
	problems.Require("DatabaseID", a.DatabaseID != nil)
	problems.Require("DatabaseARN", a.DatabaseARN != nil)
	problems.Require("FileSystemARN", a.FileSystemARN != nil)
	problems.Require("VaultName", a.VaultName != nil)
	problems.Require("RecoveryVaultName", a.RecoveryVaultName != nil || a.Recovery == nil)
	problems.Require("ArchiveBucket", a.ArchiveBucket != nil)
	problems.Require("ArchiveReplicaBucket", a.ArchiveReplicaBucket != nil || a.Recovery == nil)
	_, replicated := promise.Bound(tiers.ReplicatedBackup)
	problems.Require("ReplicatedBackupARN", a.ReplicatedBackupARN != nil || !replicated || a.Recovery == nil)
	problems.Require("Recovery", a.Recovery != nil || a.RecoveryRegion == "")
	return problems.Err()
}

// dumps is the prefix below which the tenant's dumps lie.
func (a Args) dumps() string {
	kind := "dumps"
	if a.Final {
		kind = "final"
	}
	return archive.Prefix(a.Scope.Tenant) + kind + "/"
}
