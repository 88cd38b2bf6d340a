package flow

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// expression says when a schedule is due: after a time, the zero time for never again.
type expression func(after time.Time) time.Time

var (
	rateForm = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)
	onceForm = regexp.MustCompile(`^at\(([^)]+)\)$`)
	cronForm = regexp.MustCompile(`^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$`)
)

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// parseExpression reads an expression of EventBridge, its scheduler or AWS Backup. A rate counts from when the schedule
// was made.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
func parseExpression(text, zone string, made time.Time) (expression, error) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	if rate := rateForm.FindStringSubmatch(text); rate != nil {
		count, _ := strconv.Atoi(rate[1])
		return counted(made, time.Duration(count)*units[rate[2]]), nil
	}
	if once := onceForm.FindStringSubmatch(text); once != nil {
		at, err := time.ParseInLocation("2006-01-02T15:04:05", once[1], location)
		return func(after time.Time) time.Time {
			if at.After(after) {
				return at.UTC()
			}
			return time.Time{}
		}, err
	}
	fields := cronForm.FindStringSubmatch(text)
	if fields == nil {
		return nil, fmt.Errorf("no schedule expression: %q", text)
	}
	fields[5] = weekdays(fields[5])
	schedule, err := cron.ParseStandard(strings.Join(fields[1:6], " "))
	if err != nil {
		return nil, err
	}
	return func(after time.Time) time.Time { return inYear(schedule, fields[6], after.In(location)) }, nil
}

// counted is each whole period from a time on, that time included.
func counted(from time.Time, period time.Duration) expression {
	return func(after time.Time) time.Time {
		if after.Before(from) {
			return from
		}
		if period <= 0 {
			return time.Time{}
		}
		return from.Add((after.Sub(from)/period + 1) * period)
	}
}

var weekdayNumber = regexp.MustCompile(`(^|[,-])([1-7])`)

// weekdays counts from 0 where AWS counts from 1, which is Sunday in both.
func weekdays(field string) string {
	return weekdayNumber.ReplaceAllStringFunc(field, func(match string) string {
		last := len(match) - 1
		return match[:last] + string(match[last]-1)
	})
}

// inYear is the next time that is in a year of the field: "*", or years and ranges of them.
func inYear(schedule cron.Schedule, field string, after time.Time) time.Time {
	for range 1000 {
		next := schedule.Next(after)
		if next.IsZero() || ofYears(field, next.Year()) {
			return next.UTC()
		}
		after = next
	}
	return time.Time{}
}

func ofYears(field string, year int) bool {
	for part := range strings.SplitSeq(field, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if part == "*" || from == strconv.Itoa(year) || isRange && from <= strconv.Itoa(year) && strconv.Itoa(year) <= to {
			return true
		}
	}
	return false
}
