package registry

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:registry:Registry"

// Args say whose images they are and how they are encrypted. All fields but Protected are required.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits: nobody outside of it pulls or pushes.
	Account string
	// KeyARN is the key of the images in the primary region, ReplicaKeyARN that of the recovery region. A change of
	// either replaces a repository with its images.
	KeyARN, ReplicaKeyARN pulumi.StringInput
	// Recovery is the provider of the recovery region.
	Recovery *aws.Provider
	// Protected keeps a repository that holds images from being deleted. Default false, for a stack that is torn down.
	Protected bool
}

// Registry is a cell's repository of images and its replica, which has the same name.
type Registry struct {
	pulumi.ResourceState
	// ARN is the repository in the primary region, URL what images are pushed to and pulled from.
	ARN, URL pulumi.StringOutput
	// ReplicaARN and ReplicaURL are those of the recovery region.
	ReplicaARN, ReplicaURL pulumi.StringOutput
}

// New declares a cell's repositories.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Registry, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	r := &Registry{}
	if err := ctx.RegisterComponentResource(Type, name, r, opts...); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	if err := r.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{
		"arn": r.ARN, "url": r.URL, "replicaArn": r.ReplicaARN, "replicaUrl": r.ReplicaURL,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("ReplicaKeyARN", a.ReplicaKeyARN != nil)
	problems.Require("Recovery", a.Recovery != nil)
	return problems.Err()
}

func (r *Registry) declare(ctx *pulumi.Context, name string, args Args) error {
	primary, err := repository(ctx, name, args, args.KeyARN, pulumi.Parent(r))
	if err != nil {
		return err
	}
	replica, err := repository(ctx, name+"-replica", args, args.ReplicaKeyARN,
		pulumi.Parent(r), pulumi.Provider(args.Recovery))
	if err != nil {
		return err
	}
	r.ARN, r.URL = primary.Arn, primary.RepositoryUrl
	r.ReplicaARN, r.ReplicaURL = replica.Arn, replica.RepositoryUrl
	return nil
}
