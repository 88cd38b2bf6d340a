package drill

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haven/infra/drill/realdata"
	"haven/infra/evidence"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

func applicationCorruption() Scenario {
	return Scenario{
		Name: "application-corruption", Title: "An application writes nonsense into its own data",
		Lost:   "the data's meaning, from one moment on; the database goes on taking writes",
		Kept:   "the transaction log of every moment before, the copies, every other tenant",
		bounds: lostData, alarms: []string{"-unhealthy-targets"}, patience: 30 * time.Minute,
		live: &live{settled: true, verbs: restoring},
		Steps: inRegion(world.DataLost, Step{"Contain", "stop the release that did it; suspend the tenant",
			"keeps the database as it is, for whoever has to look into it", contain}),
	}
}

func databaseCorruption() Scenario {
	return Scenario{
		Name: "database-corruption", Title: "A database's pages are damaged",
		Lost:   "the database: it answers nothing, and its replica has the damage too",
		Kept:   "the transaction log until five minutes before, the copies, every other tenant",
		bounds: lostData, alarms: []string{"-unreachable"}, patience: 30 * time.Minute,
		live: &live{verbs: restoring},
		Steps: inRegion(world.DatabaseLost, Step{"Contain", "leave the damaged instance alone: it is evidence",
			"keeps the database as it is, for whoever has to look into it", contain}),
	}
}

// inRegion are the steps of getting over damaged data where it lies.
func inRegion(kind world.Kind, contain Step) []Step {
	return []Step{
		{"Meet", "", "reads what the tenants' stacks export", meet},
		{"Plant", "", "commits into each database what will be looked for", plant},
		{"Damage", "", "damages the data of every tenant from one moment on", damage(kind)},
		{"Notice", "take the page; find out since when the data is wrong",
			"waits for the tenants' own alarms", notice},
		{"Decide", "choose the moment to go back to: the last one at which the data was right",
			"waits for the person who decides", decide},
		contain,
		{"Restore", "confirm the moment",
			"brings the data of each tenant back within its stack, as of the moment before: `haven restore`; what was damaged goes " +
				"into quarantine", inPlace},
		{"Verify", "read what the verification says of each tenant",
			"compares each transaction, and proves that the tenants are isolated", verify},
		{realStep, "", "with `--database mariadb`, does the same to MariaDB servers with real rows and writers at work, and " +
			"reads every row", replay},
		{"Ask", "sign in, and look at what the tenant says was wrong", "asks for each application as a user does", askTenants},
		{"Measure", "", "sums up how long each tenant was gone", measure},
		{"Retire", "once nobody needs what was damaged",
			"deletes it from quarantine, but for a final snapshot: `haven retire`", retire},
	}
}

// damage damages every tenant's data, right after one sentinel and right before another.
func damage(kind world.Kind) func(context.Context, *drill) error {
	return func(_ context.Context, d *drill) error {
		if kind == world.DataLost { // the log goes on, and covers the moment before once the damage is noticed
			present := func(t *tenant, s sentinel) { t.present = append(t.present, s) }
			if err := d.plantAll("sentinel right before T", present); err != nil {
				return err
			}
		}
		if err := d.pass(time.Second); err != nil {
			return err
		}
		for _, t := range d.tenants {
			if err := d.strike(kind, t.database); err != nil {
				return err
			}
		}
		if kind == world.DatabaseLost {
			return nil // it takes no write any more
		}
		if err := d.pass(time.Second); err != nil {
			return err
		}
		return d.plantAll("sentinel at T+1", func(t *tenant, s sentinel) { t.absent = append(t.absent, s) })
	}
}

func (d *drill) plantAll(content string, note func(*tenant, sentinel)) error {
	return d.each(func(t *tenant) error {
		at, err := flow.Commit(d.World, t.database, content)
		note(t, sentinel{content, at})
		return err
	})
}

// contain leaves the damaged data alone: nothing of it is deleted, and it is still there when all is over.
func contain(_ context.Context, d *drill) error {
	return d.World.View(func(tx *world.Tx) error {
		for _, t := range d.tenants {
			if len(world.Ledgers.All(tx, t.database)) != 1 {
				t.fail("what was damaged is gone")
			}
		}
		return nil
	})
}

// inPlace brings the tenants back within their stacks, as of the last moment before the damage to which all can be.
func inPlace(ctx context.Context, d *drill) error {
	at := d.struck.Add(-time.Nanosecond).Truncate(time.Second)
	var stacks []string
	for _, t := range d.tenants {
		restorable, err := d.recovery.Restorable(ctx, t.Tenant, at)
		if err != nil {
			return miss(err)
		}
		if restorable.Before(at) {
			at = restorable
		}
		stacks = append(stacks, t.Stack)
	}
	if err := d.remember(stacks...); err != nil {
		return err
	}
	restored, err := d.recovery.Restore(ctx, d.plain(), at)
	return d.broughtBack(restored, err)
}

// askTenants asks under each tenant's own host.
func askTenants(_ context.Context, d *drill) error {
	d.answer(func(t *tenant) string { return t.Host() }, d.tenants[0].Region)
	return nil
}

// realStep is the step on real servers; the scenarios that have it take real data.
const realStep = "Replay"

// Real says whether a scenario is drilled on real data, too.
func (s Scenario) Real() bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Name == realStep })
}

// replay drills the corruption on a real server for each tenant, one after the other: each takes processors of its own.
func replay(ctx context.Context, d *drill) error {
	if d.Real == nil {
		d.note("no real servers were asked for")
		return nil
	}
	return d.each(func(t *tenant) error {
		options := *d.Real
		options.Seed = d.random.Uint64()
		measured, err := realdata.Corruption(ctx, t.Name, options)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			t.fail("on a real server: %v", err)
		}
		if t.result.Verified = t.result.Verified && err == nil && measured.Verified; measured == nil {
			return nil
		}
		t.result.Real = &evidence.RealData{Requests: measured.Requests, Steps: measured.Steps,
			Corruption: measured.Corruption, Restored: measured.Restored, RPOSeconds: measured.RPOSeconds,
			RTOSeconds: measured.RTOSeconds, Verified: measured.Verified}
		t.result.RPOSeconds = max(t.result.RPOSeconds, measured.RPOSeconds)
		d.note(fmt.Sprintf("%s: %d real rows are as they were at transaction %s, right before %s: %t", t.Name,
			measured.Requests, measured.Restored, measured.Corruption, measured.Verified))
		return nil
	})
}
