package cloud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// VPC endpoints and flow logs: https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html and
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html.
func endpointTypes() []*Type {
	return []*Type{
		{
			Token: ec2VpcEndpoint, ID: ec2ID("vpce"),
			References: []Reference{
				inVpc("CreateVpcEndpoint"),
				{Property: "subnetIds[*]", To: ec2Subnet, By: "id", NotFound: subnetNotFound("CreateVpcEndpoint"),
					InUse: subnetInUse},
				toSecurityGroup("securityGroupIds[*]", securityGroupNotFound("CreateVpcEndpoint")),
				toRouteTable("routeTableIds[*]", "CreateVpcEndpoint", Error{}),
			},
			Refuse: firstOf(refuseEndpointService, refuseEndpointSubnets, refusePrivateDNS, refuseEndpointRoutes,
				groupsPerInterface("securityGroupIds[*]", ec2.says("CreateVpcEndpoint",
					"SecurityGroupsPerInterfaceLimitExceeded",
					"The maximum number of security groups per interface has been reached."))),
			Computed: endpointOutputs,
		},
		{
			Token: ec2FlowLog, ID: ec2ID("fl"),
			References: []Reference{
				toVpc("CreateFlowLogs"),
				{Property: "subnetId", To: ec2Subnet, By: "id", NotFound: subnetNotFound("CreateFlowLogs")},
				{Property: "logDestination", To: logGroup, By: "arn", When: isLogGroupARN,
					NotFound: ec2.says("CreateFlowLogs", "LogDestinationNotFoundException",
						"LogDestination: %s does not exist")},
				{Property: "logDestination", To: s3Bucket, By: "arn", Region: "any", When: isBucketARN,
					NotFound: ec2.says("CreateFlowLogs", "LogDestinationNotFoundException",
						"LogDestination: %s does not exist")},
				{Property: "iamRoleArn", To: iamRole, By: "arn",
					NotFound: ec2.says("CreateFlowLogs", "InvalidParameter", "Unable to assume given IAM role: %s")},
			},
			Refuse: refuseFlowLog, Computed: flowLogOutputs,
		},
	}
}

func isLogGroupARN(arn string) bool { return strings.HasPrefix(arn, "arn:aws:logs:") }
func isBucketARN(arn string) bool   { return strings.HasPrefix(arn, "arn:aws:s3:::") }

func endpointType(c *Call) string {
	if kind := c.text("vpcEndpointType"); kind != "" {
		return kind
	}
	return "Gateway"
}

// refuseEndpointService: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html.
func refuseEndpointService(c *Call) error {
	name := c.text("serviceName")
	service, ours := strings.CutPrefix(name, "com.amazonaws."+c.Region+".")
	switch {
	case name == "" || c.has("serviceRegion"):
		return nil
	case strings.HasPrefix(name, "com.amazonaws.") && (!ours || service == "" &&
		!strings.HasPrefix(name, "com.amazonaws.vpce.")):
		return ec2.refuses("CreateVpcEndpoint", "InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist",
			name)
	case endpointType(c) == "Gateway" && service != "s3" && service != "dynamodb":
		return ec2.says("CreateVpcEndpoint", "InvalidParameter",
			"Endpoint type (Gateway) does not match available service types ([Interface]).")
	}
	return nil
}

func refuseEndpointSubnets(c *Call) error {
	zonesUsed := map[string]bool{}
	for _, id := range c.texts("subnetIds[*]") {
		subnet, _ := c.find(ec2Subnet, "id", id)
		zone := subnet.Text("availabilityZone")
		if zonesUsed[zone] {
			return ec2.refuses("CreateVpcEndpoint", "DuplicateSubnetsInSameZone",
				"Found another VPC endpoint subnet in the"+
					" availability zone of %s. VPC endpoint subnets should be in different availability zones supported"+
					" by the"+
					" VPC endpoint service.", id)
		}
		zonesUsed[zone] = true
	}
	return nil
}

