package makespan

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Task is one thing that has to be done.
type Task struct {
	Name  string
	Takes time.Duration
	// After are the names of the tasks that it needs done. A name that is no task's is done already.
	After []string
}

// Span is when a task is done.
type Span struct {
	Task
	Begins, Ends time.Duration // since the begin of the whole
}

// Plan is when each of some tasks is done, where each begins as soon as it can.
type Plan struct {
	// Total is when the last is done.
	Total time.Duration
	spans map[string]Span
	// decided is, by name, the task whose end let another begin.
	decided map[string]string
	last    string
}

// Of plans tasks. Those that wait for each other in a circle are an error.
func Of(tasks []Task) (*Plan, error) {
	byName := make(map[string]Task, len(tasks))
	for _, task := range tasks {
		if _, twice := byName[task.Name]; twice {
			return nil, fmt.Errorf("two tasks have the name %q", task.Name)
		}
		byName[task.Name] = task
	}
	p := &Plan{spans: map[string]Span{}, decided: map[string]string{}}
	under := map[string]bool{}
	var place func(name string) error
	place = func(name string) error {
		task, known := byName[name]
		if _, done := p.spans[name]; done || !known {
			return nil
		}
		if under[name] {
			return fmt.Errorf("%q waits for itself", name)
		}
		under[name] = true
		span := Span{Task: task}
		for _, before := range slices.Sorted(slices.Values(task.After)) {
			if err := place(before); err != nil {
				return err
			}
			if earlier, placed := p.spans[before]; placed && earlier.Ends > span.Begins {
				span.Begins, p.decided[name] = earlier.Ends, before
			}
		}
		span.Ends = span.Begins + task.Takes
		p.spans[name] = span
		if span.Ends > p.Total || p.last == "" {
			p.Total, p.last = span.Ends, name
		}
		return nil
	}
	for _, task := range tasks {
		if err := place(task.Name); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Ends is when a task is done; false where there is none of that name.
func (p *Plan) Ends(name string) (time.Duration, bool) {
	span, known := p.spans[name]
	return span.Ends, known
}

// Critical are the tasks that decide when the one of that name is done, in their order: were one of them shorter, it
// would be done earlier. "" is the last of all.
func (p *Plan) Critical(name string) []Span {
	if name == "" {
		name = p.last
	}
	var path []Span
	for span, known := p.spans[name]; known; span, known = p.spans[p.decided[span.Name]] {
		path = append(path, span)
	}
	slices.Reverse(path)
	return path
}

// String is a line of the critical path: "database 800s, from 8s".
func (s Span) String() string {
	return fmt.Sprintf("%s: %s, from %s", s.Name, short(s.Takes), short(s.Begins))
}

func short(d time.Duration) string {
	text := d.Round(time.Second).String()
	if minutes, whole := strings.CutSuffix(text, "m0s"); whole {
		return minutes + "m"
	}
	return text
}
