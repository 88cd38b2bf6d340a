package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"haven/infra/drill"
	"haven/infra/drill/realdata"
	"haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/evidence"
	"haven/infra/rehearsal"
)

// drilling is `haven drill` with its flags.
type drilling struct {
	person      *person
	environment string
	seed        uint64
	count       int
	database    string
	// account is --account: in a real account, where --yes asks nobody.
	account, yes bool
	json         bool
}

func newDrill(p *person) *cobra.Command {
	d := &drilling{person: p}
	cmd := &cobra.Command{
		Use:   "drill SCENARIO|random --env ENV",
		Short: "Lose something on purpose, bring it back, and measure what was lost and how long it took",
		Long: "Lose something on purpose in a copy of an environment of the sandbox, bring it back through ordinary stacks\n" +
			"and the real engine, verify it, and measure. The environment itself stays as it is, whenever this is stopped.\n" +
			"What is written down lies in .haven/evidence: a record that names the one before it, and a page. Times to\n" +
			"restore are simulated: planned from measured durations along what depends on what.\n" +
			"Scenarios: " + strings.Join(drill.Names(), ", ") + ".\n" +
			"random draws --count of them and their times by --seed, and does them one after the other.\n" +
			"Exit status 1 if an objective was missed.\n" +
			"With --account in a real account, by your own pulumi with your backend and credentials. Nothing is lost there:\n" +
			"all tenants are brought back beside what serves them, in their own cell or, for region-loss, where they stand\n" +
			"by; the time to restore is by the clock. It says first whose account it is, what it makes and what that costs,\n" +
			"and takes all of it down at its end, also when it fails or is stopped. take-down takes down what a killed one\n" +
			"has left.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return engine.Problemf("%s takes one scenario of %s, or %s, but got %q", verbOf(cmd),
					strings.Join(drill.Names(), ", "), random, args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&d.environment, "env", defaultEnvironment, "the environment")
	flags.Uint64Var(&d.seed, "seed", 1, "draw the times from `N`: the same drill again has the same")
	flags.StringVar(&d.database, "database", simulated, "simulated, or mariadb: corrupt real MariaDB servers as well, one "+
		"for each tenant, with 100,000 rows and writers at work; of the scenarios of corruption alone, as no other one takes "+
		"data away from the server that it is in")
	flags.IntVar(&d.count, "count", 1, "with random: do `N` drills")
	flags.BoolVar(&d.account, "account", false, "drill "+strings.Join(drill.LiveNames(), ", ")+" in the real account "+
		"that the cells name")
	flags.BoolVar(&d.yes, "yes", false, "with --account: do not ask for the environment's name")
	flags.BoolVar(&d.json, "json", false, "print one JSON object {scenario, met, tenants: [{tenant, rpoSeconds, "+
		"rpoBoundSeconds, rtoSeconds, rtoBoundSeconds, verified}], evidence} on standard output, "+
		"with random an array of them; progress on standard error")
	return cmd
}

// random is the name by which scenarios are drawn.
const random = "random"

// The databases that a drill can be asked for.
const simulated, mariadb = "simulated", "mariadb"

// The rows and the writers of a tenant's real server.
const realRows, realWriters = 100_000, 4

func (d *drilling) run(ctx context.Context, name string) error {
	switch {
	case d.account:
		return d.inAccount(ctx, name)
	case d.yes, name == takeDown:
		return engine.Problemf("drill: %s and --yes are for --account; in the sandbox nothing is left, and nobody asked",
			takeDown)
	}
	drawn, err := d.drawn(name)
	if err != nil {
		return err
	}
	checkout, err := here()
	if err != nil {
		return err
	}
	all := []drill.Result{}
	var failures []error
	for _, one := range drawn {
		kept, err := d.one(ctx, checkout, one)
		if err != nil {
			return err
		}
		all = append(all, drill.ResultOf(*kept.Drill, kept.Path))
		if !d.json {
			if err := d.print(kept); err != nil {
				return err
			}
		}
		if !kept.Drill.Met {
			failures = append(failures, unmet(*kept.Drill))
		}
	}
	if d.json {
		var result any = all
		if name != random {
			result = all[0]
		}
		if err := printJSON(result); err != nil {
			return err
		}
	}
	return errors.Join(failures...)
}

