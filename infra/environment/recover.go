package environment

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/engine"
	"haven/stacks"
	"haven/stacks/config"
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
	if !settle {
		return nil
	}
	for _, stack := range o.Environment.Stacks {
		if err := o.adopt(ctx, stack); err != nil {
			return fmt.Errorf("%s: settling what an interrupted run left: %w", stack.Name, err)
		}
	}
	return nil
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
			return engine.Problemf("pulumi (process %d) is at work on %s; wait until it is done, or stop it with Ctrl-C there",
				holder, stack)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// adopt settles creates that were under way when the engine died. Each resource that the world holds and the state does
// not is taken into the state under its ID; a create that never came to pass is forgotten, and done again by the update
// that follows. Other operations that were under way the engine repeats by itself.
func (o *Operator) adopt(ctx context.Context, stack *config.Stack) error {
	state, err := engine.ReadState(o.Checkout, stack.Name)
	if err != nil {
		return err
	}
	if !unsettled(state.Pending) {
		return nil
	}
	made, err := o.made(state)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%s was interrupted: settling %d unfinished operations, %d of which had made their resource.\n",
		stack.Name, len(state.Pending), len(made))
	result := o.operate(ctx, stack, stacks.Deploy, func(op operation) (Outcome, error) {
		_, err := op.stack.Refresh(ctx,
			optrefresh.ImportPendingCreates(made),
			optrefresh.ClearPendingCreates(),
			optrefresh.RunProgram(false),
			optrefresh.ConfigFile(op.configFile),
			optrefresh.Color(op.color),
			optrefresh.SuppressProgress(),
			optrefresh.SuppressOutputs(),
			optrefresh.ProgressStreams(op.out),
			optrefresh.ErrorProgressStreams(op.out, &op.watch.stderr),
			optrefresh.EventStreams(op.watch.events),
		)
		return Up, err
	})
	if result.failed() {
		return fmt.Errorf("%s", result.Errors[0])
	}
	return nil
}

// importing is the type of a create that a refresh, itself killed, had begun to take into the state.
const importing apitype.OperationType = "importing"

// unsettled says whether an update alone would make something twice, or lose it.
func unsettled(pending []apitype.OperationV2) bool {
	for _, operation := range pending {
		if operation.Type == apitype.OperationTypeCreating || operation.Type == importing {
			return true
		}
	}
	return false
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
