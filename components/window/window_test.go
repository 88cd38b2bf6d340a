package window_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"haven/components/window"
)

// TestShortest: what is long enough for one service may be too short for another.
func TestShortest(t *testing.T) {
	t.Parallel()
	half, hour := window.Rules{ShortestMinutes: 30}, window.Rules{ShortestMinutes: 60}
	assert.NoError(t, half.Daily("01:00-01:30"))
	assert.NoError(t, hour.Daily("23:30-00:30"))
	assert.EqualError(t, hour.Daily("01:00-01:59"), `"01:00-01:59", expected a daily window "hh:mm-hh:mm" in UTC of `+
		`at least 60 minutes; write it like "01:00-02:00"`)
	assert.NoError(t, half.Weekly("sun:23:45-mon:00:15"))
	assert.NoError(t, hour.Weekly("sat:03:00-sun:03:00"))
	assert.EqualError(t, hour.Weekly("sun:03:00-sun:03:59"), `"sun:03:00-sun:03:59", expected a weekly window `+
		`"ddd:hh:mm-ddd:hh:mm" in UTC of 60 minutes to a day; write it like "sun:03:00-sun:04:00"`)
	assert.Error(t, half.Apart("sun:01:30-sun:02:00", "01:00-02:00", "the other"))
	assert.NoError(t, hour.Apart("sun:01:30-sun:02:00", "01:00-02:00", "the other"), "the first is wrong itself")
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
		err := window.Rules{ShortestMinutes: 30}.Apart(weekly(start)+"-"+weekly((start+length)%week),
			clock(backup)+"-"+clock((backup+backupLength)%day), "the backup window")
		assert.Equal(t, shared, err != nil, "%v", err)
	})
}

func TestLater(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text    string
		minutes int
		want    string
	}{
		{"01:00-02:00", 60, "02:00-03:00"},
		{"23:30-00:30", 45, "00:15-01:15"},
		{"00:15-01:15", -45, "23:30-00:30"},
		{"sun:03:00-sun:04:00", 60, "sun:04:00-sun:05:00"},
		{"sun:23:00-mon:00:30", 120, "mon:01:00-mon:02:30"},
		{"tue:22:00-wed:00:00", -3 * 24 * 60, "sat:22:00-sun:00:00"},
		{"nightly", 60, "nightly"},
		{"", 60, ""},
	} {
		assert.Equal(t, test.want, window.Later(test.text, test.minutes), test.text)
	}
}

func TestMinutes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"01:00-02:00": 60, "23:30-00:15": 45, "sun:23:00-mon:00:30": 90, "sat:03:00-sun:03:00": 24 * 60, "nightly": 0,
	} {
		assert.Equal(t, want, window.Minutes(text), text)
	}
}

// TestLaterKeepsApart: windows that are apart stay so when both move, and a window moves back to where it was.
func TestLaterKeepsApart(t *testing.T) {
	t.Parallel()
	rules := window.Rules{ShortestMinutes: 60}
	rapid.Check(t, func(t *rapid.T) {
		weekly, daily := "sun:03:00-sun:04:00", "01:00-02:00"
		weekly = window.Later(weekly, rapid.IntRange(-20000, 20000).Draw(t, "weekly"))
		daily = window.Later(daily, rapid.IntRange(-20000, 20000).Draw(t, "daily"))
		by := rapid.IntRange(-20000, 20000).Draw(t, "by")
		assert.Equal(t, rules.Apart(weekly, daily, "") == nil,
			rules.Apart(window.Later(weekly, by), window.Later(daily, by), "") == nil)
		assert.Equal(t, weekly, window.Later(window.Later(weekly, by), -by))
	})
}
