package copies

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

var rate = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)

var units = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}

// LongestGap is the longest time between two runs of a schedule as AWS writes it, "cron(0 1/6 * * ? *)" or "rate(12
// hours)".
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
func LongestGap(expression string) (time.Duration, error) {
	if part := rate.FindStringSubmatch(expression); part != nil {
		count, err := strconv.Atoi(part[1])
		return time.Duration(count) * units[part[2]], err
	}
	inner, begins := strings.CutPrefix(expression, "cron(")
	inner, ends := strings.CutSuffix(inner, ")")
	fields := strings.Fields(inner)
	if !begins || !ends || len(fields) != 6 || fields[5] != "*" {
		return 0, fmt.Errorf("%q is no schedule that runs every year", expression)
	}
	parsed, err := cron.ParseStandard(strings.ReplaceAll(strings.Join(fields[:5], " "), "?", "*"))
	if err != nil {
		return 0, fmt.Errorf("%q: %w", expression, err)
	}
	return gaps(parsed), nil
}

// gaps looks at the runs of a week, from a Monday on.
func gaps(s cron.Schedule) time.Duration {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	end := at.AddDate(0, 0, 8)
	var most time.Duration
	for last := s.Next(at); last.Before(end); {
		next := s.Next(last)
		most = max(most, next.Sub(last))
		last = next
	}
	return most
}
