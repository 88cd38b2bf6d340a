package limits_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/database/limits"
)

func TestAllowed(t *testing.T) {
	t.Parallel()
	for _, class := range []string{"db.t3.medium", "db.t4g.medium", "db.t4g.2xlarge", "db.m6g.16xlarge", "db.m7g.large",
		"db.r6g.16xlarge", "db.r7g.xlarge", "db.m6i.32xlarge", "db.r6i.xlarge", "db.m7i.48xlarge", "db.r7i.48xlarge"} {
		assert.NoError(t, limits.InstanceClass(class))
	}
	for _, gib := range []int{20, 1000, 59578} {
		assert.NoError(t, limits.StorageGiB(gib))
		assert.NoError(t, limits.MaxStorageGiB(65536, gib))
	}
	assert.NoError(t, limits.MaxStorageGiB(22, 20))
	assert.NoError(t, limits.MaxStorageGiB(0, 19), "the storage's error is enough")
	for _, window := range []string{"01:00-02:00", "01:00-01:30", "23:45-00:15"} {
		assert.NoError(t, limits.BackupWindow(window))
	}
	for _, window := range []string{"sun:03:00-sun:04:00", "sun:23:45-mon:00:30", "mon:02:00-mon:02:30",
		"sat:03:00-sun:03:00"} {
		assert.NoError(t, limits.MaintenanceWindow(window))
	}
	for maintenance, backup := range map[string]string{
		"sun:02:00-sun:03:00": "01:00-02:00",
		"sun:00:30-sun:01:00": "01:00-02:00",
		"sun:23:00-sun:23:45": "23:45-00:15",
		"sun:01:00-sun:01:15": "01:00-02:00", // is too short itself
		"sun:01:00-sun:02:00": "1:00-2:00",
	} {
		assert.NoError(t, limits.WindowsApart(maintenance, backup, "the backup window"), "%s %s", maintenance, backup)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const (
		families = "expected one of db.m6g.*, db.m6i.*, db.m7g.*, db.m7i.*, db.r6g.*, db.r6i.*, db.r7g.*, db.r7i.*, " +
			`db.t3.*, db.t4g.*; choose one that MySQL 8.0 runs on with Multi-AZ and Performance Insights, like ` +
			`"db.t4g.medium"`
		daily  = `expected a daily window "hh:mm-hh:mm" in UTC of at least 30 minutes; write it like "01:00-02:00"`
		weekly = `expected a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of 30 minutes to a day; ` +
			`write it like "sun:03:00-sun:04:00"`
		apart = "expected a window apart from the backup window, "
	)
	meeting := func(maintenance, backup string) error {
		return limits.WindowsApart(maintenance, backup, "the backup window")
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"no class", limits.InstanceClass("t4g.medium"), `"t4g.medium", ` + families},
		{"a family without Performance Insights", limits.InstanceClass("db.t2.medium"), `"db.t2.medium", ` + families},
		{"small class", limits.InstanceClass("db.t4g.micro"), `"db.t4g.micro", expected db.t4g in one of the sizes ` +
			"medium, large, xlarge, 2xlarge; choose a size with Multi-AZ and Performance Insights"},
		{"little storage", limits.StorageGiB(19),
			"19, expected 20 to 59578; choose a size in GiB that leaves room to grow"},
		{"storage that cannot grow", limits.StorageGiB(59579),
			"59579, expected 20 to 59578; choose a size in GiB that leaves room to grow"},
		{"no room to grow", limits.MaxStorageGiB(110, 101),
			"110, expected 112 to 65536; leave at least 10 % above the 101 of storageGiB"},
		{"too much room", limits.MaxStorageGiB(65537, 100),
			"65537, expected 110 to 65536; leave at least 10 % above the 100 of storageGiB"},
		{"no backup window", limits.BackupWindow("25:00-26:00"), `"25:00-26:00", ` + daily},
		{"short backup window", limits.BackupWindow("01:00-01:29"), `"01:00-01:29", ` + daily},
		{"no maintenance window", limits.MaintenanceWindow("Sunday"), `"Sunday", ` + weekly},
		{"short maintenance window", limits.MaintenanceWindow("sun:03:00-sun:03:29"), `"sun:03:00-sun:03:29", ` + weekly},
		{"long maintenance window", limits.MaintenanceWindow("sat:03:00-sun:03:01"), `"sat:03:00-sun:03:01", ` + weekly},
		{"overlap", meeting("sun:01:30-sun:02:30", "01:00-02:00"),
			`"sun:01:30-sun:02:30", ` + apart + "01:00-02:00; move one of them"},
		{"overlap over midnight", meeting("mon:00:00-mon:00:30", "23:45-00:15"),
			`"mon:00:00-mon:00:30", ` + apart + "23:45-00:15; move one of them"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.EqualError(t, test.err, test.want)
		})
	}
}
