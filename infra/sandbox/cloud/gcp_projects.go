package cloud

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// A project's services and what it logs: https://cloud.google.com/service-usage/docs/enable-disable and
// https://cloud.google.com/logging/docs/audit/configure-data-access.
func gcpProjectTypes() []*Type {
	return []*Type{
		{
			Token:    gcpService,
			ID:       func(c *Call) string { return c.Account + "/" + c.text("service") },
			Refuse:   refuseService,
			Computed: func(c *Call) map[string]property.Value { return c.outputs().fillText("project", c.Account).values },
			Retains:  staysEnabled,
		},
		{
			Token:  gcpAuditConfig,
			ID:     func(c *Call) string { return c.text("project") + "/audit_config/" + c.text("service") },
			Refuse: firstOf(needs("cloudresourcemanager.googleapis.com"), refuseProject, refuseAuditConfig),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().text("etag", "Bw"+digest(10, c.ID)+"=").values
			},
		},
	}
}

var serviceForm = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*\.googleapis\.com$`)

func refuseService(c *Call) error {
	if service := c.text("service"); service != "" && !serviceForm.MatchString(service) {
		return google.refuses("", "forbidden", "Not found or permission denied for service(s): %s.", service).withStatus(403)
	}
	return nil
}

// staysEnabled: what is not disabled with its resource is enabled still.
func staysEnabled(c *Call) []Retained {
	if c.flag("disableOnDestroy") {
		return nil
	}
	return []Retained{{Type: gcpService, ID: c.ID, Name: c.text("service"), Region: global, Account: c.Account}}
}

func refuseProject(c *Call) error {
	if project := c.text("project"); project != "" && project != c.Account {
		return google.says("", "forbidden", "The caller does not have permission").withStatus(403)
	}
	return nil
}

var logTypes = []string{"ADMIN_READ", "DATA_READ", "DATA_WRITE"}

func refuseAuditConfig(c *Call) error {
	service := c.text("service")
	if service != "allServices" && !strings.HasSuffix(service, ".googleapis.com") {
		return google.refuses("", "badRequest", "Audit config service %s is not valid.", service)
	}
	seen := map[string]bool{}
	for _, config := range props.Maps(c.Inputs, "auditLogConfigs[*]") {
		kind := Text(config, "logType")
		if !slices.Contains(logTypes, kind) || seen[kind] {
			return google.refuses("", "badRequest", "Invalid value at 'policy.audit_configs[0].audit_log_configs'"+
				" (type.googleapis.com/google.iam.v1.AuditLogConfig.LogType), \"%s\"", kind)
		}
		seen[kind] = true
	}
	return nil
}
