package limits_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/components/cache/limits"
)

func TestAllowed(t *testing.T) {
	t.Parallel()
	for _, nodeType := range []string{"cache.t3.micro", "cache.t4g.small", "cache.m5.24xlarge", "cache.m7g.large",
		"cache.r5.large", "cache.r6g.16xlarge", "cache.r7g.xlarge"} {
		assert.NoError(t, limits.NodeType(nodeType))
	}
	assert.NoError(t, limits.SnapshotWindow("02:00-03:00"))
	assert.NoError(t, limits.MaintenanceWindow("sun:04:00-sun:05:00"))
	assert.NoError(t, limits.WindowsApart("sun:04:00-sun:05:00", "03:00-04:00", "the snapshot window"))
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const families = "expected one of cache.m5.*, cache.m6g.*, cache.m7g.*, cache.r5.*, cache.r6g.*, cache.r7g.*, " +
		`cache.t3.*, cache.t4g.*; choose one that Valkey 8 runs on, like "cache.t4g.small"`
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"an instance's class", limits.NodeType("db.t4g.small"), `"db.t4g.small", ` + families},
		{"an old family", limits.NodeType("cache.t2.small"), `"cache.t2.small", ` + families},
		{"a size that is none", limits.NodeType("cache.t4g.large"), `"cache.t4g.large", expected cache.t4g in one of ` +
			"the sizes micro, small, medium; choose a size that ElastiCache has"},
		{"short snapshot window", limits.SnapshotWindow("01:00-01:59"), `"01:00-01:59", expected a daily window ` +
			`"hh:mm-hh:mm" in UTC of at least 60 minutes; write it like "01:00-02:00"`},
		{"short maintenance window", limits.MaintenanceWindow("sun:03:00-sun:03:59"), `"sun:03:00-sun:03:59", expected ` +
			`a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of 60 minutes to a day; write it like "sun:03:00-sun:04:00"`},
		{"overlap", limits.WindowsApart("sun:01:30-sun:02:30", "01:00-02:00", "the snapshot window"),
			`"sun:01:30-sun:02:30", expected a window apart from the snapshot window, 01:00-02:00; move one of them`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.EqualError(t, test.err, test.want)
		})
	}
}
