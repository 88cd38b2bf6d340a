package cloud

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestVpcs(t *testing.T) {
	vpc := func(cidr string) settings { return settings{"cidrBlock": cidr} }
	each(t, newWorld, func(*fakeWorld) []attempt {
		return []attempt{
			{"largest", ec2Vpc, vpc("10.0.0.0/16"), ""},
			{"smallest", ec2Vpc, vpc("10.0.0.0/28"), ""},
			{"too large", ec2Vpc, vpc("10.0.0.0/15"), "api error InvalidVpc.Range: The CIDR '10.0.0.0/15' is invalid."},
			{"too small", ec2Vpc, vpc("10.0.0.0/29"), "api error InvalidVpc.Range: The CIDR '10.0.0.0/29' is invalid."},
			{"a host's address", ec2Vpc, vpc("10.0.0.1/16"),
				`"10.0.0.1/16" is not a valid CIDR block; did you mean "10.0.0.0/16"?`},
			{"no range", ec2Vpc, vpc("ten"), `"ten" is not a valid IPv4 CIDR block`},
		}
	})
}

func TestVpcOutputs(t *testing.T) {
	s := network3(t)
	assert.Regexp(t, `^vpc-0[0-9a-f]{16}$`, s.vpc.ID)
	assert.Equal(t, "arn:aws:ec2:eu-west-1:123456789012:vpc/"+s.vpc.ID, s.vpc.Text("arn"))
	for output, prefix := range map[string]string{"defaultSecurityGroupId": "sg", "defaultNetworkAclId": "acl",
		"defaultRouteTableId": "rtb", "mainRouteTableId": "rtb", "dhcpOptionsId": "dopt"} {
		assert.Regexp(t, "^"+prefix+"-0[0-9a-f]{16}$", s.vpc.Text(output), output)
	}
	changed, err := s.update(s.vpc, settings{"cidrBlock": "10.20.0.0/16", "tags": settings{"a": "b"}})
	assert.NoError(t, err)
	for _, output := range []string{"arn", "defaultSecurityGroupId", "defaultNetworkAclId", "defaultRouteTableId"} {
		assert.Equal(t, s.vpc.Text(output), changed.Text(output), output)
	}
}

func TestSubnets(t *testing.T) {
	subnet := func(s *site, cidr, zone string) settings {
		return settings{"vpcId": s.vpc.ID, "cidrBlock": cidr, "availabilityZone": zone}
	}
	each(t, network3, func(s *site) []attempt {
		return []attempt{
			{"free range", ec2Subnet, subnet(s, "10.20.3.0/24", "eu-west-1a"), ""},
			{"no such VPC", ec2Subnet, settings{"vpcId": "vpc-1", "cidrBlock": "10.20.3.0/24"},
				"operation error EC2: CreateSubnet, https response error StatusCode: 400, " +
					"api error InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist"},
			{"outside", ec2Subnet, subnet(s, "10.21.0.0/24", "eu-west-1a"),
				"api error InvalidSubnet.Range: The CIDR '10.21.0.0/24' is invalid."},
			{"too small", ec2Subnet, subnet(s, "10.20.3.0/29", "eu-west-1a"),
				"api error InvalidSubnet.Range: The CIDR '10.20.3.0/29' is invalid."},
			{"overlapping", ec2Subnet, subnet(s, "10.20.0.0/22", "eu-west-1a"),
				"api error InvalidSubnet.Conflict: The CIDR '10.20.0.0/22' conflicts with another subnet"},
			{"another region's zone", ec2Subnet, subnet(s, "10.20.3.0/24", "eu-central-1a"),
				"api error InvalidParameterValue: Value (eu-central-1a) for parameter availabilityZone is invalid." +
					" Subnets can" +
					" currently only be created in the following availability zones: eu-west-1a, eu-west-1b," +
					" eu-west-1c."},
		}
	})
	s := network3(t)
	assert.Equal(t, "euw1-az2", s.subnets[1].Text("availabilityZoneId"))
}

