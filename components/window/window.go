// Package window is the daily and weekly windows in which AWS works on what stores data: UTC, in the form that RDS and
// ElastiCache write them.
//
// It is pure: no Pulumi, no cloud SDK.
package window

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"haven/components/limit"
)

// Rules are what a service asks of its windows.
type Rules struct {
	// ShortestMinutes is how long a window is at least.
	ShortestMinutes int
}

// Daily is "hh:mm-hh:mm". It answers nil or a *limit.Error.
func (r Rules) Daily(text string) error {
	if _, ok := r.parseDaily(text); !ok {
		return &limit.Error{
			Got:  text,
			Want: fmt.Sprintf(`a daily window "hh:mm-hh:mm" in UTC of at least %d minutes`, r.ShortestMinutes),
			Fix:  `write it like "01:00-02:00"`,
		}
	}
	return nil
}

// Weekly is "ddd:hh:mm-ddd:hh:mm", a day long at most. It answers nil or a *limit.Error.
func (r Rules) Weekly(text string) error {
	if _, ok := r.parseWeekly(text); !ok {
		return &limit.Error{
			Got:  text,
			Want: fmt.Sprintf(`a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of %d minutes to a day`, r.ShortestMinutes),
			Fix:  `write it like "sun:03:00-sun:04:00"`,
		}
	}
	return nil
}

// Apart keeps weekly work from running into daily work. dailyField is the caller's name for the daily window, the error
// the weekly one's. With a window that is wrong itself any other is right.
func (r Rules) Apart(weekly, daily, dailyField string) error {
	week, weekOK := r.parseWeekly(weekly)
	day, dayOK := r.parseDaily(daily)
	if weekOK && dayOK && overlap(day, week) {
		return &limit.Error{
			Got:  weekly,
			Want: "a window apart from " + dailyField + ", " + daily,
			Fix:  "move one of them",
		}
	}
	return nil
}

// Later is the same window so many minutes later, or earlier where they are negative: a daily one on any day, a weekly
// one round the week. A text that is neither comes back as it is.
func Later(text string, minutes int) string {
	var any Rules
	if day, ok := any.parseDaily(text); ok {
		start := day.start + minutes
		return clock(start) + "-" + clock(start+day.length)
	}
	if week, ok := any.parseWeekly(text); ok {
		start := week.start + minutes
		return weekday(start) + "-" + weekday(start+week.length)
	}
	return text
}

// Minutes are how long a window lasts, daily or weekly; 0 for a text that is neither.
func Minutes(text string) int {
	var any Rules
	day, _ := any.parseDaily(text)
	week, _ := any.parseWeekly(text)
	return max(day.length, week.length)
}

func clock(minute int) string {
	minute = modulo(minute, minutesOfDay)
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

func weekday(minute int) string {
	return days[modulo(minute, minutesOfWeek)/minutesOfDay] + ":" + clock(minute)
}

// modulo is never negative.
func modulo(value, of int) int { return (value%of + of) % of }

// stretch is minutes that come again: their start in the day or the week, and how many they are.
type stretch struct {
	start, length int
}

const (
	minutesOfDay  = 24 * 60
	minutesOfWeek = 7 * minutesOfDay
)

var (
	days       = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	dailyForm  = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)
	weeklyForm = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)` +
		`-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)$`)
)

func (r Rules) parseDaily(text string) (stretch, bool) {
	part := dailyForm.FindStringSubmatch(text)
	if part == nil {
		return stretch{}, false
	}
	start, end := minute(part[1], part[2]), minute(part[3], part[4])
	length := (end - start + minutesOfDay) % minutesOfDay
	return stretch{start, length}, length >= r.ShortestMinutes
}

func (r Rules) parseWeekly(text string) (stretch, bool) {
	part := weeklyForm.FindStringSubmatch(text)
	if part == nil {
		return stretch{}, false
	}
	start := slices.Index(days, part[1])*minutesOfDay + minute(part[2], part[3])
	end := slices.Index(days, part[4])*minutesOfDay + minute(part[5], part[6])
	length := (end - start + minutesOfWeek) % minutesOfWeek
	return stretch{start, length}, length >= r.ShortestMinutes && length <= minutesOfDay
}

// minute is the minute of the day; the pattern has seen to it that these are numbers.
func minute(hours, minutes string) int {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	return h*60 + m
}

// overlap says whether two windows meet on any day: each starts while the other lasts, round the clock. A week's window
// lasts a day at most, so that its day does not matter.
func overlap(a, b stretch) bool {
	return (b.start-a.start+minutesOfWeek)%minutesOfDay < a.length ||
		(a.start-b.start+minutesOfWeek)%minutesOfDay < b.length
}
