package config

import "time"

// Restore is whose data a tenant is brought back from, and where the copies lie that it starts from. A file has it where
// the stack is not the tenant's own but one beside it, in its own cell or in the one that stands by for it. All that it
// names lies in the region of its cell: such a stack needs no other, has no copies in another one, and reads nothing of
// the stack that it restores.
type Restore struct {
	// Of is the stack name of the tenant whose data it is.
	Of string `json:"of"`
	// Mode is what it is brought back for.
	Mode RestoreMode `json:"mode"`
	// CertificateARN is the certificate of the tenant's host in this region, which the tenant's own stack keeps there for
	// a take-over. In the modes "ready" and "active", and only there: a drill has a host and a certificate of its own.
	CertificateARN string `json:"certificateARN"`
	// Copies makes copies of the restored data in this region. It takes roles, which are of all regions, so it is no part
	// of a take-over but follows it. In the mode "active", and only there. Default false: RDS's own backups alone.
	Copies bool `json:"copies"`
	// Database is what the database is made from, Files what the files are.
	Database RestoredDatabase `json:"database"`
	Files    RestoredFiles    `json:"files"`
	// Archive is the bucket of dumps, and Secrets are what the data cannot be read without.
	Archive RestoreArchive `json:"archive"`
	Secrets RestoreSecrets `json:"secrets"`
}

// RestoreMode is what a tenant is brought back for.
type RestoreMode string

const (
	// Drill brings it back beside the living one, for a while: with a host of its own, copied nowhere, and its alarms wake
	// nobody.
	Drill RestoreMode = "drill"
	// Ready holds all that a take-over needs of what is not the region's own, roles above all, and of what costs next to
	// nothing. It has no database and no cache, and runs nothing.
	Ready RestoreMode = "ready"
	// Taken serves the tenant's own host from the cell that stands by. What was ready gets data and tasks; nothing that
	// lies outside of the region changes.
	Taken RestoreMode = "active"
)

var restoreModes = []RestoreMode{Drill, Ready, Taken}

// RestoredDatabase is what a database is made from: exactly one of Snapshot, AutomatedBackup, Instance, Replica and Dump;
// in the mode "ready" Replica or none.
type RestoredDatabase struct {
	// Snapshot is the ARN of a snapshot of RDS or a recovery point of AWS Backup.
	Snapshot string `json:"snapshot"`
	// AutomatedBackup is the ARN of automated backups that are replicated to this region.
	AutomatedBackup string `json:"automatedBackup"`
	// Instance is the identifier of an instance of this region that has automated backups, a replica for instance.
	Instance string `json:"instance"`
	// Replica is the ARN of a replica that is promoted in a take-over. It stays where it is, and its own stack's; Address
	// is its host name, ClientsGroupID the security group whose members reach it. Never in a drill.
	Replica        string `json:"replica"`
	Address        string `json:"address"`
	ClientsGroupID string `json:"clientsGroupID"`
	// Dump is the key of a dump's manifest in the archive: the database is made empty, and filled from it.
	Dump string `json:"dump"`
	// At is the time that it is brought back to, UTC: "2026-11-22T10:00:00Z". With AutomatedBackup or Instance. Default:
	// the latest there is.
	At string `json:"at"`
	// KeyARN is the key that the source is encrypted with, and what is made from it with it: RDS offers no other. With
	// Snapshot, AutomatedBackup, Instance and Replica.
	KeyARN string `json:"keyARN"`
}

// RestoredFiles are what the files are made from.
type RestoredFiles struct {
	// Dump is the key of a dump's manifest in the archive. Required but in the mode "ready".
	Dump string `json:"dump"`
}

// RestoreArchive is the bucket of dumps, or the replica of one.
type RestoreArchive struct {
	Bucket string `json:"bucket"`
	// KeyARN is the key that it is encrypted with.
	KeyARN string `json:"keyARN"`
}

// RestoreSecrets are the secrets of the tenant whose data it is, or the replicas of them, read where they lie.
type RestoreSecrets struct {
	// KeyARN is the key that they are encrypted with.
	KeyARN string `json:"keyARN"`
	// ApplicationKeyARN is the key that the application has encrypted with.
	ApplicationKeyARN string `json:"applicationKeyARN"`
	// DatabaseARN is the password of a Replica, and only there: what is made anew gets a new one.
	DatabaseARN string `json:"databaseARN"`
}

// Restores says whether the stack is one beside the tenant's own.
func (t *Tenant) Restores() bool { return t.Restore.Mode != "" }

// TakesOver says whether it is for the tenant's own host.
func (r Restore) TakesOver() bool { return r.Mode == Ready || r.Mode == Taken }

// Time is the time of At; zero for the latest there is.
func (d RestoredDatabase) Time() time.Time {
	at, _ := time.Parse(time.RFC3339, d.At) // checked when the file was read
	return at
}

// sources are what is named of what a database can be made from, by field.
func (d RestoredDatabase) sources() map[string]string {
	named := map[string]string{}
	for field, value := range map[string]string{
		"snapshot": d.Snapshot, "automatedBackup": d.AutomatedBackup, "instance": d.Instance, "replica": d.Replica,
		"dump": d.Dump,
	} {
		if value != "" {
			named[field] = value
		}
	}
	return named
}
