package operators

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:operators:Operators"

// MaxSessionHours is the longest session that IAM allows.
const MaxSessionHours = 12

// AWS's own policies: what there is, without its contents; and asking AWS for help.
const (
	securityAudit  = "arn:aws:iam::aws:policy/SecurityAudit"
	viewOnly       = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
	supportAccess  = "arn:aws:iam::aws:policy/AWSSupportAccess"
	powerUser      = "arn:aws:iam::aws:policy/PowerUserAccess"
	secondsPerHour = 3600
)

// Args are all required.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Principals may take the roles on: account numbers or ARNs of IAM users and roles. An account's number leaves the
	// choice to that account's own policies.
	Principals []string
	// Regions are those whose alarms report the use of the emergency role.
	Regions []string
	// SessionHours is how long an operator or a reader stays one, 1 to MaxSessionHours.
	SessionHours int
}

// Operators are the roles of people.
type Operators struct {
	pulumi.ResourceState
	OperatorRoleARN, ReadOnlyRoleARN, EmergencyRoleARN pulumi.StringOutput
}

// EmergencyRoleARN is known before the role is there, so that its alarms can be.
func EmergencyRoleARN(scope naming.Scope, account string) string {
	return "arn:aws:iam::" + account + ":role/" + scope.Name("emergency")
}

// New makes the roles.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Operators, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("operators: %w", err)
	}
	o := &Operators{}
	if err := ctx.RegisterComponentResource(Type, name, o, opts...); err != nil {
		return nil, fmt.Errorf("operators: %w", err)
	}
	if err := o.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("operators: %w", err)
	}
	return o, ctx.RegisterResourceOutputs(o, pulumi.Map{
		"operatorRoleArn":  o.OperatorRoleARN,
		"readOnlyRoleArn":  o.ReadOnlyRoleARN,
		"emergencyRoleArn": o.EmergencyRoleARN,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Principals", len(a.Principals) > 0)
	problems.Require("Regions", len(a.Regions) > 0)
	problems.Within("SessionHours", a.SessionHours, 1, MaxSessionHours)
	return problems.Err()
}

// role is what one of the roles may do, and how it is taken on.
type role struct {
	part, description string
	trust             iamdoc.Document
	hours             int
	managed           []string
	own               iamdoc.Document // none where it has no statement
	arn               *pulumi.StringOutput
}

func (o *Operators) declare(ctx *pulumi.Context, name string, args Args) error {
	for _, r := range []role{
		{
			part: "read-only", description: "Looks at the configuration of ", trust: args.trust(),
			hours: args.SessionHours, managed: []string{securityAudit, viewOnly}, arn: &o.ReadOnlyRoleARN,
		},
		{
			part: "operator", description: "Operates ", trust: args.trust(), hours: args.SessionHours,
			managed: []string{viewOnly, supportAccess}, own: args.operate(), arn: &o.OperatorRoleARN,
		},
		{
			part: "emergency", description: "Acts in an emergency, with an alarm, on ", trust: args.emergencyTrust(),
			hours: 1, managed: []string{powerUser}, own: args.keepWatch(), arn: &o.EmergencyRoleARN,
		},
	} {
		if err := o.role(ctx, name+"-"+r.part, args.Scope, r); err != nil {
			return fmt.Errorf("role %s: %w", r.part, err)
		}
	}
	return nil
}

func (o *Operators) role(ctx *pulumi.Context, name string, scope naming.Scope, r role) error {
	physical := scope.Name(r.part)
	trust, err := r.trust.Trust()
	if err != nil {
		return err
	}
	made, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name:               pulumi.String(physical),
		Description:        pulumi.String(r.description + scope.Environment),
		AssumeRolePolicy:   pulumi.String(trust),
		MaxSessionDuration: pulumi.Int(r.hours * secondsPerHour),
		Tags:               pulumi.ToStringMap(scope.Tags("operators", physical, naming.Internal)),
	}, pulumi.Parent(o))
	if err != nil {
		return err
	}
	*r.arn = made.Arn
	for _, arn := range r.managed {
		_, err := iam.NewRolePolicyAttachment(ctx, name+"-"+arn[strings.LastIndex(arn, "/")+1:],
			&iam.RolePolicyAttachmentArgs{Role: made.Name, PolicyArn: pulumi.String(arn)}, pulumi.Parent(o))
		if err != nil {
			return err
		}
	}
	if len(r.own.Statements) == 0 {
		return nil
	}
	text, err := r.own.Identity()
	if err != nil {
		return err
	}
	_, err = iam.NewRolePolicy(ctx, name+"-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String(physical),
		Role:   made.Name,
		Policy: pulumi.String(text),
	}, pulumi.Parent(o))
	return err
}
