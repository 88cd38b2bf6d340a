package limits

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

const (
	day          = 24 * 60
	week         = 7 * day
	leastMinutes = 30 // of either window
)

// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
var (
	weekdays        = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	backupForm      = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	maintenanceForm = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)` +
		`-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)$`)
)

// window is a span of time that comes again: minutes from midnight, or from Monday's.
type window struct{ start, length int }

// BackupWindow is daily, UTC, "hh:mm-hh:mm", of 30 minutes at least.
func BackupWindow(text string) error {
	_, err := backupWindow(text)
	return err
}

// MaintenanceWindow is weekly, UTC, "ddd:hh:mm-ddd:hh:mm", of 30 minutes at least and a day at most, and apart from the
// backup window. A backup window that is wrong by itself is not compared.
func MaintenanceWindow(text, backup string) error {
	m, err := maintenanceWindow(text)
	if err != nil {
		return err
	}
	if b, err := backupWindow(backup); err == nil && overlap(b, m) {
		return fmt.Errorf("%q, which overlaps the backup window %q, expected them apart", text, backup)
	}
	return nil
}

func backupWindow(text string) (window, error) {
	parts := backupForm.FindStringSubmatch(text)
	if parts == nil {
		return window{}, fmt.Errorf(`%q, expected "hh:mm-hh:mm" in UTC`, text)
	}
	start, end := minutes(parts[1], parts[2]), minutes(parts[3], parts[4])
	w := window{start, (end - start + day) % day}
	if w.length < leastMinutes {
		return w, fmt.Errorf("%q, of %d minutes, expected %d at least", text, w.length, leastMinutes)
	}
	return w, nil
}

func maintenanceWindow(text string) (window, error) {
	parts := maintenanceForm.FindStringSubmatch(text)
	if parts == nil {
		return window{}, fmt.Errorf(`%q, expected "ddd:hh:mm-ddd:hh:mm" in UTC, such as "sun:03:00-sun:04:00"`, text)
	}
	start := slices.Index(weekdays, parts[1])*day + minutes(parts[2], parts[3])
	end := slices.Index(weekdays, parts[4])*day + minutes(parts[5], parts[6])
	w := window{start, (end - start + week) % week}
	if w.length < leastMinutes || w.length > day {
		return w, fmt.Errorf("%q, of %d minutes, expected %d to %d", text, w.length, leastMinutes, day)
	}
	return w, nil
}

// minutes since midnight; both parts are digits already.
func minutes(hh, mm string) int {
	h, _ := strconv.Atoi(hh)
	m, _ := strconv.Atoi(mm)
	return h*60 + m
}

// overlap says whether the daily and the weekly window ever share a minute.
func overlap(daily, weekly window) bool {
	for midnight := 0; midnight < week; midnight += day {
		start := midnight + daily.start
		if (weekly.start-start+week)%week < daily.length || (start-weekly.start+week)%week < weekly.length {
			return true
		}
	}
	return false
}
