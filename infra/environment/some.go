package environment

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/engine"
	"haven/stacks/config"
)

// UpOnly brings some stacks up, all at once: they refer to nothing but what is up. Stack files that were written since
// the environment was opened are read.
func (o *Operator) UpOnly(ctx context.Context, names ...string) (Report, error) {
	some, err := o.some(names)
	if err != nil {
		return Report{}, err
	}
	return o.report("up", func() []Result {
		return schedule(len(some), some, nobody, func(stack *config.Stack) Result { return o.up(ctx, stack) })
	}), nil
}

// UpOnlyWatching is UpOnly, and tells of each resource as soon as it is as its stack declares it.
func (o *Operator) UpOnlyWatching(ctx context.Context, made func(stack, token, id string), names ...string) (Report, error) {
	o.told = made
	defer func() { o.told = nil }()
	return o.UpOnly(ctx, names...)
}

// DownOnly takes some stacks down, all at once: nothing that is up refers to them.
func (o *Operator) DownOnly(ctx context.Context, names ...string) (Report, error) {
	some, err := o.some(names)
	if err != nil {
		return Report{}, err
	}
	return o.report("down", func() []Result {
		return schedule(len(some), some, nobody, func(stack *config.Stack) Result { return o.down(ctx, stack) })
	}), nil
}

// some are the stacks of these names, by the stack files as they are now.
func (o *Operator) some(names []string) ([]*config.Stack, error) {
	some, environment, err := named(o.Checkout, o.Environment.Name, names)
	if err == nil {
		o.Environment = environment
	}
	return some, err
}

// named are stacks of an environment by their names, and the environment, by the stack files as they are now.
func named(checkout engine.Checkout, environment string, names []string) ([]*config.Stack, *config.Environment, error) {
	directory, err := LoadAll(checkout)
	if err != nil {
		return nil, nil, err
	}
	var some []*config.Stack
	for _, name := range names {
		stack, err := directory.Stack(name)
		if err != nil {
			return nil, nil, err
		}
		some = append(some, stack)
	}
	all, err := directory.Environment(environment)
	return some, all, err
}

// States are the resources of each stack of the environment that is up.
func (o *Operator) States() ([][]apitype.ResourceV3, error) {
	var states [][]apitype.ResourceV3
	for _, stack := range o.Environment.Stacks {
		state, err := engine.ReadState(o.Checkout, stack.Name)
		if err != nil {
			return nil, err
		}
		if len(state.Resources) > 0 {
			states = append(states, state.Resources)
		}
	}
	return states, nil
}
