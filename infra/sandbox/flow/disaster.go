package flow

import (
	"fmt"
	"slices"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

// subnetGroupType says in which VPC a database lies.
const subnetGroupType = "aws:rds/subnetGroup:SubnetGroup"

// failsOver is how long a database of two zones takes to answer from the other one: a minute or two.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
const failsOver = 90 * time.Second

// Strike moves the data to the clock and makes a disaster from then on: what it takes away stands still until it is
// healed.
func Strike(w *world.World, kind world.Kind, what string) error {
	return settled(w, func(tx *world.Tx) error { return tx.Strike(kind, what) })
}

// Heal moves the data to the clock and ends a disaster, or all where none is given. What stood still goes on.
func Heal(w *world.World, disasters ...world.Disaster) error {
	return settled(w, func(tx *world.Tx) error {
		if len(disasters) == 0 {
			disasters = world.Disasters.All(tx)
		}
		for _, d := range disasters {
			if err := tx.Heal(d); err != nil {
				return err
			}
		}
		return nil
	})
}

// settled does something to the world once its data has moved to its clock.
func settled(w *world.World, do func(*world.Tx) error) error {
	return w.Update(func(tx *world.Tx) error {
		if err := Settle(tx); err != nil {
			return err
		}
		return do(tx)
	})
}

// Settle moves the data to the clock within a transaction.
func Settle(tx *world.Tx) error {
	_, err := move(tx, tx.Now().UTC(), 0)
	return err
}

// disasters are those that last during an advance.
type disasters []world.Disaster

// lost says whether nothing is heard of a resource: of its region or its cloud.
func (d disasters) lost(r cloud.Resource) bool {
	return d.any(func(one world.Disaster) bool {
		return one.Kind == world.RegionLost && r.Provider == "aws" && r.Region == one.What ||
			one.Kind == world.ProviderLost && r.Provider == one.What
	})
}

func (d disasters) any(is func(world.Disaster) bool) bool { return slices.ContainsFunc(d, is) }

func (d disasters) of(kind world.Kind, what string) bool {
	return d.any(func(one world.Disaster) bool { return one.Kind == kind && one.What == what })
}

// damage is why a database does not answer, by disasters that its cloud survives; nil where it does.
func (e *engine) damage(database cloud.Resource) error {
	switch zone := database.Text("availabilityZone"); {
	case e.struck.of(world.DatabaseLost, database.ID):
		return fmt.Errorf("the pages of %s are damaged", database.Text("identifier"))
	case e.struck.of(world.ZoneLost, zone) && !flag(database.Outputs, "multiAz", false):
		return fmt.Errorf("%s lies in %s alone, which is lost", database.Text("identifier"), zone)
	}
	return nil
}

// connected says whether the network of a database lets anything through.
func (e *engine) connected(database cloud.Resource) error {
	group, _ := e.find(subnetGroupType, database.Region, "name", database.Text("dbSubnetGroupName"))
	if vpc := group.Text("vpcId"); e.struck.of(world.NetworkLost, vpc) {
		return fmt.Errorf("the network %s lets nothing through", vpc)
	}
	return nil
}

// unbroken is from when on a database takes writes without a break: while it fails over it takes none.
func (e *engine) unbroken(database cloud.Resource, from time.Time) time.Time {
	for _, d := range e.struck {
		resumed := d.Since.Add(failsOver)
		if d.Kind == world.ZoneLost && d.What == database.Text("availabilityZone") && resumed.After(from) {
			from = resumed
		}
	}
	return from
}
