package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/cidr"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:network:Network"

// Args are all required, but for InterfaceEndpoints.
type Args struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the VPC's.
	Account, Region string
	// CIDR is the VPC's range, as cidr.Plan takes it.
	CIDR string
	// Zones are three availability zones of Region. Their order decides their addresses.
	Zones []string
	// InterfaceEndpoints are the services reached through endpoints of their own: "ecr.api" of
	// "com.amazonaws.<region>.ecr.api". Each costs by the hour and zone.
	InterfaceEndpoints []string
	// LogsKeyARN is the key of the flow logs.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long flow logs are kept, one of CloudWatch Logs' values.
	LogRetentionDays int
}

// Network is a VPC. The subnets are in the order of the zones.
type Network struct {
	pulumi.ResourceState
	VPCID                                                pulumi.StringOutput
	PublicSubnetIDs, PrivateSubnetIDs, IsolatedSubnetIDs []pulumi.StringOutput
	// GatewayIDs are the NAT gateways, in zone order.
	GatewayIDs []pulumi.StringOutput
	// PublicCIDRs are the ranges that load balancers answer from, PrivateCIDRs those that applications run in.
	PublicCIDRs, PrivateCIDRs []string
}

// New makes a network.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Network, error) {
	plan, err := args.plan()
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	n := &Network{}
	if err := ctx.RegisterComponentResource(Type, name, n, opts...); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	b := &builder{ctx: ctx, network: n, name: name, args: args, plan: plan}
	if err := b.declare(); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{
		"vpcId":             n.VPCID,
		"publicSubnetIds":   ids(n.PublicSubnetIDs),
		"privateSubnetIds":  ids(n.PrivateSubnetIDs),
		"isolatedSubnetIds": ids(n.IsolatedSubnetIDs),
	})
}

// plan divides the range among the zones.
func (a Args) plan() ([]cidr.Zone, error) {
	plan, err := cidr.Plan(a.CIDR, a.Zones)
	return plan, errors.Join(err, a.validate())
}

// validate checks all but what cidr.Plan does.
func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	for _, zone := range a.Zones {
		if len(zone) != len(a.Region)+1 || !strings.HasPrefix(zone, a.Region) {
			problems.Check("Zones", fmt.Errorf("%q, expected one of %s, such as %q", zone, a.Region, a.Region+"a"))
		}
	}
	for i, service := range a.InterfaceEndpoints {
		switch {
		case service == "s3" || service == "dynamodb":
			problems.Check("InterfaceEndpoints", fmt.Errorf("%q, expected none that has a gateway endpoint", service))
		case slices.Contains(a.InterfaceEndpoints[:i], service):
			problems.Check("InterfaceEndpoints", fmt.Errorf("%q again, expected each service once", service))
		}
	}
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

// tier is one kind of subnet, over all zones. Of each slice there is one per zone.
type tier struct {
	name    string
	cidrs   []string
	subnets []*ec2.Subnet
	tables  []*ec2.RouteTable
	acl     *ec2.NetworkAcl // one for all zones
}

// builder declares a network part by part.
type builder struct {
	ctx                       *pulumi.Context
	network                   *Network
	name                      string
	args                      Args
	plan                      []cidr.Zone
	vpc                       *ec2.Vpc
	public, private, isolated *tier
}

func (b *builder) declare() error {
	for _, part := range []func() error{
		b.declareVPC, b.declareSubnets, b.declareRoutes, b.declareACLs, b.closeDefaults, b.declareFlowLogs,
		b.declareGatewayEndpoints, b.declareInterfaceEndpoints,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	n := b.network
	n.VPCID = b.vpc.ID().ToStringOutput()
	n.PublicSubnetIDs, n.PrivateSubnetIDs, n.IsolatedSubnetIDs = b.public.ids(), b.private.ids(), b.isolated.ids()
	n.PublicCIDRs, n.PrivateCIDRs = b.public.cidrs, b.private.cidrs
	return nil
}

func (b *builder) declareVPC() error {
	var err error
	b.vpc, err = ec2.NewVpc(b.ctx, b.name+"-vpc", &ec2.VpcArgs{
		CidrBlock:          pulumi.String(b.args.CIDR),
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               b.tags("vpc"),
	}, b.parent())
	return err
}

func (b *builder) declareSubnets() error {
	b.public, b.private, b.isolated = &tier{name: "public"}, &tier{name: "private"}, &tier{name: "isolated"}
	for _, zone := range b.plan {
		b.public.cidrs = append(b.public.cidrs, zone.Public.String())
		b.private.cidrs = append(b.private.cidrs, zone.Private.String())
		b.isolated.cidrs = append(b.isolated.cidrs, zone.Isolated.String())
	}
	for _, t := range []*tier{b.public, b.private, b.isolated} {
		for i, zone := range b.plan {
			part := b.zonal(t.name, i)
			subnet, err := ec2.NewSubnet(b.ctx, b.name+"-"+part, &ec2.SubnetArgs{
				VpcId:               b.vpc.ID(),
				AvailabilityZone:    pulumi.String(zone.Name),
				CidrBlock:           pulumi.String(t.cidrs[i]),
				MapPublicIpOnLaunch: pulumi.Bool(false),
				Tags:                b.tags(part),
			}, b.parent())
			if err != nil {
				return err
			}
			t.subnets = append(t.subnets, subnet)
		}
	}
	return nil
}

// zonal is the name of a part in the zone of that index: "private-a".
func (b *builder) zonal(part string, zone int) string {
	return part + "-" + strings.TrimPrefix(b.plan[zone].Name, b.args.Region)
}

func (b *builder) tags(part string) pulumi.StringMap {
	return pulumi.ToStringMap(b.args.Scope.Tags("network", b.args.Scope.Name(part), naming.Internal))
}

func (b *builder) parent() pulumi.ResourceOption { return pulumi.Parent(b.network) }

func (t *tier) ids() []pulumi.StringOutput {
	all := make([]pulumi.StringOutput, len(t.subnets))
	for i, subnet := range t.subnets {
		all[i] = subnet.ID().ToStringOutput()
	}
	return all
}

func (t *tier) tableIDs() pulumi.StringArray {
	var all pulumi.StringArray
	for _, table := range t.tables {
		all = append(all, table.ID())
	}
	return all
}

func ids(outputs []pulumi.StringOutput) pulumi.StringArray {
	all := make(pulumi.StringArray, len(outputs))
	for i, output := range outputs {
		all[i] = output
	}
	return all
}
