package rotation

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/naming"
	"haven/components/partial"
	"haven/components/workflow"
)

// Type is the component's type token.
const Type = "haven:rotation:Rotation"

// Args say which secrets roll which services.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region where the secrets and services are.
	Account, Region string
	// SecretARNs are the secrets that AWS rotates, such as the master secret of the database.
	SecretARNs pulumi.StringArray
	// ClusterName is the ECS cluster, ServiceNames are the services in it that read the secrets.
	ClusterName  pulumi.StringInput
	ServiceNames pulumi.StringArrayInput
	// FailureTopicARN is told of rotations that failed. Default none: nobody is told.
	FailureTopicARN pulumi.StringInput
}

// Rotation rolls services when a secret was rotated.
type Rotation struct {
	pulumi.ResourceState
	// StateMachineARN is that of what rolls the services.
	StateMachineARN pulumi.StringOutput
}

// New makes the services take up secrets that are rotated.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Rotation, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("rotation: %w", err)
	}
	r := &Rotation{}
	if err := ctx.RegisterComponentResource(Type, name, r, opts...); err != nil {
		return nil, fmt.Errorf("rotation: %w", err)
	}
	if err := r.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("rotation: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"stateMachineArn": r.StateMachineARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("SecretARNs", len(a.SecretARNs) > 0)
	problems.Require("ClusterName", a.ClusterName != nil)
	problems.Require("ServiceNames", a.ServiceNames != nil)
	return problems.Err()
}

func (r *Rotation) declare(ctx *pulumi.Context, name string, args Args) error {
	cluster, services := args.ClusterName.ToStringOutput(), args.ServiceNames.ToStringArrayOutput()
	machine, err := workflow.Declare(ctx, name, workflow.Args{
		Scope:       args.Scope,
		Account:     args.Account,
		Region:      args.Region,
		Part:        "rotation",
		Component:   "rotation",
		Description: "Rolls the services of " + args.Scope.Stack,
		Definition:  pulumix.Apply2(cluster, services, definition).Untyped().(pulumi.StringOutput),
		Permissions: pulumix.Apply2Err(partial.Text(ctx, cluster), services, func(cluster string, services []string) (string, error) {
			return args.rolling(cluster, services).Identity()
		}).Untyped().(pulumi.StringOutput),
	}, pulumi.Parent(r))
	if err != nil {
		return err
	}
	r.StateMachineARN = machine.ARN
	if err := machine.StartOn(args.event(ctx, "succeeded", "RotationSucceeded")); err != nil {
		return err
	}
	if args.FailureTopicARN == nil {
		return nil
	}
	return machine.Tell(args.event(ctx, "failed", "RotationFailed"), args.FailureTopicARN)
}

// rolling is what a new deployment of the services takes.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
func (a Args) rolling(cluster string, services []string) iamdoc.Document {
	var arns []string
	for _, service := range services {
		arns = append(arns, fmt.Sprintf("arn:aws:ecs:%s:%s:service/%s/%s", a.Region, a.Account, cluster, service))
	}
	return iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "RollServices",
		Actions:   []string{"ecs:UpdateService"},
		Resources: arns,
	}}}
}
