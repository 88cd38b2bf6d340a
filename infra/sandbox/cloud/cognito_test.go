package cloud

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

// pools is a world with a user pool of the plan that has threat protection.
type pools struct {
	*fakeWorld
	pool Resource
}

func guarded(changes props) props {
	return with(props{"name": "acme", "userPoolTier": "PLUS", "mfaConfiguration": "ON",
		"softwareTokenMfaConfiguration": props{"enabled": true},
		"userPoolAddOns":                props{"advancedSecurityMode": "ENFORCED"}}, changes)
}

func withPool(t *testing.T) *pools {
	w := newWorld(t)
	return &pools{w, w.make(cognitoUserPool, guarded(nil))}
}

func (p *pools) web(changes props) props {
	return with(props{"userPoolId": p.pool.ID, "name": "web", "generateSecret": true,
		"allowedOauthFlowsUserPoolClient": true, "allowedOauthFlows": []string{"code"},
		"allowedOauthScopes": []string{"openid"}, "callbackUrls": []string{"https://acme.example/oauth2/idpresponse"},
		"supportedIdentityProviders": []string{"COGNITO"}}, changes)
}

func (p *pools) saml(changes props) props {
	return with(props{"userPoolId": p.pool.ID, "providerName": "sso", "providerType": "SAML",
		"providerDetails": props{"MetadataURL": "https://idp.example/metadata"}}, changes)
}

func TestUserPools(t *testing.T) {
	each(t, withPool, func(*pools) []attempt {
		pool := guarded
		return []attempt{
			{"guarded", cognitoUserPool, pool(nil), ""},
			{"same name again", cognitoUserPool, pool(props{"name": "acme"}), ""},
			{"name", cognitoUserPool, pool(props{"name": "acme/users"}), "invalid value for name"},
			{"no factor", cognitoUserPool, pool(props{"softwareTokenMfaConfiguration": nil}),
				"api error InvalidParameterException: Invalid MFA configuration given, can't disable all MFAs with a" +
					" required or optional configuration."},
			{"factor without MFA", cognitoUserPool, pool(props{"mfaConfiguration": "OFF"}),
				"Invalid MFA configuration given, can't turn off MFA and configure an MFA together."},
			{"no MFA", cognitoUserPool,
				pool(props{"mfaConfiguration": "OFF", "softwareTokenMfaConfiguration": nil}), ""},
			{"threat protection of no plan", cognitoUserPool, pool(props{"userPoolTier": nil}),
				"api error FeatureUnavailableInTierException: The following features need to be disabled for the" +
					" ESSENTIALS pricing tier configured: Threat Protection"},
			{"plan without it", cognitoUserPool, pool(props{"userPoolTier": "LITE", "userPoolAddOns": nil}), ""},
			{"short passwords", cognitoUserPool, pool(props{"passwordPolicy": props{"minimumLength": 5}}),
				"expected password_policy.0.minimum_length to be in the range (6 - 99), got 5"},
			{"long memory", cognitoUserPool, pool(props{"passwordPolicy": props{"passwordHistorySize": 25}}),
				"in the range (0 - 24), got 25"},
			{"old invitations", cognitoUserPool,
				pool(props{"passwordPolicy": props{"temporaryPasswordValidityDays": 366}}),
				"in the range (0 - 365), got 366"},
		}
	})
}

func TestUserPoolOutputsAndDeletion(t *testing.T) {
	p := withPool(t)
	assert.Regexp(t, `^eu-west-1_[0-9A-Za-z]{9}$`, p.pool.ID)
	assert.Equal(t, "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/"+p.pool.ID, p.pool.Text("arn"))
	assert.Equal(t, "cognito-idp.eu-west-1.amazonaws.com/"+p.pool.ID, p.pool.Text("endpoint"))
	assert.Equal(t, "2025-03-01T12:00:00Z", p.pool.Text("creationDate"))
	kept, err := p.update(p.pool, guarded(props{"deletionProtection": "ACTIVE"}))
	assert.NoError(t, err)
	expect(t, p.delete(kept), "api error InvalidParameterException: The user pool cannot be deleted because deletion"+
		" protection is activated. Deletion protection must be inactivated first.")
	left, err := p.update(kept, guarded(nil))
	assert.NoError(t, err)
	domain := p.make(cognitoUserPoolDomain, props{"userPoolId": left.ID, "domain": "acme"})
	expect(t, p.delete(left), "It has a domain configured that should be deleted first.")
	assert.NoError(t, p.delete(domain))
	p.make(cognitoUserPoolClient, p.web(nil))
	assert.NoError(t, p.delete(left), "its clients go with it")
}

