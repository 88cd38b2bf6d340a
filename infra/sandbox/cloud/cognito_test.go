package cloud

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"

	"haven/policy/props"
)

// pools is a world with a user pool of the plan that has threat protection.
type pools struct {
	*fakeWorld
	pool Resource
}

func guarded(changes settings) settings {
	return with(settings{"name": "acme", "userPoolTier": "PLUS", "mfaConfiguration": "ON",
		"softwareTokenMfaConfiguration": settings{"enabled": true},
		"userPoolAddOns":                settings{"advancedSecurityMode": "ENFORCED"}}, changes)
}

func withPool(t *testing.T) *pools {
	w := newWorld(t)
	return &pools{w, w.make(cognitoUserPool, guarded(nil))}
}

func (p *pools) web(changes settings) settings {
	return with(settings{"userPoolId": p.pool.ID, "name": "web", "generateSecret": true,
		"allowedOauthFlowsUserPoolClient": true, "allowedOauthFlows": []string{"code"},
		"allowedOauthScopes": []string{"openid"}, "callbackUrls": []string{"https://acme.example/oauth2/idpresponse"},
		"supportedIdentityProviders": []string{"COGNITO"}}, changes)
}

func (p *pools) saml(changes settings) settings {
	return with(settings{"userPoolId": p.pool.ID, "providerName": "sso", "providerType": "SAML",
		"providerDetails": settings{"MetadataURL": "https://idp.example/metadata"}}, changes)
}