// refusePrivateDNS: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html, "Private
// DNS".
func refusePrivateDNS(c *Call) error {
	if !c.flag("privateDnsEnabled") {
		return nil
	}
	vpc, _ := c.find(ec2Vpc, "id", c.text("vpcId"))
	support, given := vpc.Outputs.GetOk("enableDnsSupport")
	if given && support.IsBool() && !support.AsBool() || !props.Flag(vpc.Outputs, "enableDnsHostnames") {
		return ec2.refuses("CreateVpcEndpoint", "InvalidParameter",
			"Enabling private DNS requires both enableDnsSupport"+
				" and enableDnsHostnames VPC attributes set to true for %s", vpc.ID)
	}
	for _, other := range c.others(c.list(ec2VpcEndpoint)) {
		if other.Text("vpcId") == vpc.ID && other.Text("serviceName") == c.text("serviceName") &&
			props.Flag(other.Outputs, "privateDnsEnabled") {
			return ec2.refuses("CreateVpcEndpoint", "InvalidParameter",
				"private-dns-enabled cannot be set because there"+
					" is already a conflicting DNS domain for %s in the VPC %s", endpointDomain(c), vpc.ID)
		}
	}
	return nil
}

// endpointDomain is the name by which the service is known: "ecr.api" answers at api.ecr.<region>.amazonaws.com.
func endpointDomain(c *Call) string {
	parts := strings.Split(strings.TrimPrefix(c.text("serviceName"), "com.amazonaws."+c.Region+"."), ".")
	slices.Reverse(parts)
	return strings.Join(parts, ".") + "." + c.Region + ".amazonaws.com"
}

// refuseEndpointRoutes: a route table takes one gateway endpoint of a service,
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html.
func refuseEndpointRoutes(c *Call) error {
	for _, other := range c.others(c.list(ec2VpcEndpoint)) {
		if other.Text("serviceName") != c.text("serviceName") {
			continue
		}
		for _, table := range props.Texts(other.Outputs, "routeTableIds[*]") {
			if slices.Contains(c.texts("routeTableIds[*]"), table) {
				return ec2.refuses("CreateVpcEndpoint", "RouteAlreadyExists",
					"route table %s already has a route with destination-prefix-list-id %s", table, prefixList(c))
			}
		}
	}
	return nil
}

func prefixList(c *Call) string { return "pl-" + digest(8, c.Region, c.text("serviceName")) }

func endpointOutputs(c *Call) map[string]property.Value {
	out := c.outputs().
		text("arn", c.arn("ec2", "vpc-endpoint/"+c.ID)).
		text("ownerId", c.Account).
		text("state", "available").
		set("requesterManaged", property.New(false)).
		fillText("ipAddressType", "ipv4").
		fillText("serviceRegion", c.Region).
		fillText("policy", `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}`)
	if endpointType(c) == "Gateway" {
		return out.text("prefixListId", prefixList(c)).fill("routeTableIds", strs()).values
	}
	var interfaces []string
	for _, subnet := range c.texts("subnetIds[*]") {
		interfaces = append(interfaces, derivedEC2ID("eni", c.ID+subnet))
	}
	vpc, _ := c.find(ec2Vpc, "id", c.text("vpcId"))
	return out.
		set("networkInterfaceIds", strs(interfaces...)).
		fill("securityGroupIds", strs(vpc.Text("defaultSecurityGroupId"))).
		fill("privateDnsEnabled", property.New(false)).
		set("dnsEntries", property.New([]property.Value{object(map[string]property.Value{
			"dnsName":      property.New(c.ID + "-" + digest(8, c.ID) + "." + endpointDomain(c)),
			"hostedZoneId": property.New("Z" + strings.ToUpper(digest(13, c.Region, c.text("serviceName")))),
		})})).
		values
}

// refuseFlowLog: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html.
func refuseFlowLog(c *Call) error {
	if n, ok := c.number("maxAggregationInterval"); ok && n != 60 && n != 600 {
		return fmt.Errorf("expected max_aggregation_interval to be one of [60 600], got %d", n)
	}
	kind := c.text("logDestinationType")
	if (kind == "" || kind == "cloud-watch-logs") && !c.has("iamRoleArn") {
		return ec2.says("CreateFlowLogs", "InvalidParameter",
			"DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")
	}
	for _, other := range c.others(c.list(ec2FlowLog)) {
		if other.Text("vpcId") == c.text("vpcId") && other.Text("subnetId") == c.text("subnetId") &&
			other.Text("logDestination") == c.text("logDestination") &&
			other.Text("trafficType") == c.text("trafficType") {
			return ec2.says("CreateFlowLogs", "FlowLogAlreadyExists",
				"Error. There is an existing Flow Log with the same configuration and log destination.")
		}
	}
	return nil
}

func flowLogOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("ec2", "vpc-flow-log/"+c.ID)).
		fillText("logFormat", "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport}"+
			" ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}").
		values
}
