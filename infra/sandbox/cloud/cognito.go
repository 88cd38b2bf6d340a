package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// User pools and what belongs to them:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html.
func cognitoTypes() []*Type {
	return []*Type{
		{
			Token: cognitoUserPool,
			ID:    func(c *Call) string { return c.Region + "_" + randomFrom(alphanumeric, 9) },
			Refuse: firstOf(cognitoName("name"),
				inRange("passwordPolicy.minimumLength", "password_policy.0.minimum_length", 6, 99),
				inRange("passwordPolicy.passwordHistorySize", "password_policy.0.password_history_size", 0, 24),
				inRange("passwordPolicy.temporaryPasswordValidityDays",
					"password_policy.0.temporary_password_validity_days", 0, 365),
				refuseMFA, refuseTier),
			Computed: userPoolOutputs, RefuseDelete: refuseUserPoolDelete,
		},
		{
			Token: cognitoUserPoolDomain, ID: func(c *Call) string { return c.text("domain") },
			References: []Reference{ofUserPool("CreateUserPoolDomain", cognito.says("DeleteUserPool",
				"InvalidParameterException",
				"User pool cannot be deleted. It has a domain configured that should be deleted first."))},
			Unique: []Unique{{Property: "domain", Scope: PerRegion, Taken: cognito.says("CreateUserPoolDomain",
				"InvalidParameterException", "Domain already associated with another user pool.")}},
			Refuse:   firstOf(refuseUserPoolDomain, onCreate(refuseSecondDomain)),
			Computed: userPoolDomainOutputs,
		},
		{
			Token:      cognitoIdentityProvider,
			ID:         func(c *Call) string { return c.text("userPoolId") + ":" + c.text("providerName") },
			References: []Reference{ofUserPool("CreateIdentityProvider", Error{})},
			Refuse:     firstOf(refuseProviderName, refuseProviderDetails),
		},
		{
			Token: cognitoUserPoolClient, ID: func(*Call) string { return randomFrom(lowerAlphanumeric, 26) },
			References: []Reference{ofUserPool("CreateUserPoolClient", Error{})},
			Refuse: firstOf(cognitoName("name"), inRange("authSessionValidity", "auth_session_validity", 3, 15),
				refuseAuthFlows, refuseOAuth, refuseCallbacks, refuseScopes, refuseClientProviders,
				refuseTokenValidity),
			Computed: userPoolClientOutputs,
		},
		{
			Token:      cognitoResourceServer,
			ID:         func(c *Call) string { return c.text("userPoolId") + "|" + c.text("identifier") },
			References: []Reference{ofUserPool("CreateResourceServer", Error{})},
			Refuse:     refuseResourceServer, Computed: resourceServerOutputs,
		},
		{
			Token: cognitoRiskConfiguration, ID: riskConfigurationID,
			References: []Reference{ofUserPool("SetRiskConfiguration", Error{})},
			Refuse:     refuseRiskConfiguration, Computed: riskConfigurationOutputs,
		},
	}
}

// ofUserPool is the pool that something belongs to.
func ofUserPool(operation string, inUse Error) Reference {
	return Reference{Property: "userPoolId", To: cognitoUserPool, By: "id", InUse: inUse,
		NotFound: cognito.says(operation, "ResourceNotFoundException", "User pool %s does not exist.")}
}

// userPool is the pool that a call's resource belongs to.
func userPool(c *Call) Resource {
	pool, _ := c.find(cognitoUserPool, "id", c.text("userPoolId"))
	return pool
}

// ofSamePool are the other resources of a type that belong to the call's pool.
func ofSamePool(c *Call, token string) []Resource {
	return slices.DeleteFunc(c.others(c.list(token)), func(r Resource) bool {
		return r.Text("userPoolId") != c.text("userPoolId")
	})
}

var cognitoNameCharacters = regexp.MustCompile(`^[\w\s+=,.@-]{1,128}$`)

func cognitoName(path string) check {
	return func(c *Call) error {
		if name := c.text(path); name != "" && !cognitoNameCharacters.MatchString(name) {
			return fmt.Errorf(`invalid value for %s (must match %s): %q`, path, cognitoNameCharacters, name)
		}
		return nil
	}
}

