package mirror

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/google"
)

// services are what a mirror is made of.
var services = []string{
	"cloudasset.googleapis.com",
	"cloudkms.googleapis.com",
	"cloudresourcemanager.googleapis.com",
	"logging.googleapis.com",
	"monitoring.googleapis.com",
	"pubsub.googleapis.com",
	"storage.googleapis.com",
	"storagetransfer.googleapis.com",
}

// enable turns the project's services on. A service's agent can be asked for only after that, so the project that is
// asked about is known no earlier, in a preview neither.
func (b *builder) enable() error {
	services, err := google.Enable(b.ctx, b.name, services, b.parent())
	if err != nil {
		return err
	}
	var enabled []any
	for _, on := range services {
		b.services = append(b.services, on)
		enabled = append(enabled, on.ID())
	}
	project := b.args.Project
	b.project = pulumi.All(enabled...).ApplyT(func([]any) string { return project }).(pulumi.StringOutput)
	b.own.Project = b.project
	return nil
}

// audit logs every call to every service, whoever makes it. Dumps are counted in these logs.
func (b *builder) audit() error {
	return google.Audit(b.ctx, b.name+"-audit", b.args.Project, b.parent(), b.enabled())
}
