package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Restore tests: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html.
func backupTestingTypes() []*Type {
	return []*Type{
		{
			Token: backupTestingPlan, ID: func(c *Call) string { return c.text("name") },
			Unique: []Unique{{Property: "name", Taken: backup.says("CreateRestoreTestingPlan", "AlreadyExistsException",
				"A restore testing plan of the name %s exists already.")}},
			Refuse: firstOf(refuseTestName, refuseTestingPlan,
				oneMore(testingPlansPerRegion, tooManyOf("CreateRestoreTestingPlan", "restore testing plans"))),
			Computed: testingPlanOutputs,
		},
		{
			Token: backupTestingSelection, ID: func(c *Call) string { return c.text("name") },
			References: []Reference{
				{Property: "restoreTestingPlanName", To: backupTestingPlan, By: "name",
					NotFound: backup.says("CreateRestoreTestingSelection", "ResourceNotFoundException",
						"The restore testing plan %s does not exist."),
					InUse: backup.says("DeleteRestoreTestingPlan", "InvalidRequestException",
						"The restore testing plan %s has selections: delete them first.")},
				toRole("iamRoleArn", backupRoleRefused("CreateRestoreTestingSelection")),
			},
			Refuse: firstOf(refuseTestName, refuseTestedResources, refuseOverrides,
				inRange("validationWindowHours", "validation_window_hours", 1, 168),
				refuseBackupRole("CreateRestoreTestingSelection")),
			Computed: testingSelectionOutputs,
		},
	}
}

var testName = regexp.MustCompile(`^[0-9A-Za-z_]{1,50}$`)

func refuseTestName(c *Call) error {
	if name := c.text("name"); name != "" && !testName.MatchString(name) {
		return fmt.Errorf("attribute name must contain only alphanumeric characters, and underscores, 1 to 50 of them,"+
			" got: %s", name)
	}
	return nil
}

// refuseTestingPlan: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html.
func refuseTestingPlan(c *Call) error {
	refused := func(format string, args ...any) error {
		return backup.refuses("CreateRestoreTestingPlan", "InvalidParameterValueException", format, args...)
	}
	const selection = "recoveryPointSelection."
	algorithm, schedule := c.text(selection+"algorithm"), c.text("scheduleExpression")
	vaults := slices.Concat(c.texts(selection+"includeVaults[*]"), c.texts(selection+"excludeVaults[*]"))
	switch {
	case schedule != "" && !isCron(schedule):
		return refused("Invalid schedule expression: %s", schedule)
	case algorithm != "" && algorithm != "LATEST_WITHIN_WINDOW" && algorithm != "RANDOM_WITHIN_WINDOW":
		return refused("Invalid recovery point selection algorithm: %s", algorithm)
	case slices.ContainsFunc(c.texts(selection+"recoveryPointTypes[*]"), func(kind string) bool {
		return kind != "CONTINUOUS" && kind != "SNAPSHOT"
	}):
		return refused("Invalid recovery point type: it is CONTINUOUS or SNAPSHOT.")
	case slices.ContainsFunc(vaults, func(vault string) bool {
		return vault != "*" && !strings.Contains(vault, ":backup-vault:")
	}):
		return refused("A vault is named by its ARN, or all by *.")
	}
	return firstOf(inRange("startWindowHours", "start_window_hours", 1, 168),
		inRange(selection+"selectionWindowDays", "selection_window_days", 1, 365))(c)
}

func testingPlanOutputs(c *Call) map[string]property.Value {
	id := uuid(digest(32, c.Account, c.Region, c.ID))
	return c.outputs().
		text("arn", c.arn("backup", "restore-testing-plan:"+c.ID+"-"+id)).
		fillText("scheduleExpressionTimezone", "Etc/UTC").
		fill("startWindowHours", num(24)).
		values
}

// overridable are the keys of restore metadata that a selection may give, of the types that the sandbox has, with
// whether the value is a list:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html.
var overridable = map[string]map[string]bool{
	"EFS": {"kmsKeyId": false, "performanceMode": false},
	"RDS": {
		"allocatedStorage": false, "availabilityZones": true, "dbInstanceClass": false, "dbName": false,
		"dbParameterGroupName": false, "dbSubnetGroupName": false, "domain": false, "domainIamRoleName": false,
		"enableCloudwatchLogsExports": true, "enableIamDatabaseAuthentication": false, "iops": false,
		"licensemodel": false, "multiAz": false, "optionGroupName": false, "port": false, "processorFeatures": false,
		"publiclyAccessible": false, "storageType": false, "vpcSecurityGroupIds": true,
	},
}

func selectionRefused(format string, args ...any) error {
	return backup.refuses("CreateRestoreTestingSelection", "InvalidParameterValueException", format, args...)
}

// refuseTestedResources:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html.
func refuseTestedResources(c *Call) error {
	kind := c.text("protectedResourceType")
	if _, known := overridable[kind]; kind != "" && !known {
		return selectionRefused("%s is not a type of resources that the sandbox tests.", kind)
	}
	if c.has("protectedResourceArns") == c.has("protectedResourceConditions") {
		return fmt.Errorf("exactly one of these attributes must be configured: [protected_resource_arns," +
			"protected_resource_conditions]")
	}
	return nil
}

func refuseOverrides(c *Call) error {
	overrides := c.Inputs.Get("restoreMetadataOverrides")
	if !overrides.IsMap() {
		return nil
	}
	kind := c.text("protectedResourceType")
	given := overrides.AsMap()
	for _, key := range slices.Sorted(maps.Keys(given.AsMap())) {
		isList, known := overridable[kind][key]
		if !known {
			return selectionRefused("The restore metadata %s of %s cannot be overridden.", key, kind)
		}
		var list []string
		if value := given.Get(key); isList && value.IsString() && json.Unmarshal([]byte(value.AsString()), &list) != nil {
			return selectionRefused("The restore metadata %s is a JSON array of texts.", key)
		}
	}
	return nil
}

// testingSelectionOutputs: AWS does not change which resources a selection protects, and does not say so either.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRestoreTestingSelection.html
func testingSelectionOutputs(c *Call) map[string]property.Value {
	out := c.outputs().fill("validationWindowHours", num(1))
	if c.has("protectedResourceArns") {
		out.keep("protectedResourceArns", c.Inputs.Get("protectedResourceArns"))
	}
	return out.values
}
