package quotas

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/servicequotas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
)

// Type is the component's type token.
const Type = "haven:quotas:Quotas"

// Initial is how many databases every account may have in a region.
const Initial = 40

// Args are all required.
type Args struct {
	// Databases is how many database instances the account may have in the region, and how many groups of each kind that
	// belong to one. More than [Initial]: AWS grants nothing else.
	Databases int
}

// Quotas are those of one region.
type Quotas struct {
	pulumi.ResourceState
}

// databases are the quotas that one more database takes from, each of RDS.
var databases = []struct{ part, code string }{
	{"instances", "L-7B6409FD"},
	{"parameter-groups", "L-DE55804A"},
	{"subnet-groups", "L-48C6BF61"},
}

// New asks for the quotas of the region of its provider.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Quotas, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("quotas: %w", err)
	}
	q := &Quotas{}
	if err := ctx.RegisterComponentResource(Type, name, q, opts...); err != nil {
		return nil, fmt.Errorf("quotas: %w", err)
	}
	for _, quota := range databases {
		_, err := servicequotas.NewServiceQuota(ctx, name+"-"+quota.part, &servicequotas.ServiceQuotaArgs{
			ServiceCode: pulumi.String("rds"),
			QuotaCode:   pulumi.String(quota.code),
			Value:       pulumi.Float64(float64(args.Databases)),
		}, pulumi.Parent(q))
		if err != nil {
			return nil, fmt.Errorf("quotas: %s: %w", quota.part, err)
		}
	}
	return q, ctx.RegisterResourceOutputs(q, pulumi.Map{})
}

func (a Args) validate() error {
	var problems arguments.Problems
	if a.Databases <= Initial {
		problems.Check("Databases", fmt.Errorf("%d, expected more than %d, which every account has", a.Databases, Initial))
	}
	return problems.Err()
}
