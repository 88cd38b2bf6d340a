package drill

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"haven/components/dump/manifest"
	"haven/components/tiers"
	"haven/infra/recovery"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
	"haven/policy/check"
	"haven/policy/graph"
	"haven/policy/library"
	"haven/policy/rules"
	"haven/stacks/config"
)

// databaseType is the type of the databases.
const databaseType = "aws:rds/instance:Instance"

// meet looks at who is there.
func meet(_ context.Context, d *drill) error {
	tenants, err := recovery.Tenants(d.Environment, d.Deployer)
	if err != nil {
		return err
	}
	if len(tenants) == 0 {
		return fmt.Errorf("no tenant of %s is up: haven up %s", d.Environment.Name, d.Environment.Name)
	}
	for _, t := range tenants {
		met := &tenant{Tenant: t}
		if err := d.World.View(func(tx *world.Tx) error {
			database, found := tx.Find(databaseType, t.Account, t.Region, "arn", t.DatabaseARN)
			if met.database = database.ID; !found {
				return fmt.Errorf("the sandbox has no database %s", t.DatabaseARN)
			}
			return nil
		}); err != nil {
			return err
		}
		d.tenants = append(d.tenants, met)
	}
	return nil
}

// provide makes ready what takes over, as it is in earnest before anything is lost.
func provide(ctx context.Context, d *drill) error {
	_, err := d.recovery.Provide(ctx, d.plain())
	return err
}

// settles is how long the environment runs before anything is lost: every copy that is made once a day is there then.
const settles = 26 * time.Hour

// plant lets the environment run, and commits into each database what will be looked for: right before what may be lost
// by its tier, and right before the disaster.
func plant(_ context.Context, d *drill) error {
	now, err := d.cloud.Now()
	if err != nil {
		return err
	}
	begins := now.Truncate(time.Hour).Add(settles + time.Duration(d.random.IntN(6*60))*time.Minute)
	type planted struct {
		of *tenant
		at time.Time
	}
	var all []planted
	for _, t := range d.tenants {
		all = append(all, planted{t, begins.Add(-d.scenario.bounds(t.Tenant).Data - time.Second)})
	}
	slices.SortFunc(all, func(a, b planted) int { return a.at.Compare(b.at) })
	for _, one := range all {
		if _, err := d.advance(one.at); err != nil {
			return err
		}
		content := "sentinel at T-1"
		at, err := flow.Commit(d.World, one.of.database, content)
		if err != nil {
			return err
		}
		one.of.present = append(one.of.present, sentinel{content, at})
	}
	_, err = d.advance(begins)
	return err
}

// strike causes a disaster.
func (d *drill) strike(kind world.Kind, what string) error {
	if err := flow.Strike(d.World, kind, what); err != nil {
		return err
	}
	if !d.struck.IsZero() {
		return nil
	}
	return d.World.View(func(tx *world.Tx) error {
		for _, disaster := range world.Disasters.All(tx) {
			d.struck = disaster.Since
		}
		for _, t := range d.tenants {
			for _, ledger := range world.Ledgers.All(tx, t.database) {
				t.held = ledger.At(d.struck)
			}
			for _, ledger := range world.Ledgers.All(tx, t.FilesID) {
				t.heldFiles = ledger.At(d.struck)
			}
		}
		d.note(fmt.Sprintf("lost: the %s %s", kind, what))
		return nil
	})
}

// notice lets time pass until every alarm that must tell of the disaster has.
func notice(_ context.Context, d *drill) error {
	told := map[string]bool{}
	for now := d.struck; now.Before(d.struck.Add(d.scenario.patience)); {
		step := max(time.Minute, d.scenario.patience/240)
		now = now.Truncate(time.Minute).Add(step)
		changes, err := d.advance(now)
		if err != nil {
			return err
		}
		for _, change := range changes {
			d.record.Alarms = append(d.record.Alarms, change.Alarm)
			d.note("alarm: " + change.Alarm + ": " + change.Reason)
			for _, wanted := range d.scenario.alarms {
				if strings.Contains(change.Alarm, wanted) && !told[wanted] {
					told[wanted], d.noticed = true, change.Time
				}
			}
		}
		if len(told) == len(d.scenario.alarms) {
			return nil
		}
	}
	var silent []string
	for _, wanted := range d.scenario.alarms {
		if !told[wanted] {
			silent = append(silent, wanted)
		}
	}
	return miss(fmt.Errorf("nobody was told: no alarm %s within %s", strings.Join(silent, ", "), d.scenario.patience))
}

