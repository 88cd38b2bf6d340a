package offsite

import (
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/google"
	"haven/components/naming"
)

const (
	// rotation is how often a key gets a new version. Older ones still open what they closed.
	rotation = 90 * 24 * time.Hour
	// destruction is how long a version that somebody destroyed can be restored.
	destruction = 30 * 24 * time.Hour
)

// users are the services that encrypt with a key of their own, by the key's name.
var users = []struct{ key, service string }{
	{"cache", "redis"}, {"database", "sqladmin"}, {"files", "file"}, {"secrets", "secretmanager"},
}

// encrypt makes the keys, and lets each service's agent use its own and nobody else. A ring's name is never free again,
// so that the ring is named by Pulumi: the tenant can be brought back once more.
// https://cloud.google.com/kms/docs/cmek
func (s *stores) encrypt() error {
	ring, err := kms.NewKeyRing(s.ctx, s.name+"-ring", &kms.KeyRingArgs{
		Location: pulumi.String(s.args.Region),
	}, s.kept())
	if err != nil {
		return err
	}
	for _, user := range users {
		key, err := kms.NewCryptoKey(s.ctx, s.name+"-"+user.key+"-key", &kms.CryptoKeyArgs{
			Name:                     pulumi.String(s.args.Scope.Name(user.key)),
			KeyRing:                  ring.ID(),
			Purpose:                  pulumi.String("ENCRYPT_DECRYPT"),
			RotationPeriod:           pulumi.String(google.Seconds(rotation)),
			DestroyScheduledDuration: pulumi.String(google.Seconds(destruction)),
			Labels:                   s.labels(naming.Secret),
		}, s.kept())
		if err != nil {
			return err
		}
		agent, err := projects.NewServiceIdentity(s.ctx, s.name+"-"+user.key+"-agent", &projects.ServiceIdentityArgs{
			Service: pulumi.String(user.service + ".googleapis.com"),
		}, s.child())
		if err != nil {
			return err
		}
		admitted, err := kms.NewCryptoKeyIAMMember(s.ctx, s.name+"-"+user.key+"-key-user", &kms.CryptoKeyIAMMemberArgs{
			CryptoKeyId: key.ID(),
			Role:        pulumi.String("roles/cloudkms.cryptoKeyEncrypterDecrypter"),
			Member:      agent.Member,
		}, s.child())
		if err != nil {
			return err
		}
		s.own.keys[user.key] = admitted.CryptoKeyId
	}
	return nil
}
