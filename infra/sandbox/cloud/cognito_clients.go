package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

var providerName = regexp.MustCompile(`^[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+$`)

// refuseProviderName:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html.
func refuseProviderName(c *Call) error {
	name := c.text("providerName")
	if n := utf8.RuneCountInString(name); n < 1 || n > 32 || !providerName.MatchString(name) {
		return fmt.Errorf("invalid value for provider_name (1 to 32 characters, must match %s): %q", providerName,
			name)
	}
	for _, other := range ofSamePool(c, cognitoIdentityProvider) {
		if other.Text("providerName") == name {
			return cognito.refuses("CreateIdentityProvider", "DuplicateProviderException",
				"A provider with the name %s already exists in User Pool %s", name, c.text("userPoolId"))
		}
	}
	return nil
}

// providerDetails are what each type of provider must be told, where any one of a line's will do:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html.
var providerDetails = map[string][][]string{
	"SAML": {{"MetadataURL", "MetadataFile"}},
	"OIDC": {{"client_id"}, {"client_secret"}, {"attributes_request_method"}, {"oidc_issuer"}, {"authorize_scopes"}},
}

func refuseProviderDetails(c *Call) error {
	for _, anyOf := range providerDetails[c.text("providerType")] {
		given := func(name string) bool {
			return slices.ContainsFunc(props.At(c.Inputs, "providerDetails."+name), func(v property.Value) bool {
				return !v.IsString() || v.AsString() != ""
			})
		}
		if !slices.ContainsFunc(anyOf, given) {
			return cognito.refuses("CreateIdentityProvider", "InvalidParameterException",
				"The provider type %s requires the provider detail %s.", c.text("providerType"),
				strings.Join(anyOf, " or "))
		}
	}
	for _, name := range []string{"MetadataURL", "oidc_issuer"} {
		if address := c.text("providerDetails." + name); address != "" && !strings.HasPrefix(address, "https://") {
			return cognito.refuses("CreateIdentityProvider", "InvalidParameterException",
				"The provider detail %s must be an HTTPS URL: %s", name, address)
		}
	}
	return nil
}

// authFlows: the older names may not stand beside those that begin with ALLOW_:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html.
var authFlows = strings.Fields(`ADMIN_NO_SRP_AUTH CUSTOM_AUTH_FLOW_ONLY USER_PASSWORD_AUTH
	ALLOW_ADMIN_USER_PASSWORD_AUTH ALLOW_CUSTOM_AUTH ALLOW_REFRESH_TOKEN_AUTH ALLOW_USER_AUTH
	ALLOW_USER_PASSWORD_AUTH ALLOW_USER_SRP_AUTH`)

func refuseAuthFlows(c *Call) error {
	flows := c.texts("explicitAuthFlows[*]")
	isNew := func(flow string) bool { return strings.HasPrefix(flow, "ALLOW_") }
	for _, flow := range flows {
		if !slices.Contains(authFlows, flow) {
			return fmt.Errorf("expected explicit_auth_flows to be one of %q, got %s", authFlows, flow)
		}
		if isNew(flow) != isNew(flows[0]) {
			return cognito.says("CreateUserPoolClient", "InvalidParameterException",
				"1 validation error detected: values with and without the prefix ALLOW_ at 'explicitAuthFlows'")
		}
	}
	if len(flows) > 0 && isNew(flows[0]) && !slices.Contains(flows, "ALLOW_REFRESH_TOKEN_AUTH") &&
		!c.has("refreshTokenRotation") {
		return cognito.says("CreateUserPoolClient", "InvalidParameterException",
			"REFRESH_TOKEN_AUTH should always be allowed.")
	}
	return nil
}

var oauthFlows = []string{"code", "implicit", "client_credentials"}

// refuseOAuth:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-app-idp-settings.html.
func refuseOAuth(c *Call) error {
	flows, scopes := c.texts("allowedOauthFlows[*]"), c.texts("allowedOauthScopes[*]")
	machine := slices.Contains(flows, "client_credentials")
	for _, flow := range flows {
		if !slices.Contains(oauthFlows, flow) {
			return fmt.Errorf("expected allowed_oauth_flows to be one of %q, got %s", oauthFlows, flow)
		}
	}
	switch {
	case c.flag("allowedOauthFlowsUserPoolClient") && (len(flows) == 0 || len(scopes) == 0):
		return cognito.says("CreateUserPoolClient", "InvalidParameterException", "AllowedOAuthFlows and"+
			" AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.")
	case machine && len(flows) > 1:
		return cognito.says("CreateUserPoolClient", "InvalidOAuthFlowException",
			"client_credentials flow can not be selected along with code flow or implicit flow.")
	case machine && !c.flag("generateSecret"):
		return cognito.says("CreateUserPoolClient", "InvalidOAuthFlowException",
			"client_credentials flow can not be selected if client does not have a client secret.")
	}
	return nil
}

