package identity

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cognito"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Script is the account of a script: a client that gets tokens with its own secret, which Cognito generates and shows
// to those who may describe the client.
type Script struct {
	// Name is its name within the tenant, 2 to 40 small letters, digits and hyphens.
	Name string
	// Scopes are what its tokens say it may do, one or more of Scopes. Give no more than it needs.
	Scopes []string
}

// meanings are the scopes of the tenant's API, each with what it allows.
var meanings = map[string]string{
	"files.read":      "Read files",
	"files.write":     "Add and change files",
	"processes.read":  "Read the definitions of processes",
	"processes.write": "Change the definitions of processes",
	"requests.read":   "Read requests and their data",
	"requests.start":  "Start requests",
	"tasks.complete":  "Complete tasks",
	"tasks.read":      "Read tasks",
	"users.read":      "Read users and groups",
	"users.write":     "Add, change and deactivate users and groups",
}

// Scopes are what script accounts can be allowed, sorted.
func Scopes() []string { return slices.Sorted(maps.Keys(meanings)) }

// scripts are the accounts of scripts. The application's API is a resource server of the pool, and is handed a token
// that says for which scopes it is good.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
func (b *builder) scripts() error {
	if len(b.args.Scripts) == 0 {
		return nil
	}
	var scopes cognito.ResourceServerScopeArray
	for _, scope := range Scopes() {
		scopes = append(scopes, cognito.ResourceServerScopeArgs{
			ScopeName:        pulumi.String(scope),
			ScopeDescription: pulumi.String(meanings[scope]),
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

func (b *builder) script(script Script, api *cognito.ResourceServer) error {
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
