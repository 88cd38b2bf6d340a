package identity_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/identity"
	"haven/components/identity/limits"
	"haven/tests/harness"
)

const (
	poolType     = "aws:cognito/userPool:UserPool"
	clientType   = "aws:cognito/userPoolClient:UserPoolClient"
	domainType   = "aws:cognito/userPoolDomain:UserPoolDomain"
	providerType = "aws:cognito/identityProvider:IdentityProvider"
	serverType   = "aws:cognito/resourceServer:ResourceServer"
	riskType     = "aws:cognito/riskConfiguration:RiskConfiguration"

	secretARN   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:acme-sso-AbCdEf"
	metadataURL = "https://idp.example/metadata"
	sender      = "arn:aws:ses:eu-west-1:123456789012:identity/demo.haven.example"
)

func args() identity.Args {
	return identity.Args{
		Scope:        harness.TenantScope(),
		Account:      "123456789012",
		Host:         "acme.demo.haven.example",
		Mode:         limits.Password,
		NoticesFrom:  sender,
		SessionHours: 8,
		Protected:    true,
	}
}

func saml(a *identity.Args) { a.Mode, a.MetadataURL, a.NoticesFrom = limits.SAML, metadataURL, "" }

func oidc(a *identity.Args) {
	a.Mode, a.Issuer, a.ClientID, a.ClientSecretARN = limits.OIDC, "https://idp.example", "haven", secretARN
	a.NoticesFrom = ""
}

func declare(t *testing.T, change func(*identity.Args)) *harness.Recorder {
	t.Helper()
	a := args()
	change(&a)
	recorder := harness.Environment()
	recorder.Functions["aws:secretsmanager/getSecretVersion:getSecretVersion"] = resource.PropertyMap{
		"secretString": resource.NewProperty("s3cret"),
	}
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		_, err := identity.New(ctx, "identity", a)
		return err
	}))
	harness.AssertFamily(t, recorder, identity.Type, "identity")
	return recorder
}

func unchanged(*identity.Args) {}

