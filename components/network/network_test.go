package network_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/network"
	"haven/tests/harness"
)

const (
	subnetType   = "aws:ec2/subnet:Subnet"
	routeType    = "aws:ec2/route:Route"
	endpointType = "aws:ec2/vpcEndpoint:VpcEndpoint"
	key          = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"
)

var zones = []string{"a", "b", "c"}

func args() network.Args {
	return network.Args{
		Scope:              harness.CellScope(),
		Account:            "123456789012",
		Region:             "eu-west-1",
		CIDR:               "10.20.0.0/16",
		Zones:              []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"},
		InterfaceEndpoints: []string{"ecr.api", "logs"},
		LogsKeyARN:         pulumi.String(key),
		LogRetentionDays:   400,
	}
}

// declare makes a network and returns what was declared, with the network's outputs.
func declare(t *testing.T) (*harness.Recorder, map[string]any) {
	t.Helper()
	r := &harness.Recorder{Outputs: map[string]resource.PropertyMap{
		"aws:ec2/vpc:Vpc": {"defaultNetworkAclId": resource.NewProperty("acl-default")},
		"aws:ec2/eip:Eip": {"allocationId": resource.NewProperty("eipalloc-1")},
	}}
	outputs := map[string]any{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		n, err := network.New(ctx, "network", args())
		if err != nil {
			return err
		}
		assert.Equal(t, []string{"10.20.0.0/19", "10.20.64.0/19", "10.20.128.0/19"}, n.PrivateCIDRs)
		outputs["vpc"] = n.VPCID
		subnets := map[string][]pulumi.StringOutput{
			"public": n.PublicSubnetIDs, "private": n.PrivateSubnetIDs, "isolated": n.IsolatedSubnetIDs}
		for tier, ids := range subnets {
			for i, id := range ids {
				outputs[tier+"-"+zones[i]] = id
			}
		}
		pulumi.ToMap(outputs).ToMapOutput().ApplyT(func(all map[string]any) error {
			outputs = all
			return nil
		})
		return nil
	}))
	return r, outputs
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	r, outputs := declare(t)
	harness.AssertFamily(t, r, network.Type, "network")
	want := map[string]any{"vpc": "network-vpc-id"}
	for _, tier := range []string{"public", "private", "isolated"} {
		for _, zone := range zones {
			want[tier+"-"+zone] = "network-" + tier + "-" + zone + "-id"
		}
	}
	assert.Equal(t, want, outputs)

	untagged := map[string]bool{routeType: true, "aws:ec2/routeTableAssociation:RouteTableAssociation": true,
		"aws:iam/rolePolicy:RolePolicy": true}
	for _, d := range r.Declared() {
		if d.Custom && !untagged[d.Type] {
			harness.AssertTags(t, d, "network")
		}
	}
	harness.AssertInputs(t, r.One(t, "aws:ec2/vpc:Vpc", "network-vpc"), map[string]any{
		"cidrBlock": "10.20.0.0/16", "enableDnsSupport": true, "enableDnsHostnames": true,
		"tags.Name": "demo-cell-vpc"})
}

func TestSubnets(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	want := map[string]string{
		"private-a": "10.20.0.0/19", "public-a": "10.20.32.0/21", "isolated-a": "10.20.40.0/21",
		"private-b": "10.20.64.0/19", "public-b": "10.20.96.0/21", "isolated-b": "10.20.104.0/21",
		"private-c": "10.20.128.0/19", "public-c": "10.20.160.0/21", "isolated-c": "10.20.168.0/21",
	}
	assert.Len(t, r.OfType(subnetType), len(want))
	for part, cidr := range want {
		harness.AssertInputs(t, r.One(t, subnetType, "network-"+part), map[string]any{
			"vpcId":               "network-vpc-id",
			"availabilityZone":    "eu-west-1" + part[len(part)-1:],
			"cidrBlock":           cidr,
			"mapPublicIpOnLaunch": false,
			"tags.Name":           "demo-cell-" + part,
		})
	}
}

