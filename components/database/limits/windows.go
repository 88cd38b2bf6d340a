package limits

import (
	"regexp"
	"slices"
	"strconv"

	"haven/components/limit"
)

// A window is a stretch of minutes that comes again: its start in the day or the week, and how long it lasts.
type window struct {
	start, length int
}

const (
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
	// shortestWindow is RDS's.
	// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
	shortestWindow = 30
)

var (
	days         = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	dailyWindow  = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	weeklyWindow = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)` +
		`-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)$`)
)

// BackupWindow is daily, UTC, "hh:mm-hh:mm", of 30 minutes at least.
func BackupWindow(text string) error {
	if _, ok := parseDaily(text); !ok {
		return &limit.Error{
			Got:  text,
			Want: `a daily window "hh:mm-hh:mm" in UTC of at least 30 minutes`,
			Fix:  `write it like "01:00-02:00"`,
		}
	}
	return nil
}

// MaintenanceWindow is weekly, UTC, "ddd:hh:mm-ddd:hh:mm", of 30 minutes to a day.
func MaintenanceWindow(text string) error {
	if _, ok := parseWeekly(text); !ok {
		return &limit.Error{
			Got:  text,
			Want: `a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of 30 minutes to a day`,
			Fix:  `write it like "sun:03:00-sun:04:00"`,
		}
	}
	return nil
}

// WindowsApart keeps a patch from running into the snapshot. backupField is the caller's name for the backup window,
// the error the maintenance window's. With a window that is wrong itself any other is right.
func WindowsApart(maintenance, backup, backupField string) error {
	weekly, weeklyOK := parseWeekly(maintenance)
	daily, dailyOK := parseDaily(backup)
	if weeklyOK && dailyOK && overlap(daily, weekly) {
		return &limit.Error{
			Got:  maintenance,
			Want: "a window apart from " + backupField + ", " + backup,
			Fix:  "move one of them",
		}
	}
	return nil
}

func parseDaily(text string) (window, bool) {
	part := dailyWindow.FindStringSubmatch(text)
	if part == nil {
		return window{}, false
	}
	start, end := minute(part[1], part[2]), minute(part[3], part[4])
	length := (end - start + minutesOfDay) % minutesOfDay
	return window{start, length}, length >= shortestWindow
}

func parseWeekly(text string) (window, bool) {
	part := weeklyWindow.FindStringSubmatch(text)
	if part == nil {
		return window{}, false
	}
	start := slices.Index(days, part[1])*minutesOfDay + minute(part[2], part[3])
	end := slices.Index(days, part[4])*minutesOfDay + minute(part[5], part[6])
	length := (end - start + minutesOfWeek) % minutesOfWeek
	return window{start, length}, length >= shortestWindow && length <= minutesOfDay
}

// minute is the minute of the day; the pattern has seen to it that these are numbers.
func minute(hours, minutes string) int {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	return h*60 + m
}

// overlap says whether two windows meet on any day: each starts while the other lasts, round the clock. A week's window
// lasts a day at most, so that its day does not matter.
func overlap(a, b window) bool {
	return (b.start-a.start+minutesOfWeek)%minutesOfDay < a.length ||
		(a.start-b.start+minutesOfWeek)%minutesOfDay < b.length
}
