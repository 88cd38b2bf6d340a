// Package schedule says when a stack is backed up and tested, so that stacks do not all do so at once.
//
// It is pure: no Pulumi, no cloud SDK. A time follows from the stack's name alone.
package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"haven/components/limit"
	"haven/components/window"
)

const (
	// stepMinutes is how far apart the times are that a stack may have.
	stepMinutes = 5
	// busyMinutes is how long a time has to be clear of a window of the database's: a job starts within an hour, and RDS
	// starts none in the hour before a window.
	// https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
	busyMinutes = 120

	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
)

// rules are those of windows as they are compared here, where none is too short.
var rules = window.Rules{ShortestMinutes: 1}

// Backup is the cron expression, UTC, of backups that a stack makes so often: a whole number of hours that divides the
// day. None begins where RDS would refuse it for its daily or its weekly window. It answers a *limit.Error where no
// time of the day is clear of both.
func Backup(stack string, every time.Duration, daily, weekly string) (string, error) {
	interval := int(every.Minutes())
	var free []int
	for start := 0; start < interval; start += stepMinutes {
		if isFree(start, interval, daily, weekly) {
			free = append(free, start)
		}
	}
	if len(free) > 0 {
		return cron(free[hash(stack)%len(free)], interval), nil
	}
	return "", &limit.Error{
		Got:  daily + ", " + weekly,
		Want: fmt.Sprintf("windows that leave a time free every %d hours", interval/60),
		Fix:  "make them shorter, or put one after the other",
	}
}

// Test is the cron expression, UTC, of what a stack does once a week, on any day and at any time.
func Test(stack string) string {
	minute := hash(stack) % minutesOfWeek / stepMinutes * stepMinutes
	days := []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	return fmt.Sprintf("cron(%d %d ? * %s *)", minute%60, minute/60%24, days[minute/minutesOfDay])
}

// isFree says whether no start that far into the day, and again after each interval, meets one of the windows.
func isFree(start, interval int, daily, weekly string) bool {
	for ; start < minutesOfDay; start += interval {
		from, to := clock(start), clock((start+busyMinutes)%minutesOfDay)
		busy := from + "-" + to
		if rules.Apart("mon:"+from+"-"+day(start+busyMinutes)+":"+to, daily, "") != nil ||
			rules.Apart(weekly, busy, "") != nil {
			return false
		}
	}
	return true
}

// day is that of a minute counted from Monday's midnight.
func day(minute int) string {
	if minute >= minutesOfDay {
		return "tue"
	}
	return "mon"
}

func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func cron(start, interval int) string {
	var hours []string
	for at := start; at < minutesOfDay; at += interval {
		hours = append(hours, fmt.Sprint(at/60))
	}
	return fmt.Sprintf("cron(%d %s * * ? *)", start%60, strings.Join(hours, ","))
}

// hash is a number that follows from a stack's name, within int on every platform.
func hash(stack string) int {
	sum := sha256.Sum256([]byte(stack))
	return int(binary.BigEndian.Uint32(sum[:]) >> 1)
}
