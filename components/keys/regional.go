package keys

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/iamdoc"
	"haven/components/naming"
)

// RegionalType is the type token of the component that NewRegional makes.
const RegionalType = "haven:keys:RegionalKey"

// RegionalArgs say whose key it is and who may use it. All fields are required.
type RegionalArgs struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Part names the key, "audit": its alias is "alias/<stack>-<part>-key".
	Part string
	// Description says what it encrypts, "the audit trail".
	Description string
	// Uses are the statements by which it is used. That the account administers the key is said already.
	Uses []iamdoc.Statement
}

// RegionalKey is a key of one region, for what is neither copied nor read elsewhere.
type RegionalKey struct {
	pulumi.ResourceState
	ARN pulumi.StringOutput
}

// NewRegional makes a key in the region of its provider, and nowhere else.
func NewRegional(ctx *pulumi.Context, name string, args RegionalArgs, opts ...pulumi.ResourceOption) (
	*RegionalKey, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	k := &RegionalKey{}
	if err := ctx.RegisterComponentResource(RegionalType, name, k, opts...); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	if err := k.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"arn": k.ARN})
}

func (a RegionalArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Part", a.Part != "")
	problems.Require("Description", a.Description != "")
	problems.Require("Uses", len(a.Uses) > 0)
	return problems.Err()
}

func (k *RegionalKey) declare(ctx *pulumi.Context, name string, args RegionalArgs) error {
	physical := args.Scope.Name(args.Part + "-key")
	statements := append([]iamdoc.Statement{administration(args.Account)}, args.Uses...)
	policy, err := iamdoc.Document{Statements: statements}.Resource()
	if err != nil {
		return err
	}
	key, err := kms.NewKey(ctx, name+"-regional", &kms.KeyArgs{
		Description:                    pulumi.String("Encrypts " + args.Description + " of " + args.Scope.Stack),
		MultiRegion:                    pulumi.Bool(false),
		EnableKeyRotation:              pulumi.Bool(true),
		RotationPeriodInDays:           pulumi.Int(rotationDays),
		DeletionWindowInDays:           pulumi.Int(deletionWindowDays),
		BypassPolicyLockoutSafetyCheck: pulumi.Bool(false),
		Policy:                         pulumi.String(policy),
		Tags:                           pulumi.ToStringMap(args.Scope.Tags("keys", physical, naming.Secret)),
	}, pulumi.Parent(k))
	if err != nil {
		return err
	}
	k.ARN = key.Arn
	_, err = kms.NewAlias(ctx, name+"-alias", &kms.AliasArgs{
		Name:        pulumi.String("alias/" + physical),
		TargetKeyId: key.Arn,
	}, pulumi.Parent(k))
	return err
}
