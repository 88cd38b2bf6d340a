package environment

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/infra/engine"
	"haven/policy/library"
	"haven/stacks/config"
)

// Operator works on one environment. While it is open no other one can be opened in the checkout.
type Operator struct {
	Checkout    engine.Checkout
	Environment *config.Environment

	runner *engine.Runner
	lock   *engine.Lock
	wave   *int
	out    io.Writer
	color  string
	// told is told of what updates make; nil where nobody asks.
	told func(stack, token, id string)
}

// Options are what an Operator needs to know about who asked.
type Options struct {
	Checkout engine.Checkout
	// Environment is the name, Verb what is done with it.
	Environment, Verb string
	// Changes says that the verb may change something, so what an interrupted run left is to be settled first.
	Changes bool
	// Wave is the last wave whose tenants are worked on; all are where it is nil.
	Wave *int
	// Out is where progress is told.
	Out io.Writer
	// Throwaway says that nothing has to be settled after a kill: the state is saved once, at the end of each operation.
	Throwaway bool
	// Hard ends when the person does not want to wait for the engine to stop gracefully.
	Hard context.Context
}

// Open checks the stack files and the levels of policies, then finds or builds the engine and clears up what a killed run left.
func Open(ctx context.Context, options Options) (*Operator, error) {
	environment, err := Load(options.Checkout, options.Environment)
	if err != nil {
		return nil, err
	}
	if _, err := options.Checkout.PolicyConfiguration(library.All()); err != nil {
		return nil, err
	}
	if options.Wave != nil {
		environment = through(environment, *options.Wave)
	}
	found, err := engine.Find(ctx, options.Checkout, options.Out)
	if err != nil {
		return nil, err
	}
	if err := engine.Prepare(options.Checkout); err != nil {
		return nil, err
	}
	verb := fmt.Sprintf("haven %s %s", options.Verb, options.Environment)
	lock, err := options.Checkout.Lock(ctx, "haven.lock", verb, options.Out)
	if err != nil {
		return nil, err
	}
	base := os.Environ()
	if options.Throwaway {
		base = append(base, engine.SaveOnce)
	}
	o := &Operator{
		Checkout:    options.Checkout,
		Environment: environment,
		runner: &engine.Runner{
			Engine:      found,
			Environment: found.Environ(options.Checkout, base),
			Lock:        lock,
			Hard:        options.Hard,
		},
		lock:  lock,
		wave:  options.Wave,
		out:   options.Out,
		color: "never",
	}
	if engine.IsTerminal(options.Out) && os.Getenv("NO_COLOR") == "" {
		o.color = "always"
	}
	if err := o.clearUp(ctx, options.Changes); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// Close lets others work in the checkout.
func (o *Operator) Close() { o.lock.Release() }

// stack is the Automation API's handle of a stack, for that program. It makes the stack if it is not there yet.
func (o *Operator) stack(ctx context.Context, stack *config.Stack, program pulumi.RunFunc) (auto.Stack, error) {
	state, err := engine.ReadState(o.Checkout, stack.Name)
	if err != nil {
		return auto.Stack{}, err
	}
	if !state.Exists {
		if err := o.initialise(ctx, stack.Name); err != nil {
			return auto.Stack{}, err
		}
	}
	workspace, err := auto.NewLocalWorkspace(ctx,
		auto.WorkDir(o.Checkout.Root), auto.Pulumi(o.runner), auto.Program(program))
	if err != nil {
		return auto.Stack{}, err
	}
	return auto.SelectStack(ctx, stack.Name, workspace)
}

// report runs work and completes what it answers.
func (o *Operator) report(verb string, work func() []Result) Report {
	begun := time.Now()
	report := Report{Verb: verb, Environment: o.Environment.Name, Wave: o.wave, Stacks: work()}
	report.Seconds = time.Since(begun).Seconds()
	for _, result := range report.Stacks {
		report.Changed = report.Changed || result.changed()
	}
	return report
}