// decide is a person's: the time that it takes is a part of what the tenants wait.
func decide(_ context.Context, d *drill) error { return d.pass(decision()) }

// remember notes what there is before anything is brought back.
func (d *drill) remember(stacks ...string) error {
	d.before = map[string]bool{}
	for _, stack := range stacks {
		made, err := d.Deployer.Made(stack)
		if err != nil {
			return err
		}
		for _, r := range made {
			d.before[r.URN] = true
		}
	}
	return nil
}

// broughtBack notes what restoring has made, and plans how long that takes; err is what restoring ended with.
func (d *drill) broughtBack(restored []recovery.Restoring, err error) error {
	if err != nil {
		return miss(err)
	}
	if err := d.found(restored); err != nil {
		return err
	}
	return d.planned(restored)
}

// found notes what each tenant was brought back as.
func (d *drill) found(restored []recovery.Restoring) error {
	d.restored = restored
	return d.World.View(func(tx *world.Tx) error {
		for _, stack := range restored {
			at := slices.IndexFunc(d.tenants, func(t *tenant) bool { return t.Name == stack.Tenant.Name })
			t := d.tenants[at]
			t.source = stack.Source
			t.result.Source = stack.Source.String()
			if stack.Mode == recovery.OffSite {
				id, err := d.recovery.OffsiteDatabase(stack)
				if t.restored = id; err != nil {
					return err
				}
				continue
			}
			database, found := databaseOf(tx, stack)
			if !found {
				t.fail("%s has no database", stack.Stack)
				continue
			}
			t.restored, t.dump = database.ID, stack.Files
			is, err := d.recovery.Up(stack)
			if t.files = is.FilesID; err != nil {
				return err
			}
		}
		return nil
	})
}

// databaseOf is the database that a tenant was brought back in: the promoted replica, that of a generation, or the
// restoring stack's own.
func databaseOf(tx *world.Tx, stack recovery.Restoring) (cloud.Resource, bool) {
	if stack.Mode == recovery.InPlace {
		return tx.Find(databaseType, stack.Tenant.Account, stack.Region, "identifier", stack.Database())
	}
	if stack.Source.Kind == recovery.Replica {
		return tx.Find(databaseType, stack.Tenant.Account, stack.Region, "arn", stack.Source.ID)
	}
	for _, database := range tx.List(databaseType, stack.Tenant.Account, stack.Region) {
		if strings.HasPrefix(database.URN, "urn:pulumi:"+stack.Stack+"::") {
			return database, true
		}
	}
	return cloud.Resource{}, false
}

