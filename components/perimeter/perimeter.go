package perimeter

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:perimeter:Perimeter"

// Args says whose perimeter it is and where.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// VPCID is the cell's VPC.
	VPCID pulumi.StringInput
	// LoadBalancerGroupID is the security group of the cell's load balancer: the only one let in.
	LoadBalancerGroupID pulumi.StringInput
	// ApplicationPort is the TCP port on which the application listens, 1024 to 65535: it runs without privileges.
	ApplicationPort int
	// WebSocketPort is the one on which its websocket tasks listen, likewise.
	WebSocketPort int
	// Quarantine makes a group for what nobody may reach. Default false.
	Quarantine bool
}

// Perimeter is a tenant's security groups.
type Perimeter struct {
	pulumi.ResourceState

	// ApplicationGroupID is the group of the tenant's tasks.
	ApplicationGroupID pulumi.StringOutput
	// DatabaseGroupID is the group of the tenant's database, CacheGroupID of its cache, FilesGroupID of the mount targets
	// of its files.
	DatabaseGroupID, CacheGroupID, FilesGroupID pulumi.StringOutput
	// QuarantineGroupID is the group without a rule; empty where none was asked for.
	QuarantineGroupID pulumi.StringOutput
}

// New declares a tenant's perimeter.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Perimeter, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("perimeter: %w", err)
	}
	p := &Perimeter{}
	if err := ctx.RegisterComponentResource(Type, name, p, opts...); err != nil {
		return nil, fmt.Errorf("perimeter: %w", err)
	}
	if err := p.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("perimeter: %w", err)
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{
		"applicationGroupId": p.ApplicationGroupID,
		"databaseGroupId":    p.DatabaseGroupID,
		"cacheGroupId":       p.CacheGroupID,
		"filesGroupId":       p.FilesGroupID,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("VPCID", a.VPCID != nil)
	problems.Require("LoadBalancerGroupID", a.LoadBalancerGroupID != nil)
	problems.Within("ApplicationPort", a.ApplicationPort, 1024, 65535)
	problems.Within("WebSocketPort", a.WebSocketPort, 1024, 65535)
	return problems.Err()
}

func (p *Perimeter) declare(ctx *pulumi.Context, name string, args Args) error {
	groups := map[party]pulumi.StringOutput{loadBalancer: args.LoadBalancerGroupID.ToStringOutput()}
	for _, own := range []struct {
		party party
		id    *pulumi.StringOutput
	}{
		{application, &p.ApplicationGroupID},
		{database, &p.DatabaseGroupID},
		{cache, &p.CacheGroupID},
		{files, &p.FilesGroupID},
	} {
		group, err := p.group(ctx, name, own.party, args)
		if err != nil {
			return err
		}
		*own.id = group.ID().ToStringOutput()
		groups[own.party] = *own.id
	}
	p.QuarantineGroupID = pulumi.String("").ToStringOutput()
	if args.Quarantine {
		group, err := p.group(ctx, name, quarantine, args)
		if err != nil {
			return err
		}
		p.QuarantineGroupID = group.ID().ToStringOutput()
	}
	rules := ruleSet{parent: p, name: name, scope: args.Scope, groups: groups}
	for _, f := range flows(args.ApplicationPort, args.WebSocketPort) {
		if err := rules.allow(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (p *Perimeter) group(ctx *pulumi.Context, name string, of party, args Args) (*ec2.SecurityGroup, error) {
	physical := args.Scope.Name(string(of))
	group, err := ec2.NewSecurityGroup(ctx, name+"-"+string(of), &ec2.SecurityGroupArgs{
		Name:        pulumi.String(physical),
		Description: pulumi.String(fmt.Sprintf("The %s of %s", of, args.Scope.Stack)),
		VpcId:       args.VPCID,
		Tags:        pulumi.ToStringMap(args.Scope.Tags("perimeter", physical, naming.Internal)),
	}, pulumi.Parent(p))
	if err != nil {
		return nil, fmt.Errorf("security group of the %s: %w", of, err)
	}
	return group, nil
}
