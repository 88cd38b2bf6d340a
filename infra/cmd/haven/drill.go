package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"haven/infra/drill"
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
	json        bool
}

func newDrill(p *person) *cobra.Command {
	d := &drilling{person: p}
	cmd := &cobra.Command{
		Use:   "drill SCENARIO --env ENV",
		Short: "Lose something on purpose, bring it back, and measure what was lost and how long it took",
		Long: "Lose something on purpose in a copy of an environment of the sandbox, bring it back through ordinary stacks\n" +
			"and the real engine, verify it, and measure. The environment itself stays as it is, whenever this is stopped.\n" +
			"What is written down lies in .haven/evidence: a record that names the one before it, and a page. Times to\n" +
			"restore are simulated: planned from measured durations along what depends on what.\n" +
			"Scenarios: " + strings.Join(drill.Names(), ", ") + ".\n" +
			"Exit status 1 if an objective was missed.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return engine.Problemf("%s takes one scenario of %s, but got %q", verbOf(cmd),
					strings.Join(drill.Names(), ", "), args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&d.environment, "env", defaultEnvironment, "the environment")
	flags.Uint64Var(&d.seed, "seed", 1, "draw the times from `N`: the same drill again has the same")
	flags.BoolVar(&d.json, "json", false, "print one JSON object {scenario, met, tenants: [{tenant, rpoSeconds, "+
		"rpoBoundSeconds, rtoSeconds, rtoBoundSeconds, verified}], evidence} on standard output, progress on standard error")
	return cmd
}

func (d *drilling) run(ctx context.Context, name string) error {
	scenario, err := drill.ScenarioNamed(name)
	if err != nil {
		return &engine.Problem{Text: "drill: " + err.Error(), Cause: err}
	}
	checkout, err := here()
	if err != nil {
		return err
	}
	opened, err := rehearsal.Open(ctx, environment.Options{
		Checkout: checkout, Environment: d.environment, Verb: "drill", Changes: true, Out: os.Stderr, Hard: d.person.hard,
	})
	if err != nil {
		return err
	}
	record, err := drill.Run(ctx, scenario, drill.Options{
		Environment: opened.Environment, Folder: opened.Checkout.Stacks(), World: opened.World(),
		Deployer: opened.Deployer(), Seed: d.seed,
		Say: func(text string) { fmt.Fprintln(os.Stderr, text) },
	})
	if closed := opened.Close(); err == nil {
		err = closed
	}
	if d.person.interrupted() {
		return fmt.Errorf("stopped; the environment is as it was")
	}
	if err != nil {
		return fmt.Errorf("drill %s: %w", name, err)
	}
	kept, err := evidence.Folder(checkout.Path("evidence")).Add(record)
	if err != nil {
		return fmt.Errorf("drill %s: %w", name, err)
	}
	return d.tell(kept)
}

func (d *drilling) tell(kept evidence.Kept) error {
	done := kept.Drill
	if err := d.print(kept); err != nil {
		return err
	}
	if !done.Met {
		return fmt.Errorf("drill %s: not met: %s", done.Scenario, strings.Join(done.Failures, "; "))
	}
	return nil
}

func (d *drilling) print(kept evidence.Kept) error {
	if d.json {
		return printJSON(drill.ResultOf(*kept.Drill, kept.Path))
	}
	err := printTable(kept.Drill.Tenants,
		table.Row{"tenant", "tier", "data lost", "bound", "time to restore", "bound", "verified"},
		func(t evidence.DrillTenant) table.Row {
			return table.Row{t.Tenant, t.Tier, seconds(t.RPOSeconds), seconds(t.RPOBoundSeconds), seconds(t.RTOSeconds),
				seconds(t.RTOBoundSeconds), t.Verified}
		})
	fmt.Printf("Times to restore are simulated. Kept in %s\n", kept.Page)
	return err
}
