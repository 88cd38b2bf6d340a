package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/recovery"
	"haven/infra/rehearsal"
	"haven/infra/sandbox/world"
)

// recovering is a verb that brings tenants back, with its flags.
type recovering struct {
	person             *person
	name               string
	yes, account, json bool
	// ready is --ready.
	ready bool
}

// broughtBack is a stack that brings a tenant back, as --json prints it.
type broughtBack struct {
	Tenant string `json:"tenant"`
	Stack  string `json:"stack"`
	Region string `json:"region"`
	Mode   string `json:"mode"`
	Source string `json:"source"`
}

const broughtHelp = "print a JSON array of {tenant, stack, region, mode, source} on standard output, " +
	"progress on standard error"

func (r *recovering) flags(cmd *cobra.Command) *cobra.Command {
	flags := cmd.Flags()
	flags.BoolVar(&r.yes, "yes", false, "do not ask for the environment's name")
	flags.BoolVar(&r.account, "account", false, "in the real account that the cells name, by your own pulumi; says whose "+
		"it is, what is made and what that costs before anything is")
	flags.BoolVar(&r.json, "json", false, broughtHelp)
	return cmd
}

// confirm asks a person to type the environment's name.
func (r *recovering) confirm(environment, what string) error {
	if r.yes {
		return nil
	}
	if r.person.typed == nil && !engine.IsTerminal(os.Stdin) {
		return engine.Problemf("%s asks for the environment's name, but there is no terminal to ask at; add --yes", r.name)
	}
	fmt.Fprintf(os.Stderr, "%s Type %q to go on: ", what, environment)
	if typed, err := ask(r.person); err != nil || typed != environment {
		return engine.Problemf("the name typed is not %q; nothing was changed", environment)
	}
	return nil
}

// open opens an environment to recover in, and answers its tenants that are up.
func (r *recovering) open(ctx context.Context, name string) (*environment.Operator, *recovery.Recovery, []recovery.Tenant,
	error,
) {
	checkout, err := here()
	if err != nil {
		return nil, nil, nil, err
	}
	opened, err := environment.Open(ctx, environment.Options{
		Checkout: checkout, Environment: name, Verb: r.name, Changes: true, Out: os.Stderr,
		Hard: r.person.hard,
	})
	if err != nil {
		return nil, nil, nil, err
	}
	bringing := &recovery.Recovery{
		Environment: opened.Environment, Folder: checkout.Stacks(), Deployer: rehearsal.Deployer{Operator: opened},
		Cloud: recovery.Sandbox{World: world.At(checkout.World())},
		Say:   func(text string) { fmt.Fprintln(os.Stderr, text) },
	}
	tenants, err := recovery.Tenants(opened.Environment, bringing.Deployer)
	if err == nil && len(tenants) == 0 {
		err = fmt.Errorf("%s: no tenant of %s is up: haven up %s", r.name, name, name)
	}
	if err != nil {
		opened.Close()
	}
	return opened, bringing, tenants, err
}

// tell prints what was brought back.
func (r *recovering) tell(all []recovery.Restoring) error {
	told := []broughtBack{}
	for _, stack := range all {
		from := ""
		if stack.Mode != recovery.Ready {
			from = stack.Source.String()
		}
		told = append(told, broughtBack{stack.Tenant.Name, stack.Stack, stack.Region, string(stack.Mode), from})
	}
	if r.json {
		return printJSON(told)
	}
	return printTable(told, table.Row{"tenant", "stack", "region", "from"}, func(b broughtBack) table.Row {
		return table.Row{b.Tenant, b.Stack, b.Region, b.Source}
	})
}

