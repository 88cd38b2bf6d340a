package evidence

import (
	"fmt"
	"strings"
	"time"
)

// Deletion is the end of a tenant: what was deleted, what outlives it, and what its owner was given before.
type Deletion struct {
	Tenant  string `json:"tenant"`
	Stack   string `json:"stack"`
	Cell    string `json:"cell"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// LeavingSince is when it began to leave, DeletionDate the day from which on it might be deleted, DeletedAt when it
	// was.
	LeavingSince string `json:"leavingSince"`
	DeletionDate string `json:"deletionDate"`
	DeletedAt    string `json:"deletedAt"`
	// Export is its final dump.
	Export Export `json:"export"`
	// Deleted are all resources that were deleted, Outlives is what is left of the tenant, and until when.
	Deleted  []Resource `json:"deleted"`
	Outlives []Remains  `json:"outlives"`
}

// Export is the dump that was there before anything was deleted.
type Export struct {
	Bucket         string `json:"bucket"`
	ManifestKey    string `json:"manifestKey"`
	ManifestSHA256 string `json:"manifestSha256"`
	DumpedAt       string `json:"dumpedAt"`
	LockedUntil    string `json:"lockedUntil"`
}

// Resource is one that was deleted.
type Resource struct {
	Type string `json:"type"` // Pulumi's, "aws:rds/instance:Instance"
	Name string `json:"name"` // in the stack
	ID   string `json:"id"`   // the cloud's
}

// Remains outlive a tenant.
type Remains struct {
	What   string `json:"what"` // "final snapshot", "dumps"
	Where  string `json:"where"`
	Region string `json:"region"`
	Count  int    `json:"count"`
	// Until is when the last of them may be, or will be, deleted; zero where nobody says.
	Until time.Time `json:"until,omitzero"`
}

// same says whether two tell of the same deletion.
func (d Deletion) same(other Deletion) bool {
	return d.Stack == other.Stack && d.DeletedAt == other.DeletedAt
}

// String is the page for people.
func (k Kept) String() string { return string(k.page()) }

func (k Kept) page() []byte {
	if k.Drill != nil {
		return k.drillPage()
	}
	d := k.Deletion
	var text strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	say("# Certificate of deletion: %s\n", d.Tenant)
	if k.Simulated {
		say("**Simulated.** This is the sandbox: no data of anybody was held, and none was deleted.\n")
	}
	say("| | |\n|---|---|")
	for _, row := range [][2]string{
		{"Tenant", d.Tenant}, {"Stack", d.Stack}, {"Cell", d.Cell}, {"Account, region", d.Account + ", " + d.Region},
		{"Leaving since", d.LeavingSince}, {"Might be deleted from", d.DeletionDate}, {"Deleted at", d.DeletedAt},
		{"Certified at", k.WrittenAt.Format(time.RFC3339)},
		{"Record", fmt.Sprintf("%d, SHA-256 `%s`", k.Number, k.SHA256)}, {"Record before", before(k.Previous)},
	} {
		say("| %s | %s |", row[0], row[1])
	}
	say("\n## Handed over before\n")
	say("The final dump of %s: `s3://%s/%s`, SHA-256 of its manifest `%s`. Nobody can delete it before %s.",
		d.Export.DumpedAt, d.Export.Bucket, d.Export.ManifestKey, d.Export.ManifestSHA256, d.Export.LockedUntil)
	say("\n## What outlives the tenant\n\n| what | how many | where | region | until |\n|---|---|---|---|---|")
	for _, each := range d.Outlives {
		say("| %s | %d | %s | %s | %s |", each.What, each.Count, each.Where, each.Region, until(each.Until))
	}
	say("\n## What was deleted: %d resources\n\n| type | name | ID |\n|---|---|---|", len(d.Deleted))
	for _, each := range d.Deleted {
		say("| %s | %s | %s |", each.Type, each.Name, strings.ReplaceAll(each.ID, "|", `\|`))
	}
	return []byte(text.String())
}

func before(sum string) string {
	if sum == "" {
		return "none"
	}
	return "SHA-256 `" + sum + "`"
}

func until(end time.Time) string {
	if end.IsZero() {
		return "somebody deletes it"
	}
	return end.UTC().Format(time.DateOnly)
}
