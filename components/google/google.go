package google

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// Seconds is a duration as Google's services write it.
func Seconds(d time.Duration) string { return fmt.Sprintf("%ds", int(d.Seconds())) }

// Labels are the tags that every resource carries, as Google Cloud's labels take them: lower-case letters, digits,
// hyphens and underscores.
// https://cloud.google.com/resource-manager/docs/labels-overview#requirements
func Labels(scope naming.Scope, component string, class naming.Classification) pulumi.StringMap {
	fold := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}
	all := pulumi.StringMap{}
	for key, value := range scope.Tags(component, "", class) {
		if key != "Name" {
			all[key] = pulumi.String(strings.Map(fold, strings.ToLower(value)))
		}
	}
	return all
}

// Enable turns a project's services on. They stay enabled when the stack goes: whoever disables one stops what others
// have in the project.
func Enable(ctx *pulumi.Context, name string, services []string, opts ...pulumi.ResourceOption) (
	[]*projects.Service, error,
) {
	var enabled []*projects.Service
	for _, service := range services {
		short, _, _ := strings.Cut(service, ".")
		on, err := projects.NewService(ctx, name+"-"+short, &projects.ServiceArgs{
			Service:          pulumi.String(service),
			DisableOnDestroy: pulumi.Bool(false),
		}, opts...)
		if err != nil {
			return nil, err
		}
		enabled = append(enabled, on)
	}
	return enabled, nil
}

// logTypes are what Google Cloud does not log by itself: who reads what, settings included, and who writes data.
// https://cloud.google.com/logging/docs/audit/configure-data-access
var logTypes = []string{"ADMIN_READ", "DATA_READ", "DATA_WRITE"}

// Audit logs every call to every service of a project, whoever makes it.
func Audit(ctx *pulumi.Context, name, project string, opts ...pulumi.ResourceOption) error {
	var logged projects.IAMAuditConfigAuditLogConfigArray
	for _, kind := range logTypes {
		logged = append(logged, projects.IAMAuditConfigAuditLogConfigArgs{LogType: pulumi.String(kind)})
	}
	_, err := projects.NewIAMAuditConfig(ctx, name, &projects.IAMAuditConfigArgs{
		Project:         pulumi.String(project),
		Service:         pulumi.String("allServices"),
		AuditLogConfigs: logged,
	}, opts...)
	return err
}