func TestRoutes(t *testing.T) {
	route := func(table, target, id string) settings {
		return settings{"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", target: id}
	}
	each(t, network3, func(s *site) []attempt {
		table := s.make(ec2RouteTable, settings{"vpcId": s.vpc.ID}).ID
		taken := s.make(ec2RouteTable, settings{"vpcId": s.vpc.ID}).ID
		s.make(ec2Route, route(taken, "gatewayId", s.gateway.ID))
		elsewhere := s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"})
		foreign := s.make(ec2RouteTable, settings{"vpcId": elsewhere.ID}).ID
		return []attempt{
			{"to the gateway", ec2Route, route(table, "gatewayId", s.gateway.ID), ""},
			{"in the VPC's own table", ec2Route, route(s.vpc.Text("defaultRouteTableId"), "gatewayId", s.gateway.ID),
				""},
			{"no such table", ec2Route, route("rtb-1", "gatewayId", s.gateway.ID),
				"api error InvalidRouteTableID.NotFound: The routeTable ID 'rtb-1' does not exist"},
			{"no such gateway", ec2Route, route(table, "gatewayId", "igw-1"),
				"api error InvalidGatewayID.NotFound: The gateway ID 'igw-1' does not exist"},
			{"no such NAT gateway", ec2Route, route(table, "natGatewayId", "nat-1"),
				"api error InvalidNatGatewayID.NotFound: The natGateway ID 'nat-1' does not exist"},
			{"twice", ec2Route, route(taken, "gatewayId", s.gateway.ID),
				"api error RouteAlreadyExists: Route in Route Table (" + taken +
					") with destination (0.0.0.0/0) already exists"},
			{"another network's gateway", ec2Route, route(foreign, "gatewayId", s.gateway.ID),
				"route table " + foreign + " and network gateway " + s.gateway.ID + " belong to different networks"},
			{"inline twice", ec2RouteTable, settings{"vpcId": s.vpc.ID, "routes": []settings{
				{"cidrBlock": "0.0.0.0/0", "gatewayId": s.gateway.ID},
				{"cidrBlock": "0.0.0.0/0", "gatewayId": s.gateway.ID}}},
				"api error RouteAlreadyExists"},
			{"the VPC's table adopted", ec2DefaultRouteTable,
				settings{"defaultRouteTableId": s.vpc.Text("defaultRouteTableId"),
					"routes": []settings{}}, ""},
			{"no table adopted", ec2DefaultRouteTable, settings{"defaultRouteTableId": "rtb-1"},
				"api error InvalidRouteTableID.NotFound"},
		}
	})
}

func TestRouteTableAssociations(t *testing.T) {
	each(t, network3, func(s *site) []attempt {
		table := s.make(ec2RouteTable, settings{"vpcId": s.vpc.ID}).ID
		s.make(ec2RouteTableAssociation, settings{"routeTableId": table, "subnetId": s.subnets[0].ID})
		foreign := s.make(ec2RouteTable, settings{"vpcId": s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID}).ID
		return []attempt{
			{"first", ec2RouteTableAssociation, settings{"routeTableId": table, "subnetId": s.subnets[1].ID}, ""},
			{"second", ec2RouteTableAssociation, settings{"routeTableId": table, "subnetId": s.subnets[0].ID},
				"api error Resource.AlreadyAssociated: the specified association for route table " + table +
					" conflicts with an existing association"},
			{"another network's", ec2RouteTableAssociation, settings{"routeTableId": foreign, "subnetId": s.subnets[1].ID},
				"Route table " + foreign + " and subnet " + s.subnets[1].ID + " belong to different networks"},
			{"no such subnet", ec2RouteTableAssociation, settings{"routeTableId": table, "subnetId": "subnet-1"},
				"api error InvalidSubnetID.NotFound: The subnet ID 'subnet-1' does not exist"},
		}
	})
}