// refuseCallbacks: a page of one's own is reached by HTTPS, but on the machine itself.
func refuseCallbacks(c *Call) error {
	for _, path := range []string{"callbackUrls[*]", "logoutUrls[*]"} {
		for _, address := range c.texts(path) {
			if strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "http://localhost") {
				return cognito.refuses("CreateUserPoolClient", "InvalidParameterException",
					"%s is not allowed: HTTPS is required, except for http://localhost", address)
			}
		}
	}
	if address := c.text("defaultRedirectUri"); address != "" &&
		!slices.Contains(c.texts("callbackUrls[*]"), address) {
		return cognito.says("CreateUserPoolClient", "InvalidParameterException",
			"Default redirect URI must be in the list of callback URLs.")
	}
	return nil
}

var systemScopes = []string{"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"}

// refuseScopes:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html.
func refuseScopes(c *Call) error {
	known := slices.Clone(systemScopes)
	if slices.Contains(c.texts("allowedOauthFlows[*]"), "client_credentials") {
		known = nil // for a machine nobody signs in: there is no user to tell of
	}
	for _, server := range ofSamePool(c, cognitoResourceServer) {
		known = append(known, props.Texts(server.Outputs, "scopeIdentifiers[*]")...)
	}
	for _, scope := range c.texts("allowedOauthScopes[*]") {
		if !slices.Contains(known, scope) {
			return cognito.refuses("CreateUserPoolClient", "ScopeDoesNotExistException",
				"Invalid scope requested: %s", scope)
		}
	}
	return nil
}

func refuseClientProviders(c *Call) error {
	known := []string{"COGNITO"}
	for _, provider := range ofSamePool(c, cognitoIdentityProvider) {
		known = append(known, provider.Text("providerName"))
	}
	for _, name := range c.texts("supportedIdentityProviders[*]") {
		if !slices.Contains(known, name) {
			return cognito.refuses("CreateUserPoolClient", "InvalidParameterException",
				"The provider %s does not exist for User Pool %s.", name, c.text("userPoolId"))
		}
	}
	return nil
}

const day = 24 * time.Hour

// tokenValidities are how long tokens may be valid:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html.
var tokenValidities = []struct {
	token, defaultUnit string
	least, most        time.Duration
}{
	{"accessToken", "hours", 5 * time.Minute, day},
	{"idToken", "hours", 5 * time.Minute, day},
	{"refreshToken", "days", time.Hour, 3650 * day},
}

var tokenUnits = map[string]time.Duration{
	"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": day,
}

func refuseTokenValidity(c *Call) error {
	for _, each := range tokenValidities {
		name := c.text("tokenValidityUnits." + each.token)
		if name == "" {
			name = each.defaultUnit
		}
		unit, known := tokenUnits[name]
		if !known {
			return cognito.refuses("CreateUserPoolClient", "InvalidParameterException",
				"Invalid token validity unit: %s", name)
		}
		n, given := c.number(each.token + "Validity")
		if valid := time.Duration(n) * unit; given && (valid < each.least || valid > each.most) {
			return cognito.says("CreateUserPoolClient", "InvalidParameterException",
				"Invalid range for token validity.")
		}
	}
	return nil
}

// lowerAlphanumeric are the characters of clients' IDs and secrets.
var lowerAlphanumeric = strings.ToLower(upperAlphanumeric)

func userPoolClientOutputs(c *Call) map[string]property.Value {
	secret := property.New("")
	if c.flag("generateSecret") {
		secret = property.New(randomFrom(lowerAlphanumeric, 51))
	}
	return c.outputs().
		keep("clientSecret", secret.WithSecret(true)).
		fill("accessTokenValidity", num(0)).
		fill("idTokenValidity", num(0)).
		fill("refreshTokenValidity", num(30)).
		fill("authSessionValidity", num(3)).
		fill("allowedOauthFlowsUserPoolClient", property.New(false)).
		fill("enableTokenRevocation", property.New(true)).
		fill("enablePropagateAdditionalUserContextData", property.New(false)).
		fill("supportedIdentityProviders", strs("COGNITO")).
		values
}

var resourceServerPart = regexp.MustCompile(`^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$`)

// refuseResourceServer:
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html.
func refuseResourceServer(c *Call) error {
	for _, scope := range c.texts("scopes[*].scopeName") {
		if !resourceServerPart.MatchString(scope) {
			return fmt.Errorf("invalid value for scope_name (1 to 256 printable characters, without space, slash and"+
				" quotes): %q", scope)
		}
	}
	for _, other := range ofSamePool(c, cognitoResourceServer) {
		if other.Text("identifier") == c.text("identifier") {
			return cognito.refuses("CreateResourceServer", "InvalidParameterException",
				"%s already exists in user pool %s.", c.text("identifier"), c.text("userPoolId"))
		}
	}
	return nil
}

func resourceServerOutputs(c *Call) map[string]property.Value {
	var scopes []string
	for _, scope := range c.texts("scopes[*].scopeName") {
		scopes = append(scopes, c.text("identifier")+"/"+scope)
	}
	return c.outputs().set("scopeIdentifiers", strs(scopes...)).values
}
