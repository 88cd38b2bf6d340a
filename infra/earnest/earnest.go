// Package earnest is what verbs do before they change anything in a real account: they say whose account it is, which
// regions, what would be made and what that costs, and ask. Until the answer nothing is done but reading: what stacks
// export, as their backend keeps it, and whose the credentials are.
package earnest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/recovery"
	"haven/infra/report/cost"
	"haven/infra/signin"
	"haven/stacks/config"
)

// Stacks are those of an environment in real accounts.
type Stacks interface {
	recovery.Deployer
	// Export is what a stack holds, and whether it is there.
	Export(ctx context.Context, stack string) ([]apitype.ResourceV3, bool, error)
}

// Door leads to a real account: the sign-in, at the endpoint of a region.
type Door func(ctx context.Context, account, region string) (recovery.Cloud, signin.Identity, error)

// Plan is what a verb is about to do.
type Plan struct {
	Environment *config.Environment
	// What it does in a sentence; Made are the stacks that it brings up, Regions where.
	What          string
	Made, Regions []string
	// Lasting says how long what is made stays; zero for as long as nobody takes it down.
	Lasting time.Duration
	Who     signin.Identity
	// Monthly is what all of it costs in a month, by Label.
	Monthly float64
	Label   string
}

// hoursOfMonth are those that prices of a month are for.
const hoursOfMonth = 730

// Cost is what it costs until it is taken down; of what stays the cost of a month.
func (p Plan) Cost() float64 {
	if p.Lasting == 0 {
		return p.Monthly
	}
	return math.Ceil(p.Monthly/hoursOfMonth*p.Lasting.Hours()*100) / 100
}

// Write tells a person.
func (p Plan) Write(out io.Writer) error {
	if len(p.Made) == 0 {
		_, err := fmt.Fprintf(out, "%s\n\n  account  %s, as %s\n  regions  %s\n  makes    nothing\n\n", p.What, p.Who.Account,
			p.Who.ARN, strings.Join(p.Regions, ", "))
		return err
	}
	spent := fmt.Sprintf("USD %.2f a month, on top of what is there, for as long as it is up", p.Monthly)
	if p.Lasting > 0 {
		spent = fmt.Sprintf("USD %.2f for %s; USD %.2f for each day that it is left up", p.Cost(), p.Lasting,
			p.Monthly/hoursOfMonth*24)
	}
	_, err := fmt.Fprintf(out, "%s\n\n  account  %s, as %s\n  regions  %s\n  makes    %s\n  costs    about %s\n"+
		"           (%s; copies, traffic and requests are not in it)\n\n", p.What, p.Who.Account, p.Who.ARN,
		strings.Join(p.Regions, ", "), strings.Join(p.Made, ", "), spent, p.Label)
	return err
}

// Enter signs in to the account that all tenants live in, at one of the regions.
func Enter(ctx context.Context, open Door, tenants []recovery.Tenant, region string) (
	recovery.Cloud, signin.Identity, error,
) {
	if len(tenants) == 0 {
		return nil, signin.Identity{}, errors.New("no tenant is up, by what the stacks of the backend export")
	}
	for _, tenant := range tenants {
		if tenant.Account != tenants[0].Account {
			return nil, signin.Identity{}, fmt.Errorf("%s lives in the account %s, but %s in %s: that is for one account's "+
				"credentials; give each account an environment of its own", tenant.Stack, tenant.Account, tenants[0].Stack,
				tenants[0].Account)
		}
	}
	return open(ctx, tenants[0].Account, region)
}

// Estimate adds to a plan what it costs: each tenant's that is brought back what its own stack costs. That is more than
// it will be, for what is brought back has no copies.
func (p *Plan) Estimate(exports map[string][]apitype.ResourceV3) {
	source := cost.Source{Name: "what the backend holds"}
	like := &config.Environment{Name: p.Environment.Name}
	for _, stack := range p.Environment.Stacks {
		if resources := exports[stack.Name]; len(resources) > 0 {
			source.Stacks = append(source.Stacks, cost.Stack{Name: stack.Name, Resources: resources})
			like.Stacks = append(like.Stacks, stack)
		}
	}
	report := cost.Estimate(like, source, time.Now())
	p.Monthly, p.Label = report.Total, report.Label
}

// Exports are what the tenants' own stacks hold.
func Exports(ctx context.Context, stacks Stacks, tenants []recovery.Tenant) (map[string][]apitype.ResourceV3, error) {
	all := map[string][]apitype.ResourceV3{}
	for _, tenant := range tenants {
		resources, _, err := stacks.Export(ctx, tenant.Stack)
		if err != nil {
			return nil, err
		}
		all[tenant.Stack] = resources
	}
	return all, nil
}

// Regions are those of all tenants, each once: their own, or where they are brought back.
func Regions(r *recovery.Recovery, tenants []recovery.Tenant, abroad bool) ([]string, error) {
	var all []string
	for _, tenant := range tenants {
		region := tenant.Region
		if abroad {
			var err error
			if region, err = r.Region(tenant); err != nil {
				return nil, err
			}
		}
		all = append(all, region)
	}
	slices.SortFunc(all, cmp.Compare[string])
	return slices.Compact(all), nil
}
