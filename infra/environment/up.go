package environment

import (
	"context"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"haven/stacks/config"
)

// Up brings up all stacks of the environment, each after those it refers to and the tenants wave by wave: where one
// fails, no later wave is begun.
func (o *Operator) Up(ctx context.Context) Report {
	return o.report("up", func() []Result {
		return forward(o.Environment.Stacks, func(stack *config.Stack) Result { return o.up(ctx, stack) })
	})
}

func (o *Operator) up(ctx context.Context, stack *config.Stack) Result {
	// A stack that is brought up is no longer half torn down.
	if err := o.forgetTeardown(stack.Name); err != nil {
		return Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Failed, Errors: []string{err.Error()}}
	}
	if departing(stack) {
		return o.depart(stack, func() Result { return o.update(ctx, stack) })
	}
	if err := remove(o.departureNote(stack.Name)); err != nil { // of a tenant that stays after all
		return Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Failed, Errors: []string{err.Error()}}
	}
	return o.update(ctx, stack)
}

// update previews a stack and then updates it. What is about a whole stack the policies tell once all of it was made:
// only a preview refuses that before anything is.
func (o *Operator) update(ctx context.Context, stack *config.Stack) Result {
	planned := o.plan(ctx, stack, io.Discard)
	if planned.failed() {
		return planned
	}
	result := o.operate(ctx, stack, o.deploy, func(op operation) (Outcome, error) { return Up, op.update(ctx) })
	result.Seconds += planned.Seconds
	if result.Outcome == Up && !result.changed() {
		result.Outcome = Unchanged
	}
	return result
}

// update updates the stack, under the policies.
func (op operation) update(ctx context.Context) error {
	_, err := op.stack.Up(ctx, op.upOptions(optup.PolicyPacks(op.packs...), optup.PolicyPackConfigs(op.packConfigs...))...)
	return err
}

func (op operation) upOptions(more ...optup.Option) []optup.Option {
	return append([]optup.Option{
		optup.ConfigFile(op.configFile),
		optup.Color(op.color),
		optup.SuppressProgress(),
		optup.SuppressOutputs(),
		optup.ProgressStreams(op.out),
		optup.ErrorProgressStreams(op.out, &op.watch.stderr),
		optup.EventStreams(op.watch.events),
	}, more...)
}
