// Package tiers says what each tier of tenants is promised: how old the newest copy of each kind may be, and how often
// copies are made so that it never is.
//
// A bound holds at any moment, so it covers the time between two copies, the time a copy takes to be made and the time
// it takes to arrive: an interval is always well below its bound. Bounds are never tighter than the mechanism gives.
package tiers

import "time"

// Tier is what a tenant is promised, and what it is sized for.
type Tier string

// The tiers, from the smallest.
const (
	Standard   Tier = "standard"
	Continuity Tier = "continuity"
	Critical   Tier = "critical"
)

// All are the tiers, from the smallest.
var All = []Tier{Standard, Continuity, Critical}

// Copy is a kind of copy of a tenant's data, and the value of the dimension "Copy" of the metric of its age.
type Copy string

const (
	// PointInTime is how far the database's own automated backups reach, in its region.
	PointInTime Copy = "pitr"
	// Snapshot and SnapshotCopy are the database's newest recovery point in the vault of its region, and in that of the
	// recovery region.
	Snapshot     Copy = "snapshot"
	SnapshotCopy Copy = "snapshot-copy"
	// ReplicatedBackup is how far the replicated automated backups reach in the recovery region; Continuity has them.
	ReplicatedBackup Copy = "replicated-backup"
	// Replica is the database's read replica in the recovery region; Critical has it.
	Replica Copy = "replica"
	// Files and FilesCopy are the file system's newest recovery point in each region.
	Files     Copy = "files"
	FilesCopy Copy = "files-copy"
	// Dump and DumpCopy are the newest complete dump in the backup bucket, and in its replica.
	Dump     Copy = "dump"
	DumpCopy Copy = "dump-copy"
	// Export is the newest snapshot exported to the backup bucket.
	Export Copy = "export"
	// Mirror is the newest complete dump in Google Cloud.
	Mirror Copy = "mirror"
)

// Bound is the age that the newest copy of a kind may have at most.
type Bound struct {
	Copy Copy
	Age  time.Duration
}

// Promise is what a tier gives.
type Promise struct {
	// DumpEvery and SnapshotEvery are the times between two dumps, and between two recovery points in the vault.
	DumpEvery, SnapshotEvery time.Duration
	// LockDays is how long nobody can delete a copy.
	LockDays int
	// Bounds are those of the kinds of copies that the tier has, each once.
	Bounds []Bound
}

// Bound is that of a kind of copy; false where the tier has no such copy.
func (p Promise) Bound(of Copy) (time.Duration, bool) {
	for _, bound := range p.Bounds {
		if bound.Copy == of {
			return bound.Age, true
		}
	}
	return 0, false
}

// promises are those of the recovery table. Transaction logs leave a database every five minutes; a replicated backup
// is up to half an hour behind; a replica across regions lags by seconds:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
var promises = map[Tier]Promise{
	Standard: {
		DumpEvery: 12 * time.Hour, SnapshotEvery: 12 * time.Hour, LockDays: 35,
		Bounds: bounds(24*time.Hour, 24*time.Hour),
	},
	Continuity: {
		DumpEvery: 6 * time.Hour, SnapshotEvery: 12 * time.Hour, LockDays: 90,
		Bounds: append(bounds(24*time.Hour, 8*time.Hour), Bound{ReplicatedBackup, 30 * time.Minute}),
	},
	Critical: {
		DumpEvery: time.Hour, SnapshotEvery: 6 * time.Hour, LockDays: 365,
		Bounds: append(bounds(12*time.Hour, 2*time.Hour), Bound{Replica, time.Minute}),
	},
}

// bounds are those of the copies that every tier has: of what AWS Backup and RDS make, and of dumps, which have to be
// in Google Cloud within theirs.
func bounds(snapshot, dump time.Duration) []Bound {
	return []Bound{
		{PointInTime, 5 * time.Minute},
		{Snapshot, snapshot},
		{SnapshotCopy, snapshot},
		{Files, snapshot},
		{FilesCopy, snapshot},
		{Export, 36 * time.Hour},
		{Dump, dump},
		{DumpCopy, dump},
		{Mirror, dump},
	}
}

// Of is the promise of a tier; false where there is no such tier.
func Of(tier Tier) (Promise, bool) {
	promise, known := promises[tier]
	return promise, known
}
