package drill

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/infra/drill/makespan"
	"haven/infra/recovery"
)

// decision is how long a person takes to decide.
func decision() time.Duration { return makespan.Step("decide").Median }

// taskOf names a step of a tenant's in a plan.
func taskOf(step, stack string) string { return step + " " + stack }

// remade are the types of what takes as long as a new one where it was there before: services without tasks until they
// have them, definitions of tasks that name another database, and state machines that run these.
var remade = []string{"aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition", machineType}

// Stays says that bringing a tenant back takes no time for a resource of a type that was there before.
func Stays(token string) bool { return !slices.Contains(remade, token) }

// machineType is the type of state machines.
const machineType = "aws:sfn/stateMachine:StateMachine"

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
			made[i].Exists = d.before[r.URN] && Stays(r.Type)
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

// Restoration are the tasks of bringing a tenant back: its resources; its files and its database's pages, both from the
// moment on that the state machine is there which brings them back, as whoever brings it back starts that at once (a
// database that comes from the dump is read after it was loaded); and once all of that is done, the verification and the
// way of its users. Reading every page is planned for: the sandbox has none that would be cold.
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
	var filling []string
	for _, r := range made {
		if r.Type == machineType && strings.HasSuffix(r.URN, "::restoration-machine") {
			filling = append(filling, r.URN)
		}
	}
	files := step("restore-files", filling...)
	if stack.Source.Kind == recovery.Dump {
		filling = append(filling, files.Name)
	}
	warm := step("warm", filling...)
	all := append(names(tasks), files.Name, warm.Name)
	tasks = append(tasks, files, warm)
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
