package environment

import (
	"context"
	"fmt"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"

	"haven/infra/engine"
	"haven/stacks/config"
)

// Preview says what Up would do and changes nothing. A tenant is planned from what its cell exports now; before the
// cell is up it waits.
func (o *Operator) Preview(ctx context.Context) Report {
	return o.report("preview", func() []Result {
		return atOnce(o.Environment.Stacks, func(stack *config.Stack) Result { return o.preview(ctx, stack) })
	})
}

func (o *Operator) preview(ctx context.Context, stack *config.Stack) Result {
	if missing, err := o.missing(stack); err != nil || missing != "" {
		return waiting(stack, missing, err)
	}
	result := o.plan(ctx, stack, o.progress(stack.Name))
	if result.Outcome == Planned && !result.changed() {
		result.Outcome = Unchanged
	}
	return result
}

// plan is a preview of a stack, which the policies may refuse.
func (o *Operator) plan(ctx context.Context, stack *config.Stack, out io.Writer) Result {
	return o.operate(ctx, stack, o.deploy, func(op operation) (Outcome, error) { return Planned, op.preview(ctx, out) })
}

// preview previews the stack, under the policies.
func (op operation) preview(ctx context.Context, out io.Writer) error {
	_, err := op.stack.Preview(ctx,
		optpreview.ConfigFile(op.configFile),
		optpreview.PolicyPacks(op.packs...),
		optpreview.PolicyPackConfigs(op.packConfigs...),
		optpreview.Color(op.color),
		optpreview.SuppressProgress(),
		optpreview.SuppressOutputs(),
		optpreview.ProgressStreams(out),
		optpreview.ErrorProgressStreams(out, &op.watch.stderr),
		optpreview.EventStreams(op.watch.events),
	)
	return err
}

func waiting(stack *config.Stack, missing string, err error) Result {
	result := Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Waiting}
	if err != nil {
		result.Outcome, result.Errors = Failed, []string{err.Error()}
		return result
	}
	result.Errors = []string{fmt.Sprintf("its cell %s is not up yet, so there is nothing to plan with", missing)}
	return result
}

// missing is a stack that this one refers to and that exports nothing yet; empty if all do.
func (o *Operator) missing(stack *config.Stack) (string, error) {
	for _, reference := range stack.Needs() {
		state, err := engine.ReadState(o.Checkout, reference)
		if err != nil || len(state.Outputs()) == 0 {
			return reference, err
		}
	}
	return "", nil
}