func TestSecuritySettings(t *testing.T) {
	t.Parallel()
	recorder := declare(t, unchanged)
	tests := []struct {
		token, name string
		want        map[string]any
	}{
		{poolType, "identity-pool", map[string]any{
			"name":                                "demo-acme-users",
			"userPoolTier":                        "PLUS",
			"deletionProtection":                  "ACTIVE",
			"usernameAttributes":                  []any{"email"},
			"aliasAttributes":                     nil,
			"autoVerifiedAttributes":              []any{"email"},
			"mfaConfiguration":                    "ON",
			"smsConfiguration":                    nil,
			"deviceConfiguration":                 nil,
			"usernameConfiguration.caseSensitive": false,
			"adminCreateUserConfig.allowAdminCreateUserOnly":                         true,
			"softwareTokenMfaConfiguration.enabled":                                  true,
			"passwordPolicy.minimumLength":                                           14.0,
			"passwordPolicy.requireLowercase":                                        true,
			"passwordPolicy.requireUppercase":                                        true,
			"passwordPolicy.requireNumbers":                                          true,
			"passwordPolicy.requireSymbols":                                          true,
			"passwordPolicy.passwordHistorySize":                                     24.0,
			"passwordPolicy.temporaryPasswordValidityDays":                           1.0,
			"accountRecoverySetting.recoveryMechanisms[0].name":                      "verified_email",
			"accountRecoverySetting.recoveryMechanisms[1]":                           nil,
			"userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates": []any{"email"},
			"userPoolAddOns.advancedSecurityMode":                                    "ENFORCED",
			"userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode":          "ENFORCED",
		}},
		{riskType, "identity-risks", map[string]any{
			"userPoolId": "identity-pool-id",
			"clientId":   nil,
			"compromisedCredentialsRiskConfiguration.actions.eventAction": "BLOCK",
			"compromisedCredentialsRiskConfiguration.eventFilters":        []any{"PASSWORD_CHANGE", "SIGN_IN", "SIGN_UP"},
		}},
		{domainType, "identity-domain", map[string]any{
			"userPoolId": "identity-pool-id",
			"domain":     "haven-336102a0ed8180b5e48a",
		}},
		{clientType, "identity-client", map[string]any{
			"userPoolId":                      "identity-pool-id",
			"name":                            "demo-acme-web",
			"generateSecret":                  true,
			"allowedOauthFlowsUserPoolClient": true,
			"allowedOauthFlows":               []any{"code"},
			"allowedOauthScopes":              []any{"email", "openid", "profile"},
			"supportedIdentityProviders":      []any{"COGNITO"},
			"callbackUrls":                    []any{"https://acme.demo.haven.example/oauth2/idpresponse"},
			"logoutUrls":                      []any{"https://acme.demo.haven.example/"},
			"explicitAuthFlows":               []any{"ALLOW_REFRESH_TOKEN_AUTH"},
			"preventUserExistenceErrors":      "ENABLED",
			"enableTokenRevocation":           true,
			"accessTokenValidity":             15.0,
			"idTokenValidity":                 15.0,
			"refreshTokenValidity":            8.0,
			"tokenValidityUnits.accessToken":  "minutes",
			"tokenValidityUnits.idToken":      "minutes",
			"tokenValidityUnits.refreshToken": "hours",
			"authSessionValidity":             10.0,
			"readAttributes":                  []any{"email", "email_verified", "name"},
			"writeAttributes":                 []any{"email", "name"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			harness.AssertInputs(t, recorder.One(t, test.token, test.name), test.want)
		})
	}
	assert.Len(t, recorder.Declared(), len(tests)+1, "and the component: no provider, and no accounts of scripts")
}

func TestPoolIsTaggedAndConfidential(t *testing.T) {
	t.Parallel()
	pool := declare(t, unchanged).One(t, poolType, "identity-pool")
	harness.AssertTags(t, pool, "identity")
	assert.Equal(t, "confidential", pool.Input("tags.data-classification"))
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	recorder := harness.Environment()
	got := make(chan []any, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		i, err := identity.New(ctx, "identity", args())
		if err != nil {
			return err
		}
		pulumi.All(i.UserPoolARN, i.ClientID, i.Domain).ApplyT(func(all []any) error { got <- all; return nil })
		return nil
	}))
	domain := recorder.One(t, domainType, "identity-domain").Input("domain")
	assert.Equal(t, []any{"arn:aws:mock:::identity-pool", "identity-client-id", domain}, <-got)
}

// TestDomainIsNeverRefused: whatever a tenant is called, the prefix is one that Cognito takes, and is not another's.
func TestDomainIsNeverRefused(t *testing.T) {
	t.Parallel()
	domainOf := func(stack string) string {
		recorder := declare(t, func(a *identity.Args) { a.Scope.Stack = stack })
		return recorder.One(t, domainType, "identity-domain").Input("domain").(string)
	}
	seen := map[string]string{}
	rapid.Check(t, func(t *rapid.T) {
		stack := rapid.SampledFrom([]string{"demo", "prod"}).Draw(t, "environment") + "-" +
			rapid.StringMatching(`(aws|amazon|cognito|[a-z]){1,6}`).Draw(t, "tenant")
		domain := domainOf(stack)
		assert.Regexp(t, `^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`, domain)
		for _, reserved := range []string{"aws", "amazon", "cognito"} {
			assert.NotContains(t, domain, reserved)
		}
		if other, taken := seen[domain]; taken {
			assert.Equal(t, other, stack, "two stacks of one domain")
		}
		seen[domain] = stack
	})
}