// TestRoutes: public subnets go out by the internet gateway, private ones by their own zone's NAT gateway, and isolated
// ones not at all.
func TestRoutes(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	tables := map[string]any{} // by subnet
	for _, d := range r.OfType("aws:ec2/routeTableAssociation:RouteTableAssociation") {
		tables[d.Input("subnetId").(string)] = d.Input("routeTableId")
	}
	assert.Len(t, tables, 9)
	out := map[any]any{} // by route table
	for _, d := range r.OfType(routeType) {
		assert.Equal(t, "0.0.0.0/0", d.Input("destinationCidrBlock"))
		out[d.Input("routeTableId")] = []any{d.Input("gatewayId"), d.Input("natGatewayId")}
	}
	assert.Len(t, out, 4)
	for _, zone := range zones {
		assert.Equal(t, []any{"network-internet-id", nil}, out[tables["network-public-"+zone+"-id"]])
		assert.Equal(t, []any{nil, "network-nat-" + zone + "-id"}, out[tables["network-private-"+zone+"-id"]])
		isolated := tables["network-isolated-"+zone+"-id"]
		assert.Equal(t, "network-isolated-"+zone+"-routes-id", isolated)
		assert.NotContains(t, out, isolated)
	}
	for _, d := range r.OfType("aws:ec2/routeTable:RouteTable") {
		assert.Nil(t, d.Input("routes"), "routes are resources of their own")
	}
}

func TestNATGateways(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	assert.Len(t, r.OfType("aws:ec2/natGateway:NatGateway"), 3)
	for _, zone := range zones {
		nat := r.One(t, "aws:ec2/natGateway:NatGateway", "network-nat-"+zone)
		harness.AssertInputs(t, nat, map[string]any{
			"subnetId": "network-public-" + zone + "-id", "allocationId": "eipalloc-1", "connectivityType": "public"})
		assert.Contains(t, nat.DependsOn, "network-internet")
		address := r.One(t, "aws:ec2/eip:Eip", "network-nat-"+zone+"-address")
		harness.AssertInputs(t, address, map[string]any{"domain": "vpc"})
		assert.Contains(t, address.DependsOn, "network-internet")
	}
}

func TestDefaultsClosed(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	harness.AssertInputs(t, r.One(t, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default-group"),
		map[string]any{"vpcId": "network-vpc-id", "ingress": nil, "egress": nil})
	acl := r.One(t, "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "network-default-acl")
	harness.AssertInputs(t, acl, map[string]any{
		"defaultNetworkAclId": "acl-default", "ingress": nil, "egress": nil, "subnetIds": nil})
	assert.Subset(t, acl.DependsOn, []string{"network-public-acl", "network-private-acl", "network-isolated-acl"})
}

func TestFlowLogs(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	group := r.One(t, "aws:cloudwatch/logGroup:LogGroup", "network-flow-logs")
	harness.AssertInputs(t, group, map[string]any{
		"name": "/haven/demo-cell/flow-logs", "kmsKeyId": key, "retentionInDays": 400.0})
	log := r.One(t, "aws:ec2/flowLog:FlowLog", "network-flow-log")
	harness.AssertInputs(t, log, map[string]any{
		"vpcId":                  "network-vpc-id",
		"trafficType":            "ALL",
		"maxAggregationInterval": 60.0,
		"logDestinationType":     "cloud-watch-logs",
		"logDestination":         "arn:aws:mock:::network-flow-logs",
		"iamRoleArn":             "arn:aws:mock:::network-flow-logs-role",
	})
	assert.Contains(t, log.DependsOn, "network-flow-logs-policy")

	role := r.One(t, "aws:iam/role:Role", "network-flow-logs-role")
	harness.AssertInputs(t, role, map[string]any{"name": "demo-cell-flow-logs"})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
		"Effect": "Allow",
		"Principal": {"Service": ["vpc-flow-logs.amazonaws.com"]},
		"Action": ["sts:AssumeRole"],
		"Condition": {
			"StringEquals": {"aws:SourceAccount": ["123456789012"]},
			"ArnLike": {"aws:SourceArn": ["arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*"]}
		}
	}]}`, role.Input("assumeRolePolicy").(string))
	policy := r.One(t, "aws:iam/rolePolicy:RolePolicy", "network-flow-logs-policy")
	harness.AssertInputs(t, policy, map[string]any{"name": "demo-cell-flow-logs", "role": "demo-cell-flow-logs"})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{
			"Sid": "Write",
			"Effect": "Allow",
			"Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
			"Resource": ["arn:aws:logs:eu-west-1:123456789012:log-group:/haven/demo-cell/flow-logs:*"]
		},
		{
			"Sid": "Find",
			"Effect": "Allow",
			"Action": ["logs:DescribeLogGroups"],
			"Resource": ["arn:aws:logs:eu-west-1:123456789012:log-group:*"]
		}
	]}`, policy.Input("policy").(string))
}

