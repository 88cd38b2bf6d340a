package config

import (
	"cmp"

	cache "haven/components/cache/limits"
	database "haven/components/database/limits"
	"haven/components/window"
)

// canaryLeadMinutes are how much earlier in the week the tenants of wave 0 are patched.
const canaryLeadMinutes = 3 * 24 * 60

// maintenance holds a cell's windows to the rules of caches, which are the stricter ones.
func (c *checker) maintenance(m Maintenance) {
	const path = "cell.maintenance."
	c.limit(path+"window", cache.MaintenanceWindow(m.Window))
	c.limit(path+"backupWindow", cache.SnapshotWindow(m.BackupWindow))
	c.limit(path+"window", cache.WindowsApart(m.Window, m.BackupWindow, path+"backupWindow"))
}

// windows looks at those that a tenant's file names. They are completed, and held against each other, with the cell's.
func (c *checker) windows(tenant *Tenant) {
	for _, one := range []struct {
		path, text string
		check      func(string) error
	}{
		{"tenant.database.backupWindow", tenant.Database.BackupWindow, database.BackupWindow},
		{"tenant.database.maintenanceWindow", tenant.Database.MaintenanceWindow, database.MaintenanceWindow},
		{"tenant.cache.snapshotWindow", tenant.Cache.SnapshotWindow, cache.SnapshotWindow},
		{"tenant.cache.maintenanceWindow", tenant.Cache.MaintenanceWindow, cache.MaintenanceWindow},
	} {
		if one.text != "" {
			c.limit(one.path, one.check(one.text))
		}
	}
}

// joinWindows takes from the cell what the file does not name. Caches come after databases, by as much for patches as
// for snapshots: what is apart for the one is apart for the other.
func (c *checker) joinWindows(tenant *Tenant, cell Maintenance) {
	if cell.Window == "" || cell.BackupWindow == "" {
		return
	}
	patches := cell.Window
	if tenant.Wave == 0 {
		patches = window.Later(patches, -canaryLeadMinutes)
	}
	after := max(window.Minutes(cell.Window), window.Minutes(cell.BackupWindow))
	own, cached := &tenant.Database, &tenant.Cache
	own.BackupWindow = cmp.Or(own.BackupWindow, cell.BackupWindow)
	own.MaintenanceWindow = cmp.Or(own.MaintenanceWindow, patches)
	cached.SnapshotWindow = cmp.Or(cached.SnapshotWindow, window.Later(cell.BackupWindow, after))
	cached.MaintenanceWindow = cmp.Or(cached.MaintenanceWindow, window.Later(patches, after))
	c.limit("tenant.database.maintenanceWindow",
		database.WindowsApart(own.MaintenanceWindow, own.BackupWindow, "tenant.database.backupWindow"))
	c.limit("tenant.cache.maintenanceWindow",
		cache.WindowsApart(cached.MaintenanceWindow, cached.SnapshotWindow, "tenant.cache.snapshotWindow"))
}