// verify holds what was brought back against what was there: every transaction until the time of the copy, none that
// came later, and all that was planted.
func verify(_ context.Context, d *drill) error {
	err := d.World.View(func(tx *world.Tx) error {
		for _, t := range d.tenants {
			ledgers := world.Ledgers.All(tx, t.restored)
			if t.restored == "" || len(ledgers) != 1 {
				t.fail("nothing was brought back")
				continue
			}
			t.compare(ledgers[0].At(t.source.At), d.struck)
			t.compareFiles(tx, d.struck)
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.isolated()
	return nil
}

// compare holds restored data against what was there when the disaster began.
func (t *tenant) compare(restored world.Ledger, struck time.Time) {
	until := t.source.At
	if until.After(struck) {
		until = struck
	}
	t.measured, t.result.Verified = true, true
	t.result.Digest = restored.Digest()
	if wanted := t.held.At(until).Digest(); wanted != t.result.Digest {
		t.result.Verified = false
		t.fail("the data is not what it was at %s", until.Format(time.RFC3339))
	}
	t.result.RPOSeconds = lost(t.held, until, struck).Round(time.Second).Seconds()
	has := func(s sentinel) bool {
		return slices.ContainsFunc(restored.Commits, func(c world.Commit) bool {
			return c.Content == s.content && c.Time.Equal(s.at)
		})
	}
	for _, s := range t.present {
		if !has(s) {
			t.result.Verified = false
			t.fail("the %s is missing, which was committed at %s", s.content, s.at.Format(time.RFC3339))
		}
	}
	for _, s := range t.absent {
		if has(s) {
			t.result.Verified = false
			t.fail("the %s is there, which was committed at %s", s.content, s.at.Format(time.RFC3339))
		}
	}
}

// compareFiles holds restored files against what there was when they were dumped. Off site the job itself has compared
// them.
func (t *tenant) compareFiles(tx *world.Tx, struck time.Time) {
	if t.dump == "" {
		return
	}
	dumped, err := time.Parse(manifest.TimeLayout, path.Base(path.Dir(t.dump)))
	if err != nil {
		t.fail("its files: %v", err)
		return
	}
	ledgers := world.Ledgers.All(tx, t.files)
	if len(ledgers) != 1 || ledgers[0].At(dumped).Digest() != t.heldFiles.At(dumped).Digest() {
		t.result.Verified = false
		t.fail("its files are not what they were at %s", dumped.Format(time.RFC3339))
	}
	if age, most := struck.Sub(dumped), bound(t.Tenant, tiers.Dump); age > most {
		t.fail("files of %s were lost, more than %s", age.Round(time.Second), most)
	}
}

// lost is how far back the first transaction lies that was committed after a time and until another; none is zero.
func lost(held world.Ledger, after, until time.Time) time.Duration {
	for at := range held.All() {
		if at.After(after) && !at.After(until) {
			return until.Sub(at)
		}
	}
	return 0
}

// proven are the proofs that must hold of what was brought back, as they did of what was lost.
var proven = []string{"isolation", "internet"}

// isolated holds the tenants that were brought back against the proofs of isolation.
func (d *drill) isolated() {
	g, err := d.Deployer.Graph()
	if err != nil {
		d.fail("the graph of what was brought back: %v", err)
		return
	}
	for _, failure := range proofs(g) {
		d.fail("no longer isolated: %s", failure)
	}
}

// proofs are what those do not hold for.
func proofs(g *graph.Graph) []string {
	all := library.All()
	all.Rules = nil
	all.Proofs = slices.DeleteFunc(slices.Clone(all.Proofs), func(p check.Proof) bool {
		return !slices.Contains(proven, p.ID)
	})
	if len(all.Proofs) != len(proven) {
		return []string{fmt.Sprintf("the library has not all of the proofs %s", strings.Join(proven, ", "))}
	}
	outcomes, err := check.Run{Library: all, MostUndecided: 100}.Over(g)
	if err != nil {
		return []string{err.Error()}
	}
	var failures []string
	for _, outcome := range outcomes {
		if outcome.Result == rules.Fail {
			failures = append(failures, outcome.Message)
		}
	}
	return failures
}

// answer asks for each tenant's application as its users do: under which host is the scenario's.
func (d *drill) answer(host func(*tenant) string, region string) {
	for _, t := range d.tenants {
		if t.Config.State != "" && !t.Config.Serves() {
			continue // nothing answers for who is suspended
		}
		answer, err := flow.Ask(d.World, host(t))
		switch {
		case err != nil:
			t.result.Verified = false
			t.fail("nobody answers: %v", err)
		case answer.Region != region, answer.Database != t.restored:
			t.result.Verified = false
			t.fail("%s answers in %s with the database %s", answer.Stack, answer.Region, answer.Database)
		}
	}
}

// retire lets go of what the drill has made: stacks, and of generations those that serve no longer.
func retire(ctx context.Context, d *drill) error {
	var stacks []string
	for _, stack := range d.restored {
		if stack.Mode != recovery.InPlace {
			stacks = append(stacks, stack.Stack)
			continue
		}
		if err := d.letGo(ctx, stack); err != nil {
			return miss(err)
		}
	}
	if len(stacks) == 0 {
		return nil
	}
	return d.recovery.Retire(ctx, stacks...)
}

// letGo retires the generation that was damaged, as its stack exports it now.
func (d *drill) letGo(ctx context.Context, stack recovery.Restoring) error {
	directory, err := config.LoadDir(d.Folder)
	if err != nil {
		return err
	}
	file, err := directory.Stack(stack.Stack)
	if err != nil {
		return err
	}
	is, err := d.recovery.Up(stack)
	if err != nil {
		return err
	}
	is.Config = file.Tenant
	_, err = d.recovery.LetGo(ctx, is, stack.Tenant.Generation)
	return err
}
