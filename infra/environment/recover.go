package environment

import (
	"context"
	"fmt"
	"os"
	"time"

	"haven/infra/engine"
)

// clearUp puts right what a killed run left: locks without an engine, files cut off, creates of which the state does
// not know whether they came to pass.
func (o *Operator) clearUp(ctx context.Context, settle bool) error {
	for _, stack := range o.Environment.Stacks {
		if err := o.releaseLock(ctx, stack.Name); err != nil {
			return err
		}
	}
	if err := engine.Sweep(o.Checkout); err != nil {
		return err
	}
	if err := emptyFolder(o.Checkout.Path("tmp")); err != nil {
		return err
	}
	states, err := o.states()
	if err != nil {
		return err
	}
	if err := o.checkWorld(states); err != nil || !settle {
		return err
	}
	for i, stack := range o.Environment.Stacks {
		if err := o.settle(ctx, stack, states[i]); err != nil {
			return fmt.Errorf("%s: settling what an interrupted run left: %w", stack.Name, err)
		}
	}
	return nil
}

// states are those of the environment's stacks, in their order.
func (o *Operator) states() ([]engine.State, error) {
	var states []engine.State
	for _, stack := range o.Environment.Stacks {
		state, err := engine.ReadState(o.Checkout, stack.Name)
		if err != nil {
			return nil, err
		}
		states = append(states, state)
	}
	return states, nil
}

// othersPatience is how long a person's own pulumi is waited for.
const othersPatience = time.Minute

func (o *Operator) releaseLock(ctx context.Context, stack string) error {
	for begun := time.Now(); ; {
		holder, err := engine.ReleaseStaleLocks(o.Checkout, stack)
		if err != nil || holder == 0 {
			return err
		}
		if time.Since(begun) > othersPatience {
			return engine.Problemf("pulumi (process %d) is at work on %s; "+
				"wait until it is done, or stop it with Ctrl-C there", holder, stack)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(dir + string(os.PathSeparator) + entry.Name()); err != nil {
			return err
		}
	}
	return nil
}