func TestFederation(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change  func(*identity.Args)
		want    map[string]any
		ignored []string
	}{
		"saml": {saml, map[string]any{
			"providerName":                            "sso-saml",
			"providerType":                            "SAML",
			"providerDetails.MetadataURL":             metadataURL,
			"providerDetails.IDPInit":                 "false",
			"providerDetails.IDPSignout":              "true",
			"providerDetails.EncryptedResponses":      "true",
			"providerDetails.RequestSigningAlgorithm": "rsa-sha256",
			"providerDetails.client_secret":           nil,
			"attributeMapping.email":                  "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
			"attributeMapping.name":                   "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
		}, []string{
			"providerDetails.ActiveEncryptionCertificate",
			"providerDetails.SLORedirectBindingURI",
			"providerDetails.SSORedirectBindingURI",
		}},
		"oidc": {oidc, map[string]any{
			"providerName":                              "sso-oidc",
			"providerType":                              "OIDC",
			"providerDetails.oidc_issuer":               "https://idp.example",
			"providerDetails.client_id":                 "haven",
			"providerDetails.client_secret":             "s3cret",
			"providerDetails.authorize_scopes":          "openid email profile",
			"providerDetails.attributes_request_method": "GET",
			"attributeMapping.username":                 "sub",
			"attributeMapping.email":                    "email",
			"attributeMapping.name":                     "name",
		}, []string{
			"providerDetails.attributes_url",
			"providerDetails.attributes_url_add_attributes",
			"providerDetails.authorize_url",
			"providerDetails.jwks_uri",
			"providerDetails.token_url",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recorder := declare(t, test.change)
			provider := recorder.One(t, providerType, "identity-provider")
			harness.AssertInputs(t, provider, test.want)
			assert.Equal(t, test.ignored, provider.IgnoreChanges, "only what Cognito itself adds")
			client := recorder.One(t, clientType, "identity-client")
			assert.Equal(t, []any{"sso-" + name}, client.Input("supportedIdentityProviders"), "and no password")
		})
	}
}

func TestClientSecretOfAProviderStaysSecret(t *testing.T) {
	t.Parallel()
	provider := declare(t, oidc).One(t, providerType, "identity-provider")
	assert.True(t, provider.Secret("providerDetails.client_secret"))
}

// TestModeKeepsThePool: how people sign in may change; their accounts stay.
func TestModeKeepsThePool(t *testing.T) {
	t.Parallel()
	want := declare(t, unchanged).One(t, poolType, "identity-pool")
	for _, change := range []func(*identity.Args){saml, oidc} {
		assert.Equal(t, want, declare(t, change).One(t, poolType, "identity-pool"))
	}
}

func TestSignInsOfHighRiskAreBlocked(t *testing.T) {
	t.Parallel()
	const takeover = "accountTakeoverRiskConfiguration."
	recorder := declare(t, unchanged)
	harness.AssertInputs(t, recorder.One(t, riskType, "identity-risks"), map[string]any{
		takeover + "notifyConfiguration.sourceArn":    sender,
		takeover + "actions.lowAction.eventAction":    "MFA_REQUIRED",
		takeover + "actions.lowAction.notify":         false,
		takeover + "actions.mediumAction.eventAction": "MFA_REQUIRED",
		takeover + "actions.mediumAction.notify":      false,
		takeover + "actions.highAction.eventAction":   "BLOCK",
		takeover + "actions.highAction.notify":        true,
	})
}

func TestFirewallStandsBeforeThePool(t *testing.T) {
	t.Parallel()
	recorder := declare(t, func(a *identity.Args) { a.WebACLARN = pulumi.String("arn:acl") })
	association := recorder.One(t, "aws:wafv2/webAclAssociation:WebAclAssociation", "identity-firewall")
	harness.AssertInputs(t, association, map[string]any{
		"resourceArn": "arn:aws:mock:::identity-pool",
		"webAclArn":   "arn:acl",
	})
}

func TestTeardownLiftsProtection(t *testing.T) {
	t.Parallel()
	pool := declare(t, func(a *identity.Args) { a.Protected = false }).One(t, poolType, "identity-pool")
	assert.Equal(t, "INACTIVE", pool.Input("deletionProtection"))
}

