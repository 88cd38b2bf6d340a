package cloud

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Plans and what they back up: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupPlan.html.
func backupPlanTypes() []*Type {
	return []*Type{
		{
			Token: backupPlan, ID: func(*Call) string { return uuid(randomHex(32)) },
			References: []Reference{
				toVault("rules[*].targetVaultName", "CreateBackupPlan"),
				{Property: "rules[*].copyActions[*].destinationVaultArn", To: backupVault, By: "arn", Region: "any",
					Or: []Target{{backupAirGappedVault, "arn"}},
					NotFound: backup.says("CreateBackupPlan", "ResourceNotFoundException",
						"Backup vault %s does not exist.")},
			},
			Refuse: firstOf(refusePlanName, refusePlanRules,
				oneMore(backupPlansPerRegion, tooManyOf("CreateBackupPlan", "backup plans"))),
			Computed: planOutputs,
		},
		{
			Token: backupSelection, ID: func(*Call) string { return uuid(randomHex(32)) },
			References: []Reference{
				{Property: "planId", To: backupPlan, By: "id",
					NotFound: backup.says("CreateBackupSelection", "InvalidParameterValueException",
						"Cannot find Backup plan with ID %s"),
					InUse: backup.says("DeleteBackupPlan", "InvalidRequestException",
						"Related backup plan selections must be deleted prior to backup plan deletion")},
				toRole("iamRoleArn", backupRoleRefused("CreateBackupSelection")),
			},
			Refuse: firstOf(refuseSelectionName, refuseEmptySelection, refuseBackupRole("CreateBackupSelection"),
				refuseRoleWithoutTags),
		},
	}
}

var planName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,50}$`)

func refusePlanName(c *Call) error {
	if name := c.text("name"); name != "" && !planName.MatchString(name) {
		return backup.says("CreateBackupPlan", "InvalidParameterValueException",
			"Backup plan name must contain 1 to 50 alphanumeric or '-_.' characters.")
	}
	return nil
}

func planRefused(format string, args ...any) error {
	return backup.refuses("CreateBackupPlan", "InvalidParameterValueException", format, args...)
}

// refusePlanRules: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html.
func refusePlanRules(c *Call) error {
	seen := map[string]bool{}
	for _, rule := range props.Maps(c.Inputs, "rules[*]") {
		name := Text(rule, "ruleName")
		switch {
		case name != "" && !planName.MatchString(name):
			return fmt.Errorf("invalid value for rule_name (must contain only alphanumeric characters, hyphens, underscores,"+
				" and periods, 1 to 50 of them): %q", name)
		case name != "" && seen[name]:
			return planRefused("Duplicate rule name %s.", name)
		}
		seen[name] = true
		for _, check := range []func(property.Map) error{refuseSchedule, refuseBackupWindows, refuseLifecycles} {
			if err := check(rule); err != nil {
				return err
			}
		}
	}
	return nil
}

func refuseSchedule(rule property.Map) error {
	if schedule := Text(rule, "schedule"); schedule != "" && !isCron(schedule) && !rateForm.MatchString(schedule) {
		return planRefused("Invalid schedule expression: %s", schedule)
	}
	return nil
}

// refuseBackupWindows: a job has an hour to start at least, and another to end.
func refuseBackupWindows(rule property.Map) error {
	start, hasStart := numberAt(rule, "startWindow")
	end, hasEnd := numberAt(rule, "completionWindow")
	switch {
	case hasStart && start < 60:
		return planRefused("Start window must be at least 60 minutes, got %d.", start)
	case hasStart && hasEnd && end < start+60:
		return planRefused("Completion window must be at least 60 minutes longer than the start window.")
	}
	return nil
}

// refuseLifecycles: what goes into cold storage stays there for 90 days at least; a continuous backup is kept for 35
// days at most. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
func refuseLifecycles(rule property.Map) error {
	lifecycles := append(props.Maps(rule, "lifecycle"), props.Maps(rule, "copyActions[*].lifecycle")...)
	for _, lifecycle := range lifecycles {
		cold, hasCold := numberAt(lifecycle, "coldStorageAfter")
		end, hasEnd := numberAt(lifecycle, "deleteAfter")
		switch {
		case hasEnd && end < 1:
			return planRefused("DeleteAfterDays must be at least 1, got %d.", end)
		case hasCold && hasEnd && end < cold+90:
			return planRefused("DeleteAfterDays cannot be less than 90 days from MoveToColdStorageAfterDays")
		case props.Flag(rule, "enableContinuousBackup") && (!hasEnd || end > 35 || hasCold):
			return planRefused("Continuous backups are kept for 1 to 35 days, in warm storage.")
		}
	}
	return nil
}

func planOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("backup", "backup-plan:"+c.ID)).
		text("version", digest(40, c.ID, fmt.Sprint(c.Inputs.Get("rules")))).
		values
}

func refuseSelectionName(c *Call) error {
	if name := c.text("name"); name != "" && !planName.MatchString(name) {
		return fmt.Errorf("invalid value for name (must contain only alphanumeric, hyphen, underscore, and period"+
			" characters, 1 to 50 of them): %q", name)
	}
	return nil
}

func refuseEmptySelection(c *Call) error {
	if !c.has("resources") && !c.has("selectionTags") && !c.has("conditions") {
		return backup.says("CreateBackupSelection", "InvalidParameterValueException",
			"Either ListOfTags or Resources section must be non-empty")
	}
	return nil
}

func backupRoleRefused(operation string) Error {
	return backup.says(operation, "InvalidParameterValueException", "IAM Role %s cannot be assumed by AWS Backup")
}

// refuseBackupRole: https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html.
func refuseBackupRole(operation string) check {
	return func(c *Call) error {
		role, found := c.findGlobal(iamRole, "arn", c.text("iamRoleArn"))
		if found && !trusts(role, backupService, c.arn("backup", "backup-plan:*")) {
			return backupRoleRefused(operation).With(c.text("iamRoleArn"))
		}
		return nil
	}
}

// refuseRoleWithoutTags: AWS Backup finds what to back up by the role itself. A role with a managed policy is taken to
// have what the policy is made for.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
func refuseRoleWithoutTags(c *Call) error {
	arn := c.text("iamRoleArn")
	role, found := c.findGlobal(iamRole, "arn", arn)
	if !found || c.roleMay(role.Text("name"), "tag:GetResources") {
		return nil
	}
	return backup.refuses("CreateBackupSelection", "InvalidParameterValueException",
		"IAM Role %s is not authorized to call tag:GetResources", arn)
}

// roleMay says whether one of a role's own policies allows an action on everything, or it has a managed one.
func (c *Call) roleMay(role, action string) bool {
	ofRole := func(r Resource) bool { return r.Text("role") == role }
	if slices.ContainsFunc(c.listGlobal(iamRolePolicyAttachment), ofRole) {
		return true
	}
	return slices.ContainsFunc(c.listGlobal(iamRolePolicy), func(policy Resource) bool {
		document, err := parsePolicy(policy.Text("policy"))
		return ofRole(policy) && err == nil && slices.ContainsFunc(document.Statement, func(s statement) bool {
			return s.Effect == "Allow" && s.covers(action, "*")
		})
	})
}