func TestUserPools(t *testing.T) {
	each(t, withPool, func(*pools) []attempt {
		pool := guarded
		return []attempt{
			{"guarded", cognitoUserPool, pool(nil), ""},
			{"same name again", cognitoUserPool, pool(settings{"name": "acme"}), ""},
			{"name", cognitoUserPool, pool(settings{"name": "acme/users"}), "invalid value for name"},
			{"no factor", cognitoUserPool, pool(settings{"softwareTokenMfaConfiguration": nil}),
				"api error InvalidParameterException: Invalid MFA configuration given, can't disable all MFAs with a" +
					" required or optional configuration."},
			{"factor without MFA", cognitoUserPool, pool(settings{"mfaConfiguration": "OFF"}),
				"Invalid MFA configuration given, can't turn off MFA and configure an MFA together."},
			{"no MFA", cognitoUserPool,
				pool(settings{"mfaConfiguration": "OFF", "softwareTokenMfaConfiguration": nil}), ""},
			{"threat protection of no plan", cognitoUserPool, pool(settings{"userPoolTier": nil}),
				"api error FeatureUnavailableInTierException: The following features need to be disabled for the" +
					" ESSENTIALS pricing tier configured: Threat Protection"},
			{"plan without it", cognitoUserPool, pool(settings{"userPoolTier": "LITE", "userPoolAddOns": nil}), ""},
			{"short passwords", cognitoUserPool, pool(settings{"passwordPolicy": settings{"minimumLength": 5}}),
				"expected password_policy.0.minimum_length to be in the range (6 - 99), got 5"},
			{"long memory", cognitoUserPool, pool(settings{"passwordPolicy": settings{"passwordHistorySize": 25}}),
				"in the range (0 - 24), got 25"},
			{"old invitations", cognitoUserPool,
				pool(settings{"passwordPolicy": settings{"temporaryPasswordValidityDays": 366}}),
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
	kept, err := p.update(p.pool, guarded(settings{"deletionProtection": "ACTIVE"}))
	assert.NoError(t, err)
	expect(t, p.delete(kept), "api error InvalidParameterException: The user pool cannot be deleted because deletion"+
		" protection is activated. Deletion protection must be inactivated first.")
	left, err := p.update(kept, guarded(nil))
	assert.NoError(t, err)
	domain := p.make(cognitoUserPoolDomain, settings{"userPoolId": left.ID, "domain": "acme"})
	expect(t, p.delete(left), "It has a domain configured that should be deleted first.")
	assert.NoError(t, p.delete(domain))
	p.make(cognitoUserPoolClient, p.web(nil))
	assert.NoError(t, p.delete(left), "its clients go with it")
}

func TestUserPoolsMayHaveAFirewall(t *testing.T) {
	p := withPool(t)
	acl := p.make(wafWebACL, settings{"name": "front", "scope": "REGIONAL", "defaultAction": settings{"allow": settings{}}})
	behind := func(pool string) settings { return settings{"webAclArn": acl.Text("arn"), "resourceArn": pool} }
	p.make(wafAssociation, behind(p.pool.Text("arn")))
	_, err := p.try(wafAssociation, behind(p.pool.Text("arn")+"0"))
	expect(t, err, "api error WAFNonexistentItemException")
}

func TestUserPoolDomains(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		other := p.make(cognitoUserPool, settings{"name": "other"}).ID
		p.make(cognitoUserPoolDomain, settings{"userPoolId": other, "domain": "taken"})
		domain := func(changes settings) settings {
			return with(settings{"userPoolId": p.pool.ID, "domain": "acme"}, changes)
		}
		return []attempt{
			{"prefix", cognitoUserPoolDomain, domain(nil), ""},
			{"no such pool", cognitoUserPoolDomain, domain(settings{"userPoolId": "eu-west-1_none"}),
				"api error ResourceNotFoundException: User pool eu-west-1_none does not exist."},
			{"taken", cognitoUserPoolDomain, domain(settings{"domain": "taken"}),
				"api error InvalidParameterException: Domain already associated with another user pool."},
			{"a second prefix", cognitoUserPoolDomain, domain(settings{"userPoolId": other}),
				"User pool already has a domain configured."},
			{"reserved word within a word", cognitoUserPoolDomain, domain(settings{"domain": "draws"}),
				"Domain cannot contain reserved word: aws"},
			{"upper case", cognitoUserPoolDomain, domain(settings{"domain": "Acme"}),
				"Value 'Acme' at 'domain' failed to satisfy constraint"},
			{"one's own", cognitoUserPoolDomain, domain(settings{"domain": "sign-in.acme.example",
				"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}), ""},
			{"one's own with a certificate of the region", cognitoUserPoolDomain,
				domain(settings{"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"}),
				"Invalid certificate: it must be in us-east-1."},
		}
	})
}

func TestIdentityProviders(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		p.make(cognitoIdentityProvider, p.saml(settings{"providerName": "taken"}))
		details := settings{"client_id": "haven", "client_secret": property.New("s").WithSecret(true),
			"oidc_issuer": "https://idp.example", "attributes_request_method": "GET", "authorize_scopes": "openid"}
		oidc := func(changes settings) settings {
			return p.saml(settings{"providerType": "OIDC", "providerDetails": with(details, changes)})
		}
		return []attempt{
			{"SAML", cognitoIdentityProvider, p.saml(nil), ""},
			{"OIDC", cognitoIdentityProvider, oidc(nil), ""},
			{"taken", cognitoIdentityProvider, p.saml(settings{"providerName": "taken"}),
				"api error DuplicateProviderException"},
			{"name", cognitoIdentityProvider, p.saml(settings{"providerName": "_sso"}),
				"invalid value for provider_name"},
			{"no metadata", cognitoIdentityProvider, p.saml(settings{"providerDetails": settings{"IDPInit": "false"}}),
				"The provider type SAML requires the provider detail MetadataURL or MetadataFile."},
			{"metadata in the clear", cognitoIdentityProvider,
				p.saml(settings{"providerDetails": settings{"MetadataURL": "http://idp.example"}}),
				"The provider detail MetadataURL must be an HTTPS URL: http://idp.example"},
			{"no client secret", cognitoIdentityProvider, oidc(settings{"client_secret": nil}),
				"The provider type OIDC requires the provider detail client_secret."},
		}
	})
}

func TestUserPoolClients(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		server := settings{"userPoolId": p.pool.ID, "identifier": "api", "name": "api",
			"scopes": []settings{{"scopeName": "read", "scopeDescription": "Read"}}}
		p.make(cognitoResourceServer, server)
		p.make(cognitoIdentityProvider, p.saml(nil))
		script := func(changes settings) settings {
			return p.web(with(settings{"allowedOauthFlows": []string{"client_credentials"}, "callbackUrls": nil,
				"allowedOauthScopes": []string{"api/read"}}, changes))
		}
		valid := func(token, unit string, n int) settings {
			return p.web(settings{token + "Validity": n, "tokenValidityUnits": settings{token: unit}})
		}
		return []attempt{
			{"web", cognitoUserPoolClient, p.web(nil), ""},
			{"script", cognitoUserPoolClient, script(nil), ""},
			{"no such pool", cognitoUserPoolClient, p.web(settings{"userPoolId": "eu-west-1_none"}),
				"User pool eu-west-1_none does not exist."},
			{"federated", cognitoUserPoolClient, p.web(settings{"supportedIdentityProviders": []string{"sso"}}), ""},
			{"no such provider", cognitoUserPoolClient, p.web(settings{"supportedIdentityProviders": []string{"x"}}),
				"The provider x does not exist for User Pool " + p.pool.ID + "."},
			{"flow without scopes", cognitoUserPoolClient, p.web(settings{"allowedOauthScopes": nil}),
				"AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth" +
					" flows."},
			{"no such flow", cognitoUserPoolClient, p.web(settings{"allowedOauthFlows": []string{"token"}}),
				"got token"},
			{"a person and a script", cognitoUserPoolClient,
				script(settings{"allowedOauthFlows": []string{"client_credentials", "code"}}),
				"api error InvalidOAuthFlowException: client_credentials flow can not be selected along with code flow"},
			{"script without a secret", cognitoUserPoolClient, script(settings{"generateSecret": false}),
				"client_credentials flow can not be selected if client does not have a client secret."},
			{"script with a person's scope", cognitoUserPoolClient,
				script(settings{"allowedOauthScopes": []string{"openid"}}), "api error ScopeDoesNotExistException"},
			{"no such scope", cognitoUserPoolClient, script(settings{"allowedOauthScopes": []string{"api/write"}}),
				"Invalid scope requested: api/write"},
			{"callback in the clear", cognitoUserPoolClient, p.web(settings{"callbackUrls": []string{"http://a.example"}}),
				"http://a.example is not allowed"},
			{"callback to the machine", cognitoUserPoolClient,
				p.web(settings{"callbackUrls": []string{"http://localhost:8080"}}), ""},
			{"no refresh", cognitoUserPoolClient, p.web(settings{"explicitAuthFlows": []string{"ALLOW_USER_SRP_AUTH"}}),
				"REFRESH_TOKEN_AUTH should always be allowed."},
			{"no such auth flow", cognitoUserPoolClient, p.web(settings{"explicitAuthFlows": []string{"ALLOW_ALL"}}),
				"got ALLOW_ALL"},
			{"access token", cognitoUserPoolClient, valid("accessToken", "minutes", 15), ""},
			{"access token too short", cognitoUserPoolClient, valid("accessToken", "minutes", 4),
				"Invalid range for token validity."},
			{"refresh token too short", cognitoUserPoolClient, valid("refreshToken", "minutes", 59),
				"Invalid range for token validity."},
			{"ID token too long", cognitoUserPoolClient, p.web(settings{"idTokenValidity": 25}),
				"Invalid range for token validity."},
			{"no such unit", cognitoUserPoolClient, valid("idToken", "weeks", 1), "Invalid token validity unit: weeks"},
			{"session of a sign-in", cognitoUserPoolClient, p.web(settings{"authSessionValidity": 16}),
				"expected auth_session_validity to be in the range (3 - 15), got 16"},
			{"resource server again", cognitoResourceServer, server,
				"api already exists in user pool " + p.pool.ID + "."},
			{"scope with a slash", cognitoResourceServer, with(server, settings{"identifier": "b", "scopes": []settings{
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
	changed, err := p.update(client, p.web(settings{"refreshTokenValidity": 1}))
	assert.NoError(t, err)
	assert.Equal(t, secret, changed.Outputs.Get("clientSecret"))
	public := p.make(cognitoUserPoolClient, p.web(settings{"generateSecret": nil}))
	assert.Empty(t, public.Text("clientSecret"))
}

func TestRiskConfigurations(t *testing.T) {
	each(t, withPool, func(p *pools) []attempt {
		plain := p.make(cognitoUserPool, settings{"name": "plain"}).ID
		block := settings{"actions": settings{"eventAction": "BLOCK"}}
		loud := settings{"actions": settings{"highAction": settings{"eventAction": "BLOCK", "notify": true}}}
		risks := func(changes settings) settings {
			return with(settings{"userPoolId": p.pool.ID, "compromisedCredentialsRiskConfiguration": block}, changes)
		}
		return []attempt{
			{"protected", cognitoRiskConfiguration, risks(nil), ""},
			{"not protected", cognitoRiskConfiguration, risks(settings{"userPoolId": plain}),
				"api error UserPoolAddOnNotEnabledException"},
			{"notices from nobody", cognitoRiskConfiguration, risks(settings{"accountTakeoverRiskConfiguration": loud}),
				"Notify configuration is required if any of the actions is set to notify."},
		}
	})
}

func TestRiskConfigurationsLookAtEachEvent(t *testing.T) {
	p := withPool(t)
	made := p.make(cognitoRiskConfiguration, settings{"userPoolId": p.pool.ID,
		"compromisedCredentialsRiskConfiguration": settings{"actions": settings{"eventAction": "BLOCK"}}})
	assert.Equal(t, p.pool.ID, made.ID)
	assert.Equal(t, []string{"PASSWORD_CHANGE", "SIGN_IN", "SIGN_UP"},
		props.Texts(made.Outputs, "compromisedCredentialsRiskConfiguration.eventFilters[*]"))
}
