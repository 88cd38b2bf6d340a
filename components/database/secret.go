package database

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/naming"
)

const (
	// recoveryWindowDays is how long a deleted secret can be brought back: the most that Secrets Manager allows.
	recoveryWindowDays = 30
	// passwordLength is of letters and digits; RDS for MySQL takes 41 characters at most.
	passwordLength = 40
)

// FirstStage is the staging label of the value that the program generated. Whoever rotates the password goes by it, and
// leaves it where it is: a version that has a label is never deleted, so that the program always finds its own.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
const FirstStage = "FIRST"

// login is what the master secret holds, in the form that RDS gives the secrets that it keeps itself.
type login struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// masterSecret is the tenant's own secret with the first password.
type masterSecret struct {
	// arn is known once there is a value.
	arn, password pulumi.StringOutput
}

// secret declares it, with a first value that is generated once. What is generated on later runs is ignored, as is that
// rotations have moved the label of the current version.
func (d *Database) secret(ctx *pulumi.Context, name string, args Args) (masterSecret, error) {
	physical := args.foundation().Identifier()
	settings := &secretsmanager.SecretArgs{
		NamePrefix:           pulumi.String(physical + "-"),
		Description:          pulumi.String("The master password of the " + args.part() + " of " + args.Scope.Stack),
		KmsKeyId:             args.SecretsKeyARN.ToStringOutput(),
		RecoveryWindowInDays: pulumi.Int(recoveryWindowDays),
		Tags:                 pulumi.ToStringMap(args.Scope.Tags("database", physical, naming.Secret)),
	}
	if args.RecoveryRegion != "" {
		settings.Replicas = secretsmanager.SecretReplicaArray{secretsmanager.SecretReplicaArgs{
			Region:   pulumi.String(args.RecoveryRegion),
			KmsKeyId: args.SecretsReplicaKeyARN.ToStringOutput(),
		}}
	}
	secret, err := secretsmanager.NewSecret(ctx, name+"-secret", settings, pulumi.Parent(d))
	if err != nil {
		return masterSecret{}, fmt.Errorf("secret: %w", err)
	}
	generated := secretsmanager.GetRandomPasswordOutput(ctx, secretsmanager.GetRandomPasswordOutputArgs{
		PasswordLength:     pulumi.Int(passwordLength),
		ExcludePunctuation: pulumi.Bool(true),
	}, pulumi.Parent(d))
	version, err := secretsmanager.NewSecretVersion(ctx, name+"-secret-version", &secretsmanager.SecretVersionArgs{
		SecretId: secret.ID(),
		SecretString: pulumi.ToSecret(pulumix.ApplyErr(generated.RandomPassword(),
			writeLogin).Untyped()).(pulumi.StringOutput),
		VersionStages: pulumi.ToStringArray([]string{"AWSCURRENT", FirstStage}),
	}, pulumi.Parent(d), pulumi.IgnoreChanges([]string{"secretString", "versionStages"}))
	if err != nil {
		return masterSecret{}, fmt.Errorf("secret's version: %w", err)
	}
	return masterSecret{
		arn: version.Arn,
		password: pulumi.ToSecret(pulumix.ApplyErr(version.SecretString.Elem(),
			readPassword).Untyped()).(pulumi.StringOutput),
	}, nil
}

func writeLogin(password string) (string, error) {
	text, err := json.Marshal(login{Username, password})
	return string(text), err
}

// readPassword repeats nothing of the secret in its error.
func readPassword(secret string) (string, error) {
	var l login
	if err := json.Unmarshal([]byte(secret), &l); err != nil || l.Password == "" {
		return "", fmt.Errorf(`master secret: not JSON with a "password"`)
	}
	return l.Password, nil
}
