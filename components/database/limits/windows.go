package limits

import "haven/components/window"

// windows are RDS's.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
var windows = window.Rules{ShortestMinutes: 30}

// BackupWindow is daily, UTC, "hh:mm-hh:mm", of 30 minutes at least.
func BackupWindow(text string) error { return windows.Daily(text) }

// MaintenanceWindow is weekly, UTC, "ddd:hh:mm-ddd:hh:mm", of 30 minutes to a day.
func MaintenanceWindow(text string) error { return windows.Weekly(text) }

// WindowsApart keeps a patch from running into the snapshot. backupField is the caller's name for the backup window,
// the error the maintenance window's. With a window that is wrong itself any other is right.
func WindowsApart(maintenance, backup, backupField string) error {
	return windows.Apart(maintenance, backup, backupField)
}