func newRecover(p *person) *cobra.Command {
	r := &recovering{person: p, name: "recover"}
	cmd := r.flags(&cobra.Command{
		Use:   "recover ENV",
		Short: "Bring all tenants of a lost region back in the cell that stands by",
		Long: "Bring all tenants of an environment back in the cell that stands by, once their region is lost: promotes replicas,\n" +
			"writes the stack files of those that take over from what their stacks have exported, brings these up side by\n" +
			"side, and leads the users there. With --ready, beforehand: brings up what a take-over needs of roles and rules, so\n" +
			"that it changes nothing that is one for all regions. Refused while the region answers: haven drill region-loss\n" +
			"tries it in a copy. With --account in a real account, by your own pulumi with your backend and credentials:\n" +
			"nothing is asked of the region that is lost, so that whether it is only you can tell. Stopped or killed, the\n" +
			"same command again goes on.",
		Args: (&verb{person: p, name: "recover"}).oneEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error { return r.recover(cmd.Context(), args[0]) },
	})
	cmd.Flags().BoolVar(&r.ready, "ready", false, "only make ready to take over, while nothing is lost")
	return cmd
}

func (r *recovering) recover(ctx context.Context, name string) error {
	if r.account {
		return r.recoverAccount(ctx, name)
	}
	if err := r.confirm(name, "This brings every tenant up in the region that stands by."); err != nil {
		return err
	}
	opened, bringing, tenants, err := r.open(ctx, name)
	if err != nil {
		return err
	}
	defer opened.Close()
	if r.ready {
		waiting, err := bringing.Provide(ctx, tenants)
		if err != nil {
			return fmt.Errorf("recover: %w", err)
		}
		return r.tell(waiting)
	}
	there, err := theWorld()
	if err != nil {
		return err
	}
	for _, tenant := range tenants {
		lost := there.View(func(tx *world.Tx) error { return tx.Answers("aws", tenant.Region) })
		if lost == nil {
			return fmt.Errorf("recover: %s answers, and %s lives there: a take-over would make two of it; haven drill "+
				"region-loss tries one in a copy", tenant.Region, tenant.Stack)
		}
	}
	taken, left := bringing.TakeOver(ctx, tenants)
	var back []recovery.Tenant
	for _, stack := range taken {
		back = append(back, stack.Tenant)
	}
	if err := bringing.Lead(ctx, back, true); err != nil {
		return fmt.Errorf("recover: %w", errors.Join(left, err))
	}
	if left != nil {
		left = fmt.Errorf("recover: %w", left)
	}
	return errors.Join(r.tell(taken), left)
}

func newFailback(p *person) *cobra.Command {
	r := &recovering{person: p, name: "failback"}
	return r.flags(&cobra.Command{
		Use:   "failback ENV",
		Short: "Bring what was written to tenants while they were taken over back to their own region",
		Long: "Bring what was written to tenants while they were taken over back to the region of their own cells: stops what\n" +
			"took over, so that nothing more is written, copies its databases back, and brings them up beside each tenant's\n" +
			"own stack. Users stay where they are: nothing is deleted, and nobody is led to data that is older than what they\n" +
			"saw. Files stored and accounts made meanwhile stay with what took over:\n" +
			"infra/drill/runbooks/region-loss.md says how they come home.\n" +
			"With --account in a real account, by your own pulumi with your backend and credentials.",
		Args: (&verb{person: p, name: "failback"}).oneEnvironment,
		RunE: func(cmd *cobra.Command, args []string) error { return r.failback(cmd.Context(), args[0]) },
	})
}

func (r *recovering) failback(ctx context.Context, name string) error {
	if r.account {
		return r.failbackAccount(ctx, name)
	}
	if err := r.confirm(name, "This stops every tenant that was taken over."); err != nil {
		return err
	}
	opened, bringing, tenants, err := r.open(ctx, name)
	if err != nil {
		return err
	}
	defer opened.Close()
	taken, err := bringing.Taken(tenants)
	if err != nil {
		return fmt.Errorf("failback: %w", err)
	}
	if len(taken) == 0 {
		return fmt.Errorf("failback: no tenant of %s was taken over", name)
	}
	home, err := bringing.BringHome(ctx, taken)
	if err != nil {
		return fmt.Errorf("failback: %w", err)
	}
	return r.tell(home)
}
