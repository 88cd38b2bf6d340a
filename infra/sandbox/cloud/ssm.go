package cloud

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Documents and settings: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html.
func ssmTypes() []*Type {
	return []*Type{
		{
			Token: ssmDocument, ID: func(c *Call) string { return c.text("name") },
			Unique: []Unique{{Property: "name", Taken: ssm.says("CreateDocument", "DocumentAlreadyExists",
				"Document with same name %s already exists")}},
			Refuse: firstOf(refuseDocumentName, refuseDocumentContent), Computed: documentOutputs,
		},
		{
			// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateServiceSetting.html
			Token: ssmServiceSetting, ID: func(c *Call) string { return c.text("settingId") },
			Refuse: refuseSetting, Computed: settingOutputs,
		},
	}
}

var (
	documentName     = regexp.MustCompile(`^[a-zA-Z0-9_.:/-]{3,128}$`)
	reservedDocument = regexp.MustCompile(`(?i)^(aws|amazon|amzn)`)
)

func refuseDocumentName(c *Call) error {
	name := c.text("name")
	if name != "" && (!documentName.MatchString(name) || reservedDocument.MatchString(name)) {
		return ssm.says("CreateDocument", "ValidationException", "1 validation error detected: Value at 'name' failed to"+
			" satisfy constraint: Member must satisfy regular expression pattern: "+documentName.String()+
			", and not begin with aws, amazon or amzn")
	}
	return nil
}

// refuseDocumentContent: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html.
func refuseDocumentContent(c *Call) error {
	text := c.text("content")
	if format := c.text("documentFormat"); text == "" || format != "" && format != "JSON" {
		return nil
	}
	var document struct {
		SchemaVersion string
		SessionType   string
	}
	refused := func(problem string) error {
		return ssm.says("CreateDocument", "InvalidDocumentContent", problem)
	}
	switch err := json.Unmarshal([]byte(text), &document); {
	case err != nil:
		return refused("JSON not well-formed.")
	case document.SchemaVersion == "":
		return refused("Required schemaVersion property missing from document.")
	case c.text("documentType") == "Session" && document.SchemaVersion != "1.0":
		return refused("Document schema version, " + document.SchemaVersion + ", is not supported by this document type.")
	case c.text("documentType") == "Session" && document.SessionType == "":
		return refused("Required sessionType property missing from document.")
	}
	return nil
}

func documentOutputs(c *Call) map[string]property.Value {
	content := c.text("content")
	version := "1"
	if c.Old != nil {
		version = c.Old.Text("documentVersion")
		if c.Old.Text("content") != content {
			version = after(version)
		}
	}
	var described struct{ SchemaVersion, Description string }
	_ = json.Unmarshal([]byte(content), &described) // what is no JSON describes nothing
	return c.outputs().
		text("arn", c.arn("ssm", "document/"+c.ID)).
		keep("createdDate", property.New(c.Now.UTC().Format(time.RFC3339))).
		text("defaultVersion", version).
		text("latestVersion", version).
		text("documentVersion", version).
		text("description", described.Description).
		text("schemaVersion", described.SchemaVersion).
		text("hash", digest(64, content)).
		text("hashType", "Sha256").
		text("owner", c.Account).
		text("status", "Active").
		set("parameters", property.New([]property.Value{})).
		set("platformTypes", strs("Linux", "MacOS", "Windows")).
		values
}

// after is the number of the next version.
func after(version string) string {
	number, _ := strconv.Atoi(version) // versions are the sandbox's own
	return strconv.Itoa(number + 1)
}

// serviceSettings: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetServiceSetting.html.
var serviceSettings = []string{
	"/ssm/appmanager/appmanager-enabled",
	"/ssm/automation/customer-script-log-destination",
	"/ssm/automation/customer-script-log-group-name",
	"/ssm/automation/enable-adaptive-concurrency",
	"/ssm/documents/console/public-sharing-permission",
	"/ssm/managed-instance/activation-tier",
	"/ssm/managed-instance/default-ec2-instance-management-role",
	"/ssm/opsinsights/opscenter",
	"/ssm/parameter-store/default-parameter-tier",
	"/ssm/parameter-store/high-throughput-enabled",
}

// settingPath is a setting's name, which may be given as an ARN of the call's account and region.
func settingPath(c *Call) string {
	return strings.TrimPrefix(c.text("settingId"), c.arn("ssm", "servicesetting"))
}

func refuseSetting(c *Call) error {
	if c.has("settingId") && !slices.Contains(serviceSettings, settingPath(c)) {
		return ssm.refuses("UpdateServiceSetting", "ServiceSettingNotFound", "The specified service setting wasn't"+
			" found: %s. Either the service name or the setting hasn't been provisioned by the service team.",
			c.text("settingId"))
	}
	return nil
}

func settingOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("ssm", "servicesetting"+settingPath(c))).
		text("status", "Customized").
		values
}