func TestGateways(t *testing.T) {
	each(t, network3, func(s *site) []attempt {
		free, used := s.make(ec2Eip, settings{"domain": "vpc"}).ID, s.make(ec2Eip, settings{"domain": "vpc"}).ID
		s.make(ec2NatGateway, settings{"subnetId": s.subnets[1].ID, "allocationId": used})
		closed := s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"})
		inside := s.make(ec2Subnet, settings{"vpcId": closed.ID, "cidrBlock": "10.99.0.0/24"})
		return []attempt{
			{"NAT", ec2NatGateway, settings{"subnetId": s.subnets[0].ID, "allocationId": free}, ""},
			{"private NAT", ec2NatGateway, settings{"subnetId": inside.ID, "connectivityType": "private"}, ""},
			{"NAT without internet gateway", ec2NatGateway, settings{"subnetId": inside.ID, "allocationId": free},
				"api error Gateway.NotAttached: Network " + closed.ID + " has no Internet gateway attached"},
			{"NAT without address", ec2NatGateway, settings{"subnetId": s.subnets[0].ID},
				"api error MissingParameter: The request must contain the parameter AllocationId"},
			{"NAT with a used address", ec2NatGateway, settings{"subnetId": s.subnets[0].ID, "allocationId": used},
				"api error Resource.AlreadyAssociated: Elastic IP address [" + used + "] is already associated"},
			{"NAT with no such address", ec2NatGateway, settings{"subnetId": s.subnets[0].ID,
				"allocationId": "eipalloc-1"},
				"api error InvalidAllocationID.NotFound: The allocation ID 'eipalloc-1' does not exist"},
			{"second internet gateway", ec2InternetGateway, settings{"vpcId": s.vpc.ID},
				"api error InvalidParameterValue: Network " + s.vpc.ID + " already has an internet gateway attached"},
			{"internet gateway of another network", ec2InternetGateway, settings{"vpcId": closed.ID}, ""},
		}
	})
}

func TestNatGatewayOutputs(t *testing.T) {
	s := network3(t)
	eip := s.make(ec2Eip, settings{"domain": "vpc"})
	nat := s.make(ec2NatGateway, settings{"subnetId": s.subnets[2].ID, "allocationId": eip.ID})
	assert.Regexp(t, regexp.MustCompile(`^10\.20\.2\.\d+$`), nat.Text("privateIp"))
	assert.Equal(t, eip.Text("publicIp"), nat.Text("publicIp"))
}

func TestNetworkDeletion(t *testing.T) {
	s := network3(t)
	eip := s.make(ec2Eip, settings{"domain": "vpc"})
	nat := s.make(ec2NatGateway, settings{"subnetId": s.subnets[0].ID, "allocationId": eip.ID})
	table := s.make(ec2RouteTable, settings{"vpcId": s.vpc.ID})
	association := s.make(ec2RouteTableAssociation, settings{"routeTableId": table.ID, "subnetId": s.subnets[0].ID})

	expect(t, s.delete(eip), "api error InvalidIPAddress.InUse")
	expect(t, s.delete(s.subnets[0]),
		"api error DependencyViolation: The subnet '"+s.subnets[0].ID+"' has dependencies")
	expect(t, s.delete(s.gateway),
		"api error DependencyViolation: Network "+s.vpc.ID+" has some mapped public address(es).")
	expect(t, s.delete(table), "api error DependencyViolation: The routeTable '"+table.ID+"' has dependencies")
	expect(t, s.delete(s.vpc), "api error DependencyViolation: The vpc '"+s.vpc.ID+"' has dependencies")
	for _, r := range append([]Resource{nat, eip, association, table, s.gateway, s.group}, s.subnets...) {
		assert.NoError(t, s.delete(r), r.Type)
	}
	assert.NoError(t, s.delete(s.vpc))
}

