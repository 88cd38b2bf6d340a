package offsite

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/projects"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// identity is who something runs as, with what it may do.
type identity struct {
	account *serviceaccount.Account
	// grants are what it may do: whatever runs as it comes after them.
	grants []pulumi.Resource
}

// newIdentity makes an account that may read the secrets of these names, and nothing else; and connect to the tenant's
// database where it is asked for. An account's name has 30 characters at most, and the project is the tenant's own.
// https://cloud.google.com/iam/docs/service-accounts-create
func (s *Stores) newIdentity(ctx *pulumi.Context, name, what string, database bool, secrets []string,
	opts ...pulumi.ResourceOption,
) (*identity, error) {
	account, err := serviceaccount.NewAccount(ctx, name+"-account", &serviceaccount.AccountArgs{
		AccountId:   pulumi.String("haven-" + what),
		DisplayName: pulumi.String(fmt.Sprintf("%s of %s", what, s.args.Scope.Stack)),
	}, opts...)
	if err != nil {
		return nil, err
	}
	who := &identity{account: account}
	if database {
		if err := s.admit(ctx, name, who, opts...); err != nil {
			return nil, err
		}
	}
	for _, secret := range slices.Sorted(slices.Values(secrets)) {
		grant, err := secretmanager.NewSecretIamMember(ctx, name+"-reads-"+secret, &secretmanager.SecretIamMemberArgs{
			SecretId: s.secrets[secret].ID(),
			Role:     pulumi.String("roles/secretmanager.secretAccessor"),
			Member:   account.Member,
		}, opts...)
		if err != nil {
			return nil, err
		}
		who.grants = append(who.grants, grant)
	}
	return who, nil
}

// admit lets an account connect to the tenant's database, by a role of the project that holds no other.
// https://cloud.google.com/sql/docs/mysql/roles-and-permissions
func (s *Stores) admit(ctx *pulumi.Context, name string, who *identity, opts ...pulumi.ResourceOption) error {
	grant, err := projects.NewIAMMember(ctx, name+"-database", &projects.IAMMemberArgs{
		Project: pulumi.String(s.args.Project),
		Role:    pulumi.String("roles/cloudsql.client"),
		Member:  who.account.Member,
	}, opts...)
	if err != nil {
		return err
	}
	who.grants = append(who.grants, grant)
	return nil
}
