package config

import "time"

// Data says which generation of a tenant's data serves. The first is made empty; each later one is brought back from
// copies, beside those before it, which lie in quarantine until somebody lets them go. Nothing is ever overwritten.
type Data struct {
	// Generation is the one that serves, 1 to 99. Raising it brings the tenant's data back. Default 1.
	Generation int `json:"generation"`
	// From is what Generation was made from. Required beyond the first, for as long as that one serves; to change it later
	// changes nothing.
	From DataSource `json:"from"`
	// Quarantined are the earlier generations that are still there: backed up, protected, and reached by nobody. Default:
	// none. Pulumi refuses to delete one that has not been released in an update before.
	Quarantined []int `json:"quarantined"`
	// Released are those of Quarantined that are protected no longer: the next update that does not list one deletes it,
	// and leaves a final snapshot of its database. Default: none.
	Released []int `json:"released"`
	// ReleasedAt is when they were released, UTC: "2026-11-29T10:00:00Z". It ends the names of final snapshots. With
	// Released, and only there.
	ReleasedAt string `json:"releasedAt"`
}

// DataSource is what a generation is made from: its database from exactly one of Generation and Snapshot, its files from
// Dump. All of it lies in the tenant's own region.
type DataSource struct {
	// Generation is the earlier generation whose automated backups the database is made from.
	Generation int `json:"generation"`
	// At is the time that the database is brought back to, UTC: "2026-11-22T10:00:00Z". With Generation. Default: the
	// latest there is.
	At string `json:"at"`
	// Snapshot is the ARN of a snapshot of RDS or a recovery point of AWS Backup, encrypted with the tenant's own key.
	Snapshot string `json:"snapshot"`
	// Dump is the key of a dump's manifest in the archive of the cell.
	Dump string `json:"dump"`
}

// Restored says whether the data that serves was brought back.
func (d Data) Restored() bool { return d.Generation > firstGeneration }

// Time is the time of At; zero for the latest there is.
func (s DataSource) Time() time.Time {
	at, _ := time.Parse(time.RFC3339, s.At) // checked when the file was read
	return at
}

// Release is the time of ReleasedAt; zero where nothing was released.
func (d Data) Release() time.Time {
	at, _ := time.Parse(time.RFC3339, d.ReleasedAt) // checked when the file was read
	return at
}