func TestEndpoints(t *testing.T) {
	endpoint := func(s *site, service string, changes settings) settings {
		return with(settings{"vpcId": s.vpc.ID, "serviceName": "com.amazonaws.eu-west-1." + service,
			"vpcEndpointType": "Interface",
			"subnetIds":       s.subnetIDs(3), "securityGroupIds": []string{s.group.ID}, "privateDnsEnabled": true}, changes)
	}
	each(t, network3, func(s *site) []attempt {
		table := s.make(ec2RouteTable, settings{"vpcId": s.vpc.ID}).ID
		s.make(ec2VpcEndpoint, endpoint(s, "ecr.api", nil))
		s.make(ec2VpcEndpoint, settings{"vpcId": s.vpc.ID, "serviceName": "com.amazonaws.eu-west-1.s3",
			"routeTableIds": []string{table}})
		plain := s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID
		again := s.make(ec2Subnet, settings{"vpcId": s.vpc.ID, "cidrBlock": "10.20.9.0/24",
			"availabilityZone": "eu-west-1a"}).ID
		return []attempt{
			{"interface", ec2VpcEndpoint, endpoint(s, "logs", nil), ""},
			{"of another region", ec2VpcEndpoint, endpoint(s, "", settings{"serviceName": "com.amazonaws.eu-west-2.logs"}),
				"api error InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.eu-west-2.logs' does not exist"},
			{"gateway to a service that has none", ec2VpcEndpoint,
				settings{"vpcId": s.vpc.ID, "serviceName": "com.amazonaws.eu-west-1.logs"},
				"api error InvalidParameter: Endpoint type (Gateway) does not match available service types" +
					" ([Interface])."},
			{"gateway twice in a table", ec2VpcEndpoint, settings{"vpcId": s.vpc.ID,
				"serviceName":   "com.amazonaws.eu-west-1.s3",
				"routeTableIds": []string{table}}, "api error RouteAlreadyExists: route table " + table},
			{"two subnets of a zone", ec2VpcEndpoint, endpoint(s, "logs",
				settings{"subnetIds": []string{s.subnets[0].ID, again}}),
				"api error DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of " +
					again},
			{"private names twice", ec2VpcEndpoint, endpoint(s, "ecr.api", nil),
				"conflicting DNS domain for api.ecr.eu-west-1.amazonaws.com in the VPC " + s.vpc.ID},
			{"private names without host names", ec2VpcEndpoint, endpoint(s, "logs", settings{"vpcId": plain}),
				"Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to" +
					" true for " + plain},
			{"no such group", ec2VpcEndpoint, endpoint(s, "logs", settings{"securityGroupIds": []string{"sg-1"}}),
				"api error InvalidGroup.NotFound: The security group 'sg-1' does not exist"},
		}
	})
}

func TestFlowLogs(t *testing.T) {
	flow := func(s *site, changes settings) settings {
		return with(settings{"vpcId": s.vpc.ID, "trafficType": "ALL", "iamRoleArn": s.role.Text("arn"),
			"logDestination": "arn:aws:logs:eu-west-1:123456789012:log-group:/haven/flow"}, changes)
	}
	each(t, full, func(s *site) []attempt {
		s.make(logGroup, settings{"name": "/haven/flow"})
		s.make(ec2FlowLog, flow(s, settings{"trafficType": "REJECT"}))
		return []attempt{
			{"to a log group", ec2FlowLog, flow(s, nil), ""},
			{"twice", ec2FlowLog, flow(s, settings{"trafficType": "REJECT"}), "api error FlowLogAlreadyExists"},
			{"without role", ec2FlowLog, flow(s, settings{"iamRoleArn": nil}), "DeliverLogsPermissionArn can't be empty"},
			{"odd interval", ec2FlowLog, flow(s, settings{"maxAggregationInterval": 90}),
				"expected max_aggregation_interval to be one of [60 600], got 90"},
			{"no such group", ec2FlowLog,
				flow(s, settings{"logDestination": "arn:aws:logs:eu-west-1:123456789012:log-group:x"}),
				"does not exist"},
		}
	})
}
