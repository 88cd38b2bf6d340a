package drill

import (
	"context"
	"time"

	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

func zoneLoss() Scenario {
	return Scenario{
		Name: "zone-loss", Title: "One availability zone is lost",
		Lost:   "one zone: its tasks, its gateway, the databases' instances in it",
		Kept:   "the other zones, with the databases' synchronous standbys",
		bounds: func(recovery.Tenant) Objective { return Objective{Time: failedOver} },
		alarms: []string{"nat-drops-"}, patience: 30 * time.Minute,
		spared: "it would stop what serves people: have AWS Fault Injection Service do it, which stops when an alarm " +
			"says so: https://docs.aws.amazon.com/fis/latest/userguide/az-availability-scenario.html",
		Steps: []Step{
			{"Meet", "", "reads what the tenants' stacks export", meet},
			{"Plant", "", "commits into each database what will be looked for", plant},
			{"Lose", "", "loses the zone in which the databases write", loseZone},
			{"Notice", "take the page; look at the provider's status page", "waits for the alarms of the cell", notice},
			{"Contain", "shift the load balancer away from the zone, if it does not by itself",
				"nothing: the databases fail over by themselves", nothing},
			{"Verify", "read what the verification says of each tenant",
				"sees that every transaction is there and that writing has resumed", verifyZone},
			{"Heal", "wait until the zone is back; tasks spread over it again by themselves", "gives the zone back", healAll},
		},
	}
}

func nothing(context.Context, *drill) error { return nil }

func healAll(_ context.Context, d *drill) error { return flow.Heal(d.World) }

// loseZone loses each zone in which a tenant's database has its writing instance.
func loseZone(_ context.Context, d *drill) error {
	return d.each(func(t *tenant) error {
		zone := ""
		err := d.World.View(func(tx *world.Tx) error {
			database, _ := tx.Find(databaseType, t.Account, t.Region, "arn", t.DatabaseARN)
			zone = database.Text("availabilityZone")
			return nil
		})
		if err != nil {
			return err
		}
		return d.strike(world.ZoneLost, zone)
	})
}

// verifyZone sees that nothing is lost, and measures for how long nothing could be written.
func verifyZone(_ context.Context, d *drill) error {
	if err := d.pass(10 * time.Minute); err != nil {
		return err
	}
	return d.World.View(func(tx *world.Tx) error {
		for _, t := range d.tenants {
			ledgers := world.Ledgers.All(tx, t.database)
			if len(ledgers) != 1 {
				t.fail("its data is gone")
				continue
			}
			t.source = recovery.Source{At: d.struck}
			t.result.Source = "its synchronous standby in another zone"
			t.compare(ledgers[0].At(d.struck), d.struck)
			if !t.Config.Serves() {
				continue
			}
			resumed := time.Time{}
			for _, run := range ledgers[0].Runs {
				if run.From.After(d.struck) {
					resumed = run.From
				}
			}
			if resumed.IsZero() {
				t.measured = false
				continue
			}
			t.result.RTOSeconds = resumed.Sub(d.struck).Round(time.Second).Seconds()
		}
		return nil
	})
}