func TestScriptsMayDoWhatTheyWereGivenAlone(t *testing.T) {
	t.Parallel()
	recorder := declare(t, func(a *identity.Args) {
		a.Scripts = []limits.Script{
			{Name: "nightly-import", Scopes: []string{"files.write", "requests.start"}},
			{Name: "report", Scopes: []string{"requests.read"}},
		}
	})
	server := recorder.One(t, serverType, "identity-api")
	harness.AssertInputs(t, server, map[string]any{
		"userPoolId": "identity-pool-id",
		"identifier": "demo-acme-api",
		"name":       "demo-acme-api",
	})
	var scopes []string
	for _, scope := range server.Input("scopes").([]any) {
		scopes = append(scopes, scope.(map[string]any)["scopeName"].(string))
		assert.NotEmpty(t, scope.(map[string]any)["scopeDescription"])
	}
	assert.Equal(t, limits.Scopes(), scopes)
	for name, scopes := range map[string][]any{
		"nightly-import": {"demo-acme-api/files.write", "demo-acme-api/requests.start"},
		"report":         {"demo-acme-api/requests.read"},
	} {
		harness.AssertInputs(t, recorder.One(t, clientType, "identity-script-"+name), map[string]any{
			"name":                       "demo-acme-script-" + name,
			"generateSecret":             true,
			"allowedOauthFlows":          []any{"client_credentials"},
			"allowedOauthScopes":         scopes,
			"accessTokenValidity":        15.0,
			"enableTokenRevocation":      true,
			"preventUserExistenceErrors": "ENABLED",
			"callbackUrls":               nil,
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "identity: Scope: missing, expected a value\n" +
		"Account: missing, expected a value\n" +
		`Host: "", expected one DNS name without wildcards` + "\n" +
		`Mode: "", expected one of password, saml, oidc; choose one, or "none" for accounts of the application` + "\n" +
		"SessionHours: 0, expected 1 to 24; a working day is 10"
	const giver, least = "whoever runs the provider tells it", "; give no more than the script needs"
	scopes := strings.Join(limits.Scopes(), ", ")
	harness.AssertRefusals(t, identity.New, nothingGiven, args, map[string]func(*identity.Args){
		`identity: Mode: "ldap", expected one of password, saml, oidc; ` +
			`choose one, or "none" for accounts of the application`: func(a *identity.Args) {
			a.Mode = "ldap"
		},
		`identity: MetadataURL: "http://idp.example", expected a URL that begins with "https://"; ` +
			giver: func(a *identity.Args) {
			a.Mode, a.MetadataURL, a.NoticesFrom = limits.SAML, "http://idp.example", ""
		},
		`identity: MetadataURL: "` + metadataURL + `", expected nothing in the mode password; ` +
			"remove it, or change the mode": func(a *identity.Args) {
			a.MetadataURL = metadataURL
		},
		`identity: Issuer: "", expected a URL that begins with "https://"; ` + giver + "\n" +
			`ClientID: "", expected the client that the provider knows the pool as; ` + giver + "\n" +
			"ClientSecretARN: not shown, expected the ARN of a secret in Secrets Manager; " +
			"store the client's secret there, and name it here": func(a *identity.Args) {
			a.Mode, a.ClientSecretARN, a.NoticesFrom = limits.OIDC, "hunter2", ""
		},
		`identity: NoticesFrom: "us@haven.example", expected the ARN of a verified identity in SES; ` +
			"the owner of an account is told from there that a sign-in was blocked": func(a *identity.Args) {
			a.NoticesFrom = "us@haven.example"
		},
		"identity: SessionHours: 25, expected 1 to 24; a working day is 10": func(a *identity.Args) {
			a.SessionHours = limits.MaxSessionHours + 1
		},
		`identity: Scripts[0].Name: "Report", expected 2 to 40 small letters, digits and hyphens, ` +
			"beginning with a letter, not ending with a hyphen; write it like \"nightly-report\"\n" +
			"Scripts[0].Scopes: none, expected at least one of " + scopes + least: func(a *identity.Args) {
			a.Scripts = []limits.Script{{Name: "Report"}}
		},
		`identity: Scripts[1].Name: "report", expected each name once; choose another name` + "\n" +
			`Scripts[1].Scopes[0]: "all", expected one of ` + scopes + least: func(a *identity.Args) {
			a.Scripts = []limits.Script{
				{Name: "report", Scopes: []string{"requests.read"}}, {Name: "report", Scopes: []string{"all"}},
			}
		},
	})
}
