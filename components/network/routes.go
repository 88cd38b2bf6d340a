package network

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const anywhere = "0.0.0.0/0"

// declareRoutes gives the public subnets one table with the internet gateway, each private subnet one with the NAT
// gateway of its zone, and each isolated subnet one with no route but the VPC's own.
func (b *builder) declareRoutes() error {
	gateway, err := ec2.NewInternetGateway(b.ctx, b.name+"-internet", &ec2.InternetGatewayArgs{
		VpcId: b.vpc.ID(),
		Tags:  b.tags("internet"),
	}, b.parent())
	if err != nil {
		return err
	}
	table, err := b.routeTable("public")
	if err != nil {
		return err
	}
	_, err = ec2.NewRoute(b.ctx, b.name+"-public-default", &ec2.RouteArgs{
		RouteTableId:         table.ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		GatewayId:            gateway.ID(),
	}, b.parent())
	if err != nil {
		return err
	}
	for i := range b.plan {
		if err := b.associate(b.public, i, table); err != nil {
			return err
		}
		if err := b.routeZone(i, gateway); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) routeZone(zone int, gateway *ec2.InternetGateway) error {
	for _, t := range []*tier{b.private, b.isolated} {
		table, err := b.routeTable(b.zonal(t.name, zone))
		if err != nil {
			return err
		}
		if err := b.associate(t, zone, table); err != nil {
			return err
		}
	}
	nat, err := b.natGateway(zone, gateway)
	if err != nil {
		return err
	}
	b.network.GatewayIDs = append(b.network.GatewayIDs, nat.ID().ToStringOutput())
	_, err = ec2.NewRoute(b.ctx, b.name+"-"+b.zonal("private", zone)+"-default", &ec2.RouteArgs{
		RouteTableId:         b.private.tables[zone].ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		NatGatewayId:         nat.ID(),
	}, b.parent())
	return err
}

// natGateway is a zone's own way out. AWS asks for the internet gateway to be there before.
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
func (b *builder) natGateway(zone int, gateway *ec2.InternetGateway) (*ec2.NatGateway, error) {
	part := b.zonal("nat", zone)
	after := pulumi.DependsOn([]pulumi.Resource{gateway})
	address, err := ec2.NewEip(b.ctx, b.name+"-"+part+"-address", &ec2.EipArgs{
		Domain: pulumi.String("vpc"),
		Tags:   b.tags(part),
	}, b.parent(), after)
	if err != nil {
		return nil, err
	}
	return ec2.NewNatGateway(b.ctx, b.name+"-"+part, &ec2.NatGatewayArgs{
		ConnectivityType: pulumi.String("public"),
		AllocationId:     address.AllocationId,
		SubnetId:         b.public.subnets[zone].ID(),
		Tags:             b.tags(part),
	}, b.parent(), after)
}

func (b *builder) routeTable(part string) (*ec2.RouteTable, error) {
	return ec2.NewRouteTable(b.ctx, b.name+"-"+part+"-routes", &ec2.RouteTableArgs{
		VpcId: b.vpc.ID(),
		Tags:  b.tags(part),
	}, b.parent())
}

func (b *builder) associate(t *tier, zone int, table *ec2.RouteTable) error {
	t.tables = append(t.tables, table)
	_, err := ec2.NewRouteTableAssociation(b.ctx, b.name+"-"+b.zonal(t.name, zone)+"-association",
		&ec2.RouteTableAssociationArgs{
			SubnetId:     t.subnets[zone].ID(),
			RouteTableId: table.ID(),
		}, b.parent())
	return err
}
