package drill

import (
	"context"
	"strings"
	"time"

	"haven/infra/recovery"
	"haven/infra/sandbox/world"
)

func networkLoss() Scenario {
	return Scenario{
		Name: "network-loss", Title: "A cell's network lets nothing through",
		Lost: "every way into and out of the cell's network: its load balancer, its tasks and its databases reach nobody",
		Kept: "the databases themselves, and the APIs of the region: a snapshot of the last transaction can be taken",
		bounds: func(recovery.Tenant) Objective {
			return Objective{Time: backElsewhere}
		},
		alarms: []string{"-unreachable"}, patience: 30 * time.Minute,
		spared: "it would cut off people who are served: have AWS Fault Injection Service do it, which stops when an " +
			"alarm says so: https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html",
		Steps: []Step{
			{"Meet", "", "reads what the tenants' stacks export", meet},
			{"Stand ready", "keep the stacks that take over up, in the mode ready, at all times",
				"brings up for each tenant what a take-over needs of roles, groups and rules", provide},
			{"Plant", "", "commits into each database what will be looked for", plant},
			{"Lose", "", "closes the cell's network", loseNetwork},
			{"Notice", "take the page", "waits for the tenants' own alarms", notice},
			{"Decide", "see that the network cannot be mended at once, and leave it", "waits for the person who decides", decide},
			{"Save", "", "takes a snapshot of each database, and copies it to the recovery region", save},
			{"Restore", "confirm it", "brings every tenant up in the standby from it", takeOver},
			{"Verify", "read what the verification says of each tenant",
				"compares each transaction, and proves that the tenants are isolated", verify},
			{"Lead users over", "confirm it", "sets the latch of each tenant, in the recovery region", leadOver},
			{"Measure", "", "sums up how long each tenant was gone", measure},
			{"Heal", "mend the network", "opens the network", heal},
			{"Bring home", "in a quiet hour" + notHome, broughtHome, bringHome},
		},
	}
}

// loseNetwork closes the network of each cell that has tenants.
func loseNetwork(_ context.Context, d *drill) error {
	for _, t := range d.tenants {
		vpc := ""
		if err := d.World.View(func(tx *world.Tx) error {
			for _, network := range tx.List("aws:ec2/vpc:Vpc", t.Account, t.Region) {
				if strings.HasPrefix(network.URN, "urn:pulumi:"+t.Cell+"::") {
					vpc = network.ID
				}
			}
			return nil
		}); err != nil {
			return err
		}
		if err := d.strike(world.NetworkLost, vpc); err != nil {
			return err
		}
	}
	return nil
}

// save takes what the databases hold to the recovery region: nobody can write to them any more.
func save(ctx context.Context, d *drill) error {
	return d.each(func(t *tenant) error { return d.recovery.Save(ctx, t.Tenant) })
}
