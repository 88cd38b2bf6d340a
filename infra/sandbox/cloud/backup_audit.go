package cloud

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

const backupReportsService = "reports.backup.amazonaws.com"

// Frameworks and reports: https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-audit-manager.html, and
// what a region backs up at all: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html.
func backupAuditTypes() []*Type {
	return []*Type{
		{
			Token: backupFramework, ID: func(c *Call) string { return c.text("name") },
			Unique: []Unique{{Property: "name", Taken: backup.says("CreateFramework", "AlreadyExistsException",
				"A framework of the name %s exists already.")}},
			Refuse: firstOf(refuseAuditName("CreateFramework"), refuseControls, tooManyControls), Computed: frameworkOutputs,
		},
		{
			Token: backupReportPlan, ID: func(c *Call) string { return c.text("name") },
			References: []Reference{{Property: "reportSetting.frameworkArns[*]", To: backupFramework, By: "arn",
				NotFound: backup.says("CreateReportPlan", "ResourceNotFoundException", "Framework %s does not exist.")}},
			Unique: []Unique{{Property: "name", Taken: backup.says("CreateReportPlan", "AlreadyExistsException",
				"A report plan of the name %s exists already.")}},
			Refuse:   firstOf(refuseAuditName("CreateReportPlan"), refuseReport, refuseReportBucket),
			Computed: reportPlanOutputs,
		},
		{
			Token: backupRegionSettings, ID: func(c *Call) string { return c.Region },
			Refuse: refuseResourceTypes, Computed: regionSettingsOutputs,
		},
	}
}

