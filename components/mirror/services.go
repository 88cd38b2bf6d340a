package mirror

import (
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// services are what a mirror is made of. They stay enabled when the stack goes: whoever disables one stops what others
// have in the project.
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
	var enabled []any
	for _, service := range services {
		short, _, _ := strings.Cut(service, ".")
		on, err := projects.NewService(b.ctx, b.name+"-"+short, &projects.ServiceArgs{
			Service:          pulumi.String(service),
			DisableOnDestroy: pulumi.Bool(false),
		}, b.parent())
		if err != nil {
			return err
		}
		b.services = append(b.services, on)
		enabled = append(enabled, on.ID())
	}
	project := b.args.Project
	b.project = pulumi.All(enabled...).ApplyT(func([]any) string { return project }).(pulumi.StringOutput)
	b.own.Project = b.project
	return nil
}

// logTypes are what Google Cloud does not log by itself: who reads what, settings included, and who writes data.
// https://cloud.google.com/logging/docs/audit/configure-data-access
var logTypes = []string{"ADMIN_READ", "DATA_READ", "DATA_WRITE"}

// audit logs every call to every service, whoever makes it. Dumps are counted in these logs.
func (b *builder) audit() error {
	var logged projects.IAMAuditConfigAuditLogConfigArray
	for _, kind := range logTypes {
		logged = append(logged, projects.IAMAuditConfigAuditLogConfigArgs{LogType: pulumi.String(kind)})
	}
	_, err := projects.NewIAMAuditConfig(b.ctx, b.name+"-audit", &projects.IAMAuditConfigArgs{
		Project:         pulumi.String(b.args.Project),
		Service:         pulumi.String("allServices"),
		AuditLogConfigs: logged,
	}, b.parent(), b.enabled())
	return err
}
