package cloud

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// accountTypes are the settings of an account, or of an account in a region: there is one of each, which is set anew
// and never refused for being there.
func accountTypes() []*Type {
	return []*Type{
		{
			// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableEbsEncryptionByDefault.html
			Token: ebsEncryptionByDefault, ID: func(*Call) string { return "terraform-" + randomHex(26) },
		},
		{
			// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html
			Token: ebsDefaultKey, ID: func(c *Call) string { return c.text("keyArn") },
			References: []Reference{toKey("keyArn",
				ec2.says("ModifyEbsDefaultKmsKeyId", "InvalidParameterValue", "The KMS key '%s' does not exist"))},
		},
		{
			// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableSnapshotBlockPublicAccess.html
			Token: ebsSnapshotBlock, ID: func(c *Call) string { return c.Region },
		},
		{
			// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageBlockPublicAccess.html
			Token: ec2ImageBlock, ID: func(c *Call) string { return c.Region },
		},
		{
			// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataDefaults.html
			Token: ec2MetadataDefaults, ID: func(c *Call) string { return c.Region },
			Refuse: refuseHopLimit, Computed: metadataOutputs,
		},
		{
			// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
			Token: iamPasswordPolicy, Global: true, ID: func(*Call) string { return "iam-account-password-policy" },
			Refuse: firstOf(
				inRange("minimumPasswordLength", "minimum_password_length", 6, 128),
				inRange("maxPasswordAge", "max_password_age", 1, 1095),
				inRange("passwordReusePrevention", "password_reuse_prevention", 1, 24),
			),
			Computed: passwordOutputs,
		},
		{
			// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
			Token: iamServiceLinkedRole, Global: true, ID: serviceLinkedRoleARN,
			Refuse: onCreate(refuseServiceLinkedRoleTaken), Computed: serviceLinkedRoleOutputs,
			RefuseDelete: refuseServiceLinkedRoleDelete,
		},
	}
}

func refuseHopLimit(c *Call) error {
	if hops, given := c.number("httpPutResponseHopLimit"); given && hops != -1 && (hops < 1 || hops > 64) {
		return fmt.Errorf("expected http_put_response_hop_limit to be -1 or in the range (1 - 64), got %d", hops)
	}
	return nil
}

func metadataOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("httpEndpoint", "no-preference").
		fillText("httpTokens", "no-preference").
		fillText("instanceMetadataTags", "no-preference").
		fill("httpPutResponseHopLimit", num(-1)).
		values
}

func passwordOutputs(c *Call) map[string]property.Value {
	age, given := c.number("maxPasswordAge")
	out := c.outputs().set("expirePasswords", property.New(given && age > 0))
	for _, name := range []string{"hardExpiry", "requireLowercaseCharacters", "requireNumbers", "requireSymbols",
		"requireUppercaseCharacters"} {
		out.fill(name, property.New(false))
	}
	return out.values
}

// serviceLinkedRoles are the names of the roles that the services have, of those that the sandbox knows:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html.
var serviceLinkedRoles = map[string]string{
	configService:        "AWSServiceRoleForConfig",
	backupReportsService: "AWSServiceRoleForBackupReports",
}

func serviceLinkedRoleName(c *Call) string {
	service := c.text("awsServiceName")
	name, known := serviceLinkedRoles[service]
	if !known {
		name = "AWSServiceRoleFor" + strings.TrimSuffix(service, ".amazonaws.com")
	}
	if suffix := c.text("customSuffix"); suffix != "" {
		name += "_" + suffix
	}
	return name
}

func serviceLinkedRolePath(c *Call) string {
	return "/aws-service-role/" + c.text("awsServiceName") + "/"
}

func serviceLinkedRoleARN(c *Call) string {
	return "arn:aws:iam::" + c.Account + ":role" + serviceLinkedRolePath(c) + serviceLinkedRoleName(c)
}

func refuseServiceLinkedRoleTaken(c *Call) error {
	for _, other := range c.listGlobal(iamServiceLinkedRole) {
		if other.ID == c.ID {
			return iam.refuses("CreateServiceLinkedRole", "InvalidInput",
				"Service role name %s has been taken in this account, please try a different suffix.",
				serviceLinkedRoleName(c))
		}
	}
	return nil
}

// refuseServiceLinkedRoleDelete: a service keeps its role while it uses it,
// https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html.
func refuseServiceLinkedRoleDelete(c *Call) error {
	for _, recorder := range c.World.List(cfgRecorder, c.Account, "") {
		if recorder.Text("roleArn") == c.ID {
			return iam.refuses("DeleteServiceLinkedRole", "DeletionTaskFailed",
				"The role %s is used by a configuration recorder in %s.", lastPart(c.ID, "/"), recorder.Region)
		}
	}
	return nil
}

func serviceLinkedRoleOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.ID).
		text("name", lastPart(c.ID, "/")).
		text("path", serviceLinkedRolePath(c)).
		keep("createDate", property.New(c.Now.UTC().Format(time.RFC3339))).
		text("uniqueId", "AROA"+strings.ToUpper(digest(17, c.ID))).
		values
}
