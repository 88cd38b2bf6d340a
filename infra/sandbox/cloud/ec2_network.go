package cloud

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Virtual networks: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html for the codes.
func networkTypes() []*Type {
	return []*Type{
		{Token: ec2Vpc, ID: ec2ID("vpc"), Refuse: firstOf(refuseVpc, tooManyVpcs), Computed: vpcOutputs},
		{
			Token: ec2Subnet, ID: ec2ID("subnet"), References: []Reference{inVpc("CreateSubnet")},
			Refuse: firstOf(refuseSubnet, tooManySubnets), Computed: subnetOutputs, RefuseDelete: refuseSubnetDelete,
		},
		{
			Token: ec2RouteTable, ID: ec2ID("rtb"),
			References: append(routeTargets("CreateRoute", "routes[*]."), inVpc("CreateRouteTable")),
			Refuse:     refuseInlineRoutes, Computed: routeTableOutputs,
		},
		{
			Token: ec2DefaultRouteTable, ID: func(c *Call) string { return c.text("defaultRouteTableId") },
			References: append(routeTargets("CreateRoute", "routes[*]."),
				Reference{Property: "defaultRouteTableId", To: ec2Vpc, By: "defaultRouteTableId",
					NotFound: routeTableNotFound("DescribeRouteTables")}),
			Refuse: refuseInlineRoutes, Computed: routeTableOutputs,
		},
		{
			Token: ec2Route, ID: routeID,
			References: append(routeTargets("CreateRoute", ""), toRouteTable("routeTableId", "CreateRoute", Error{})),
			Refuse:     refuseRoute, Computed: routeOutputs,
		},
		{
			Token: ec2RouteTableAssociation, ID: ec2ID("rtbassoc"),
			References: []Reference{
				{Property: "subnetId", To: ec2Subnet, By: "id", NotFound: subnetNotFound("AssociateRouteTable")},
				toRouteTable("routeTableId", "AssociateRouteTable", ec2.says("DeleteRouteTable", "DependencyViolation",
					"The routeTable '%s' has dependencies and cannot be deleted.")),
			},
			Refuse: refuseRouteTableAssociation,
		},
	}
}

// vpcInUse: https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html.
var vpcInUse = ec2.says("DeleteVpc", "DependencyViolation", "The vpc '%s' has dependencies and cannot be deleted.")

var subnetInUse = ec2.says("DeleteSubnet", "DependencyViolation",
	"The subnet '%s' has dependencies and cannot be deleted.")

// inVpc is the VPC of what keeps it from being deleted.
func inVpc(operation string) Reference {
	r := toVpc(operation)
	r.InUse = vpcInUse
	return r
}

// toVpc is the VPC of what goes away with it.
func toVpc(operation string) Reference {
	return Reference{Property: "vpcId", To: ec2Vpc, By: "id",
		NotFound: ec2.says(operation, "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist")}
}

func subnetNotFound(operation string) Error {
	return ec2.says(operation, "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist")
}

func routeTableNotFound(operation string) Error {
	return ec2.says(operation, "InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist")
}

func toRouteTable(property, operation string, inUse Error) Reference {
	return Reference{Property: property, To: ec2RouteTable, By: "id",
		Or:       []Target{{ec2DefaultRouteTable, "id"}, {ec2Vpc, "defaultRouteTableId"}},
		NotFound: routeTableNotFound(operation), InUse: inUse}
}

// routeTargets are what a route leads to; a target may be deleted, which leaves a black hole:
// https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html.
func routeTargets(operation, path string) []Reference {
	return []Reference{
		{Property: path + "gatewayId", To: ec2InternetGateway, By: "id",
			When:     func(id string) bool { return strings.HasPrefix(id, "igw-") },
			NotFound: ec2.says(operation, "InvalidGatewayID.NotFound", "The gateway ID '%s' does not exist")},
		{Property: path + "natGatewayId", To: ec2NatGateway, By: "id",
			NotFound: ec2.says(operation, "InvalidNatGatewayID.NotFound", "The natGateway ID '%s' does not exist")},
	}
}

