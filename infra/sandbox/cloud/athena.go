package cloud

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Workgroups and saved queries: https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html and
// https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html.
func athenaTypes() []*Type {
	return []*Type{
		{
			Token: athenaWorkgroup, ID: func(c *Call) string { return c.text("name") },
			Unique: []Unique{{Property: "name",
				Taken: athena.says("CreateWorkGroup", "InvalidRequestException", "WorkGroup %s is already created")}},
			References: []Reference{toKey("configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn",
				athena.says("CreateWorkGroup", "InvalidRequestException", "KMS key %s is not found"))},
			Refuse:       firstOf(refuseWorkgroupName, refuseCutoff, refuseResults),
			Computed:     workgroupOutputs,
			RefuseDelete: refuseWorkgroupDelete,
		},
		{
			Token: athenaNamedQuery, ID: newUUID,
			References: []Reference{{Property: "workgroup", To: athenaWorkgroup, By: "name",
				When:     func(name string) bool { return name != "primary" },
				NotFound: athena.says("CreateNamedQuery", "InvalidRequestException", "WorkGroup %s is not found.")}},
			Refuse: refuseQuery,
		},
	}
}

var workgroupName = regexp.MustCompile(`^[0-9A-Za-z._-]{1,128}$`)

func refuseWorkgroupName(c *Call) error {
	if name := c.text("name"); !workgroupName.MatchString(name) {
		return fmt.Errorf("must contain only alphanumeric characters, periods, underscores, and hyphens: %q", name)
	}
	return nil
}

func refuseCutoff(c *Call) error {
	const least = 10485760
	if n, ok := c.number("configuration.bytesScannedCutoffPerQuery"); ok && n < least {
		return fmt.Errorf("expected bytes_scanned_cutoff_per_query to be at least (%d), got %d", least, n)
	}
	return nil
}

// refuseResults: https://docs.aws.amazon.com/athena/latest/APIReference/API_ResultConfiguration.html.
func refuseResults(c *Call) error {
	const results = "configuration.resultConfiguration."
	if location := c.text(results + "outputLocation"); location != "" && !strings.HasPrefix(location, "s3://") {
		return athena.says("CreateWorkGroup", "InvalidRequestException", "outputLocation is not a valid S3 path.")
	}
	withKey := strings.HasSuffix(c.text(results+"encryptionConfiguration.encryptionOption"), "_KMS")
	if withKey != (c.text(results+"encryptionConfiguration.kmsKeyArn") != "") {
		return athena.says("CreateWorkGroup", "InvalidRequestException",
			"A KMS key is required for SSE_KMS and CSE_KMS, and only for them")
	}
	return nil
}

func workgroupOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("arn", c.arn("athena", "workgroup/"+c.ID)).values
}

// refuseWorkgroupDelete: https://docs.aws.amazon.com/athena/latest/APIReference/API_DeleteWorkGroup.html.
func refuseWorkgroupDelete(c *Call) error {
	if c.flag("forceDestroy") {
		return nil
	}
	for _, query := range c.list(athenaNamedQuery) {
		if query.Text("workgroup") == c.ID {
			return athena.refuses("DeleteWorkGroup", "InvalidRequestException", "WorkGroup %s is not empty", c.ID)
		}
	}
	return nil
}

// refuseQuery: https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html.
func refuseQuery(c *Call) error {
	const most = 262144
	if size := len(c.text("query")); size > most {
		return fmt.Errorf("expected length of query to be in the range (1 - %d), got %d", most, size)
	}
	return nil
}
