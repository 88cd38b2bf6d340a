package cloud

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Snapshot and Window make the fake world one that knows copies.
func (w *fakeWorld) Snapshot(arn string) (Copied, bool) {
	copied, found := w.snapshots[arn]
	return copied, found
}

func (w *fakeWorld) Window(holder string) (Window, bool) {
	window, found := w.windows[holder]
	return window, found
}

const copiedSnapshot = "arn:aws:rds:eu-central-1:123456789012:snapshot:awsbackup:copyjob-1"

// withCopies is a world in which the database in Ireland has a snapshot and replicated backups in Germany.
func withCopies(t *testing.T) german {
	g := inGermany(t)
	reach := Window{Source: g.source.ID, From: noon.Add(-time.Hour), Until: noon}
	g.snapshots = map[string]Copied{
		copiedSnapshot: {Source: g.source.ID, Resource: g.source.Text("arn"), Key: g.key.Text("arn"), DataTime: noon},
	}
	g.in(germany, func() {
		g.backed = g.make(rdsReplicatedBackups, g.backups(nil))
		g.mirrored = g.make(rdsInstance, g.replica(nil))
	})
	g.windows = map[string]Window{g.backed.ID: reach, g.mirrored.ID: reach, g.source.ID: reach}
	return g
}

// restored are the settings of a database that is made from a copy.
func (r *sourced) restored(from settings, changes settings) settings {
	base := with(r.replica(settings{"identifier": "acme-back", "replicateSourceDb": nil, "engine": "mysql",
		"engineVersion": "8.0", "manageMasterUserPassword": true}), from)
	return with(base, changes)
}

func inTime(block settings) settings { return settings{"restoreToPointInTime": block} }

func TestRestores(t *testing.T) {
	each(t, withCopies, func(g german) []attempt {
		snapshot := settings{"snapshotIdentifier": copiedSnapshot}
		replicated := inTime(settings{"sourceDbInstanceAutomatedBackupsArn": g.backed.ID, "useLatestRestorableTime": true})
		beside := inTime(settings{"sourceDbInstanceIdentifier": "acme-replica", "restoreTime": "2025-03-01T11:30:00Z"})
		at := func(time string) settings {
			return inTime(settings{"sourceDbInstanceIdentifier": "acme-replica", "restoreTime": time})
		}
		const fromSnapshot = "operation error RDS: RestoreDBInstanceFromDBSnapshot, https response error StatusCode: "
		const toTime = "operation error RDS: RestoreDBInstanceToPointInTime, https response error StatusCode: "
		return []attempt{
			{"a snapshot", rdsInstance, g.restored(snapshot, nil), ""},
			{"replicated backups", rdsInstance, g.restored(replicated, nil), ""},
			{"a replica's own backups", rdsInstance, g.restored(beside, nil), ""},
			{"a password of its own", rdsInstance, g.restored(snapshot, ownPassword), ""},
			{"no such snapshot", rdsInstance, g.restored(settings{"snapshotIdentifier": "gone"}, nil),
				fromSnapshot + "404, api error DBSnapshotNotFound: DBSnapshot not found: gone"},
			{"a snapshot of another region", rdsInstance, g.restored(settings{
				"snapshotIdentifier": "arn:aws:rds:eu-west-1:123456789012:snapshot:acme"}, nil), "DBSnapshotNotFound"},
			{"no such instance", rdsInstance, g.restored(inTime(settings{"sourceDbInstanceIdentifier": "acme",
				"useLatestRestorableTime": true}), nil), toTime + "404, api error DBInstanceNotFound: DBInstance acme not found."},
			{"no such backups", rdsInstance, g.restored(inTime(settings{
				"sourceDbInstanceAutomatedBackupsArn": g.backed.ID + "x", "useLatestRestorableTime": true}), nil),
				toTime + "404, api error DBInstanceAutomatedBackupNotFound"},
			{"two sources", rdsInstance, g.restored(inTime(settings{"sourceDbInstanceIdentifier": "acme-replica",
				"sourceDbInstanceAutomatedBackupsArn": g.backed.ID, "useLatestRestorableTime": true}), nil),
				toTime + "400, api error InvalidParameterCombination: Exactly one of SourceDBInstanceIdentifier"},
			{"no time", rdsInstance, g.restored(inTime(settings{"sourceDbInstanceIdentifier": "acme-replica"}), nil),
				"Exactly one of RestoreTime and UseLatestRestorableTime"},
			{"before the window", rdsInstance, g.restored(at("2025-03-01T10:59:59Z"), nil), toTime + "400, api error" +
				" InvalidRestoreFault: The restore time 2025-03-01T10:59:59Z lies outside of 2025-03-01T11:00:00Z to" +
				" 2025-03-01T12:00:00Z, the restore window."},
			{"after the window", rdsInstance, g.restored(at("2025-03-01T12:00:01Z"), nil), "InvalidRestoreFault"},
			{"another zone's time", rdsInstance, g.restored(at("2025-03-01T12:30:00+01:00"), nil), "InvalidParameterValue"},
			{"a database's name", rdsInstance, g.restored(snapshot, settings{"dbName": "processmaker"}),
				"api error InvalidParameterCombination: DBName must be null when restoring for this Engine."},
			{"a user's name", rdsInstance, g.restored(snapshot, settings{"username": "somebody"}),
				"MasterUsername is that of the source"},
			{"another key", rdsInstance, g.restored(snapshot, settings{"kmsKeyId": g.other.Text("arn")}),
				"The instance is encrypted with the key of its source"},
			{"no encryption", rdsInstance, g.restored(snapshot, settings{"storageEncrypted": nil, "kmsKeyId": nil}),
				"The instance is encrypted as its source is"},
			{"another engine", rdsInstance, g.restored(snapshot, settings{"engine": "postgres", "engineVersion": "16.3",
				"parameterGroupName": nil}), "The engine postgres is not compatible with mysql, that of the source."},
			{"another version", rdsInstance, g.restored(snapshot, settings{"engineVersion": "8.4",
				"parameterGroupName": nil}), "The source is of the version 8.0."},
			{"less storage", rdsInstance, g.restored(snapshot, settings{"allocatedStorage": 99}),
				"Invalid storage size: 99 is less than the 100 of the source."},
		}
	})
}

// TestRestoredHasWhatItsSourceHad: its storage, its user and its database, and it keeps them.
func TestRestoredHasWhatItsSourceHad(t *testing.T) {
	g := withCopies(t)
	made, err := g.try(rdsInstance, g.restored(settings{"snapshotIdentifier": copiedSnapshot}, nil))
	assert.NoError(t, err)
	for _, name := range []string{"username", "dbName", "allocatedStorage"} {
		assert.Equal(t, g.source.Outputs.Get(name), made.Outputs.Get(name), name)
	}
	assert.NotEqual(t, "", made.Text("username"))
	g.in(germany, func() { made, err = g.update(made, g.restored(nil, settings{"instanceClass": "db.m7g.xlarge"})) })
	assert.NoError(t, err)
	assert.Equal(t, g.source.Text("username"), made.Text("username"))
}
