package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"haven/infra/drill"
	"haven/infra/earnest"
	"haven/infra/engine"
	"haven/infra/evidence"
	"haven/infra/recovery"
)

// takeDown is the name by which what a drill in a real account has left is taken down.
const takeDown = "take-down"

// The paces of a drill in a real account, and how long an application is asked for: its host may be new.
const (
	copiesPace = 30 * time.Second
	askingPace = 10 * time.Second
	askingFor  = 20 * time.Minute
)

// inAccount does a drill in a real account.
func (d *drilling) inAccount(ctx context.Context, name string) error {
	scenario, err := d.live(name)
	if err != nil {
		return err
	}
	r := &recovering{person: d.person, name: "drill", yes: d.yes, account: true}
	e, err := r.enter(ctx, d.environment)
	if err != nil {
		return err
	}
	defer e.Close()
	left := recovery.Trials(e.Environment)
	if name == takeDown {
		return d.takeDown(ctx, r, e, left)
	}
	if len(left) > 0 {
		return fmt.Errorf("drill: %s is left of another drill: %s", left[0].Stack, d.takingDown())
	}
	return d.undertake(ctx, r, e, scenario)
}

// live is the scenario, where it is drilled in a real account; none to take down what one has left.
func (d *drilling) live(name string) (drill.Scenario, error) {
	switch {
	case name == random, d.database != simulated, d.count != 1:
		return drill.Scenario{}, engine.Problemf("drill: --account takes one scenario by its name, without --count and " +
			"--database")
	case name == takeDown:
		return drill.Scenario{}, nil
	}
	scenario, err := drill.ScenarioNamed(name)
	if err == nil {
		_, err = scenario.Live()
	}
	if err != nil {
		return scenario, &engine.Problem{Text: "drill: " + err.Error(), Cause: err}
	}
	return scenario, nil
}

func (d *drilling) takingDown() string {
	return fmt.Sprintf("haven drill %s --env %s --account", takeDown, d.environment)
}

// undertake says what the drill makes and what that costs, asks, and does it.
func (d *drilling) undertake(ctx context.Context, r *recovering, e *inEarnest, scenario drill.Scenario) error {
	abroad, err := scenario.Live()
	if err != nil {
		return err
	}
	regions, err := earnest.Regions(e.bringing, e.tenants, abroad)
	if err != nil || len(regions) == 0 {
		return errors.Join(err, nobodyUp("drill", d.environment, len(e.tenants)))
	}
	plan := earnest.Plan{Regions: regions, What: fmt.Sprintf("drill %s brings all tenants of %s back beside what serves "+
		"them, and takes that down again.\nNothing is lost, no replica is promoted, and nobody is led anywhere.",
		scenario.Name, d.environment)}
	for _, tenant := range e.tenants {
		plan.Made = append(plan.Made, recovery.TrialStack(tenant))
	}
	plan, err = r.ask(ctx, e, e.tenants, plan, true)
	if err != nil {
		return err
	}
	asking := drill.Asking{Pace: askingPace, Limit: askingFor}
	copies := copiesPace
	if pace := d.person.pace; pace > 0 {
		asking.Pace, asking.Limit, copies = pace, 100*pace, pace
	}
	record, failed := scenario.InAccount(ctx, drill.Live{
		Recovery: e.bringing, Cloud: e.cloud(), Tenants: e.tenants, Account: plan.Who.Account, Regions: regions,
		Graph: e.Graph, Ask: asking.Application, Ending: d.person.hard, Pace: copies,
		Say: func(text string) { fmt.Fprintln(os.Stderr, text) },
	})
	if failed != nil {
		failed = fmt.Errorf("drill %s: not all that it made is taken down, and that costs: %w\nto finish it: %s",
			scenario.Name, failed, d.takingDown())
	}
	kept, err := evidence.Folder(e.Checkout.Path("evidence")).Add(record)
	if err != nil {
		return errors.Join(failed, fmt.Errorf("drill %s: %w", scenario.Name, err))
	}
	return errors.Join(failed, d.tell(kept))
}

// tell tells of one drill in a real account.
func (d *drilling) tell(kept evidence.Kept) error {
	var err error
	if d.json {
		err = printJSON(drill.ResultOf(*kept.Drill, kept.Path))
	} else {
		err = d.print(kept)
	}
	if kept.Drill.Met {
		return err
	}
	if d.person.interrupted() {
		return errors.Join(err, fmt.Errorf("drill %s: stopped", kept.Drill.Scenario))
	}
	return errors.Join(err, unmet(*kept.Drill))
}

// takeDown takes down what drills have left.
func (d *drilling) takeDown(ctx context.Context, r *recovering, e *inEarnest, left []recovery.Restoring) error {
	if len(left) == 0 {
		return fmt.Errorf("drill: no drill has left anything of %s, by the stack files here", d.environment)
	}
	var tenants []recovery.Tenant
	for _, stack := range left {
		tenants = append(tenants, stack.Tenant)
		fmt.Fprintf(os.Stderr, "%s, in %s\n", stack.Stack, stack.Region)
	}
	cloud, who, err := earnest.Enter(ctx, e.door, tenants, left[0].Region)
	if err != nil {
		return err
	}
	e.bringing.Cloud = cloud
	if err := r.confirm(d.environment, fmt.Sprintf("This destroys them in the account %s.", who.Account)); err != nil {
		return err
	}
	if err := drill.TakeDown(ctx, e.bringing, e.cloud(), left); err != nil {
		return fmt.Errorf("drill: %w\nto finish it: %s", err, d.takingDown())
	}
	_, err = fmt.Println("all of it is gone")
	return err
}
