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

// PasswordType is the type token of the component that NewPassword makes.
const PasswordType = "haven:rotation:Password"

// The state machines of a password, within the stack.
const (
	passwordPart = "password"
	changePart   = passwordPart + "-change"
)

// PasswordArgs say whose password is rotated. All fields but FailureTopicARN are required.
type PasswordArgs struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region where the database and its secret are.
	Account, Region string
	// DatabaseID and DatabaseARN are those of the RDS instance, of package database.
	DatabaseID, DatabaseARN pulumi.StringInput
	// SecretARN is the secret with the password: JSON with "username" and "password". SecretsKeyARN encrypts it.
	SecretARN, SecretsKeyARN pulumi.StringInput
	// RollingARN is the state machine that rolls the services: Rotation.StateMachineARN.
	RollingARN pulumi.StringInput
	// FailureTopicARN is told of rotations that failed. Default none: nobody is told.
	FailureTopicARN pulumi.StringInput
	// Paused rotates nothing: there is no database yet. Default false.
	Paused bool
}

// Password rotates the master password of a database.
type Password struct {
	pulumi.ResourceState
	// StateMachineARN is that of the rotation.
	StateMachineARN pulumi.StringOutput
}

// NewPassword rotates the password of a database whose secret is the tenant's own.
func NewPassword(
	ctx *pulumi.Context, name string, args PasswordArgs, opts ...pulumi.ResourceOption,
) (*Password, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	p := &Password{}
	if err := ctx.RegisterComponentResource(PasswordType, name, p, opts...); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	if err := p.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("password: %w", err)
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"stateMachineArn": p.StateMachineARN})
}

func (a PasswordArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("DatabaseID", a.DatabaseID != nil)
	problems.Require("DatabaseARN", a.DatabaseARN != nil)
	problems.Require("SecretARN", a.SecretARN != nil)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("RollingARN", a.RollingARN != nil)
	return problems.Err()
}

func (p *Password) declare(ctx *pulumi.Context, name string, args PasswordArgs) error {
	d := passwordOf(args, pulumi.StringInput.ToStringOutput)
	partly := passwordOf(args, func(value pulumi.StringInput) pulumi.StringOutput { return partial.Text(ctx, value) })
	change, err := workflow.Declare(ctx, name+"-change", workflow.Args{
		Scope:       args.Scope,
		Account:     args.Account,
		Region:      args.Region,
		Part:        changePart,
		Component:   "rotation",
		Description: "Gives the database of " + args.Scope.Stack + " another password",
		Express:     true,
		Definition:  d.text(func(d passwordData) (string, error) { return d.change().String(), nil }),
		Permissions: partly.text(func(d passwordData) (string, error) { return d.changing().Identity() }),
	}, pulumi.Parent(p))
	if err != nil {
		return err
	}
	rotation, err := workflow.Declare(ctx, name, workflow.Args{
		Scope:       args.Scope,
		Account:     args.Account,
		Region:      args.Region,
		Part:        passwordPart,
		Component:   "rotation",
		Paused:      args.Paused,
		Description: "Rotates the password of the database of " + args.Scope.Stack,
		Definition: d.with(change.ARN).text(func(d passwordData) (string, error) {
			return d.rotation().String(), nil
		}),
		Permissions: partly.with(partial.Text(ctx, change.ARN)).text(func(d passwordData) (string, error) {
			return d.rotating().Identity()
		}),
	}, pulumi.Parent(p))
	if err != nil {
		return err
	}
	p.StateMachineARN = rotation.ARN
	if err := rotation.StartEvery("rate(1 hour)"); err != nil {
		return err
	}
	if args.FailureTopicARN == nil {
		return nil
	}
	return rotation.TellFailures(args.FailureTopicARN)
}

// passwordData are the values of other resources that the definitions and policies name.
type passwordData struct {
	region                                        string
	databaseID, databaseARN, secretARN, secretKey string
	rollingARN, changeARN                         string
}

// passwordInput is passwordData that is not known yet.
type passwordInput struct{ pulumix.Output[passwordData] }

func passwordOf(args PasswordArgs, as func(pulumi.StringInput) pulumi.StringOutput) passwordInput {
	database := pulumix.Apply2(as(args.DatabaseID), as(args.DatabaseARN),
		func(id, arn string) passwordData {
			return passwordData{region: args.Region, databaseID: id, databaseARN: arn}
		})
	return passwordInput{pulumix.Apply4(database, as(args.SecretARN), as(args.SecretsKeyARN),
		as(args.RollingARN), func(d passwordData, secret, key, rolling string) passwordData {
			d.secretARN, d.secretKey, d.rollingARN = secret, key, rolling
			return d
		})}
}

// with adds the ARN of the state machine that changes the password.
func (i passwordInput) with(changeARN pulumi.StringOutput) passwordInput {
	return passwordInput{pulumix.Apply2(i.Output, changeARN, func(d passwordData, arn string) passwordData {
		d.changeARN = arn
		return d
	})}
}

func (i passwordInput) text(write func(passwordData) (string, error)) pulumi.StringOutput {
	return pulumix.ApplyErr(i.Output, write).Untyped().(pulumi.StringOutput)
}

// rotating is what the rotation takes: to look at the database and at the secret's labels, never at its value, to
// move the labels and to start the two other state machines.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
// https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
func (d passwordData) rotating() iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:       "LookAtDatabase",
			Actions:   []string{"rds:DescribeDBInstances"},
			Resources: []string{d.databaseARN},
		},
		{
			Sid:       "LabelVersions",
			Actions:   []string{"secretsmanager:ListSecretVersionIds", "secretsmanager:UpdateSecretVersionStage"},
			Resources: []string{d.secretARN},
		},
		{
			Sid:       "ChangePassword",
			Actions:   []string{"states:StartSyncExecution"},
			Resources: []string{d.changeARN},
		},
		{
			Sid:       "RollServices",
			Actions:   []string{"states:StartExecution"},
			Resources: []string{d.rollingARN},
		},
	}}
}

// changing is what the change takes: to generate a value, to keep it, and to tell it to the database.
func (d passwordData) changing() iamdoc.Document {
	return iamdoc.Document{Statements: []iamdoc.Statement{
		{
			Sid:       "Generate",
			Actions:   []string{"secretsmanager:GetRandomPassword"},
			Resources: []string{"*"}, // knows no resource
		},
		{
			Sid:       "KeepPassword",
			Actions:   []string{"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"},
			Resources: []string{d.secretARN},
		},
		{
			Sid:       "UseKeyThroughSecretsManager",
			Actions:   []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Resources: []string{d.secretKey},
			Conditions: iamdoc.Conditions{iamdoc.StringEquals: {
				"kms:ViaService": {"secretsmanager." + d.region + ".amazonaws.com"},
			}},
		},
		{
			Sid:       "TellDatabase",
			Actions:   []string{"rds:ModifyDBInstance"},
			Resources: []string{d.databaseARN},
		},
	}}
}
