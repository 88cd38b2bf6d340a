package cloud

import (
	"regexp"
	"slices"
	"strconv"
)

const (
	dayMinutes     = 24 * 60
	shortestWindow = 60 // minutes
)

var (
	cacheDailyWindow  = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	cacheWeeklyWindow = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):(\d\d):(\d\d)-` +
		`(mon|tue|wed|thu|fri|sat|sun):(\d\d):(\d\d)$`)
	weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
)

// refuseCacheWindows:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html.
func refuseCacheWindows(c *Call) error {
	snapshot, maintenance := c.text("snapshotWindow"), c.text("maintenanceWindow")
	day := cacheDailyWindow.FindStringSubmatch(snapshot)
	week := cacheWeeklyWindow.FindStringSubmatch(maintenance)
	switch {
	case snapshot != "" && day == nil:
		return cacheRefused("InvalidParameterValue", "The snapshot window %s is not valid.", snapshot)
	case maintenance != "" && week == nil:
		return cacheRefused("InvalidParameterValue", "The maintenance window %s is not valid.", maintenance)
	}
	var daily, weekly []bool
	if day != nil {
		start := minuteOf(day[1], day[2])
		daily = dayCovered(start, minuteOf(day[3], day[4])-start, dayMinutes)
	}
	if week != nil {
		start := slices.Index(weekdays, week[1])*dayMinutes + minuteOf(week[2], week[3])
		end := slices.Index(weekdays, week[4])*dayMinutes + minuteOf(week[5], week[6])
		weekly = dayCovered(start, end-start, 7*dayMinutes)
	}
	switch {
	case day != nil && count(daily) < shortestWindow:
		return cacheRefused("InvalidParameterValue", "Snapshot window must be at least 60 minutes.")
	case week != nil && count(weekly) < shortestWindow:
		return cacheRefused("InvalidParameterValue", "Maintenance window must be at least 60 minutes.")
	case day != nil && week != nil && meet(daily, weekly):
		return cacheRefused("InvalidParameterValue", "The snapshot window and maintenance window must not overlap.")
	}
	return nil
}

func minuteOf(hours, minutes string) int {
	h, _ := strconv.Atoi(hours) // the patterns have seen to it that these are numbers
	m, _ := strconv.Atoi(minutes)
	return h*60 + m
}

// dayCovered is which minutes of the day a window covers that comes again after so many minutes.
func dayCovered(start, length, period int) []bool {
	covered := make([]bool, dayMinutes)
	for i := range min((length+period)%period, dayMinutes) {
		covered[(start+i)%dayMinutes] = true
	}
	return covered
}

func count(minutes []bool) int {
	n := 0
	for _, covered := range minutes {
		if covered {
			n++
		}
	}
	return n
}

func meet(a, b []bool) bool {
	for i := range a {
		if a[i] && b[i] {
			return true
		}
	}
	return false
}