// refuseMFA: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html.
func refuseMFA(c *Call) error {
	factors := c.flag("softwareTokenMfaConfiguration.enabled") || c.has("smsConfiguration") ||
		c.has("emailMfaConfiguration")
	switch mode := c.text("mfaConfiguration"); {
	case (mode == "ON" || mode == "OPTIONAL") && !factors:
		return cognito.says("SetUserPoolMfaConfig", "InvalidParameterException",
			"Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.")
	case (mode == "" || mode == "OFF") && factors:
		return cognito.says("SetUserPoolMfaConfig", "InvalidParameterException",
			"Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
	}
	return nil
}

// refuseTier: a new pool is of the tier Essentials, and only Plus has threat protection:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html.
func refuseTier(c *Call) error {
	tier := c.text("userPoolTier")
	if tier == "" {
		tier = "ESSENTIALS"
	}
	mode := c.text("userPoolAddOns.advancedSecurityMode")
	if tier != "PLUS" && mode != "" && mode != "OFF" {
		return cognito.refuses("CreateUserPool", "FeatureUnavailableInTierException",
			"The following features need to be disabled for the %s pricing tier configured: Threat Protection", tier)
	}
	return nil
}

func userPoolOutputs(c *Call) map[string]property.Value {
	now := c.Now.UTC().Format(time.RFC3339)
	return c.outputs().
		text("arn", c.arn("cognito-idp", "userpool/"+c.ID)).
		text("endpoint", "cognito-idp."+c.Region+".amazonaws.com/"+c.ID).
		keep("creationDate", property.New(now)).
		text("lastModifiedDate", now).
		set("estimatedNumberOfUsers", num(0)).
		fillText("userPoolTier", "ESSENTIALS").
		values
}

// refuseUserPoolDelete:
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html.
func refuseUserPoolDelete(c *Call) error {
	if c.text("deletionProtection") == "ACTIVE" {
		return cognito.says("DeleteUserPool", "InvalidParameterException", "The user pool cannot be deleted because"+
			" deletion protection is activated. Deletion protection must be inactivated first.")
	}
	return nil
}

var (
	domainPrefix = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	// reservedInPrefix may stand nowhere in a prefix, not even within a word.
	reservedInPrefix = []string{"aws", "amazon", "cognito"}
)

// refuseUserPoolDomain: a prefix of amazoncognito.com, or with a certificate a domain of one's own, which CloudFront
// serves: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html.
func refuseUserPoolDomain(c *Call) error {
	domain := c.text("domain")
	if certificate := c.text("certificateArn"); certificate != "" {
		if region, _, _, _ := arnParts(certificate); region != "us-east-1" {
			return cognito.says("CreateUserPoolDomain", "InvalidParameterException",
				"Invalid certificate: it must be in us-east-1.")
		}
		return nil
	}
	if !domainPrefix.MatchString(domain) {
		return cognito.refuses("CreateUserPoolDomain", "InvalidParameterException",
			"1 validation error detected: Value '%s' at 'domain' failed to satisfy constraint: Member must satisfy"+
				" regular expression pattern: %s", domain, domainPrefix)
	}
	for _, word := range reservedInPrefix {
		if strings.Contains(domain, word) {
			return cognito.refuses("CreateUserPoolDomain", "InvalidParameterException",
				"Domain cannot contain reserved word: %s", word)
		}
	}
	return nil
}

// refuseSecondDomain: a pool has one prefix and one domain of its own at most.
func refuseSecondDomain(c *Call) error {
	for _, other := range ofSamePool(c, cognitoUserPoolDomain) {
		if (other.Text("certificateArn") == "") == (c.text("certificateArn") == "") {
			return cognito.says("CreateUserPoolDomain", "InvalidParameterException",
				"User pool already has a domain configured.")
		}
	}
	return nil
}

func userPoolDomainOutputs(c *Call) map[string]property.Value {
	distribution := "d" + digest(13, "distribution", c.ID) + ".cloudfront.net"
	return c.outputs().
		text("awsAccountId", c.Account).
		text("cloudfrontDistribution", distribution).
		text("cloudfrontDistributionArn", distribution).
		text("cloudfrontDistributionZoneId", "Z2FDTNDATAQYW2").
		fill("managedLoginVersion", num(1)).
		text("s3Bucket", "aws-cognito-prod-"+c.Region+"-assets").
		text("version", digest(14, "version", c.ID)).
		values
}

var riskActions = []string{"lowAction", "mediumAction", "highAction"}

// refuseRiskConfiguration:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html.
func refuseRiskConfiguration(c *Call) error {
	if mode := props.Text(userPool(c).Outputs, "userPoolAddOns.advancedSecurityMode"); mode == "" || mode == "OFF" {
		return cognito.says("SetRiskConfiguration", "UserPoolAddOnNotEnabledException",
			"User pool add-on is not enabled: AdvancedSecurityMode")
	}
	const takeover = "accountTakeoverRiskConfiguration."
	for _, action := range riskActions {
		if c.flag(takeover+"actions."+action+".notify") &&
			c.text(takeover+"notifyConfiguration.sourceArn") == "" {
			return cognito.says("SetRiskConfiguration", "InvalidParameterException",
				"Notify configuration is required if any of the actions is set to notify.")
		}
	}
	return nil
}

func riskConfigurationID(c *Call) string {
	if client := c.text("clientId"); client != "" {
		return c.text("userPoolId") + ":" + client
	}
	return c.text("userPoolId")
}

// riskConfigurationOutputs: without a filter compromised credentials are looked for at each event.
func riskConfigurationOutputs(c *Call) map[string]property.Value {
	const compromised = "compromisedCredentialsRiskConfiguration"
	if !c.has(compromised) || len(c.texts(compromised+".eventFilters[*]")) > 0 {
		return nil
	}
	given := c.Inputs.Get(compromised).AsMap()
	return c.outputs().set(compromised, property.New(
		given.Set("eventFilters", strs("PASSWORD_CHANGE", "SIGN_IN", "SIGN_UP")))).values
}
