package guards

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
)

// AccountType is the type token of the component that NewAccount makes.
const AccountType = "haven:guards:Account"

// What CIS asks of passwords.
const (
	passwordLength = 14
	passwordDays   = 90
	passwordMemory = 24
)

// AccountArgs are all required.
type AccountArgs struct {
	// Account is the AWS account, twelve digits.
	Account string
}

// Account guards an account as a whole.
type Account struct {
	pulumi.ResourceState
}

// NewAccount guards an account as a whole: once per account, in any region.
func NewAccount(ctx *pulumi.Context, name string, args AccountArgs, opts ...pulumi.ResourceOption) (*Account, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	a := &Account{}
	if err := ctx.RegisterComponentResource(AccountType, name, a, opts...); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	if err := a.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{})
}

func (a AccountArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Account", a.Account != "")
	return problems.Err()
}

func (a *Account) declare(ctx *pulumi.Context, name string, args AccountArgs) error {
	_, err := s3.NewAccountPublicAccessBlock(ctx, name+"-public-access", &s3.AccountPublicAccessBlockArgs{
		AccountId:             pulumi.String(args.Account),
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, pulumi.Parent(a))
	if err != nil {
		return err
	}
	_, err = iam.NewAccountPasswordPolicy(ctx, name+"-passwords", &iam.AccountPasswordPolicyArgs{
		MinimumPasswordLength:      pulumi.Int(passwordLength),
		RequireLowercaseCharacters: pulumi.Bool(true),
		RequireUppercaseCharacters: pulumi.Bool(true),
		RequireNumbers:             pulumi.Bool(true),
		RequireSymbols:             pulumi.Bool(true),
		MaxPasswordAge:             pulumi.Int(passwordDays),
		PasswordReusePrevention:    pulumi.Int(passwordMemory),
		AllowUsersToChangePassword: pulumi.Bool(true),
		// An expired password can still be changed by its user, which locks nobody out.
		HardExpiry: pulumi.Bool(false),
	}, pulumi.Parent(a))
	return err
}
