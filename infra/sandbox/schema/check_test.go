package schema

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

type m = map[string]any

// value is Go values as properties; unknownText stands for a value that is not known.
func value(v any) property.Value {
	switch v := v.(type) {
	case property.Value:
		return v
	case m:
		fields := map[string]property.Value{}
		for name, field := range v {
			fields[name] = value(field)
		}
		return property.New(fields)
	case []any:
		elems := []property.Value{}
		for _, elem := range v {
			elems = append(elems, value(elem))
		}
		return property.New(elems)
	case int:
		return property.New(float64(v))
	}
	converted, err := property.Any(v)
	if err != nil {
		panic(err)
	}
	return converted
}

func properties(fields m) property.Map { return value(fields).AsMap() }

var notKnown = property.New(property.Computed)

func TestCheck(t *testing.T) {
	const (
		vpc      = "aws:ec2/vpc:Vpc"
		subnet   = "aws:ec2/subnet:Subnet"
		route    = "aws:ec2/route:Route"
		balancer = "aws:lb/loadBalancer:LoadBalancer"
		rule     = "aws:lb/listenerRule:ListenerRule"
		logs     = "aws:cloudwatch/logGroup:LogGroup"
		group    = "aws:rds/subnetGroup:SubnetGroup"
		rotation = "aws:secretsmanager/secretRotation:SecretRotation"
		document = "aws:iam/rolePolicy:RolePolicy"
		task     = "aws:ecs/taskDefinition:TaskDefinition"
	)
	forward := []any{m{"type": "forward", "targetGroupArn": "arn"}}
	tests := map[string]struct {
		token  string
		inputs m
		want   []Failure
	}{
		"nothing wrong":       {vpc, m{"cidrBlock": "10.0.0.0/16", "tags": m{"a": "b"}}, nil},
		"unknown passes":      {vpc, m{"cidrBlock": notKnown, "tags": notKnown, "enableDnsSupport": notKnown}, nil},
		"secret of the type":  {vpc, m{"cidrBlock": property.New("10.0.0.0/16").WithSecret(true)}, nil},
		"null is not given":   {vpc, m{"cidrBlock": "10.0.0.0/16", "ipv4NetmaskLength": nil}, nil},
		"number in the enum":  {logs, m{"retentionInDays": 365}, nil},
		"unknown in the list": {group, m{"subnetIds": []any{notKnown, "subnet-1"}}, nil},
		"unknown name": {vpc, m{"cidr_block": "10.0.0.0/16"}, []Failure{
			{"cidr_block", `Invalid or unknown key; did you mean "cidrBlock"?`}}},
		"unknown name like none": {vpc, m{"colour": "red"}, []Failure{{"colour", `Invalid or unknown key`}}},
		"output as input":        {vpc, m{"ownerId": "1"}, []Failure{{"ownerId", `Invalid or unknown key`}}},
		"missing": {subnet, m{}, []Failure{
			{"vpcId", `Missing required argument. The argument "vpcId" is required, but no definition was found`}}},
		"missing list": {group, m{}, []Failure{
			{"subnetIds",
				`Missing required argument. The argument "subnetIds" is required, but no definition was found`}}},
		"missing in a block": {balancer, m{"subnets": []any{"s"}, "accessLogs": m{}}, []Failure{
			{"accessLogs.bucket",
				`Missing required argument. The argument "bucket" is required, but no definition was found`}}},
		"wrong types": {vpc, m{"cidrBlock": 10, "enableDnsSupport": "true", "ipv4NetmaskLength": 1.5, "tags": []any{}},
			[]Failure{
				{"cidrBlock", "expected string type, got number type"},
				{"cidrBlock", `Conflicting configuration arguments. "cidrBlock": conflicts with ipv4NetmaskLength`},
				{"enableDnsSupport", "expected bool type, got string type"},
				{"ipv4NetmaskLength", "expected int type, got number type"},
				{"ipv4NetmaskLength",
					`Conflicting configuration arguments. "ipv4NetmaskLength": conflicts with cidrBlock`},
				{"ipv4NetmaskLength", "Missing required argument. \"ipv4NetmaskLength\": all of " +
					"`ipv4IpamPoolId,ipv4NetmaskLength` must be specified"},
				{"tags", "expected map type, got list type"},
			}},
		"wrong types within": {vpc, m{"tags": m{"a b": 1}}, []Failure{
			{`tags["a b"]`, "expected string type, got number type"}}},
		"wrong element": {group, m{"subnetIds": []any{"subnet-1", 2}}, []Failure{
			{"subnetIds[1]", "expected string type, got number type"}}},
		"enum": {vpc, m{"instanceTenancy": "Default"}, []Failure{
			{"instanceTenancy", `expected instanceTenancy to be one of ["dedicated" "default"], got Default`}}},
		"a secret is not shown": {vpc, m{"instanceTenancy": property.New("hush").WithSecret(true)}, []Failure{
			{"instanceTenancy", `expected instanceTenancy to be one of ["dedicated" "default"], got [secret]`}}},
		"enum of a list": {task,
			m{"family": "f", "containerDefinitions": "[]", "requiresCompatibilities": []any{"MOON"}},
			[]Failure{{"requiresCompatibilities[0]", `expected requiresCompatibilities[0] to be one of ` +
				`["EC2" "EXTERNAL" "FARGATE" "MANAGED_INSTANCES"], got MOON`}}},
		"enum in a block": {rule,
			m{"listenerArn": "arn", "actions": []any{m{"type": "fly"}}, "conditions": []any{m{}}},
			[]Failure{{"actions[0].type", `expected actions[0].type to be one of ["authenticate-cognito" ` +
				`"authenticate-oidc" "fixed-response" "forward" "jwt-validation" "redirect"], got fly`}}},
		"too few items": {rule,
			m{"listenerArn": "arn", "actions": []any{m{"type": "forward", "forward": m{"targetGroups": []any{}}}},
				"conditions": []any{m{}}},
			[]Failure{{"actions[0].forward.targetGroups", "Not enough list items. Attribute actions[0].forward." +
				"targetGroups requires 1 item minimum, but config has only 0 declared"}}},
		"too many items": {rule,
			m{"listenerArn": "arn", "actions": []any{m{"type": "forward", "forward": m{"targetGroups": []any{
				m{"arn": "1"}, m{"arn": "2"}, m{"arn": "3"}, m{"arn": "4"}, m{"arn": "5"}, m{"arn": "6"}}}}},
				"conditions": []any{m{}}},
			[]Failure{{"actions[0].forward.targetGroups", "Too many list items. Attribute actions[0].forward." +
				"targetGroups supports 5 item maximum, but config has 6 declared"}}},
		"forward needs no group": {rule,
			m{"listenerArn": "arn", "actions": forward,
				"conditions": []any{m{"hostHeader": m{"values": []any{"h"}}}}}, nil},
		"none of exactly one": {balancer, m{}, []Failure{
			{"subnetMappings", "Invalid combination of arguments. \"subnetMappings\": one of " +
				"`subnetMappings,subnets` must be specified"}}},
		"two of exactly one": {balancer, m{"subnets": []any{"s"}, "subnetMappings": []any{m{"subnetId": "s"}}},
			[]Failure{{"subnetMappings", "Invalid combination of arguments. \"subnetMappings\": only one of " +
				"`subnetMappings,subnets` can be specified, but `subnetMappings,subnets` were specified"}}},
		"an unknown one of exactly one": {balancer, m{"subnets": notKnown}, nil},
		"exactly one in a block": {rotation,
			m{"secretId": "s", "rotationRules": m{"automaticallyAfterDays": 1, "scheduleExpression": "rate(1 days)"}},
			[]Failure{{"rotationRules.automaticallyAfterDays", "Invalid combination of arguments. " +
				"\"rotationRules.automaticallyAfterDays\": only one of `rotationRules.automaticallyAfterDays," +
				"rotationRules.scheduleExpression` can be specified, but `rotationRules.automaticallyAfterDays," +
				"rotationRules.scheduleExpression` were specified"},
				{"rotationRules.automaticallyAfterDays", `Conflicting configuration arguments. ` +
					`"rotationRules.automaticallyAfterDays": conflicts with rotationRules.scheduleExpression`},
				{"rotationRules.scheduleExpression", `Conflicting configuration arguments. ` +
					`"rotationRules.scheduleExpression": conflicts with rotationRules.automaticallyAfterDays`}}},
		"a document as a text":    {document, m{"role": "r", "policy": "{}"}, nil},
		"a document as an object": {document, m{"role": "r", "policy": m{"Version": "2012-10-17"}}, nil},
		"no document": {document, m{"role": "r", "policy": 1}, []Failure{
			{"policy", "expected string or object type, got number type"}}},
		"no target of a route": {route, m{"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"}, []Failure{
			{"carrierGatewayId", "Invalid combination of arguments. \"carrierGatewayId\": one of " +
				"`carrierGatewayId,coreNetworkArn,egressOnlyGatewayId,gatewayId,localGatewayId,natGatewayId," +
				"networkInterfaceId,odbNetworkArn,transitGatewayId,vpcEndpointId,vpcPeeringConnectionId` " +
				"must be specified"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, schemaOf(t, test.token).Check(properties(test.inputs)))
		})
	}
}

