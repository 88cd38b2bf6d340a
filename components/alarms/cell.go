package alarms

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// CellType is the type token of the component that NewCell makes.
const CellType = "haven:alarms:Cell"

// CellArgs say what of a cell is watched, and whom to tell. All but Topics and MonthlyBudgetUSD
// are required.
type CellArgs struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Region is the cell's.
	Region string
	// Topics are told. Default none.
	Topics Topics
	// LoadBalancer is the end of the load balancer's ARN, "app/demo-cell-edge/50dc6c495c0c9188": its arnSuffix.
	LoadBalancer pulumi.StringInput
	// CertificateARN is the load balancer's default certificate.
	CertificateARN pulumi.StringInput
	// WebACL is the firewall's name.
	WebACL string
	// ClusterName is the ECS cluster, for the dashboard.
	ClusterName pulumi.StringInput
	// Gateways are the NAT gateways, one for each zone of the cell.
	Gateways []Gateway
	// MonthlyBudgetUSD is what the cell and its tenants may cost in a month, in US dollars. Default 0: no budget is
	// watched.
	MonthlyBudgetUSD int
}

// Gateway is a NAT gateway.
type Gateway struct {
	Zone string // "eu-west-1a"
	ID   pulumi.StringInput
}

// Cell is what of a cell is watched.
type Cell struct {
	pulumi.ResourceState
	// ARNs are the alarms', DashboardARN is the dashboard's.
	ARNs         pulumi.StringArrayOutput
	DashboardARN pulumi.StringOutput
}

// NewCell declares a cell's alarms and its dashboard.
func NewCell(ctx *pulumi.Context, name string, args CellArgs, opts ...pulumi.ResourceOption) (*Cell, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	c := &Cell{}
	if err := ctx.RegisterComponentResource(CellType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	parent := pulumi.Parent(c)
	w := watcher{ctx, name, args.Scope, args.Topics, []pulumi.ResourceOption{parent}}
	arns, err := w.watch(args.alarms())
	if err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	if err := w.budget(args.MonthlyBudgetUSD, "cell", args.Scope.Cell); err != nil {
		return nil, fmt.Errorf("alarms: %w", err)
	}
	c.ARNs = arns.ToStringArrayOutput()
	if c.DashboardARN, err = args.dashboard(ctx, name, c.ARNs, parent); err != nil {
		return nil, fmt.Errorf("alarms: dashboard: %w", err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arns": c.ARNs, "dashboardArn": c.DashboardARN})
}

func (a CellArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Region", a.Region != "")
	problems.Require("LoadBalancer", a.LoadBalancer != nil)
	problems.Require("CertificateARN", a.CertificateARN != nil)
	problems.Require("WebACL", a.WebACL != "")
	problems.Require("ClusterName", a.ClusterName != nil)
	problems.Require("Gateways", len(a.Gateways) > 0)
	for i, gateway := range a.Gateways {
		problems.Require(fmt.Sprintf("Gateways[%d].Zone", i), gateway.Zone != "")
		problems.Require(fmt.Sprintf("Gateways[%d].ID", i), gateway.ID != nil)
	}
	checkBudget(&problems, a.MonthlyBudgetUSD)
	return problems.Err()
}

func (a CellArgs) alarms() []alarm {
	all := edgeAlarms(a)
	all = append(all, firewallAlarms(a)...)
	all = append(all, certificateAlarms(a.CertificateARN)...)
	for _, gateway := range a.Gateways {
		all = append(all, zoneAlarms(a.LoadBalancer, gateway.Zone), portAlarms(gateway), dropAlarms(gateway))
	}
	return all
}
