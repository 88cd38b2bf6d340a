package cloud

import (
	"slices"

	"haven/policy/props"
)

// refuseMasterUser: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html for managed
// passwords.
func refuseMasterUser(c *Call) error {
	if c.Old != nil || c.has("snapshotIdentifier") || c.has("replicateSourceDb") || c.has("restoreToPointInTime") {
		return nil
	}
	managed, user := c.flag("manageMasterUserPassword"), c.text("username")
	switch {
	case !c.has("username"):
		return instanceRefused("InvalidParameterValue",
			"The parameter MasterUsername must be provided and must not be blank.")
	case slices.Contains([]string{"rdsadmin", "rdsrepladmin"}, user):
		return instanceRefused("InvalidParameterValue",
			"MasterUsername %s cannot be used as it is a reserved word used by the engine", user)
	case managed && c.has("password"):
		return instanceRefused("InvalidParameterCombination",
			"You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.")
	case !managed && !c.has("password"):
		return instanceRefused("InvalidParameterValue",
			"The parameter MasterUserPassword must be provided and must not be blank.")
	case !managed && c.text("password") != "" && len(c.text("password")) < 8:
		return instanceRefused("InvalidParameterValue",
			"The parameter MasterUserPassword is not a valid password because it"+
				" is shorter than 8 characters.")
	case !managed && c.has("masterUserSecretKmsKeyId"):
		return instanceRefused("InvalidParameterCombination",
			"A ManageMasterUserPassword value is required when MasterUserSecretKmsKeyId is specified.")
	}
	return nil
}

// refuseMasterUserChange: who keeps the password changes in place, but not to nobody, and not to RDS where the instance
// has replicas or is one:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations.
func refuseMasterUserChange(c *Call) error {
	if c.Old == nil {
		return nil
	}
	refused := func(code, format string, args ...any) error {
		return rds.refuses("ModifyDBInstance", code, format, args...)
	}
	was, managed := props.Flag(c.Old.Inputs, "manageMasterUserPassword"), c.flag("manageMasterUserPassword")
	switch {
	case managed && c.has("password"):
		return refused("InvalidParameterCombination",
			"You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.")
	case was && !managed && !c.has("password"):
		return refused("InvalidParameterCombination",
			"MasterUserPassword is required when ManageMasterUserPassword is false.")
	case managed && !was && len(replicasOf(c, c.Old.Text("arn"))) > 0:
		return refused("InvalidParameterValue", "Enabling ManageMasterUserPassword for source instance with engine %s"+
			" that has read replicas is not supported.", c.Old.Text("engine"))
	case managed && c.has("replicateSourceDb"):
		return refused("InvalidParameterValue", "ManageMasterUserPassword isn't supported for read replica")
	}
	return nil
}