func TestCheckOfBlocksInListsLooksIntoTheSameElement(t *testing.T) {
	typ := schemaOf(t, "aws:secretsmanager/secret:Secret")
	assert.Empty(t, typ.Check(properties(m{"replicas": []any{m{"region": "eu-west-1"}, m{"region": "eu-central-1"}}})))
	assert.Equal(t, []Failure{{"replicas[1].region",
		`Missing required argument. The argument "region" is required, but no definition was found`}},
		typ.Check(properties(m{"replicas": []any{m{"region": "eu-west-1"}, m{}}})))
}

func TestEveryRequiredPropertyIsMissedByName(t *testing.T) {
	for _, token := range Tokens() {
		typ := schemaOf(t, token)
		var missed []string
		for _, failure := range typ.Check(property.Map{}) {
			missed = append(missed, failure.Path)
		}
		for name, field := range typ.Inputs.Fields {
			if field.Required {
				assert.Contains(t, missed, name, token)
			}
		}
	}
}

func TestCheckOutputs(t *testing.T) {
	typ := schemaOf(t, "aws:ec2/vpc:Vpc")
	assert.Empty(t, typ.CheckOutputs(properties(m{"arn": "a"})), "an output may be absent")
	assert.Equal(t, []Failure{{"arm", `Invalid or unknown key; did you mean "arn"?`}},
		typ.CheckOutputs(properties(m{"arm": "a"})))
	assert.Equal(t, []Failure{{"arn", "expected string type, got bool type"}},
		typ.CheckOutputs(properties(m{"arn": true})))
}
