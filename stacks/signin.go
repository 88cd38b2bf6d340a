package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/identity"
	"haven/components/routing"
)

// apiPaths are where a script's token passes without the sign-in of a person; the application verifies it.
var apiPaths = []string{"/api/*"}

// signIn declares the tenant's user pool, where it has one, and how the load balancer uses it: nil where people reach
// the application's own sign-in.
func (t *tenant) signIn(ctx *pulumi.Context) (*routing.SignIn, error) {
	settings := t.config.Identity
	if !settings.Pooled() {
		return nil, nil
	}
	said := settings.Settings()
	pool, err := identity.New(ctx, "identity", identity.Args{
		Scope:           t.scope,
		Account:         t.cell.Account,
		Host:            t.config.Host,
		Mode:            said.Mode,
		MetadataURL:     said.MetadataURL,
		Issuer:          said.Issuer,
		ClientID:        said.ClientID,
		ClientSecretARN: said.ClientSecretARN,
		SessionHours:    said.SessionHours,
		Scripts:         said.Scripts,
		WebACLARN:       pulumi.String(t.cell.WebACLARN),
		Protected:       t.goes().IsZero(),
	}, t.child())
	if err != nil || !settings.SSOOnly {
		return nil, err
	}
	return &routing.SignIn{
		UserPoolARN:  pool.UserPoolARN,
		ClientID:     pool.ClientID,
		Domain:       pool.Domain,
		SessionHours: settings.SessionHours,
		TokenPaths:   apiPaths,
	}, nil
}
