package credentials

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:credentials:Credential"

// MaxRotation only keeps a slip of the keyboard out.
const MaxRotation = 9999

// recoveryWindowDays is how long a deleted secret can be brought back: the most that Secrets Manager allows.
const recoveryWindowDays = 30

// Args says what is kept secret and under which keys.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Part names the secret within the tenant, "app-key": small letters, digits and hyphens.
	Part string
	// Length is how many letters and digits the value has, 16 to 4096.
	Length int
	// Rotation is how many times the value has been made anew, 0 to 9999. Raising it by one makes another value, which
	// becomes the current one; the one before stays readable by its version for a while. Default 0, the first value.
	Rotation int
	// KeyARN is the tenant's key for secrets in the primary region.
	KeyARN pulumi.StringInput
	// RecoveryRegion is where the replica lives, ReplicaKeyARN the tenant's key for secrets there. Default: no replica.
	RecoveryRegion string
	ReplicaKeyARN  pulumi.StringInput
}

// Credential is a generated secret.
type Credential struct {
	pulumi.ResourceState

	// ARN is the secret's, in the primary region.
	ARN pulumi.StringOutput
	// VersionID is the version that holds the value. Who reads that version, and not just the current one, gets a new
	// value exactly when the program says so.
	VersionID pulumi.StringOutput
	// Value is the value itself, a Pulumi secret: for what must be told it by the program and cannot fetch it.
	Value pulumi.StringOutput
}

// New declares a secret with a generated value.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Credential, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	c := &Credential{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	secret, err := c.secret(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	version, err := c.version(ctx, name, args, secret)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	c.ARN = secret.Arn
	c.VersionID = version.VersionId
	c.Value = pulumi.ToSecret(version.SecretString.Elem()).(pulumi.StringOutput)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arn": c.ARN, "versionId": c.VersionID})
}

var partForm = regexp.MustCompile(`^[a-z][a-z0-9-]*[a-z0-9]$`)

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	if !partForm.MatchString(a.Part) {
		problems.Check("Part", fmt.Errorf("%q, expected small letters, digits and hyphens, "+
			"beginning with a letter, not ending with a hyphen", a.Part))
	}
	problems.Within("Length", a.Length, 16, 4096)
	problems.Within("Rotation", a.Rotation, 0, MaxRotation)
	problems.Require("KeyARN", a.KeyARN != nil)
	problems.Require("ReplicaKeyARN", a.ReplicaKeyARN != nil || a.RecoveryRegion == "")
	return problems.Err()
}

func (c *Credential) secret(ctx *pulumi.Context, name string, args Args) (*secretsmanager.Secret, error) {
	physical := args.Scope.Name(args.Part)
	settings := &secretsmanager.SecretArgs{
		NamePrefix:           pulumi.String(physical + "-"),
		Description:          pulumi.String(fmt.Sprintf("The %s of %s, generated", args.Part, args.Scope.Stack)),
		KmsKeyId:             args.KeyARN.ToStringOutput(),
		RecoveryWindowInDays: pulumi.Int(recoveryWindowDays),
		Tags:                 pulumi.ToStringMap(args.Scope.Tags("credentials", physical, naming.Secret)),
	}
	if args.RecoveryRegion != "" {
		settings.Replicas = secretsmanager.SecretReplicaArray{secretsmanager.SecretReplicaArgs{
			Region:   pulumi.String(args.RecoveryRegion),
			KmsKeyId: args.ReplicaKeyARN.ToStringOutput(),
		}}
	}
	secret, err := secretsmanager.NewSecret(ctx, name+"-secret", settings, pulumi.Parent(c))
	if err != nil {
		return nil, fmt.Errorf("secret: %w", err)
	}
	return secret, nil
}

// version generates a version of the secret, one for each rotation. What is generated on later runs is ignored: the
// value in use stays, and with it whatever it has encrypted. The SDK marks it secret in the version.
func (c *Credential) version(
	ctx *pulumi.Context, name string, args Args, secret *secretsmanager.Secret,
) (*secretsmanager.SecretVersion, error) {
	name += "-version"
	if args.Rotation > 0 {
		name += fmt.Sprintf("-%d", args.Rotation)
	}
	generated := secretsmanager.GetRandomPasswordOutput(ctx, secretsmanager.GetRandomPasswordOutputArgs{
		PasswordLength:     pulumi.Int(args.Length),
		ExcludePunctuation: pulumi.Bool(true),
	}, pulumi.Parent(c))
	version, err := secretsmanager.NewSecretVersion(ctx, name, &secretsmanager.SecretVersionArgs{
		SecretId:     secret.ID(),
		SecretString: generated.RandomPassword(),
	}, pulumi.Parent(c), pulumi.IgnoreChanges([]string{"secretString"}))
	if err != nil {
		return nil, fmt.Errorf("version: %w", err)
	}
	return version, nil
}
