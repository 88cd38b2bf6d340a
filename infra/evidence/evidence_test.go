package evidence

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func of(tenant, deletedAt string) Record {
	return Record{
		WrittenAt: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC), Simulated: true,
		Deletion: Deletion{
			Tenant: tenant, Stack: "demo-" + tenant, Cell: "demo-cell", Account: "123456789012", Region: "eu-west-1",
			LeavingSince: "2026-11-01T00:00:00Z", DeletionDate: "2026-11-20", DeletedAt: deletedAt,
			Export: Export{Bucket: "archive", ManifestKey: "tenants/" + tenant + "/final/20261119T000000Z/manifest.json",
				ManifestSHA256: "0123", DumpedAt: "2026-11-19T00:00:00Z", LockedUntil: "2026-12-25T00:00:00Z"},
			Deleted: []Resource{{"aws:rds/instance:Instance", "database", "db-1"}},
			Outlives: []Remains{{What: "key pending deletion", Where: "key-1", Region: "eu-west-1", Count: 1,
				Until: time.Date(2026, 12, 22, 0, 0, 0, 0, time.UTC)}},
		},
	}
}

// three are three records, in their folder.
func three(t *testing.T) (Folder, []Kept) {
	t.Helper()
	folder := Folder(filepath.Join(t.TempDir(), "evidence"))
	var all []Kept
	for _, tenant := range []string{"acme", "globex", "initech"} {
		kept, err := folder.Add(of(tenant, "2026-11-20T10:00:00Z"))
		require.NoError(t, err)
		all = append(all, kept)
	}
	return folder, all
}

// TestAdd: each record names the one before, and is never written twice.
func TestAdd(t *testing.T) {
	folder, all := three(t)
	found, err := folder.All()
	require.NoError(t, err)
	assert.Equal(t, all, found)
	assert.Empty(t, all[0].Previous)
	assert.Equal(t, all[1].SHA256, all[2].Previous)
	assert.Equal(t, "0002-deletion-demo-globex.json", filepath.Base(all[1].Path))

	require.NoError(t, os.Remove(all[1].Page))
	again, err := folder.Add(of("globex", "2026-11-20T10:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, all[1], again)
	page, err := os.ReadFile(all[1].Page)
	require.NoError(t, err, "a page that is missing is written again")
	for _, text := range []string{
		"# Certificate of deletion: globex", "**Simulated.**", "| Deleted at | 2026-11-20T10:00:00Z |", all[1].SHA256,
		all[0].SHA256, "`s3://archive/tenants/globex/final/20261119T000000Z/manifest.json`", "before 2026-12-25T00:00:00Z",
		"| key pending deletion | 1 | key-1 | eu-west-1 | 2026-12-22 |",
		"## What was deleted: 1 resources", "| aws:rds/instance:Instance | database | db-1 |",
	} {
		assert.Contains(t, string(page), text)
	}

	later, err := folder.Add(of("acme", "2027-01-01T00:00:00Z"))
	require.NoError(t, err)
	assert.Equal(t, 4, later.Number, "a tenant that came back can go again")
	newest, err := folder.Of("demo-acme")
	require.NoError(t, err)
	assert.Equal(t, later, newest)
	_, err = folder.Of("nobody")
	assert.EqualError(t, err, `there is no certificate of "nobody" in `+string(folder)+
		": haven up writes it when a tenant is gone")
}

// TestTampering: a record that was altered or taken away is noticed, and nothing is added after it.
func TestTampering(t *testing.T) {
	for name, test := range map[string]struct {
		tamper func(t *testing.T, all []Kept)
		want   string
	}{
		"altered": {func(t *testing.T, all []Kept) {
			text, err := os.ReadFile(all[1].Path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(all[1].Path, append(text, ' '), 0o600))
		}, "a record before it was altered or removed"},
		"taken away": {func(t *testing.T, all []Kept) { require.NoError(t, os.Remove(all[1].Path)) }, "is record 3 after"},
		"the first":  {func(t *testing.T, all []Kept) { require.NoError(t, os.Remove(all[0].Path)) }, "is record 2 after"},
		"cut off": {func(t *testing.T, all []Kept) { require.NoError(t, os.Truncate(all[2].Path, 100)) },
			"is no record of evidence"},
		"of another form": {func(t *testing.T, all []Kept) {
			require.NoError(t, os.WriteFile(all[2].Path, []byte(`{"format":2}`), 0o600))
		}, "format: 2, expected 1"},
	} {
		t.Run(name, func(t *testing.T) {
			folder, all := three(t)
			test.tamper(t, all)
			_, err := folder.All()
			require.ErrorContains(t, err, test.want)
			_, err = folder.Add(of("umbrella", "2026-11-20T10:00:00Z"))
			require.Error(t, err)
			_, err = folder.Of("acme")
			require.ErrorContains(t, err, test.want)
		})
	}
}

// TestDrills: a drill names the drill before, whatever lies between, and is no certificate.
func TestDrills(t *testing.T) {
	folder := Folder(filepath.Join(t.TempDir(), "evidence"))
	drill := func() Record {
		return Record{WrittenAt: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC), Simulated: true, Drill: &Drill{
			Scenario: "region-loss", Environment: "demo", Seed: 7, Met: true, Alarms: []string{"replica-stopped"},
			Tenants: []DrillTenant{{Tenant: "acme", Tier: "standard", Source: "snapshot arn:x", RPOSeconds: 90,
				RPOBoundSeconds: 86400, RTOSeconds: 1500, RTOBoundSeconds: 2700, Verified: true}},
			Timeline: []Moment{{time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC), "Restore", "a | b"}},
			Critical: []string{"database 800 s"},
		}}
	}
	first, err := folder.Add(drill())
	require.NoError(t, err)
	_, err = folder.Add(of("acme", "2026-11-20T10:00:00Z"))
	require.NoError(t, err)
	second, err := folder.Add(drill())
	require.NoError(t, err, "the same drill again is another one")
	assert.Equal(t, "0003-drill-region-loss.json", filepath.Base(second.Path))
	assert.Empty(t, first.Drill.Previous)
	assert.Equal(t, first.SHA256, second.Drill.Previous)
	all, err := folder.All()
	require.NoError(t, err)
	assert.Len(t, all, 3)
	kept, err := folder.Of("acme")
	require.NoError(t, err)
	assert.Nil(t, kept.Drill)
	page, err := os.ReadFile(second.Page)
	require.NoError(t, err)
	for _, text := range []string{"# Drill: region-loss", "**Simulated.**", "Every objective was met.", first.SHA256,
		"| acme | standard | snapshot arn:x | 1m30s (24h0m0s) | 25m0s (45m0s) | true |",
		`| 2026-11-22T00:30:00Z | Restore | a \| b |`, "1. database 800 s"} {
		assert.Contains(t, string(page), text)
	}
}