var auditName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,255}$`)

func refuseAuditName(operation string) check {
	return func(c *Call) error {
		if name := c.text("name"); name != "" && !auditName.MatchString(name) {
			return backup.refuses(operation, "InvalidParameterValueException",
				"The name %s must be 1 to 256 letters, digits and underscores, a letter first.", name)
		}
		return nil
	}
}

// controlParameters are the controls with the parameters that each takes; a number is the most it may be, 0 says that
// the parameter is none: https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html.
var controlParameters = map[string]map[string]int{
	"BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN": {},
	"BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK": {
		"requiredFrequencyUnit": 0, "requiredFrequencyValue": 31, "requiredRetentionDays": longestRetention,
	},
	"BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED": {"principalArnList": 0},
	"BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK":  {"requiredRetentionDays": longestRetention},
	"BACKUP_RECOVERY_POINT_ENCRYPTED":                {},
	"BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION":     {"crossRegionList": 0},
	"BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT":    {"crossAccountList": 0},
	"BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK": {
		"minRetentionDays": longestRetention, "maxRetentionDays": longestRetention,
	},
	"BACKUP_LAST_RECOVERY_POINT_CREATED":      {"recoveryPointAgeUnit": 0, "recoveryPointAgeValue": 744},
	"RESTORE_TIME_FOR_RESOURCES_MEET_TARGET":  {"maxRestoreTime": 10080},
	"RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT": {"recoveryPointAgeUnit": 0, "recoveryPointAgeValue": 744},
}

func controlsRefused(format string, args ...any) error {
	return backup.refuses("CreateFramework", "InvalidParameterValueException", format, args...)
}

func refuseControls(c *Call) error {
	for _, control := range props.Maps(c.Inputs, "controls[*]") {
		name := Text(control, "name")
		parameters, known := controlParameters[name]
		if name != "" && !known {
			return controlsRefused("Invalid control name %s.", name)
		}
		if err := refuseScope(name, control.Get("scope")); err != nil {
			return err
		}
		for _, given := range props.Maps(control, "inputParameters[*]") {
			if err := refuseParameter(name, parameters, Text(given, "name"), Text(given, "value")); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuseScope: a control judges types of resources, or what carries a tag, or resources of a type by their IDs.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ControlScope.html
func refuseScope(control string, scope property.Value) error {
	if !scope.IsMap() {
		return nil
	}
	given := scope.AsMap()
	tags, kinds := given.Get("tags"), props.Texts(given, "complianceResourceTypes[*]")
	ids := props.Texts(given, "complianceResourceIds[*]")
	switch {
	case tags.IsMap() && tags.AsMap().Len() > 1:
		return controlsRefused("The scope of control %s has more than one tag.", control)
	case tags.IsMap() && len(kinds)+len(ids) > 0:
		return controlsRefused("The scope of control %s has a tag and resources, expected one of the two.", control)
	case len(ids) > 0 && len(kinds) != 1:
		return controlsRefused("The scope of control %s has IDs of other than one type.", control)
	}
	return nil
}

func refuseParameter(control string, parameters map[string]int, name, value string) error {
	most, known := parameters[name]
	number, err := strconv.Atoi(value)
	switch {
	case !known:
		return controlsRefused("The control %s has no parameter %s, only %v.", control, name,
			slices.Sorted(maps.Keys(parameters)))
	case most > 0 && (err != nil || number < 1 || number > most):
		return controlsRefused("The parameter %s of %s is a number of 1 to %d, got %s.", name, control, most, value)
	case (name == "requiredFrequencyUnit" || name == "recoveryPointAgeUnit") && value != "hours" && value != "days":
		return controlsRefused("The parameter %s of %s is hours or days, got %s.", name, control, value)
	}
	return nil
}

// tooManyControls: https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html.
func tooManyControls(c *Call) error {
	wanted := len(props.Maps(c.Inputs, "controls[*]"))
	for _, other := range c.others(c.list(backupFramework)) {
		wanted += len(props.Maps(other.Inputs, "controls[*]"))
	}
	return c.within(controlsPerRegion, wanted, tooManyOf("CreateFramework", "controls"))
}

// frameworkOutputs: a framework is rules of AWS Config, which cannot be made where nothing is recorded. AWS makes the
// framework all the same and says that its deployment failed.
func frameworkOutputs(c *Call) map[string]property.Value {
	status := "COMPLETED"
	if len(c.list(cfgRecorder)) == 0 {
		status = "FAILED"
	}
	return c.outputs().
		text("arn", c.arn("backup", "framework:"+c.ID+"-"+uuid(digest(32, c.Account, c.Region, c.ID)))).
		keep("creationTime", property.New(c.Now.UTC().Format(time.RFC3339))).
		text("deploymentStatus", status).
		text("status", "ACTIVE").
		values
}

// refuseReport: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ReportSetting.html.
func refuseReport(c *Call) error {
	template := c.text("reportSetting.reportTemplate")
	about := template == "RESOURCE_COMPLIANCE_REPORT" || template == "CONTROL_COMPLIANCE_REPORT"
	frameworks := len(props.At(c.Inputs, "reportSetting.frameworkArns[*]"))
	if template != "" && about != (frameworks > 0) {
		return backup.refuses("CreateReportPlan", "InvalidParameterValueException",
			"Frameworks are named for compliance reports, and for no others: %s names %d.", template, frameworks)
	}
	return nil
}

// refuseReportBucket: whether the bucket takes the reports shows when the first one is delivered.
func refuseReportBucket(c *Call) error {
	name := c.text("reportDeliveryChannel.s3BucketName")
	if _, found := c.findBucket(name); name != "" && !found {
		return backup.refuses("CreateReportPlan", "InvalidParameterValueException", "The bucket %s does not exist.", name)
	}
	return nil
}

func reportPlanOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("backup", "report-plan:"+c.ID+"-"+uuid(digest(32, c.Account, c.Region, c.ID)))).
		keep("creationTime", property.New(c.Now.UTC().Format(time.RFC3339))).
		text("deploymentStatus", "COMPLETED").
		values
}

// backedUpTypes are the names that AWS Backup has for types of resources.
var backedUpTypes = []string{
	"Aurora", "CloudFormation", "DSQL", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "EKS", "FSx", "Neptune", "RDS",
	"Redshift", "Redshift Serverless", "S3", "SAP HANA on Amazon EC2", "Storage Gateway", "Timestream", "VirtualMachine",
}

func refuseResourceTypes(c *Call) error {
	for _, path := range []string{"resourceTypeOptInPreference", "resourceTypeManagementPreference"} {
		given := c.Inputs.Get(path)
		if !given.IsMap() {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(given.AsMap().AsMap())) {
			if !slices.Contains(backedUpTypes, name) {
				return backup.refuses("UpdateRegionSettings", "InvalidParameterValueException",
					"Invalid resource type: %s", name)
			}
		}
	}
	return nil
}

func regionSettingsOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fill("resourceTypeManagementPreference", object(map[string]property.Value{
			"CloudFormation": property.New(true), "DSQL": property.New(true), "DynamoDB": property.New(false),
			"EFS": property.New(true),
		})).
		values
}
