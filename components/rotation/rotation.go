package rotation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:rotation:Rotation"

// part names everything within the stack.
const part = "rotation"

// Args say which secrets roll which services.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region where the secrets and services are.
	Account, Region string
	// SecretARNs are the secrets that AWS rotates, such as the master secret of the database.
	SecretARNs pulumi.StringArrayInput
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
	d := declaration{ctx: ctx, name: name, args: args, parent: pulumi.Parent(r)}
	machine, err := d.stateMachine()
	if err != nil {
		return nil, fmt.Errorf("rotation: state machine: %w", err)
	}
	if err := d.events(machine); err != nil {
		return nil, fmt.Errorf("rotation: %w", err)
	}
	r.StateMachineARN = machine.Arn
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"stateMachineArn": r.StateMachineARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("SecretARNs", a.SecretARNs != nil)
	problems.Require("ClusterName", a.ClusterName != nil)
	problems.Require("ServiceNames", a.ServiceNames != nil)
	return problems.Err()
}

// arn is that of something of the tenant's, in its account and region.
func (a Args) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, a.Region, a.Account, resource)
}

func (a Args) tags(part string) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("rotation", a.Scope.Name(part), naming.Internal))
}

// declaration is a rotation while it is being declared.
type declaration struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	parent pulumi.ResourceOption
}

func (d declaration) stateMachine() (*sfn.StateMachine, error) {
	physical := d.args.Scope.Name(part)
	cluster, services := d.args.ClusterName.ToStringOutput(), d.args.ServiceNames.ToStringArrayOutput()
	role, err := d.role(assumed{
		part:        part,
		description: "Rolls the services of " + d.args.Scope.Stack,
		service:     "states.amazonaws.com",
		source:      d.args.arn("states", "stateMachine:"+physical),
		policy: pulumix.Apply2Err(cluster, services, func(cluster string, services []string) (string, error) {
			return d.args.rolling(cluster, services).Identity()
		}).Untyped().(pulumi.StringOutput),
	})
	if err != nil {
		return nil, err
	}
	definition := pulumix.Apply2(cluster, services, definition)
	return sfn.NewStateMachine(d.ctx, d.name+"-machine", &sfn.StateMachineArgs{
		Name:       pulumi.String(physical),
		Type:       pulumi.String("STANDARD"),
		RoleArn:    role.Arn,
		Definition: definition.Untyped().(pulumi.StringOutput),
		Tags:       d.args.tags(part),
	}, d.parent)
}

// assumed is a role that an AWS service assumes for one source.
type assumed struct {
	part, description string
	service, source   string
	policy            pulumi.StringInput
}

func (d declaration) role(a assumed) (*iam.Role, error) {
	trust, err := iamdoc.TrustService(a.service, d.args.Account, a.source).Trust()
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	child := d.name + a.part[len(part):]
	role, err := iam.NewRole(d.ctx, child+"-role", &iam.RoleArgs{
		Name:             pulumi.String(d.args.Scope.Name(a.part)),
		Description:      pulumi.String(a.description),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             d.args.tags(a.part),
	}, d.parent)
	if err != nil {
		return nil, fmt.Errorf("role: %w", err)
	}
	_, err = iam.NewRolePolicy(d.ctx, child+"-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(d.args.Scope.Name(a.part)),
		Role:   role.Name,
		Policy: a.policy,
	}, d.parent)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return role, nil
}

// rolling is what a new deployment of the services takes.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
func (a Args) rolling(cluster string, services []string) iamdoc.Document {
	var arns []string
	for _, service := range services {
		arns = append(arns, a.arn("ecs", "service/"+cluster+"/"+service))
	}
	return iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "RollServices",
		Actions:   []string{"ecs:UpdateService"},
		Resources: arns,
	}}}
}
