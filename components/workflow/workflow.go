package workflow

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/iamdoc"
	"haven/components/naming"
)

// Args say what a workflow does. All fields but Express are required.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region where the state machine is.
	Account, Region string
	// Part names it within the stack, "rotation": letters, digits, hyphens.
	Part string
	// Component is the package that it belongs to, for the tags.
	Component string
	// Description says what it does, in the present tense: "Rolls the services of demo-acme".
	Description string
	// Express makes it one of the express type. Default false, the standard type.
	Express bool
	// Paused has nothing start it yet: all is there but its schedule. Default false.
	Paused bool
	// Definition is in the Amazon States Language, Permissions the policy of its role.
	Definition, Permissions pulumi.StringInput
}

// Workflow is a state machine while its component is being declared.
type Workflow struct {
	// ARN is the state machine's.
	ARN pulumi.StringOutput

	ctx  *pulumi.Context
	name string
	args Args
	opts []pulumi.ResourceOption
}

// ARN is the ARN of a state machine by its part, for policies that are written before it is there.
func ARN(scope naming.Scope, account, region, part string) string {
	return Args{Scope: scope, Account: account, Region: region}.arn("states", "stateMachine:"+scope.Name(part))
}

// Declare declares the state machine and its role: "<name>-machine", "<name>-role" and "<name>-policy". The options are
// those of each resource, its parent above all.
func Declare(
	ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption,
) (*Workflow, error) {
	w := &Workflow{ctx: ctx, name: name, args: args, opts: opts}
	role, err := w.role("", assumed{
		description: args.Description,
		service:     "states.amazonaws.com",
		sources:     []string{ARN(args.Scope, args.Account, args.Region, args.Part)},
		policy:      args.Permissions,
	})
	if err != nil {
		return nil, fmt.Errorf("state machine: %w", err)
	}
	kind := "STANDARD"
	if args.Express {
		kind = "EXPRESS"
	}
	machine, err := sfn.NewStateMachine(ctx, name+"-machine", &sfn.StateMachineArgs{
		Name:       pulumi.String(args.Scope.Name(args.Part)),
		Type:       pulumi.String(kind),
		RoleArn:    role.Arn,
		Definition: args.Definition,
		Tags:       args.tags(args.Part),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("state machine: %w", err)
	}
	w.ARN = machine.Arn
	return w, nil
}

// arn is that of something in the workflow's account and region.
func (a Args) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, a.Region, a.Account, resource)
}

func (a Args) tags(part string) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags(a.Component, a.Scope.Name(part), naming.Internal))
}

// assumed is a role that an AWS service assumes for some sources.
type assumed struct {
	description, service string
	sources              []string
	policy               pulumi.StringInput
}

// role declares one, whose names end with the suffix.
func (w *Workflow) role(suffix string, a assumed) (*iam.Role, error) {
	trust, err := iamdoc.TrustService(a.service, w.args.Account, a.sources...).Trust()
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	part := w.args.Part + suffix
	role, err := iam.NewRole(w.ctx, w.name+suffix+"-role", &iam.RoleArgs{
		Name:             pulumi.String(w.args.Scope.Name(part)),
		Description:      pulumi.String(a.description),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             w.args.tags(part),
	}, w.opts...)
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	_, err = iam.NewRolePolicy(w.ctx, w.name+suffix+"-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(w.args.Scope.Name(part)),
		Role:   role.Name,
		Policy: a.policy,
	}, w.opts...)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return role, nil
}
