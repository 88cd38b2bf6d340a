package config

import (
	"regexp"
	"slices"
	"strconv"
)

// A window is a stretch of minutes: its start in the day, and how long it lasts.
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

// windows have RDS's form, last long enough, and keep apart: a patch may not run into the snapshot.
func (c *checker) windows(database *Database) {
	const backupPath, maintenancePath = "tenant.database.backupWindow", "tenant.database.maintenanceWindow"
	backup, backupOK := parseDaily(database.BackupWindow)
	if !backupOK {
		c.refuse(backupPath, database.BackupWindow, `a daily window "hh:mm-hh:mm" in UTC of at least 30 minutes`,
			`write it like "01:00-02:00"`)
	}
	maintenance, maintenanceOK := parseWeekly(database.MaintenanceWindow)
	if !maintenanceOK {
		c.refuse(maintenancePath, database.MaintenanceWindow,
			`a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of 30 minutes to a day`, `write it like "sun:03:00-sun:04:00"`)
	}
	if backupOK && maintenanceOK && overlap(backup, maintenance) {
		c.refuse(maintenancePath, database.MaintenanceWindow,
			"a window apart from tenant.database.backupWindow, "+database.BackupWindow, "move one of them")
	}
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
	return window{start % minutesOfDay, length}, length >= shortestWindow && length <= minutesOfDay
}

// minute is the minute of the day; the pattern has seen to it that these are numbers.
func minute(hours, minutes string) int {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	return h*60 + m
}

// overlap says whether two windows meet on any day: each starts while the other lasts, round the clock.
func overlap(a, b window) bool {
	return (b.start-a.start+minutesOfDay)%minutesOfDay < a.length ||
		(a.start-b.start+minutesOfDay)%minutesOfDay < b.length
}
