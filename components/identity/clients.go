package identity

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cognito"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// tokenMinutes is how long an access or ID token is valid. The load balancer renews them within a session.
	tokenMinutes = 15
	// signInMinutes is how long one attempt to sign in may take, the setup of an authenticator app included.
	signInMinutes = 10
)

// people is the client by which the load balancer makes people sign in; the path is the load balancer's own.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
func (b *builder) people() error {
	provider, err := b.provider()
	if err != nil {
		return err
	}
	site := "https://" + b.args.Host
	client := b.client("web")
	client.AllowedOauthFlows = pulumi.ToStringArray([]string{"code"})
	client.AllowedOauthScopes = pulumi.ToStringArray([]string{"email", "openid", "profile"})
	client.SupportedIdentityProviders = pulumi.StringArray{provider}
	client.CallbackUrls = pulumi.ToStringArray([]string{site + "/oauth2/idpresponse"})
	client.LogoutUrls = pulumi.ToStringArray([]string{site + "/"})
	client.ReadAttributes = pulumi.ToStringArray([]string{"email", "email_verified", "name"})
	// Attributes that a provider tells are written as the client.
	client.WriteAttributes = pulumi.ToStringArray([]string{"email", "name"})
	client.AuthSessionValidity = pulumi.Int(signInMinutes)
	made, err := cognito.NewUserPoolClient(b.ctx, b.name+"-client", client, b.parent())
	if err != nil {
		return err
	}
	b.identity.ClientID = made.ID().ToStringOutput()
	return nil
}

// client is what holds for each client of the pool: a secret, short tokens that can be revoked, and answers that do not
// tell whether an account exists.
func (b *builder) client(part string) *cognito.UserPoolClientArgs {
	return &cognito.UserPoolClientArgs{
		UserPoolId:                      b.pool.ID(),
		Name:                            pulumi.String(b.args.Scope.Name(part)),
		GenerateSecret:                  pulumi.Bool(true),
		AllowedOauthFlowsUserPoolClient: pulumi.Bool(true),
		ExplicitAuthFlows:               pulumi.ToStringArray([]string{"ALLOW_REFRESH_TOKEN_AUTH"}),
		PreventUserExistenceErrors:      pulumi.String("ENABLED"),
		EnableTokenRevocation:           pulumi.Bool(true),
		AccessTokenValidity:             pulumi.Int(tokenMinutes),
		IdTokenValidity:                 pulumi.Int(tokenMinutes),
		RefreshTokenValidity:            pulumi.Int(b.args.SessionHours),
		TokenValidityUnits: cognito.UserPoolClientTokenValidityUnitsArgs{
			AccessToken:  pulumi.String("minutes"),
			IdToken:      pulumi.String("minutes"),
			RefreshToken: pulumi.String("hours"),
		},
	}
}
