package cloud

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Gateways and their addresses: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html and
// https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html.
func gatewayTypes() []*Type {
	return []*Type{
		{
			Token: ec2InternetGateway, ID: ec2ID("igw"), References: []Reference{inVpc("AttachInternetGateway")},
			Refuse: refuseInternetGateway, Computed: internetGatewayOutputs, RefuseDelete: refuseInternetGatewayDelete,
		},
		{Token: ec2Eip, ID: ec2ID("eipalloc"), Refuse: tooManyAddresses, Computed: eipOutputs},
		{
			Token: ec2NatGateway, ID: ec2ID("nat"),
			References: []Reference{
				{Property: "subnetId", To: ec2Subnet, By: "id",
					NotFound: ec2.says("CreateNatGateway", "InvalidSubnet", "The subnet ID '%s' does not exist"),
					InUse:    subnetInUse},
				{Property: "allocationId", To: ec2Eip, By: "id",
					NotFound: ec2.says("CreateNatGateway", "InvalidAllocationID.NotFound",
						"The allocation ID '%s' does not exist"),
					InUse: ec2.says("ReleaseAddress", "InvalidIPAddress.InUse", "Address %s is in use.")},
			},
			Refuse: onCreate(firstOf(refuseNatGateway, tooManyNatGateways)), Computed: natGatewayOutputs,
		},
	}
}

func refuseInternetGateway(c *Call) error {
	vpc := c.text("vpcId")
	for _, other := range c.others(c.list(ec2InternetGateway)) {
		if vpc != "" && other.Text("vpcId") == vpc {
			return ec2.refuses("AttachInternetGateway", "InvalidParameterValue",
				"Network %s already has an internet gateway attached", vpc)
		}
	}
	return nil
}

func internetGatewayOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("ec2", "internet-gateway/"+c.ID)).
		text("ownerId", c.Account).
		values
}

// refuseInternetGatewayDelete: https://docs.aws.amazon.com/vpc/latest/userguide/delete-igw.html.
func refuseInternetGatewayDelete(c *Call) error {
	vpc := c.text("vpcId")
	if vpc == "" || !hasPublicAddresses(c, vpc) {
		return nil
	}
	return ec2.refuses("DetachInternetGateway", "DependencyViolation", "Network %s has some mapped public address(es)."+
		" Please unmap those public address(es) before detaching the gateway.", vpc)
}

func hasPublicAddresses(c *Call, vpc string) bool {
	for _, nat := range c.list(ec2NatGateway) {
		subnet, _ := c.find(ec2Subnet, "id", nat.Text("subnetId"))
		if nat.Text("allocationId") != "" && subnet.Text("vpcId") == vpc {
			return true
		}
	}
	for _, lb := range c.list(lbLoadBalancer) {
		if lb.Text("vpcId") == vpc && !props.Flag(lb.Outputs, "internal") {
			return true
		}
	}
	return false
}

var tooManyAddresses = oneMore(addressesPerRegion,
	ec2.says("AllocateAddress", "AddressLimitExceeded", "The maximum number of addresses has been reached."))

func eipOutputs(c *Call) map[string]property.Value {
	address := derivedIPv4(c.ID)
	domain := c.Region + ".compute"
	if c.Region == "us-east-1" {
		domain = "compute-1"
	}
	return c.outputs().
		text("allocationId", c.ID).
		text("arn", c.arn("ec2", "elastic-ip/"+c.ID)).
		fillText("domain", "vpc").
		fillText("networkBorderGroup", c.Region).
		text("publicDns", "ec2-"+strings.ReplaceAll(address, ".", "-")+"."+domain+".amazonaws.com").
		text("publicIp", address).
		fillText("publicIpv4Pool", "amazon").
		values
}

// refuseNatGateway: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html.
func refuseNatGateway(c *Call) error {
	subnet, _ := c.find(ec2Subnet, "id", c.text("subnetId"))
	vpc, allocation := subnet.Text("vpcId"), c.text("allocationId")
	if c.text("connectivityType") == "private" {
		return nil
	}
	if allocation == "" {
		return ec2.says("CreateNatGateway", "MissingParameter", "The request must contain the parameter AllocationId")
	}
	for _, other := range c.list(ec2NatGateway) {
		if other.Text("allocationId") == allocation {
			return ec2.refuses("CreateNatGateway", "Resource.AlreadyAssociated",
				"Elastic IP address [%s] is already associated", allocation)
		}
	}
	if !hasInternetGateway(c, vpc) {
		return ec2.refuses("CreateNatGateway", "Gateway.NotAttached",
			"Network %s has no Internet gateway attached", vpc)
	}
	return nil
}

func tooManyNatGateways(c *Call) error {
	inZone := 1
	for _, other := range c.list(ec2NatGateway) {
		if zoneOf(c, other.Text("subnetId")) == zoneOf(c, c.text("subnetId")) {
			inZone++
		}
	}
	return c.within(natGatewaysPerZone, inZone, ec2.says("CreateNatGateway", "NatGatewayLimitExceeded",
		"Performing this operation would exceed the limit of %s NAT gateways"))
}

func zoneOf(c *Call, subnet string) string {
	found, _ := c.find(ec2Subnet, "id", subnet)
	return found.Text("availabilityZone")
}

func hasInternetGateway(c *Call, vpc string) bool {
	_, found := c.find(ec2InternetGateway, "vpcId", vpc)
	return found
}

func natGatewayOutputs(c *Call) map[string]property.Value {
	subnet, _ := c.find(ec2Subnet, "id", c.text("subnetId"))
	out := c.outputs().
		text("networkInterfaceId", derivedEC2ID("eni", c.ID)).
		fillText("privateIp", hostIn(subnet.Text("cidrBlock"), c.ID)).
		fill("secondaryAllocationIds", strs()).
		fill("secondaryPrivateIpAddresses", strs()).
		fill("secondaryPrivateIpAddressCount", num(0))
	if eip, found := c.find(ec2Eip, "id", c.text("allocationId")); found {
		out.text("publicIp", eip.Text("publicIp")).text("associationId", derivedEC2ID("eipassoc", c.ID))
	}
	return out.values
}
