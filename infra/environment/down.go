package environment

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"haven/infra/engine"
	"haven/infra/sandbox/world"
	"haven/stacks"
	"haven/stacks/config"
)

// Down takes the environment down: first what refers to others, then what they refer to. Of each stack it first lifts
// deletion protection, in an update of its own, then destroys what the stack holds, then forgets the stack. It can be
// run again after it was stopped at any point.
func (o *Operator) Down(ctx context.Context) Report {
	return o.report("down", func() []Result {
		return backward(o.Environment.Stacks, func(stack *config.Stack) Result { return o.down(ctx, stack) })
	})
}

func (o *Operator) down(ctx context.Context, stack *config.Stack) Result {
	begun := time.Now()
	state, err := engine.ReadState(o.Checkout, stack.Name)
	if err == nil && !state.Exists {
		return Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Absent}
	}
	if err == nil && len(state.Resources) > 0 && !o.unprotected(stack.Name) {
		if lifted := o.unprotect(ctx, stack, state); lifted.failed() {
			return lifted
		}
	}
	result := o.destroy(ctx, stack)
	if result.failed() {
		result.Errors = append(result.Errors, o.locked(stack.Name)...)
	}
	result.Seconds = time.Since(begun).Seconds()
	return result
}

// unprotect is the update that lifts deletion protection. It changes only what is there: what an unfinished update has
// not made yet need not be made to be destroyed.
func (o *Operator) unprotect(ctx context.Context, stack *config.Stack, state engine.State) Result {
	at := time.Now()
	var there []string
	for _, resource := range state.Resources {
		there = append(there, string(resource.URN))
	}
	return o.operate(ctx, stack, stacks.Teardown(at), func(op operation) (Outcome, error) {
		if _, err := op.stack.Up(ctx, op.upOptions(optup.Target(there))...); err != nil {
			return Failed, err
		}
		return Up, o.rememberTeardown(stack.Name, at)
	})
}

func (o *Operator) destroy(ctx context.Context, stack *config.Stack) Result {
	// Destroying does not run the program, but without one at hand the engine would start a language host to ask it.
	return o.operate(ctx, stack, stacks.Deploy, func(op operation) (Outcome, error) {
		if err := op.destroy(ctx); err != nil {
			return Failed, err
		}
		return Down, o.forget(ctx, stack.Name)
	})
}

// destroy destroys what the stack holds.
func (op operation) destroy(ctx context.Context) error {
	_, err := op.stack.Destroy(ctx,
		optdestroy.ConfigFile(op.configFile),
		optdestroy.Color(op.color),
		optdestroy.SuppressProgress(),
		optdestroy.SuppressOutputs(),
		optdestroy.ProgressStreams(op.out),
		optdestroy.ErrorProgressStreams(op.out, &op.watch.stderr),
		optdestroy.EventStreams(op.watch.events),
	)
	return err
}

// locked says what keeps a stack's buckets of backups from being deleted, and what to do where time is only the
// sandbox's; nothing where no lock does.
func (o *Operator) locked(stack string) []string {
	state, err := engine.ReadState(o.Checkout, stack)
	if err != nil {
		return []string{err.Error()}
	}
	held, last := 0, time.Time{}
	err = world.At(o.Checkout.World()).View(func(tx *world.Tx) error {
		for _, resource := range state.Resources {
			if !slices.Contains(world.BucketTypes, string(resource.Type)) {
				continue
			}
			if count, until := tx.VersionsIn(string(resource.ID)); until.After(tx.Now()) {
				held += count
				last = latest(last, until)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return []string{err.Error()}
	case held == 0:
		return nil
	}
	until := last.Add(time.Second).UTC().Format(time.RFC3339)
	return []string{fmt.Sprintf("it holds %d objects, the last of them locked until %s: set the sandbox's clock "+
		"forward with haven sandbox advance --until %s and go on, or %s", held, until, until, o.Checkout.Anew())}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// forget removes an empty stack from the state, but never its stack file.
func (o *Operator) forget(ctx context.Context, stack string) error {
	if _, err := o.ask(ctx, "stack", "rm", stack, "--yes", "--preserve-config"); err != nil {
		return err
	}
	return errors.Join(o.forgetTeardown(stack), remove(o.copyOf(stack)))
}

// A note in .haven/teardown says that a stack's protection has been lifted, so that a teardown that was stopped goes on
// with destroying and never makes again what it had destroyed.

func (o *Operator) teardownNote(stack string) string { return o.Checkout.Path("teardown", stack) }

func (o *Operator) unprotected(stack string) bool {
	_, err := os.Stat(o.teardownNote(stack))
	return err == nil
}

func (o *Operator) rememberTeardown(stack string, at time.Time) error {
	return write(o.teardownNote(stack), []byte(at.UTC().Format(time.RFC3339)))
}

func (o *Operator) forgetTeardown(stack string) error { return remove(o.teardownNote(stack)) }

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
