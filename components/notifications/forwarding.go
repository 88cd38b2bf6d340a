package notifications

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/limit"
	"haven/components/naming"
)

// ForwardingType is the type token of the component that NewForwarding makes.
const ForwardingType = "haven:notifications:Forwarding"

// GlobalRegion is where AWS reports what belongs to no region: sign-ins of the root user, calls of the global STS
// endpoint, and the health of global services.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
const GlobalRegion = "us-east-1"

// ForwardingArgs are all required.
type ForwardingArgs struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the one whose Notifications tell what is forwarded. It is not
	// GlobalRegion, whose Notifications see these events themselves.
	Account, Region string
	// EmergencyRoleARN is the role whose every use is forwarded.
	EmergencyRoleARN string
}

// Forwarding brings global events to a region.
type Forwarding struct {
	pulumi.ResourceState
}

// NewForwarding forwards global events to the default event bus of Region. Its provider is that of GlobalRegion.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
func NewForwarding(ctx *pulumi.Context, name string, args ForwardingArgs, opts ...pulumi.ResourceOption) (
	*Forwarding, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("forwarding: %w", err)
	}
	f := &Forwarding{}
	if err := ctx.RegisterComponentResource(ForwardingType, name, f, opts...); err != nil {
		return nil, fmt.Errorf("forwarding: %w", err)
	}
	if err := f.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("forwarding: %w", err)
	}
	return f, ctx.RegisterResourceOutputs(f, pulumi.Map{})
}

func (a ForwardingArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	if a.Region == GlobalRegion {
		problems.Check("Region", &limit.Error{Got: a.Region, Want: "another region than the one forwarded from"})
	}
	problems.Require("EmergencyRoleARN", a.EmergencyRoleARN != "")
	return problems.Err()
}

// bus is the default event bus of the region told.
func (a ForwardingArgs) bus() string {
	return fmt.Sprintf("arn:aws:events:%s:%s:event-bus/default", a.Region, a.Account)
}

func (f *Forwarding) declare(ctx *pulumi.Context, name string, args ForwardingArgs) error {
	roleARN, err := f.role(ctx, name, args)
	if err != nil {
		return err
	}
	for _, alert := range forwarded(args.EmergencyRoleARN) {
		err := alert.declare(ctx, name, args.Scope, pulumi.String(args.bus()), roleARN, pulumi.Parent(f))
		if err != nil {
			return err
		}
	}
	return nil
}

// forwarded are the alerts that AWS reports in GlobalRegion. Of health only what concerns this account is.
func forwarded(emergencyRoleARN string) []alert {
	return []alert{rootSignIn(), emergency(emergencyRoleARN), {
		part: "health", severity: Info, description: "AWS Health tells of a global service",
		pattern: event("aws.health", "AWS Health Event", pattern{"eventScopeCode": []string{"ACCOUNT_SPECIFIC"}}),
	}}
}

// role lets this account's rules of GlobalRegion put events on the bus, and nothing else. The ARN follows its policy.
func (f *Forwarding) role(ctx *pulumi.Context, name string, args ForwardingArgs) (pulumi.StringPtrInput, error) {
	physical := args.Scope.Name("forwarding")
	trust, err := iamdoc.TrustService(events, args.Account,
		fmt.Sprintf("arn:aws:events:%s:%s:rule/%s", GlobalRegion, args.Account, args.Scope.Name("*"))).Trust()
	if err != nil {
		return nil, err
	}
	role, err := iam.NewRole(ctx, name+"-role", &iam.RoleArgs{
		Name:             pulumi.String(physical),
		Description:      pulumi.String("Forwards global events of " + args.Scope.Stack + " to " + args.Region),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             pulumi.ToStringMap(args.Scope.Tags("notifications", physical, naming.Internal)),
	}, pulumi.Parent(f))
	if err != nil {
		return nil, err
	}
	text, err := iamdoc.Document{Statements: []iamdoc.Statement{{
		Sid:       "ForwardEvents",
		Actions:   []string{"events:PutEvents"},
		Resources: []string{args.bus()},
	}}}.Identity()
	if err != nil {
		return nil, err
	}
	_, err = iam.NewRolePolicy(ctx, name+"-role-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(physical),
		Role:   role.Name,
		Policy: pulumi.String(text),
	}, pulumi.Parent(f))
	return role.Arn, err
}
