package makespan

import "strings"

// Resource is one that is made, as a state tells it.
type Resource struct {
	URN, Type string
	// Kind is [Restored], [Replica] or "".
	Kind string
	// After are the URNs of what it was made from.
	After []string
	// Exists says that it was there before.
	Exists bool
}

// Resources are the tasks of making resources, by their URNs. Components and what exists take no time.
func Resources(resources []Resource) []Task {
	var tasks []Task
	for _, r := range resources {
		task := Task{Name: r.URN, After: r.After}
		if !r.Exists && !strings.HasPrefix(r.Type, "pulumi:") && !strings.HasPrefix(r.Type, "haven:") {
			task.Takes = Creating(r.Type, r.Kind).Median
		}
		tasks = append(tasks, task)
	}
	return tasks
}