func TestUserPoolsMayHaveAFirewall(t *testing.T) {
	p := withPool(t)
	acl := p.make(wafWebACL, props{"name": "front", "scope": "REGIONAL", "defaultAction": props{"allow": props{}}})
	behind := func(pool string) props { return props{"webAclArn": acl.Text("arn"), "resourceArn": pool} }
	p.make(wafAssociation, behind(p.pool.Text("arn")))
	_, err := p.try(wafAssociation, behind(p.pool.Text("arn")+"0"))
	expect(t, err, "api error WAFNonexistentItemException")
}

func TestUserPoolDomains(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		other := p.make(cognitoUserPool, props{"name": "other"}).ID
		p.make(cognitoUserPoolDomain, props{"userPoolId": other, "domain": "taken"})
		domain := func(changes props) props {
			return with(props{"userPoolId": p.pool.ID, "domain": "acme"}, changes)
		}
		return []attempt{
			{"prefix", cognitoUserPoolDomain, domain(nil), ""},
			{"no such pool", cognitoUserPoolDomain, domain(props{"userPoolId": "eu-west-1_none"}),
				"api error ResourceNotFoundException: User pool eu-west-1_none does not exist."},
			{"taken", cognitoUserPoolDomain, domain(props{"domain": "taken"}),
				"api error InvalidParameterException: Domain already associated with another user pool."},
			{"a second prefix", cognitoUserPoolDomain, domain(props{"userPoolId": other}),
				"User pool already has a domain configured."},
			{"reserved word within a word", cognitoUserPoolDomain, domain(props{"domain": "draws"}),
				"Domain cannot contain reserved word: aws"},
			{"upper case", cognitoUserPoolDomain, domain(props{"domain": "Acme"}),
				"Value 'Acme' at 'domain' failed to satisfy constraint"},
			{"one's own", cognitoUserPoolDomain, domain(props{"domain": "sign-in.acme.example",
				"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}), ""},
			{"one's own with a certificate of the region", cognitoUserPoolDomain,
				domain(props{"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"}),
				"Invalid certificate: it must be in us-east-1."},
		}
	})
}

func TestIdentityProviders(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		p.make(cognitoIdentityProvider, p.saml(props{"providerName": "taken"}))
		details := props{"client_id": "haven", "client_secret": property.New("s").WithSecret(true),
			"oidc_issuer": "https://idp.example", "attributes_request_method": "GET", "authorize_scopes": "openid"}
		oidc := func(changes props) props {
			return p.saml(props{"providerType": "OIDC", "providerDetails": with(details, changes)})
		}
		return []attempt{
			{"SAML", cognitoIdentityProvider, p.saml(nil), ""},
			{"OIDC", cognitoIdentityProvider, oidc(nil), ""},
			{"taken", cognitoIdentityProvider, p.saml(props{"providerName": "taken"}),
				"api error DuplicateProviderException"},
			{"name", cognitoIdentityProvider, p.saml(props{"providerName": "_sso"}),
				"invalid value for provider_name"},
			{"no metadata", cognitoIdentityProvider, p.saml(props{"providerDetails": props{"IDPInit": "false"}}),
				"The provider type SAML requires the provider detail MetadataURL or MetadataFile."},
			{"metadata in the clear", cognitoIdentityProvider,
				p.saml(props{"providerDetails": props{"MetadataURL": "http://idp.example"}}),
				"The provider detail MetadataURL must be an HTTPS URL: http://idp.example"},
			{"no client secret", cognitoIdentityProvider, oidc(props{"client_secret": nil}),
				"The provider type OIDC requires the provider detail client_secret."},
		}
	})
}