var (
	tooManyVpcs = oneMore(vpcsPerRegion,
		ec2.says("CreateVpc", "VpcLimitExceeded", "The maximum number of VPCs has been reached."))
	tooManySubnets = oneMoreOf(subnetsPerVpc, "vpcId",
		ec2.says("CreateSubnet", "SubnetLimitExceeded", "The maximum number of subnets has been reached."))
)

func refuseVpc(c *Call) error {
	if c.Old != nil {
		return nil
	}
	if cidr := c.text("cidrBlock"); cidr != "" {
		block, err := network(cidr)
		if err != nil {
			return err
		}
		if !between(block, 16, 28) {
			return ec2.refuses("CreateVpc", "InvalidVpc.Range", "The CIDR '%s' is invalid.", cidr)
		}
	}
	return nil
}

func vpcOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("ec2", "vpc/"+c.ID)).
		text("ownerId", c.Account).
		text("defaultSecurityGroupId", derivedEC2ID("sg", c.ID)).
		text("defaultNetworkAclId", derivedEC2ID("acl", c.ID)).
		text("defaultRouteTableId", derivedEC2ID("rtb", c.ID)).
		text("mainRouteTableId", derivedEC2ID("rtb", c.ID)).
		text("dhcpOptionsId", derivedEC2ID("dopt", c.Account+c.Region)).
		fill("enableDnsHostnames", property.New(false)).
		fill("enableNetworkAddressUsageMetrics", property.New(false)).
		values
}

// refuseSubnet: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html.
func refuseSubnet(c *Call) error {
	if c.Old != nil {
		return nil
	}
	if zone := c.text("availabilityZone"); zone != "" && !zoneIn(zone, c.Region) {
		return ec2.refuses("CreateSubnet", "InvalidParameterValue",
			"Value (%s) for parameter availabilityZone is invalid."+
				" Subnets can currently only be created in the following availability zones: %s.",
			zone, strings.Join(zones(c.Region), ", "))
	}
	cidr := c.text("cidrBlock")
	if cidr == "" {
		return nil
	}
	block, err := network(cidr)
	if err != nil {
		return err
	}
	vpc, _ := c.find(ec2Vpc, "id", c.text("vpcId"))
	outer, err := network(vpc.Text("cidrBlock"))
	if err != nil {
		return err
	}
	if !between(block, 16, 28) || !inside(block, outer) {
		return ec2.refuses("CreateSubnet", "InvalidSubnet.Range", "The CIDR '%s' is invalid.", cidr)
	}
	for _, other := range c.list(ec2Subnet) {
		taken, err := network(other.Text("cidrBlock"))
		if err == nil && other.Text("vpcId") == vpc.ID && taken.Overlaps(block) {
			return ec2.refuses("CreateSubnet", "InvalidSubnet.Conflict",
				"The CIDR '%s' conflicts with another subnet", cidr)
		}
	}
	return nil
}

func subnetOutputs(c *Call) map[string]property.Value {
	out := c.outputs().
		text("arn", c.arn("ec2", "subnet/"+c.ID)).
		text("ownerId", c.Account).
		fillText("privateDnsHostnameTypeOnLaunch", "ip-name")
	all := zones(c.Region)
	if len(all) == 0 {
		return out.values
	}
	zone := c.text("availabilityZone")
	if zone == "" {
		zone = all[0]
	}
	return out.fillText("availabilityZone", zone).fillText("availabilityZoneId", zoneID(zone)).values
}

// refuseSubnetDelete: a database's network interfaces stay in the subnets of its group
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html), and so do a
// cache's (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SubnetGroups.html); the group alone keeps no subnet.
func refuseSubnetDelete(c *Call) error {
	for _, holder := range []struct{ token, names, group string }{
		{rdsInstance, "dbSubnetGroupName", rdsSubnetGroup},
		{cacheReplicationGroup, "subnetGroupName", cacheSubnetGroup},
	} {
		for _, each := range c.list(holder.token) {
			group, found := c.find(holder.group, "name", each.Text(holder.names))
			if found && slices.Contains(props.Texts(group.Outputs, "subnetIds[*]"), c.ID) {
				return subnetInUse.With(c.ID)
			}
		}
	}
	return nil
}

