package limits_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"haven/components/database/limits"
)

func TestAllowed(t *testing.T) {
	t.Parallel()
	for _, class := range []string{"db.t4g.medium", "db.m7g.large", "db.r6i.xlarge", "db.r6g.16xlarge"} {
		assert.NoError(t, limits.InstanceClass(class))
	}
	for _, days := range []int{7, 35} {
		assert.NoError(t, limits.BackupRetentionDays(days))
	}
	for _, gib := range []int{20, 65536} {
		assert.NoError(t, limits.StorageGiB(gib))
	}
	assert.NoError(t, limits.MaxStorageGiB(22, 20))
	for _, window := range []string{"01:00-02:00", "23:45-00:15"} {
		assert.NoError(t, limits.BackupWindow(window))
	}
	for _, window := range []string{"sun:03:00-sun:04:00", "sun:23:45-mon:00:30", "mon:02:00-mon:02:30"} {
		assert.NoError(t, limits.MaintenanceWindow(window, "01:00-02:00"))
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	maintenance := func(text, backup string) error { return limits.MaintenanceWindow(text, backup) }
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"no class", limits.InstanceClass("t4g.medium"),
			`"t4g.medium", expected an RDS instance class such as "db.t4g.medium"`},
		{"small class", limits.InstanceClass("db.t4g.micro"),
			`"db.t4g.micro", which has no Performance Insights; expected at least "db.t4g.medium"`},
		{"little storage", limits.StorageGiB(19), "19, expected 20 to 65536 GiB"},
		{"no room to grow", limits.MaxStorageGiB(109, 100),
			"109, expected 110 (a tenth above the storage at creation) to 65536 GiB"},
		{"short retention", limits.BackupRetentionDays(6), "6, expected 7 to 35 days"},
		{"long retention", limits.BackupRetentionDays(36), "36, expected 7 to 35 days"},
		{"no backup window", limits.BackupWindow("25:00-26:00"), `"25:00-26:00", expected "hh:mm-hh:mm" in UTC`},
		{"short backup window", limits.BackupWindow("01:00-01:20"),
			`"01:00-01:20", of 20 minutes, expected 30 at least`},
		{"no maintenance window", maintenance("Sunday", "01:00-02:00"),
			`"Sunday", expected "ddd:hh:mm-ddd:hh:mm" in UTC, such as "sun:03:00-sun:04:00"`},
		{"long maintenance window", maintenance("sat:03:00-sun:04:00", "01:00-02:00"),
			`"sat:03:00-sun:04:00", of 1500 minutes, expected 30 to 1440`},
		{"overlap", maintenance("sun:01:30-sun:02:30", "01:00-02:00"),
			`"sun:01:30-sun:02:30", which overlaps the backup window "01:00-02:00", expected them apart`},
		{"overlap over midnight", maintenance("mon:00:00-mon:00:30", "23:45-00:15"),
			`"mon:00:00-mon:00:30", which overlaps the backup window "23:45-00:15", expected them apart`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.EqualError(t, test.err, test.want)
		})
	}
}

// TestOverlap compares with the plain definition: a minute of some day of the week that lies in both windows.
func TestOverlap(t *testing.T) {
	t.Parallel()
	const day, week = 24 * 60, 7 * 24 * 60
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	clock := func(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }
	weekly := func(minute int) string { return days[minute/day] + ":" + clock(minute%day) }
	rapid.Check(t, func(t *rapid.T) {
		backup := rapid.IntRange(0, day-1).Draw(t, "backup")
		backupLength := rapid.IntRange(30, day-1).Draw(t, "backup length")
		start := rapid.IntRange(0, week-1).Draw(t, "maintenance")
		length := rapid.IntRange(30, day).Draw(t, "maintenance length")
		shared := false
		for minute := start; minute < start+length; minute++ {
			shared = shared || (minute%day-backup+day)%day < backupLength
		}
		err := limits.MaintenanceWindow(weekly(start)+"-"+weekly((start+length)%week),
			clock(backup)+"-"+clock((backup+backupLength)%day))
		assert.Equal(t, shared, err != nil, "%v", err)
	})
}
