package drill

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

func regionLoss() Scenario {
	return Scenario{
		Name: "region-loss", Title: "A whole region is lost",
		Lost:   "every resource of the region, its data, its APIs and its alarms",
		Kept:   "the copies in the recovery region, the records that lead to the standby, the stack files and their states",
		bounds: lostRegion, alarms: []string{"replica-stopped"}, patience: 45 * time.Minute,
		live: &live{abroad: true, verbs: "`haven recover ENV --ready --account` beforehand, `haven recover ENV --account` once a " +
			"person has declared the region lost, and `haven failback ENV --account` once it is trusted again"},
		Steps: []Step{
			{"Meet", "", "reads what the tenants' stacks export", meet},
			{"Stand ready", "keep the stacks that take over up, in the mode ready, at all times",
				"brings up for each tenant what a take-over needs of roles, groups and rules", provide},
			{"Plant", "", "commits into each database what will be looked for", plant},
			{"Lose", "", "loses the region: every call to it fails, and its data stands still", loseRegion},
			{"Notice", "take the page; look at the provider's status page, from outside of the region",
				"waits for the alarms of the recovery region", notice},
			{"Decide", "declare the region lost: from now on nobody and nothing changes anything there",
				"waits for the person who decides", decide},
			{"Restore", "confirm it",
				"promotes replicas, writes the files of the stacks that take over, and brings all of them up side by side", takeOver},
			{"Verify", "read what the verification says of each tenant",
				"compares each transaction, and proves that the tenants are isolated", verify},
			{"Lead users over", "confirm it", "sets the latch of each tenant, in the recovery region", leadOver},
			{"Look at the calls", "", "sees that no call went to the lost region, and that no control plane of all regions changed",
				seeCalls},
			{"Measure", "", "sums up how long each tenant was gone", measure},
			{"Heal", "wait until the region is whole, and its data looked through", "gives the region back", heal},
			{"Bring home", "in a quiet hour, once the region is trusted again" + notHome, broughtHome, bringHome},
		},
	}
}

// What bringing home brings, and what it leaves to a person.
const (
	broughtHome = "stops what took over, copies its databases back, and brings each up beside the tenant's own stack, with the " +
		"files and accounts of the newest dump that lies there: no transaction is lost"
	notHome = "; before it, have what took over dumped, by `copies: true` below `restore` in its stack file: files stored and " +
		"accounts made while users were away stay with it, and come home by `haven-dump restore --files-only` from that dump"
)

// loseRegion loses the region that the tenants live in.
func loseRegion(_ context.Context, d *drill) error {
	for _, t := range d.tenants {
		if err := d.strike(world.RegionLost, t.Region); err != nil {
			return err
		}
	}
	return nil
}

func takeOver(ctx context.Context, d *drill) error {
	var stacks []string
	for _, t := range d.tenants {
		stacks = append(stacks, recovery.TakeOverStack(t.Tenant))
	}
	if err := d.remember(stacks...); err != nil {
		return err
	}
	restored, err := d.recovery.TakeOver(ctx, d.plain())
	return d.broughtBack(restored, err)
}

// leadOver lets as much time pass as restoring would have taken, and leads the users to the standby.
func leadOver(ctx context.Context, d *drill) error {
	if err := d.pass(d.plan.Total); err != nil {
		return err
	}
	if err := d.recovery.Lead(ctx, d.plain(), true); err != nil {
		return miss(err)
	}
	if err := d.pass(5 * time.Minute); err != nil {
		return err
	}
	for _, stack := range d.restored {
		d.answer(func(t *tenant) string { return t.Host() }, stack.Region)
		break
	}
	return nil
}

// seeCalls is that no call went to what is lost, and that nothing was changed that is one for all regions.
func seeCalls(_ context.Context, d *drill) error {
	return d.World.View(func(tx *world.Tx) error {
		calls := world.Calls.All(tx)
		for _, call := range calls {
			changes := call.Operation == "create" || call.Operation == "update" || call.Operation == "delete"
			switch {
			case call.Provider == "aws" && call.Region == d.tenants[0].Region:
				d.fail("a call went to the lost region: %s %s %s", call.Operation, call.Type, call.URN)
			case call.Provider == "aws" && call.Region == "global" && changes:
				d.fail("a control plane of all regions was changed: %s %s %s", call.Operation, call.Type, call.URN)
			}
		}
		d.note(fmt.Sprintf("%d calls, none of them to %s", len(calls), d.tenants[0].Region))
		return nil
	})
}

func heal(_ context.Context, d *drill) error {
	if err := d.pass(2 * time.Hour); err != nil {
		return err
	}
	for _, t := range d.tenants {
		if t.restored == "" {
			continue
		}
		if _, err := flow.Commit(d.World, t.restored, "committed while away"); err != nil {
			return err
		}
	}
	return flow.Heal(d.World)
}

// bringHome brings home what was written while the tenants were away, and sees that none of it is lost.
func bringHome(ctx context.Context, d *drill) error {
	home, err := d.recovery.BringHome(ctx, d.restored)
	if err != nil {
		return miss(err)
	}
	return d.World.View(func(tx *world.Tx) error {
		for _, stack := range home {
			at := slices.IndexFunc(d.tenants, func(t *tenant) bool { return t.Name == stack.Tenant.Name })
			t := d.tenants[at]
			database, found := databaseOf(tx, stack)
			away, back := world.Ledgers.All(tx, t.restored), world.Ledgers.All(tx, database.ID)
			if !found || len(away) != 1 || len(back) != 1 {
				t.fail("its data did not come home")
				continue
			}
			if lost := lostOf(away[0], back[0]); lost != "" {
				t.fail("brought home, %s", lost)
			}
		}
		return nil
	})
}

// lostOf is what one ledger has that another lacks; "" where that is nothing.
func lostOf(of, in world.Ledger) string {
	has := map[time.Time]bool{}
	for at := range in.All() {
		has[at] = true
	}
	for at := range of.All() {
		if !has[at] {
			return fmt.Sprintf("the transaction of %s is lost", at.Format(time.RFC3339))
		}
	}
	return ""
}