// refuseInlineRoutes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html.
func refuseInlineRoutes(c *Call) error {
	vpc := c.text("vpcId")
	if id := c.text("defaultRouteTableId"); id != "" {
		owner, _ := c.find(ec2Vpc, "defaultRouteTableId", id)
		vpc = owner.ID
	}
	seen := map[string]bool{}
	for _, route := range props.Maps(c.Inputs, "routes[*]") {
		destination := destinationOf(route, "cidrBlock", "ipv6CidrBlock", "destinationPrefixListId")
		if seen[destination] {
			return routeExists(c.ID, destination)
		}
		seen[destination] = true
		if err := gatewayInSameNetwork(c, route, c.ID, vpc); err != nil {
			return err
		}
	}
	return nil
}

func destinationOf(route property.Map, names ...string) string {
	for _, name := range names {
		if destination := Text(route, name); destination != "" {
			return destination
		}
	}
	return ""
}

func routeExists(table, destination string) error {
	return ec2.refuses("CreateRoute", "RouteAlreadyExists",
		"Route in Route Table (%s) with destination (%s) already exists", table, destination)
}

func gatewayInSameNetwork(c *Call, route property.Map, table, vpc string) error {
	gateway, found := c.find(ec2InternetGateway, "id", Text(route, "gatewayId"))
	if found && gateway.Text("vpcId") != vpc {
		return ec2.refuses("CreateRoute", "InvalidParameterValue",
			"route table %s and network gateway %s belong to different networks", table, gateway.ID)
	}
	return nil
}

func routeTableOutputs(c *Call) map[string]property.Value {
	out := c.outputs().
		text("arn", c.arn("ec2", "route-table/"+c.ID)).
		text("ownerId", c.Account).
		fill("routes", strs()).
		fill("propagatingVgws", strs())
	if owner, found := c.find(ec2Vpc, "defaultRouteTableId", c.text("defaultRouteTableId")); found {
		out.text("vpcId", owner.ID)
	}
	return out.values
}

func routeDestination(c *Call) string {
	return destinationOf(c.Inputs, "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
}

// routeID: the provider makes it of the table and a checksum of the destination.
func routeID(c *Call) string {
	return fmt.Sprintf("r-%s%d", c.text("routeTableId"), crc32.ChecksumIEEE([]byte(routeDestination(c))))
}

func refuseRoute(c *Call) error {
	table, destination := c.text("routeTableId"), routeDestination(c)
	for _, other := range c.others(c.list(ec2Route)) {
		taken := destinationOf(other.Inputs, "destinationCidrBlock", "destinationIpv6CidrBlock",
			"destinationPrefixListId")
		if other.Text("routeTableId") == table && taken == destination {
			return routeExists(table, destination)
		}
	}
	if cidr := c.text("destinationCidrBlock"); cidr != "" {
		if _, err := network(cidr); err != nil {
			return err
		}
	}
	return gatewayInSameNetwork(c, c.Inputs, table, routeTableVpc(c, table))
}

// routeTableVpc is the VPC of a route table, whether the program made it or the VPC brought it along.
func routeTableVpc(c *Call, table string) string {
	if made, found := c.find(ec2RouteTable, "id", table); found {
		return made.Text("vpcId")
	}
	owner, _ := c.find(ec2Vpc, "defaultRouteTableId", table)
	return owner.ID
}

func routeOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("origin", "CreateRoute").text("state", "active").values
}

// refuseRouteTableAssociation: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html.
func refuseRouteTableAssociation(c *Call) error {
	subnetID, table := c.text("subnetId"), c.text("routeTableId")
	if subnetID == "" {
		return nil
	}
	for _, other := range c.others(c.list(ec2RouteTableAssociation)) {
		if other.Text("subnetId") == subnetID {
			return ec2.refuses("AssociateRouteTable", "Resource.AlreadyAssociated",
				"the specified association for route table %s conflicts with an existing association", table)
		}
	}
	subnet, _ := c.find(ec2Subnet, "id", subnetID)
	if subnet.Text("vpcId") != routeTableVpc(c, table) {
		return ec2.refuses("AssociateRouteTable", "InvalidParameterValue",
			"Route table %s and subnet %s belong to different networks", table, subnetID)
	}
	return nil
}
