package identity

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cognito"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/identity/limits"
)

// own is the provider that people are asked by where the pool itself asks them.
const own = "COGNITO"

// federation is a provider of the customer's.
type federation struct {
	details    pulumi.StringMap
	attributes map[string]string
	// found are the details that Cognito adds by asking the provider: a change of theirs is no change of ours.
	found []string
}

// provider is the name of the one provider that people sign in with.
func (b *builder) provider() (pulumi.StringInput, error) {
	var f federation
	switch b.args.Mode {
	case limits.Password:
		return pulumi.String(own), nil
	case limits.SAML:
		f = b.saml()
	case limits.OIDC:
		f = b.oidc()
	}
	var ignored []string
	for _, detail := range f.found {
		ignored = append(ignored, "providerDetails."+detail)
	}
	provider, err := cognito.NewIdentityProvider(b.ctx, b.name+"-provider", &cognito.IdentityProviderArgs{
		UserPoolId:       b.pool.ID(),
		ProviderName:     pulumi.String("sso-" + string(b.args.Mode)),
		ProviderType:     pulumi.String(providerTypes[b.args.Mode]),
		ProviderDetails:  f.details,
		AttributeMapping: pulumi.ToStringMap(f.attributes),
	}, b.parent(), pulumi.IgnoreChanges(ignored))
	if err != nil {
		return nil, fmt.Errorf("provider: %w", err)
	}
	return provider.ProviderName, nil
}

var providerTypes = map[limits.Mode]string{limits.SAML: "SAML", limits.OIDC: "OIDC"}

// saml signs its requests, wants answers encrypted, and takes none that it did not ask for.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-SAML-signing-encryption.html
func (b *builder) saml() federation {
	const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	return federation{
		details: pulumi.StringMap{
			"MetadataURL":             pulumi.String(b.args.MetadataURL),
			"IDPInit":                 pulumi.String("false"),
			"IDPSignout":              pulumi.String("true"),
			"EncryptedResponses":      pulumi.String("true"),
			"RequestSigningAlgorithm": pulumi.String("rsa-sha256"),
		},
		attributes: map[string]string{"email": claims + "emailaddress", "name": claims + "name"},
		found:      []string{"ActiveEncryptionCertificate", "SLORedirectBindingURI", "SSORedirectBindingURI"},
	}
}

// oidc takes the client's secret from Secrets Manager: it is in no stack file, and encrypted in the state.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-oidc-idp.html
func (b *builder) oidc() federation {
	secret := secretsmanager.LookupSecretVersionOutput(b.ctx, secretsmanager.LookupSecretVersionOutputArgs{
		SecretId: pulumi.String(b.args.ClientSecretARN),
	}, b.parent()).SecretString()
	return federation{
		details: pulumi.StringMap{
			"oidc_issuer":               pulumi.String(b.args.Issuer),
			"client_id":                 pulumi.String(b.args.ClientID),
			"client_secret":             pulumi.ToSecret(secret).(pulumi.StringOutput),
			"authorize_scopes":          pulumi.String("openid email profile"),
			"attributes_request_method": pulumi.String("GET"),
		},
		attributes: map[string]string{"username": "sub", "email": "email", "name": "name"},
		found: []string{
			"attributes_url", "attributes_url_add_attributes", "authorize_url", "jwks_uri", "token_url",
		},
	}
}
