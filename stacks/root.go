package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
	"haven/stacks/config"
)

// place is where a stack runs: one account, the region it lives in and the region its copies lie in; empty where it has
// no copies elsewhere.
type place struct {
	account, region, recoveryRegion string
}

// root is the component that everything in a stack descends from, with the providers of both regions. Each provider
// refuses the credentials of any other account.
type root struct {
	pulumi.ResourceState
	primary, recovery *aws.Provider
}

func newRoot(ctx *pulumi.Context, token string) (*root, error) {
	r := &root{}
	if err := ctx.RegisterComponentResource(token, ctx.Stack(), r); err != nil {
		return nil, fmt.Errorf("%s: %w", ctx.Stack(), err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}

// settle gives the stack its providers. A tenant learns its place from its cell, after its root is there.
func (r *root) settle(ctx *pulumi.Context, at place) error {
	var err error
	if r.primary, err = r.provider(ctx, "aws", at.account, at.region); err != nil {
		return err
	}
	if at.recoveryRegion != "" {
		r.recovery, err = r.provider(ctx, "aws-recovery", at.account, at.recoveryRegion)
	}
	return err
}

func (r *root) provider(ctx *pulumi.Context, name, account, region string) (*aws.Provider, error) {
	p, err := aws.NewProvider(ctx, name, &aws.ProviderArgs{
		Region:            pulumi.String(region),
		AllowedAccountIds: pulumi.ToStringArray([]string{account}),
	}, pulumi.Parent(r))
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", name, err)
	}
	return p, nil
}

// child makes a component a part of the stack, in the primary region.
func (r *root) child() pulumi.ResourceOption {
	return pulumi.Composite(pulumi.Parent(r), pulumi.Providers(r.primary))
}

// recoveryChild makes a component a part of the stack, in the recovery region.
func (r *root) recoveryChild() pulumi.ResourceOption {
	return pulumi.Composite(pulumi.Parent(r), pulumi.Providers(r.recovery))
}

// shared is what the stacks have in common that no tenant owns.
type shared struct {
	*root
	scope naming.Scope
	// protected keeps what holds data or serves people from being deleted; false only while the stack is torn down.
	protected bool
}

func newShared(ctx *pulumi.Context, token string, stack *config.Stack, environment, owner string, at place) (
	shared, error,
) {
	root, err := newRoot(ctx, token)
	if err != nil {
		return shared{}, err
	}
	scope := naming.Scope{Environment: environment, Stack: stack.Name, Cell: stack.Name, Owner: owner}
	return shared{root, scope, stack.Teardown.IsZero()}, root.settle(ctx, at)
}