func TestGatewayEndpoints(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	const own = `{
		"Sid": "OwnResources",
		"Effect": "Allow",
		"Principal": "*",
		"Action": ["*"],
		"Resource": ["*"],
		"Condition": {"StringEquals": {
			"aws:PrincipalAccount": ["123456789012"],
			"aws:ResourceAccount": ["123456789012"]}}
	}`
	const layers = `{
		"Sid": "ImageLayers",
		"Effect": "Allow",
		"Principal": "*",
		"Action": ["s3:GetObject"],
		"Resource": ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"],
		"Condition": {"Bool": {"aws:SecureTransport": ["true"]}}
	}`
	var tables []any
	for _, tier := range []string{"private", "isolated"} {
		for _, zone := range zones {
			tables = append(tables, "network-"+tier+"-"+zone+"-routes-id")
		}
	}
	for service, statements := range map[string]string{"s3": own + "," + layers, "dynamodb": own} {
		endpoint := r.One(t, endpointType, "network-endpoint-"+service)
		harness.AssertInputs(t, endpoint, map[string]any{
			"vpcId":           "network-vpc-id",
			"vpcEndpointType": "Gateway",
			"serviceName":     "com.amazonaws.eu-west-1." + service,
			"routeTableIds":   tables,
		})
		assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [`+statements+`]}`, endpoint.Input("policy").(string))
	}
}

func TestInterfaceEndpoints(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	assert.Len(t, r.OfType(endpointType), 4)
	for name, service := range map[string]string{"ecr-api": "ecr.api", "logs": "logs"} {
		endpoint := r.One(t, endpointType, "network-endpoint-"+name)
		harness.AssertInputs(t, endpoint, map[string]any{
			"vpcEndpointType":   "Interface",
			"serviceName":       "com.amazonaws.eu-west-1." + service,
			"subnetIds":         []any{"network-private-a-id", "network-private-b-id", "network-private-c-id"},
			"securityGroupIds":  []any{"network-endpoints-group-id"},
			"privateDnsEnabled": true,
		})
		assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
			"Sid": "OwnPrincipals",
			"Effect": "Allow",
			"Principal": "*",
			"Action": ["*"],
			"Resource": ["*"],
			"Condition": {"StringEquals": {"aws:PrincipalAccount": ["123456789012"]}}
		}]}`, endpoint.Input("policy").(string))
	}

	harness.AssertInputs(t, r.One(t, "aws:ec2/securityGroup:SecurityGroup", "network-endpoints-group"), map[string]any{
		"name": "demo-cell-endpoints", "ingress": nil, "egress": nil})
	assert.Empty(t, r.OfType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"))
	rules := r.OfType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
	assert.Len(t, rules, 3)
	for i, rule := range rules {
		harness.AssertInputs(t, rule, map[string]any{
			"securityGroupId": "network-endpoints-group-id",
			"cidrIpv4":        fmt.Sprintf("10.20.%d.0/19", 64*i),
			"ipProtocol":      "tcp",
			"fromPort":        443.0,
			"toPort":          443.0,
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = `network: CIDR: "", expected an IPv4 range such as "10.20.0.0/16"` + "\n" +
		"Zones: [], expected 3 different ones\n" +
		"Scope: missing, expected a value\n" +
		"Account: missing, expected a value\n" +
		"Region: missing, expected a value\n" +
		"LogsKeyARN: missing, expected a value\n" +
		"LogRetentionDays: missing, expected a value"
	harness.AssertRefusals(t, network.New, nothingGiven, args, map[string]func(*network.Args){
		`network: CIDR: "10.20.0.0/24", expected a prefix from /16 to /20`: func(a *network.Args) {
			a.CIDR = "10.20.0.0/24"
		},
		`network: Zones: ["eu-west-1a" "eu-west-1b"], expected 3 different ones`: func(a *network.Args) {
			a.Zones = a.Zones[:2]
		},
		`network: Zones: "eu-west-2c", expected one of eu-west-1, such as "eu-west-1a"`: func(a *network.Args) {
			a.Zones[2] = "eu-west-2c"
		},
		`network: InterfaceEndpoints: "logs" again, expected each service once`: func(a *network.Args) {
			a.InterfaceEndpoints = []string{"logs", "logs"}
		},
		`network: InterfaceEndpoints: "s3", expected none that has a gateway endpoint`: func(a *network.Args) {
			a.InterfaceEndpoints = []string{"s3"}
		},
	})
}
