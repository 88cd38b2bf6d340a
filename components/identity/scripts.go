package identity

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cognito"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/identity/limits"
)

// scripts are the accounts of scripts: each a client that gets tokens with its own secret, which Cognito generates and
// shows to those who may describe the client. The application's API is a resource server of the pool, and is handed a
// token that says for which scopes it is good.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
func (b *builder) scripts() error {
	if len(b.args.Scripts) == 0 {
		return nil
	}
	var scopes cognito.ResourceServerScopeArray
	for _, scope := range limits.Scopes() {
		scopes = append(scopes, cognito.ResourceServerScopeArgs{
			ScopeName:        pulumi.String(scope),
			ScopeDescription: pulumi.String(limits.Meanings[scope]),
		})
	}
	physical := b.args.Scope.Name("api")
	api, err := cognito.NewResourceServer(b.ctx, b.name+"-api", &cognito.ResourceServerArgs{
		UserPoolId: b.pool.ID(),
		Identifier: pulumi.String(physical),
		Name:       pulumi.String(physical),
		Scopes:     scopes,
	}, b.parent())
	if err != nil {
		return err
	}
	for _, script := range b.args.Scripts {
		if err := b.script(script, api); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) script(script limits.Script, api *cognito.ResourceServer) error {
	var scopes pulumi.StringArray
	for _, scope := range script.Scopes {
		scopes = append(scopes, pulumi.Sprintf("%s/%s", api.Identifier, scope))
	}
	part := "script-" + script.Name
	client := b.client(part)
	client.AllowedOauthFlows = pulumi.ToStringArray([]string{"client_credentials"})
	client.AllowedOauthScopes = scopes
	_, err := cognito.NewUserPoolClient(b.ctx, b.name+"-"+part, client, b.parent())
	return err
}
