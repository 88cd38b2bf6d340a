package mirror

import (
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/google"
	"haven/components/mirror/limits"
	"haven/components/naming"
)

const (
	day = 24 * time.Hour
	// rotation is how often the key gets a new version. Older ones still open what they closed.
	rotation = 90 * day
	// destruction is how long a version that somebody destroyed can be restored.
	destruction = 90 * day
)

// encrypt makes the key, and lets the agent of Cloud Storage use it and nobody else. A ring's name is never free again,
// so that the ring is named by Pulumi: after a teardown the mirror can be made anew.
// https://cloud.google.com/kms/docs/resource-hierarchy
func (b *builder) encrypt() error {
	protected := pulumi.Protect(b.args.Protected)
	ring, err := kms.NewKeyRing(b.ctx, b.name+"-ring", &kms.KeyRingArgs{
		Location: pulumi.String(limits.KeyLocation(b.args.Location)),
	}, b.parent(), b.enabled(), protected)
	if err != nil {
		return err
	}
	key, err := kms.NewCryptoKey(b.ctx, b.name+"-key", &kms.CryptoKeyArgs{
		Name:                     pulumi.String(b.args.Scope.Name("key")),
		KeyRing:                  ring.ID(),
		Purpose:                  pulumi.String("ENCRYPT_DECRYPT"),
		RotationPeriod:           pulumi.String(google.Seconds(rotation)),
		DestroyScheduledDuration: pulumi.String(google.Seconds(destruction)),
		Labels:                   labels(b.args.Scope, naming.Secret),
	}, b.parent(), protected)
	if err != nil {
		return err
	}
	agent := storage.GetProjectServiceAccountOutput(b.ctx, storage.GetProjectServiceAccountOutputArgs{
		Project: b.project,
	}, b.parent())
	user, err := kms.NewCryptoKeyIAMMember(b.ctx, b.name+"-key-user", &kms.CryptoKeyIAMMemberArgs{
		CryptoKeyId: key.ID(),
		Role:        pulumi.String("roles/cloudkms.cryptoKeyEncrypterDecrypter"),
		Member:      agent.Member(),
	}, b.parent())
	if err != nil {
		return err
	}
	b.own.KeyID = user.CryptoKeyId
	return nil
}