func TestUserPoolClients(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		server := props{"userPoolId": p.pool.ID, "identifier": "api", "name": "api",
			"scopes": []props{{"scopeName": "read", "scopeDescription": "Read"}}}
		p.make(cognitoResourceServer, server)
		p.make(cognitoIdentityProvider, p.saml(nil))
		script := func(changes props) props {
			return p.web(with(props{"allowedOauthFlows": []string{"client_credentials"}, "callbackUrls": nil,
				"allowedOauthScopes": []string{"api/read"}}, changes))
		}
		valid := func(token, unit string, n int) props {
			return p.web(props{token + "Validity": n, "tokenValidityUnits": props{token: unit}})
		}
		return []attempt{
			{"web", cognitoUserPoolClient, p.web(nil), ""},
			{"script", cognitoUserPoolClient, script(nil), ""},
			{"no such pool", cognitoUserPoolClient, p.web(props{"userPoolId": "eu-west-1_none"}),
				"User pool eu-west-1_none does not exist."},
			{"federated", cognitoUserPoolClient, p.web(props{"supportedIdentityProviders": []string{"sso"}}), ""},
			{"no such provider", cognitoUserPoolClient, p.web(props{"supportedIdentityProviders": []string{"x"}}),
				"The provider x does not exist for User Pool " + p.pool.ID + "."},
			{"flow without scopes", cognitoUserPoolClient, p.web(props{"allowedOauthScopes": nil}),
				"AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth" +
					" flows."},
			{"no such flow", cognitoUserPoolClient, p.web(props{"allowedOauthFlows": []string{"token"}}),
				"got token"},
			{"a person and a script", cognitoUserPoolClient,
				script(props{"allowedOauthFlows": []string{"client_credentials", "code"}}),
				"api error InvalidOAuthFlowException: client_credentials flow can not be selected along with code flow"},
			{"script without a secret", cognitoUserPoolClient, script(props{"generateSecret": false}),
				"client_credentials flow can not be selected if client does not have a client secret."},
			{"script with a person's scope", cognitoUserPoolClient,
				script(props{"allowedOauthScopes": []string{"openid"}}), "api error ScopeDoesNotExistException"},
			{"no such scope", cognitoUserPoolClient, script(props{"allowedOauthScopes": []string{"api/write"}}),
				"Invalid scope requested: api/write"},
			{"callback in the clear", cognitoUserPoolClient, p.web(props{"callbackUrls": []string{"http://a.example"}}),
				"http://a.example is not allowed"},
			{"callback to the machine", cognitoUserPoolClient,
				p.web(props{"callbackUrls": []string{"http://localhost:8080"}}), ""},
			{"no refresh", cognitoUserPoolClient, p.web(props{"explicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH"}}),
				"REFRESH_TOKEN_AUTH should always be allowed."},
			{"no such auth flow", cognitoUserPoolClient, p.web(props{"explicitAuthFlows": []string{"ALLOW_ALL"}}),
				"got ALLOW_ALL"},
			{"access token", cognitoUserPoolClient, valid("accessToken", "minutes", 15), ""},
			{"access token too short", cognitoUserPoolClient, valid("accessToken", "minutes", 4),
				"Invalid range for token validity."},
			{"refresh token too short", cognitoUserPoolClient, valid("refreshToken", "minutes", 59),
				"Invalid range for token validity."},
			{"ID token too long", cognitoUserPoolClient, p.web(props{"idTokenValidity": 25}),
				"Invalid range for token validity."},
			{"no such unit", cognitoUserPoolClient, valid("idToken", "weeks", 1), "Invalid token validity unit: weeks"},
			{"session of a sign-in", cognitoUserPoolClient, p.web(props{"authSessionValidity": 16}),
				"expected auth_session_validity to be in the range (3 - 15), got 16"},
			{"resource server again", cognitoResourceServer, server,
				"api already exists in user pool " + p.pool.ID + "."},
			{"scope with a slash", cognitoResourceServer, with(server, props{"identifier": "b", "scopes": []props{
				{"scopeName": "a/b", "scopeDescription": "x"}}}), "invalid value for scope_name"},
		}
	})
}

func TestClientsKeepTheirSecret(t *testing.T) {
	p := withPool(t)
	client := p.make(cognitoUserPoolClient, p.web(nil))
	assert.Regexp(t, `^[0-9a-z]{26}$`, client.ID)
	secret := client.Outputs.Get("clientSecret")
	assert.True(t, secret.Secret())
	assert.Regexp(t, `^[0-9a-z]{51}$`, secret.AsString())
	changed, err := p.update(client, p.web(props{"refreshTokenValidity": 1}))
	assert.NoError(t, err)
	assert.Equal(t, secret, changed.Outputs.Get("clientSecret"))
	public := p.make(cognitoUserPoolClient, p.web(props{"generateSecret": nil}))
	assert.Empty(t, public.Text("clientSecret"))
}

func TestRiskConfigurations(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		plain := p.make(cognitoUserPool, props{"name": "plain"}).ID
		block := props{"actions": props{"eventAction": "BLOCK"}}
		loud := props{"actions": props{"highAction": props{"eventAction": "BLOCK", "notify": true}}}
		risks := func(changes props) props {
			return with(props{"userPoolId": p.pool.ID, "compromisedCredentialsRiskConfiguration": block}, changes)
		}
		return []attempt{
			{"protected", cognitoRiskConfiguration, risks(nil), ""},
			{"not protected", cognitoRiskConfiguration, risks(props{"userPoolId": plain}),
				"api error UserPoolAddOnNotEnabledException"},
			{"notices from nobody", cognitoRiskConfiguration, risks(props{"accountTakeoverRiskConfiguration": loud}),
				"Notify configuration is required if any of the actions is set to notify."},
		}
	})
}

func TestRiskConfigurationsLookAtEachEvent(t *testing.T) {
	p := withPool(t)
	made := p.make(cognitoRiskConfiguration, props{"userPoolId": p.pool.ID,
		"compromisedCredentialsRiskConfiguration": props{"actions": props{"eventAction": "BLOCK"}}})
	assert.Equal(t, p.pool.ID, made.ID)
	assert.Equal(t, []string{"PASSWORD_CHANGE", "SIGN_IN", "SIGN_UP"},
		Texts(made.Outputs, "compromisedCredentialsRiskConfiguration.eventFilters[*]"))
}
