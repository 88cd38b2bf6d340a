package offsite

import (
	"crypto/rand"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// The secrets, by the ends of their names. Those of the application come out of the dump.
const (
	databaseSecret  = "database-password"
	cacheSecret     = "cache-password"
	authoritySecret = "cache-authority"
	appKeySecret    = "app-key"
	privateSecret   = "passport-private-key"
	publicSecret    = "passport-public-key"
)

// keep makes the secrets, in the tenant's region and under its key. What comes out of the dump has no value yet.
func (s *stores) keep() error {
	names := []string{databaseSecret, cacheSecret, authoritySecret, appKeySecret}
	if s.args.Passport {
		names = append(names, privateSecret, publicSecret)
	}
	for _, name := range names {
		secret, err := secretmanager.NewSecret(s.ctx, s.name+"-"+name, &secretmanager.SecretArgs{
			SecretId: pulumi.String(s.args.Scope.Name(name)),
			Replication: secretmanager.SecretReplicationArgs{
				UserManaged: secretmanager.SecretReplicationUserManagedArgs{
					Replicas: secretmanager.SecretReplicationUserManagedReplicaArray{
						secretmanager.SecretReplicationUserManagedReplicaArgs{
							Location: pulumi.String(s.args.Region),
							CustomerManagedEncryption: secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs{
								KmsKeyName: s.own.keys["secrets"],
							},
						},
					},
				},
			},
			Labels: s.labels(naming.Secret),
		}, s.child())
		if err != nil {
			return err
		}
		s.own.secrets[name] = secret
	}
	return nil
}

// hold gives a secret a value, and is the version that has it. A value that is drawn is drawn once, whatever the
// program draws later.
func (s *stores) hold(name string, value pulumi.StringInput, drawn bool) (*secretmanager.SecretVersion, error) {
	opts := []pulumi.ResourceOption{s.child()}
	if drawn {
		opts = append(opts, pulumi.IgnoreChanges([]string{"secretData"}))
	}
	version, err := secretmanager.NewSecretVersion(s.ctx, s.name+"-"+name+"-version", &secretmanager.SecretVersionArgs{
		Secret:     s.own.secrets[name].ID(),
		SecretData: pulumi.ToSecret(value).(pulumi.StringOutput),
	}, opts...)
	if err != nil {
		return nil, err
	}
	s.own.held = append(s.own.held, version)
	return version, nil
}

// draw is a password that nobody has seen: 130 random bits, with a character of each kind that a policy may ask for.
func draw() string { return "Hv1-" + rand.Text() }
