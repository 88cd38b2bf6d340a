package drill

import (
	"context"
	"fmt"
	"time"

	"haven/infra/drill/makespan"
	"haven/infra/recovery"
)

// decision is how long a person takes to decide.
func decision() time.Duration { return makespan.Step("decide").Median }

// taskOf names a step of a tenant's in a plan.
func taskOf(step, stack string) string { return step + " " + stack }

// serviceType is the type of services: one that was there without tasks takes as long as a new one until it has them.
const serviceType = "aws:ecs/service:Service"

// fileSystemType is the type of what holds the files.
const fileSystemType = "aws:efs/fileSystem:FileSystem"

// planned is how long restoring takes, from the decision on: all stacks begin at once, and each thing as soon as what it
// was made from is there.
func (d *drill) planned(restored []recovery.Restoring) error {
	var tasks []makespan.Task
	for _, stack := range restored {
		made, err := d.Deployer.Made(stack.Stack)
		if err != nil {
			return err
		}
		for i, r := range made {
			made[i].Exists = d.before[r.URN] && r.Type != serviceType
			if r.Type == databaseType && stack.Source.Kind != recovery.Dump {
				made[i].Kind = makespan.Restored
			}
		}
		tasks = append(tasks, Restoration(stack, made)...)
	}
	return d.plannedAs(tasks)
}

// plannedAs keeps a plan of restoring.
func (d *drill) plannedAs(tasks []makespan.Task) error {
	plan, err := makespan.Of(tasks)
	if err != nil {
		return err
	}
	d.plan = plan
	for _, span := range plan.Critical("") {
		if span.Takes > 0 {
			d.record.Critical = append(d.record.Critical, span.String())
		}
	}
	d.note(fmt.Sprintf("simulated time to restore %d tenants: %s", len(d.restored), plan.Total))
	return nil
}

// Restoration are the tasks of bringing a tenant back: its resources; its files and its database's pages, from the moment
// on that their stores are there; and once all of that is done, the verification and the way of its users. Reading every
// page and filling the files is planned for: the sandbox has no pages that would be cold.
func Restoration(stack recovery.Restoring, made []makespan.Resource) []makespan.Task {
	step := func(name string, after ...string) makespan.Task {
		return makespan.Task{Name: taskOf(name, stack.Stack), Takes: makespan.Step(name).Median, After: after}
	}
	tasks := makespan.Resources(made)
	begins := ""
	if stack.Source.Kind == recovery.Replica {
		promoted := step("promote")
		begins, tasks = promoted.Name, append(tasks, promoted)
	}
	for i := range tasks {
		if begins != "" && tasks[i].Name != begins {
			tasks[i].After = append(tasks[i].After, begins)
		}
	}
	var databases, files []string
	for _, r := range made {
		switch r.Type {
		case databaseType:
			databases = append(databases, r.URN)
		case fileSystemType:
			files = append(files, r.URN)
		}
	}
	all := append(names(tasks), taskOf("restore-files", stack.Stack), taskOf("warm", stack.Stack))
	tasks = append(tasks, step("restore-files", files...))
	if stack.Source.Kind != recovery.Replica {
		tasks = append(tasks, step("warm", databases...))
	}
	verified := step("verify", all...)
	return append(tasks, verified, step("take-over", verified.Name))
}

func names(tasks []makespan.Task) []string {
	var all []string
	for _, task := range tasks {
		all = append(all, task.Name)
	}
	return all
}

// measure is how long each tenant was gone: until it was noticed, until somebody had decided, until it was back.
func measure(_ context.Context, d *drill) error {
	for _, stack := range d.restored {
		for _, t := range d.tenants {
			if t.Name == stack.Tenant.Name {
				back, _ := d.plan.Ends(taskOf("take-over", stack.Stack))
				t.result.RTOSeconds = (d.noticed.Sub(d.struck) + decision() + back).Round(time.Second).Seconds()
			}
		}
	}
	return nil
}
