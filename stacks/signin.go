package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/identity"
	"haven/components/routing"
)

// apiPaths are where a script's token passes without the sign-in of a person; the application verifies it.
var apiPaths = []string{"/api/*"}

// pool declares the tenant's user pool; nil where people reach the application's own sign-in.
func (t *tenant) pool(ctx *pulumi.Context) (*identity.Identity, error) {
	settings := t.config.Identity
	if !settings.Pooled() {
		return nil, nil
	}
	said := settings.Settings()
	return identity.New(ctx, "identity", identity.Args{
		Scope:           t.scope,
		Account:         t.cell.Account,
		Host:            t.config.Host,
		Mode:            said.Mode,
		MetadataURL:     said.MetadataURL,
		Issuer:          said.Issuer,
		ClientID:        said.ClientID,
		ClientSecretARN: said.ClientSecretARN,
		NoticesFrom:     said.NoticesFrom,
		SessionHours:    said.SessionHours,
		Scripts:         said.Scripts,
		WebACLARN:       pulumi.String(t.cell.WebACLARN),
		Protected:       t.goes().IsZero(),
	}, t.child())
}

// signIn is how the load balancer uses the pool; nil where it lets everyone through to the application.
func (t *tenant) signIn(pool *identity.Identity) *routing.SignIn {
	settings := t.config.Identity
	if pool == nil || !settings.SSOOnly {
		return nil
	}
	return &routing.SignIn{
		UserPoolARN:  pool.UserPoolARN,
		ClientID:     pool.ClientID,
		Domain:       pool.Domain,
		SessionHours: settings.SessionHours,
		TokenPaths:   apiPaths,
	}
}
