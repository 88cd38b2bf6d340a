package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"haven/infra/earnest"
	"haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/recovery"
	"haven/stacks/config"
)

// restored is what `haven restore --json` prints.
type restored struct {
	Tenant      string    `json:"tenant"`
	Stack       string    `json:"stack"`
	Generation  int       `json:"generation"`
	From        int       `json:"from"`
	At          time.Time `json:"at"`
	Dump        string    `json:"dump"`
	Quarantined []int     `json:"quarantined"`
}

func newRestore(p *person) *cobra.Command {
	r, at := &recovering{person: p, name: "restore"}, ""
	cmd := r.flags(&cobra.Command{
		Use:   "restore TENANT --at TIME",
		Short: "Bring a tenant's data back within its own stack, as it was at a time",
		Long: "Bring a tenant's data back within its own stack, as it was at a time: its database from the log of the one that\n" +
			"serves (or, for a time before that one was made, of the newest in quarantine that has it), its files from the\n" +
			"newest dump from before. It becomes the next generation in tenant.data of the tenant's stack file, and serves\n" +
			"its users as soon as it is up. What served before goes into quarantine: kept, backed up, and reached by nobody,\n" +
			"until haven retire lets it go.\n" +
			"Stopped or killed, the same command again brings it to its end; after that it changes nothing. With --account in\n" +
			"a real account, by your own pulumi with your backend and credentials.\n" +
			"TENANT is the tenant's name or its stack's.",
		Args: oneTenant,
		RunE: func(cmd *cobra.Command, args []string) error { return r.restore(cmd.Context(), args[0], at) },
	})
	cmd.Flags().StringVar(&at, "at", "", "the time, like 2026-11-23T09:00:00Z: the last at which the data was right")
	cmd.Flags().Lookup("json").Usage = "print one JSON object {tenant, stack, generation, from, at, dump, quarantined} on " +
		"standard output, progress on standard error"
	return cmd
}

func (r *recovering) restore(ctx context.Context, name, text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return engine.Problemf("restore: --at %q, expected a time like 2026-11-23T09:00:00Z", text)
	}
	stack, cell, err := r.place(name)
	if err != nil {
		return err
	}
	if stack.Tenant.Restores() {
		return engine.Problemf("restore: %s brings %s back itself, and has one generation; restore %[2]s", stack.Name,
			stack.Tenant.Restore.Of)
	}
	on, err := r.openTenant(ctx, cell, stack.Name, []string{stack.Name}, fmt.Sprintf("This brings the data of %s back as it was "+
		"at %s, and puts what serves now into quarantine.", stack.Name, at.UTC().Format(time.RFC3339)))
	if err != nil {
		return err
	}
	defer on.close()
	back, err := on.bringing.Restore(ctx, []recovery.Tenant{on.tenant}, at)
	if err != nil {
		return r.ended(err, r.again(fmt.Sprintf("haven restore %s --at %s", name, text)))
	}
	return r.tellRestored(back[0])
}

// place is the tenant of that name that brings no other back, or of that stack, and its cell.
func (r *recovering) place(name string) (tenant, cell *config.Stack, err error) {
	checkout, err := here()
	if err != nil {
		return nil, nil, err
	}
	directory, err := environment.LoadAll(checkout)
	if err != nil {
		return nil, nil, err
	}
	own := slices.IndexFunc(directory.Stacks(), func(s *config.Stack) bool {
		return s.Role == config.RoleTenant && s.Tenant.Name == name && !s.Tenant.Restores()
	})
	if own >= 0 {
		name = directory.Stacks()[own].Name
	}
	return placeOf(checkout, r.name, name)
}

// opened is what a verb works on one tenant with.
type opened struct {
	bringing *recovery.Recovery
	tenant   recovery.Tenant
	close    func()
}

// openTenant asks, and opens an environment: it answers the tenant of a stack that is up. In a real account it says first
// whose it is, and what is made.
func (r *recovering) openTenant(ctx context.Context, cell *config.Stack, stack string, made []string, what string) (
	*opened, error,
) {
	if r.account {
		return r.enterTenant(ctx, cell, stack, made, what)
	}
	name := cell.Cell.Environment
	if err := r.confirm(name, what); err != nil {
		return nil, err
	}
	operator, bringing, tenants, err := r.open(ctx, name)
	if err != nil {
		return nil, err
	}
	tenant, err := r.among(tenants, stack)
	if err != nil {
		operator.Close()
		return nil, err
	}
	return &opened{bringing, tenant, operator.Close}, nil
}

// enterTenant is openTenant in a real account.
func (r *recovering) enterTenant(ctx context.Context, cell *config.Stack, stack string, made []string, what string) (
	*opened, error,
) {
	e, err := r.enter(ctx, cell.Cell.Environment)
	if err != nil {
		return nil, err
	}
	tenant, err := r.among(e.tenants, stack)
	if err == nil {
		plan := earnest.Plan{What: what, Made: made, Regions: []string{cell.Cell.Region}}
		_, err = r.ask(ctx, e, []recovery.Tenant{tenant}, plan, false)
	}
	if err != nil {
		e.Close()
		return nil, err
	}
	return &opened{e.bringing, tenant, e.Close}, nil
}

// among is the tenant of a stack that is up.
func (r *recovering) among(tenants []recovery.Tenant, stack string) (recovery.Tenant, error) {
	at := slices.IndexFunc(tenants, func(t recovery.Tenant) bool { return t.Stack == stack })
	if at < 0 {
		return recovery.Tenant{}, fmt.Errorf("%s: %s is not up", r.name, stack)
	}
	return tenants[at], nil
}

// again is a command that goes on where this one stopped.
func (r *recovering) again(command string) string {
	if r.account {
		return command + " --account"
	}
	return command
}