// unmet is why a drill failed.
func unmet(d evidence.Drill) error {
	which := fmt.Sprintf("seed %d", d.Seed)
	if d.Account != "" {
		which = "account " + d.Account
	}
	return fmt.Errorf("drill %s (%s): not met: %s", d.Scenario, which, strings.Join(d.Failures, "; "))
}

// drawn are the drills that were asked for.
func (d *drilling) drawn(name string) ([]drill.Drawn, error) {
	if d.database != simulated && d.database != mariadb {
		return nil, engine.Problemf("drill: --database %q, expected %s or %s", d.database, simulated, mariadb)
	}
	if name == random {
		switch {
		case d.count < 1:
			return nil, engine.Problemf("drill: --count %d, expected 1 or more", d.count)
		case d.database == mariadb:
			return nil, engine.Problemf("drill: --database mariadb is for a scenario that corrupts data: name it")
		}
		return drill.Draw(d.seed, d.count), nil
	}
	scenario, err := drill.ScenarioNamed(name)
	switch {
	case err != nil:
		return nil, &engine.Problem{Text: "drill: " + err.Error(), Cause: err}
	case d.count != 1:
		return nil, engine.Problemf("drill: --count is for random, not for %s", name)
	case d.database == mariadb && !scenario.Real():
		return nil, engine.Problemf("drill: --database mariadb is for a scenario that corrupts data, not for %s", name)
	}
	return []drill.Drawn{{Scenario: scenario, Seed: d.seed}}, nil
}

// one does a drill in a copy of the environment, and keeps what is to be kept of it.
func (d *drilling) one(ctx context.Context, checkout engine.Checkout, drawn drill.Drawn) (evidence.Kept, error) {
	opened, err := rehearsal.Open(ctx, environment.Options{
		Checkout: checkout, Environment: d.environment, Verb: "drill", Changes: true, Out: os.Stderr, Hard: d.person.hard,
	})
	if err != nil {
		return evidence.Kept{}, err
	}
	var real *realdata.Options
	if d.database == mariadb {
		real = &realdata.Options{Rows: realRows, Writers: realWriters}
	}
	record, err := drill.Run(ctx, drawn.Scenario, drill.Options{
		Environment: opened.Environment, Folder: opened.Checkout.Stacks(), World: opened.World(),
		Deployer: opened.Deployer(), Seed: drawn.Seed, Real: real,
		Say: func(text string) { fmt.Fprintln(os.Stderr, text) },
	})
	if closed := opened.Close(); err == nil {
		err = closed
	}
	if d.person.interrupted() {
		return evidence.Kept{}, fmt.Errorf("stopped; the environment is as it was")
	}
	if err != nil {
		return evidence.Kept{}, fmt.Errorf("drill %s: %w", drawn.Scenario.Name, err)
	}
	kept, err := evidence.Folder(checkout.Path("evidence")).Add(record)
	if err != nil {
		return kept, fmt.Errorf("drill %s: %w", drawn.Scenario.Name, err)
	}
	return kept, nil
}

func (d *drilling) print(kept evidence.Kept) error {
	err := printTable(kept.Drill.Tenants,
		table.Row{"tenant", "tier", "data lost", "bound", "time to restore", "bound", "verified"},
		func(t evidence.DrillTenant) table.Row {
			return table.Row{t.Tenant, t.Tier, seconds(t.RPOSeconds), seconds(t.RPOBoundSeconds), seconds(t.RTOSeconds),
				seconds(t.RTOBoundSeconds), t.Verified}
		})
	for _, t := range kept.Drill.Tenants {
		if r := t.Real; r != nil {
			fmt.Printf("%s on a real server: %d rows, brought back to transaction %s in %s (measured), verified: %t\n", t.Tenant,
				r.Requests, r.Restored, seconds(r.RTOSeconds), r.Verified)
		}
	}
	times := "Times to restore are simulated."
	if kept.Drill.Account != "" {
		times = "In the account " + kept.Drill.Account + ", by the clock."
	}
	fmt.Printf("%s Kept in %s\n", times, kept.Page)
	return err
}
