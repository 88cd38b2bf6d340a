package drill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"haven/components/tiers"
	"haven/infra/recovery"
)

// Step is one of a scenario.
type Step struct {
	Name string
	// Person is what a person does in earnest, Haven what haven does for them; either may be empty.
	Person, Haven string
	do            func(context.Context, *drill) error
}

// Scenario is a disaster and how it is got over.
type Scenario struct {
	// Name is by which it is called, Title what is lost.
	Name, Title string
	// Lost and Kept say what is gone and what is still there.
	Lost, Kept string
	Steps      []Step
	// bounds are how much data a tenant may lose, and how long it may be gone.
	bounds func(recovery.Tenant) Objective
	// alarms are what must tell of it: one of them for each that begins so.
	alarms []string
	// patience is how long an alarm is waited for.
	patience time.Duration
	// live is how it is drilled in a real account; where it is not, spared says why.
	live   *live
	spared string
}

// Objective is what is promised: how much data may be lost, and how long restoring may take.
type Objective struct{ Data, Time time.Duration }

// Scenarios are all of them.
func Scenarios() []Scenario {
	return []Scenario{
		applicationCorruption(), databaseCorruption(), zoneLoss(), networkLoss(), regionLoss(), providerLoss(),
	}
}

// ScenarioNamed is the one of that name. The error names those there are.
func ScenarioNamed(name string) (Scenario, error) {
	all := Scenarios()
	at := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if at < 0 {
		return Scenario{}, fmt.Errorf("there is no scenario %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return all[at], nil
}

// Names are those of all scenarios.
func Names() []string {
	var names []string
	for _, s := range Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// bound is the age that a tier allows the copies of these kinds, the least of those that it has.
func bound(tenant recovery.Tenant, kinds ...tiers.Copy) time.Duration {
	promise, _ := tiers.Of(tenant.Tier)
	least := time.Duration(0)
	for _, kind := range kinds {
		if age, has := promise.Bound(kind); has && (least == 0 || age < least) {
			least = age
		}
	}
	return least
}

// The times within which a tenant is to be back, from the disaster on: what noticing and deciding take is in them.
const (
	backInRegion  = time.Hour
	backElsewhere = 90 * time.Minute
	failedOver    = 3 * time.Minute
	backOffSite   = 4 * time.Hour
)

// lostData and lostRegion are the objectives of the table of recovery.
func lostData(tenant recovery.Tenant) Objective {
	return Objective{Data: bound(tenant, tiers.PointInTime), Time: backInRegion}
}

func lostRegion(tenant recovery.Tenant) Objective {
	return Objective{
		Data: bound(tenant, tiers.SnapshotCopy, tiers.ReplicatedBackup, tiers.Replica), Time: backElsewhere,
	}
}

// lostProvider is the objective where the mirror is all that is left.
func lostProvider(tenant recovery.Tenant) Objective {
	return Objective{Data: bound(tenant, tiers.Mirror), Time: backOffSite}
}

// Objective is what a tenant is promised where this is lost.
func (s Scenario) Objective(tenant recovery.Tenant) Objective { return s.bounds(tenant) }

// Drawn is a drill that was drawn by lot.
type Drawn struct {
	Scenario Scenario
	// Seed chooses its times.
	Seed uint64
}

// Draw draws drills: the same seed draws the same.
func Draw(seed uint64, count int) []Drawn {
	random, all := rand.New(rand.NewPCG(seed, 1)), Scenarios()
	var drawn []Drawn
	for range count {
		drawn = append(drawn, Drawn{all[random.IntN(len(all))], random.Uint64()})
	}
	return drawn
}
