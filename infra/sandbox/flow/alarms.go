package flow

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

// Alarms of CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html. One is
// evaluated at the end of each of its periods, over its newest periods alone. Alarms on metrics that nothing in the
// sandbox publishes are not evaluated: it knows nothing of CPUs.
func (e *engine) alarmEvaluations() []event {
	watched := map[string]bool{}
	var all []event
	for _, alarm := range e.all(alarmType) {
		m, known := e.measureOf(alarm)
		if !known || slices.ContainsFunc(m.of, func(one metric) bool { return !e.publishes(one) }) {
			continue
		}
		arn := alarm.Text("arn")
		watched[arn] = true
		e.register(world.Alarm{ID: arn, Name: alarm.Text("name"), Provider: "aws", Account: alarm.Account,
			Region: alarm.Region, Since: e.madeAt(alarm)})
		all = append(all, event{rank: judging, id: "alarm|" + arn, again: every(m.period), do: func() {
			for _, one := range m.of {
				if value, gauged := e.gauge(one); gauged {
					e.sample(one, value)
				}
			}
			e.evaluate(alarm, m)
		}})
	}
	e.forget("aws", watched)
	return all
}

// forget leaves out the alarms that are gone. Those of a region that is lost stay as they were last heard of.
func (e *engine) forget(provider string, watched map[string]bool) {
	maps.DeleteFunc(e.data.alarms, func(id string, a *world.Alarm) bool {
		unheard := e.struck.lost(cloud.Resource{Provider: a.Provider, Region: a.Region})
		return a.Provider == provider && !watched[id] && !unheard
	})
}

// register keeps the state that an alarm has, or begins with none.
func (e *engine) register(alarm world.Alarm) {
	if kept := e.data.alarms[alarm.ID]; kept == nil {
		alarm.State, alarm.Reason = world.InsufficientData, "Unchecked: Initial alarm creation"
		e.data.alarms[alarm.ID] = &alarm
	}
}

// copyAge is the metric of the ages of copies. Its alarms count whether or not there is anything that measures them.
const copyAge = "CopyAgeMinutes"

// publishes says whether anything here publishes a metric, or should: a state machine that is there, or was.
func (e *engine) publishes(m metric) bool {
	_, gauged := e.gauge(m)
	if gauged || e.data.series[m.series.ID()] != nil || m.series.Name == copyAge {
		return true
	}
	return slices.ContainsFunc(e.all(stateMachineType), func(machine cloud.Resource) bool {
		definition := machine.Text("definition")
		return machine.Account == m.series.Account && machine.Region == m.series.Region &&
			strings.Contains(definition, m.series.Namespace) && strings.Contains(definition, m.series.Name)
	})
}

// sample takes a point of a metric of AWS's own, in the period that ends now.
func (e *engine) sample(m metric, value func() (float64, bool)) {
	at := e.now.Add(-time.Second)
	if kept := e.data.series[m.series.ID()]; kept != nil && !kept.Points[len(kept.Points)-1].Time.Before(at) {
		return
	}
	if measured, is := value(); is {
		e.data.measured(m.series, at, measured)
	}
}

func (e *engine) evaluate(alarm cloud.Resource, m measure) {
	periods := max(1, number(alarm.Outputs, "evaluationPeriods"))
	needed := number(alarm.Outputs, "datapointsToAlarm")
	if needed == 0 {
		needed = periods
	}
	missing := firstText(alarm.Text("treatMissingData"), "missing")
	breaching, present := 0, 0
	var seen []string
	for i := range periods {
		end := e.now.Add(-time.Duration(i) * m.period)
		value, is := m.value(end.Add(-m.period), end)
		if !is {
			if missing == "breaching" {
				breaching++
			}
			continue
		}
		present++
		seen = append(seen, fmt.Sprintf("%.4g", value))
		if breaches(alarm, value) {
			breaching++
		}
	}
	state := world.OK
	switch {
	case breaching >= needed:
		state = world.InAlarm
	case present == 0 && missing == "missing":
		state = world.InsufficientData
	case present == 0 && missing == "ignore":
		return
	}
	e.become(alarm.Text("arn"), state, reason(alarm, breaching, periods, seen), actionsOf(alarm))
}

// reason is worded as CloudWatch words it.
func reason(alarm cloud.Resource, breaching, periods int, seen []string) string {
	operator := strings.ToLower(spaced(alarm.Text("comparisonOperator")))
	if len(seen) == 0 {
		return fmt.Sprintf("no datapoints were received for %d periods", periods)
	}
	return fmt.Sprintf("%d of the last %d datapoints [%s] were %s (%g), missing ones as %s", breaching, periods,
		strings.Join(seen, ", "), operator, float(alarm.Outputs, "threshold"),
		firstText(alarm.Text("treatMissingData"), "missing"))
}

// spaced are the words of a name in CamelCase.
func spaced(name string) string {
	var words strings.Builder
	for i, letter := range name {
		if i > 0 && letter >= 'A' && letter <= 'Z' {
			words.WriteByte(' ')
		}
		words.WriteRune(letter)
	}
	return words.String()
}

func breaches(alarm cloud.Resource, value float64) bool {
	threshold := float(alarm.Outputs, "threshold")
	switch alarm.Text("comparisonOperator") {
	case "GreaterThanThreshold":
		return value > threshold
	case "GreaterThanOrEqualToThreshold":
		return value >= threshold
	case "LessThanThreshold":
		return value < threshold
	case "LessThanOrEqualToThreshold":
		return value <= threshold
	}
	return false
}

func actionsOf(alarm cloud.Resource) map[string][]string {
	if !flag(alarm.Outputs, "actionsEnabled", true) {
		return nil
	}
	return map[string][]string{
		world.InAlarm: texts(alarm, "alarmActions[*]"), world.OK: texts(alarm, "okActions[*]"),
		world.InsufficientData: texts(alarm, "insufficientDataActions[*]"),
	}
}

// become brings an alarm into a state, and tells of it if it is another one.
func (e *engine) become(id, state, reason string, actions map[string][]string) {
	alarm := e.data.alarms[id]
	if alarm.State == state {
		return
	}
	change := world.Change{Time: e.now, From: alarm.State, To: state, Reason: reason, Told: actions[state]}
	alarm.State, alarm.Since, alarm.Reason = state, e.now, reason
	alarm.History = append(alarm.History, change)
	e.report.Changes = append(e.report.Changes, AlarmChange{Alarm: alarm.Name, Change: change})
}

// statistic is that of the points from a time until before another; false of none.
func (d *data) statistic(m metric, from, until time.Time) (float64, bool) {
	points := d.between(m.series.ID(), from, until)
	if len(points) == 0 {
		return 0, false
	}
	sum, least, most := 0.0, math.Inf(1), math.Inf(-1)
	for _, point := range points {
		sum, least, most = sum+point.Value, min(least, point.Value), max(most, point.Value)
	}
	switch m.statistic {
	case "Sum":
		return sum, true
	case "Minimum":
		return least, true
	case "Average":
		return sum / float64(len(points)), true
	case "SampleCount":
		return float64(len(points)), true
	}
	return most, true
}

// between are the points of a series from a time until before another.
func (d *data) between(series string, from, until time.Time) []world.Sample {
	kept := d.series[series]
	if kept == nil {
		return nil
	}
	return kept.Points[firstAt(kept.Points, from):firstAt(kept.Points, until)]
}
