package drill

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haven/infra/drill/makespan"
	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

// lostCloud is the one whose loss is drilled.
const lostCloud = "aws"

func providerLoss() Scenario {
	return Scenario{
		Name: "provider-loss", Title: "All of AWS is lost",
		Lost:   "every account, region and alarm of AWS, and with them every copy that lies there",
		Kept:   "the mirror in Google Cloud with the dumps that had arrived, its alarms, the stack files and their states",
		bounds: lostProvider, alarms: []string{"-mirror-"}, patience: 20 * time.Hour,
		spared: "only who holds an identity that the dumps' keys are sealed to can open them: it is done by hand, with a " +
			"project of Google Cloud for each tenant, from stacks/examples/Pulumi.demo-acme-offsite.yaml",
		Steps: []Step{
			{"Meet", "", "reads what the tenants' stacks export", meet},
			{"Plant", "", "commits into each database what will be looked for", plant},
			{"Lose", "", "loses AWS: every call to it fails, and its data stands still", loseProvider},
			{"Notice", "take the page of the mirror's alarms; ask the provider by other ways",
				"waits for the alarms in Google Cloud", notice},
			{"Decide", "declare the provider lost: it is not expected back before its data is missed",
				"waits for the person who decides", decide},
			{"Restore", "have the tenants' projects and the images ready in Google Cloud, at all times",
				"writes the files of the stacks off site, brings their stores up side by side, and runs the jobs that bring " +
					"the newest dumps of the mirror back", offSite},
			{"Serve", "open the dumps' sealed keys with `haven-dump unseal`; delegate the hosts",
				"brings up what serves the tenants", serveOffSite},
			{"Verify", "read what the verification says of each tenant",
				"compares each transaction with what was there when the dump was made", verify},
			{"Look at the calls", "", "sees that no call went to AWS", seeNoneCalled},
			{"Measure", "", "sums up how long each tenant was gone", measure},
			{"Heal", "wait until AWS is back, and its data looked through; what was written off site is dumped there, and the " +
				"tenant says what of it is to be loaded", "gives AWS back, and sees that each tenant has what it had", comeBack},
			{"Retire", "once nobody needs what was brought back off site", "takes down what the drill made", retire},
		},
	}
}

func loseProvider(_ context.Context, d *drill) error { return d.strike(world.ProviderLost, lostCloud) }

// offSite brings the tenants' data back from the mirror.
func offSite(ctx context.Context, d *drill) error {
	restored, err := d.recovery.OffSite(ctx, d.plain())
	if err != nil {
		return miss(err)
	}
	var stacks []string
	for _, stack := range restored {
		stacks = append(stacks, stack.Stack)
	}
	if err := d.remember(stacks...); err != nil { // what comes later waits for the data
		return err
	}
	return d.found(restored)
}

// serveOffSite has the tenants served, and asks for each as a user does.
func serveOffSite(ctx context.Context, d *drill) error {
	if err := d.recovery.Serve(ctx, d.restored); err != nil {
		return miss(err)
	}
	var tasks []makespan.Task
	for _, stack := range d.restored {
		made, err := d.Deployer.Made(stack.Stack)
		if err != nil {
			return err
		}
		tasks = append(tasks, d.offSiteTasks(stack, made)...)
	}
	if err := d.plannedAs(tasks); err != nil {
		return err
	}
	for _, t := range d.tenants {
		if !t.Config.Serves() {
			continue // nothing answers for who is suspended
		}
		answer, err := flow.AskOffSite(d.World, recovery.OffsiteHost(t.Tenant))
		if err == nil && answer.Database != t.restored {
			err = fmt.Errorf("%s answers with the database %s", answer.Stack, answer.Database)
		}
		if err != nil {
			t.fail("nobody answers off site: %v", err)
		}
	}
	return nil
}

// offSiteTasks are those of bringing a tenant back off site: its stores, the dump once they are there, what serves it
// once the data is, and at last the verification and the way of its users.
func (d *drill) offSiteTasks(stack recovery.Restoring, made []makespan.Resource) []makespan.Task {
	step := func(name string, after ...string) makespan.Task {
		return makespan.Task{Name: taskOf(name, stack.Stack), Takes: makespan.Step(name).Median, After: after}
	}
	tasks := makespan.Resources(made)
	var stores []string
	for _, r := range made {
		if d.before[r.URN] {
			stores = append(stores, r.URN)
		}
	}
	restored := step("restore-files", stores...)
	for i := range tasks {
		if !slices.Contains(stores, tasks[i].Name) {
			tasks[i].After = append(tasks[i].After, restored.Name)
		}
	}
	verified := step("verify", append(names(tasks), restored.Name)...)
	return append(tasks, restored, verified, step("take-over", verified.Name))
}

// seeNoneCalled is that nothing was asked of AWS.
func seeNoneCalled(_ context.Context, d *drill) error {
	return d.World.View(func(tx *world.Tx) error {
		calls := world.Calls.All(tx)
		for _, call := range calls {
			if call.Provider == lostCloud {
				d.fail("a call went to AWS: %s %s %s", call.Operation, call.Type, call.URN)
			}
		}
		d.note(fmt.Sprintf("%d calls, none of them to AWS", len(calls)))
		return nil
	})
}

// comeBack gives AWS back, and sees that what was there is there still.
func comeBack(_ context.Context, d *drill) error {
	if err := d.pass(d.plan.Total); err != nil {
		return err
	}
	if err := flow.Heal(d.World); err != nil {
		return err
	}
	return d.World.View(func(tx *world.Tx) error {
		for _, t := range d.tenants {
			ledgers := world.Ledgers.All(tx, t.database)
			if len(ledgers) != 1 || ledgers[0].At(d.struck).Digest() != t.held.At(d.struck).Digest() {
				t.fail("AWS is back, and its data is not what it was")
			}
		}
		return nil
	})
}
