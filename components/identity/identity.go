package identity

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cognito"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/identity/limits"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:identity:Identity"

// Args says who may sign in and how.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account is the AWS account, twelve digits.
	Account string
	// Host is where the tenant's users find it; the load balancer answers for it.
	Host string
	// Mode is how people prove who they are. Changing it keeps the pool and its accounts.
	Mode limits.Mode
	// MetadataURL is where the SAML provider publishes its metadata, by HTTPS; in the mode SAML, and only there.
	MetadataURL string
	// Issuer, ClientID and ClientSecretARN are, in the mode OIDC and only there, the provider's issuer (an HTTPS URL), the
	// client it knows the pool as, and the secret in Secrets Manager whose whole text is that client's secret. It is
	// read at each update, so that a new secret counts from the next one on.
	Issuer, ClientID, ClientSecretARN string
	// SessionHours is how long one sign-in lasts, 1 to limits.MaxSessionHours.
	SessionHours int
	// Scripts are the tenant's script accounts.
	Scripts []limits.Script
	// NoticesFrom is, in the mode Password and only there, the ARN of a verified identity in SES, from which the owner of
	// an account is told of a sign-in that was blocked.
	NoticesFrom string
	// WebACLARN is the regional web ACL that stands before the pool's pages and API, the cell's. Default nil: none does.
	WebACLARN pulumi.StringInput
	// Protected refuses to delete the pool. False only while the stack is torn down.
	Protected bool
}

// Identity is a tenant's user pool.
type Identity struct {
	pulumi.ResourceState

	// UserPoolARN, ClientID and Domain are what a load balancer needs to make people sign in. Domain is the prefix before
	// ".auth.<region>.amazoncognito.com".
	UserPoolARN, ClientID, Domain pulumi.StringOutput
}

// New declares a tenant's user pool.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Identity, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	i := &Identity{}
	if err := ctx.RegisterComponentResource(Type, name, i, opts...); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	b := &builder{ctx: ctx, identity: i, name: name, args: args}
	if err := b.declare(); err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return i, ctx.RegisterResourceOutputs(i, pulumi.Map{
		"userPoolArn": i.UserPoolARN,
		"clientId":    i.ClientID,
		"domain":      i.Domain,
	})
}

// builder declares the parts of an identity.
type builder struct {
	ctx      *pulumi.Context
	identity *Identity
	name     string
	args     Args
	pool     *cognito.UserPool
}

func (b *builder) declare() error {
	for _, part := range []struct {
		noun    string
		declare func() error
	}{
		{"user pool", b.userPool},
		{"risk configuration", b.risks},
		{"web ACL", b.firewall},
		{"domain", b.domain},
		{"client", b.people},
		{"scripts", b.scripts},
	} {
		if err := part.declare(); err != nil {
			return fmt.Errorf("%s: %w", part.noun, err)
		}
	}
	return nil
}

func (b *builder) parent() pulumi.ResourceOrInvokeOption { return pulumi.Parent(b.identity) }
