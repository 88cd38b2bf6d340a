package schedule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/backup/schedule"
	"haven/components/tiers"
)

const (
	daily  = "01:00-02:00"
	weekly = "sun:03:00-sun:04:00"
)

// starts are the minutes of the day that a cron expression names.
func starts(t require.TestingT, cron string) []int {
	var minute int
	var hours string
	_, err := fmt.Sscanf(cron, "cron(%d %s * * ? *)", &minute, &hours)
	require.NoError(t, err, cron)
	var all []int
	for hour := range strings.SplitSeq(hours, ",") {
		var h int
		_, err := fmt.Sscan(hour, &h)
		require.NoError(t, err, cron)
		all = append(all, h*60+minute)
	}
	return all
}

// TestBackupsAreApartFromTheWindows compares with the plain definition: whenever a job starts, within an hour of its
// time, no window lasts, and none begins within the hour that follows.
func TestBackupsAreApartFromTheWindows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		stack := rapid.StringMatching(`demo-[a-z]{1,19}`).Draw(t, "stack")
		promise, _ := tiers.Of(rapid.SampledFrom(tiers.All).Draw(t, "tier"))
		cron, err := schedule.Backup(stack, promise.SnapshotEvery, daily, weekly)
		require.NoError(t, err)
		again, _ := schedule.Backup(stack, promise.SnapshotEvery, daily, weekly)
		assert.Equal(t, cron, again)

		times := starts(t, cron)
		assert.Len(t, times, int(24*time.Hour/promise.SnapshotEvery))
		for i, start := range times {
			if i > 0 {
				assert.Equal(t, int(promise.SnapshotEvery.Minutes()), start-times[i-1])
			}
			for at := start; at < start+120; at++ {
				hour := at / 60 % 24
				assert.NotContains(t, []int{1, 3}, hour, "%s meets a window", cron)
			}
		}
	})
}

func TestStacksAreSpread(t *testing.T) {
	t.Parallel()
	backups, tests := map[string]bool{}, map[string]bool{}
	for n := range 25 {
		stack := fmt.Sprintf("demo-tenant-%d", n)
		cron, err := schedule.Backup(stack, 12*time.Hour, daily, weekly)
		require.NoError(t, err)
		backups[cron], tests[schedule.Test(stack)] = true, true
	}
	assert.Greater(t, len(backups), 15)
	assert.Greater(t, len(tests), 20)
}

func TestNoTimeIsFree(t *testing.T) {
	t.Parallel()
	_, err := schedule.Backup("demo-acme", 6*time.Hour, "01:00-05:00", "sun:06:00-sun:08:00")
	assert.EqualError(t, err, `"01:00-05:00, sun:06:00-sun:08:00", expected windows that leave a time free every 6 `+
		`hours; make them shorter, or put one after the other`)
}

func TestWeekly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cron := schedule.Test(rapid.StringMatching(`demo-[a-z]{1,19}`).Draw(t, "stack"))
		assert.Regexp(t, `^cron\(([0-9]|[1-5][05]|[05]) (1?[0-9]|2[0-3]) \? \* (SUN|MON|TUE|WED|THU|FRI|SAT) \*\)$`, cron)
	})
}
