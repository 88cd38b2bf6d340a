package freshness

import (
	"time"

	"haven/components/tiers"
)

// kind is a kind of copy that is measured.
type kind struct {
	copy tiers.Copy
	// recovery says that the copy lies in the recovery region.
	recovery bool
	ask      asking
	// what names the newest of it to people; look is where they look first when it is too old.
	what, look string
	// margin is by how much more than its bound its alarm goes off.
	margin time.Duration
}

var kinds = []kind{
	{
		copy: tiers.PointInTime, ask: pointInTime, margin: 10 * time.Minute,
		what: "The latest moment that the database can be restored to",
		look: "Look at the database's events, and at whether its automated backups are on.",
	},
	{
		copy: tiers.Snapshot, ask: recoveryPoint(databaseARN),
		what: "The database's newest recovery point in the vault",
		look: "Look at the backup jobs of the vault, and at the role and the keys that they use.",
	},
	{
		copy: tiers.Files, ask: recoveryPoint(fileSystemARN),
		what: "The newest recovery point of the files in the vault",
		look: "Look at the backup jobs of the vault, and at the role and the keys that they use.",
	},
	{
		copy: tiers.Dump, ask: dumped,
		what: "The newest complete dump in the backup bucket",
		look: "Look at the dump's log, at its schedule, and at the queue of its undelivered calls.",
	},
	{
		copy: tiers.Export, ask: exported,
		what: "The newest snapshot that was exported to the backup bucket",
		look: "Look at the exports in RDS, and at the state machine that starts them.",
	},
	{
		copy: tiers.SnapshotCopy, recovery: true, ask: recoveryPoint(databaseARN),
		what: "The database's newest recovery point in the recovery region",
		look: "Look at the copy jobs of the primary region's vault, and at the key of the vault here.",
	},
	{
		copy: tiers.FilesCopy, recovery: true, ask: recoveryPoint(fileSystemARN),
		what: "The newest recovery point of the files in the recovery region",
		look: "Look at the copy jobs of the primary region's vault, and at the key of the vault here.",
	},
	{
		copy: tiers.DumpCopy, recovery: true, ask: dumped,
		what: "The newest complete dump in the backup bucket's replica",
		look: "Look first whether there are dumps in the bucket itself, then at its replication: the role, the keys and " +
			"the versioning of both buckets.",
	},
	{
		copy: tiers.ReplicatedBackup, recovery: true, ask: replicatedBackup,
		what: "The latest moment that the replicated backups of the database reach",
		look: "Look at the replicated automated backups in this region, and at the key that they are encrypted with.",
	},
}

// promised are the kinds that a tier has in a region, and the bound of each.
func promised(tier tiers.Tier, recovery bool) []bounded {
	promise, _ := tiers.Of(tier) // validated
	var all []bounded
	for _, kind := range kinds {
		if bound, has := promise.Bound(kind.copy); has && kind.recovery == recovery {
			all = append(all, bounded{kind, bound})
		}
	}
	return all
}

// bounded is a kind of copy and how old the newest may be.
type bounded struct {
	kind
	bound time.Duration
}