// ended is why a verb ended before its end. What was asked for wrongly is wrong use, and what was stopped can go on.
func (r *recovering) ended(err error, again string) error {
	var asked *recovery.Misasked
	if errors.As(err, &asked) {
		return &engine.Problem{Text: r.name + ": " + err.Error(), Cause: err}
	}
	if r.person.interrupted() {
		return fmt.Errorf("stopped; the state is safe. To go on: %s", again)
	}
	return fmt.Errorf("%s: %w", r.name, err)
}

func (r *recovering) tellRestored(back recovery.Restoring) error {
	told := restored{
		Tenant: back.Tenant.Name, Stack: back.Stack, Generation: back.Generation, From: back.From,
		At: back.Source.At.UTC(), Dump: back.Files, Quarantined: back.Quarantined,
	}
	if r.json {
		return printJSON(told)
	}
	fmt.Printf("%s serves generation %d of its data: the database as generation %d had it at %s, the files of %s.\n", told.Stack,
		told.Generation, told.From, told.At.Format(time.RFC3339), told.Dump)
	for _, number := range told.Quarantined {
		fmt.Printf("Generation %d is in quarantine; once nobody needs it: haven retire %s %[1]d\n", number, told.Tenant)
	}
	return nil
}

// retired is what `haven retire --json` prints.
type retired struct {
	Tenant        string `json:"tenant"`
	Stack         string `json:"stack"`
	Generation    int    `json:"generation,omitempty"`
	FinalSnapshot string `json:"finalSnapshot,omitempty"`
}

func newRetire(p *person) *cobra.Command {
	r := &recovering{person: p, name: "retire"}
	cmd := r.flags(&cobra.Command{
		Use:   "retire TENANT [GENERATION]",
		Short: "Delete a generation of a tenant's data from quarantine, or a stack that brought a tenant back",
		Long: "Delete a generation of a tenant's data that is in quarantine, in two updates: the first lifts its protection, the\n" +
			"second deletes it, and leaves a final snapshot of its database. GENERATION may be left out where one is there.\n" +
			"TENANT is the tenant's name or its stack's. The name of a stack that haven wrote to bring a tenant back beside\n" +
			"the living one takes that stack down, and removes its file; one that serves users is refused.\n" +
			"Stopped or killed, the same command again goes on. With --account in a real account, by your own pulumi with your\n" +
			"backend and credentials.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 || args[0] == "" {
				return engine.Problemf("%s takes a tenant, and a generation where there are more, but got %q", verbOf(cmd), args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return r.retire(cmd.Context(), args) },
	})
	cmd.Flags().Lookup("json").Usage = "print one JSON object {tenant, stack, generation, finalSnapshot} on standard output, " +
		"progress on standard error"
	return cmd
}

func (r *recovering) retire(ctx context.Context, args []string) error {
	stack, cell, err := r.place(args[0])
	if err != nil {
		return err
	}
	if stack.Tenant.Restores() {
		return r.retireStack(ctx, stack, cell, args[1:])
	}
	generation, err := inQuarantine(stack, args[1:])
	if err != nil {
		return err
	}
	on, err := r.openTenant(ctx, cell, stack.Name, nil, fmt.Sprintf("This deletes generation %d of the data of %s but for a "+
		"final snapshot.", generation, stack.Name))
	if err != nil {
		return err
	}
	defer on.close()
	snapshot, err := on.bringing.LetGo(ctx, on.tenant, generation)
	if err != nil {
		return r.ended(err, r.again(fmt.Sprintf("haven retire %s %d", args[0], generation)))
	}
	if r.json {
		return printJSON(retired{on.tenant.Name, stack.Name, generation, snapshot})
	}
	fmt.Printf("Generation %d of %s is deleted; %s\n", generation, stack.Name, leftOf(snapshot))
	return nil
}

func leftOf(snapshot string) string {
	if snapshot == "" {
		return "a final snapshot of its database stays."
	}
	return "the snapshot " + snapshot + " of its database stays."
}

// inQuarantine is the generation that was asked for, or the only one.
func inQuarantine(stack *config.Stack, args []string) (int, error) {
	held := stack.Tenant.Data.Quarantined
	if len(args) == 1 {
		generation, err := strconv.Atoi(args[0])
		if err != nil {
			return 0, engine.Problemf("retire: %q is no generation, expected a number like 1", args[0])
		}
		return generation, nil
	}
	switch len(held) {
	case 0:
		return 0, engine.Problemf("retire: %s has no generation in quarantine", stack.Name)
	case 1:
		return held[0], nil
	}
	return 0, engine.Problemf("retire: name the generation: %s has %v in quarantine", stack.Name, held)
}

// retireStack takes down a stack that brought a tenant back beside the living one.
func (r *recovering) retireStack(ctx context.Context, stack, cell *config.Stack, generation []string) error {
	switch {
	case len(generation) > 0:
		return engine.Problemf("retire: %s brings %s back, and has one generation: name none", stack.Name,
			stack.Tenant.Restore.Of)
	case stack.Tenant.Restore.Mode == config.Taken:
		return fmt.Errorf("retire: %s serves the users of %s: it stays", stack.Name, stack.Tenant.Restore.Of)
	}
	on, err := r.openTenant(ctx, cell, stack.Tenant.Restore.Of, nil, fmt.Sprintf("This destroys %s and the data in it.",
		stack.Name))
	if err != nil {
		return err
	}
	defer on.close()
	if err := on.bringing.Retire(ctx, stack.Name); err != nil {
		return r.ended(err, r.again("haven retire "+stack.Name))
	}
	if r.json {
		return printJSON(retired{Tenant: stack.Tenant.Name, Stack: stack.Name})
	}
	fmt.Printf("%s is gone, and its file.\n", stack.Name)
	return nil
}
