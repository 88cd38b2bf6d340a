package environment

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/infra/engine"
	"haven/infra/sandbox/world"
	"haven/stacks"
	"haven/stacks/config"
)

// operation is one call of the engine for one stack.
type operation struct {
	stack      auto.Stack
	configFile string
	color      string
	out        io.Writer
	watch      *watch
	// packs are the folders of the policy packs, packConfigs their files of levels and parameters, if there are any.
	packs, packConfigs []string
}

// deploy declares the running stack, by the sandbox's clock, which may be ahead of the machine's.
func (o *Operator) deploy(ctx *pulumi.Context) error {
	var now time.Time
	err := world.At(o.Checkout.World()).View(func(tx *world.Tx) error { now = tx.Now(); return nil })
	if err != nil {
		return err
	}
	return stacks.DeployAt(now)(ctx)
}

// operate prepares an operation on a stack and answers what became of it.
func (o *Operator) operate(ctx context.Context, stack *config.Stack, program pulumi.RunFunc,
	run func(operation) (Outcome, error),
) Result {
	begun := time.Now()
	result := Result{Stack: stack.Name, Role: string(stack.Role), Outcome: Failed}
	watch := newWatch(func(token, id string) {
		if o.told != nil {
			o.told(stack.Name, token, id)
		}
	})
	outcome, err := o.attempt(ctx, stack, program, watch, run)
	if err == nil {
		result.Outcome = outcome
	}
	watch.afterwards(err, &result)
	if state, err := engine.ReadState(o.Checkout, stack.Name); err == nil {
		result.Resources = len(state.Resources)
		result.URL = urlOf(state)
	}
	result.Seconds = time.Since(begun).Seconds()
	return result
}

func (o *Operator) attempt(ctx context.Context, stack *config.Stack, program pulumi.RunFunc, watch *watch,
	run func(operation) (Outcome, error),
) (Outcome, error) {
	handle, err := o.stack(ctx, stack, program)
	if err != nil {
		return Failed, err
	}
	file, err := o.configFile(stack.Name)
	if err != nil {
		return Failed, err
	}
	return run(operation{
		stack: handle, configFile: file, color: o.color, out: o.progress(stack.Name), watch: watch,
		packs: []string{o.Checkout.PolicyPack()}, packConfigs: o.Checkout.PolicyConfigs(),
	})
}

// terminal is shared by the stacks that write to it side by side.
var terminal sync.Mutex

func (o *Operator) progress(stack string) io.Writer {
	return progress(o.out, o.Environment.Stacks, stack)
}

// progress is where to tell of one of the stacks.
func progress(out io.Writer, stacks []*config.Stack, stack string) io.Writer {
	width := 0
	for _, each := range stacks {
		width = max(width, len(each.Name))
	}
	return &prefixed{mu: &terminal, out: out, prefix: pad(stack, width) + " │ "}
}

func pad(text string, width int) string {
	for len(text) < width {
		text += " "
	}
	return text
}

// urlOf is where a tenant says it answers.
func urlOf(state engine.State) string {
	tenant, _ := state.Outputs()["tenant"].(map[string]any)
	url, _ := tenant["url"].(string)
	return url
}
