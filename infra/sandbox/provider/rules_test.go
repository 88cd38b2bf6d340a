package provider

import (
	"strings"
	"testing"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/schema"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
)

func TestEveryTypeOfTheSchemaHasARule(t *testing.T) {
	for _, token := range schema.Tokens() {
		rule, ok := cloud.For(token)
		if assert.True(t, ok, "no rule for %s", token) {
			assert.Equal(t, token, rule.Token)
			assert.NotNil(t, rule.ID, "%s: a rule makes the ID", token)
		}
	}
}

func TestRulesReferToTypesAndPropertiesOfTheSchema(t *testing.T) {
	for _, token := range schema.Tokens() {
		rule, _ := cloud.For(token)
		own, err := schema.For(token)
		assert.NoError(t, err)
		for _, reference := range rule.References {
			assertProperty(t, own.Outputs, reference.Property, token)
			for _, target := range append([]cloud.Target{{To: reference.To, By: reference.By}}, reference.Or...) {
				to, err := schema.For(target.To)
				if assert.NoError(t, err, token) && target.By != "id" {
					assertProperty(t, to.Outputs, target.By, target.To)
				}
			}
		}
		for _, unique := range rule.Unique {
			assertProperty(t, own.Outputs, unique.Property, token)
		}
	}
}

func assertProperty(t *testing.T, shape *schema.Shape, path, token string) {
	for step := range strings.SplitSeq(path, ".") {
		name, each := strings.CutSuffix(step, "[*]")
		field := shape.Fields[name]
		if !assert.NotNil(t, field, "%s: the SDK has no %s in %s", token, name, path) {
			return
		}
		shape = field.Shape
		if each {
			if !assert.Equal(t, schema.List, shape.Kind, "%s: %s in %s is no list", token, name, path) {
				return
			}
			shape = shape.Elem
		}
	}
}

// The rules of a cloud of three types, small enough to see through: networks of one region, subnets in them, and a
// global zone.
const (
	vpcToken    = "aws:ec2/vpc:Vpc"
	subnetToken = "aws:ec2/subnet:Subnet"
	zoneToken   = "aws:route53/zone:Zone"
	secretToken = "aws:secretsmanager/secretVersion:SecretVersion"
)

func ec2(operation, code, message string) cloud.Error {
	return cloud.Error{Service: "EC2", Operation: operation, Code: code, Message: message}
}

func testRules(token string) (*cloud.Type, bool) {
	rule, ok := map[string]*cloud.Type{
		vpcToken: {
			Token: vpcToken,
			ID:    func(c *cloud.Call) string { return "vpc-" + cloud.Text(c.Inputs, "cidrBlock") },
			Computed: func(c *cloud.Call) map[string]property.Value {
				return map[string]property.Value{
					"arn": property.New("arn of " + c.ID), "ownerId": property.New(c.Account),
				}
			},
			Refuse: func(c *cloud.Call) error {
				if cloud.Text(c.Inputs, "cidrBlock") == "10.0.0.0/4" {
					return ec2("CreateVpc", "InvalidVpc.Range", "The CIDR '10.0.0.0/4' is invalid.")
				}
				return nil
			},
			RefuseDelete: func(c *cloud.Call) error {
				if c.Old.Outputs.Get("enableDnsHostnames").Equals(property.New(true)) {
					return ec2("DeleteVpc", "OperationNotPermitted", "protected")
				}
				return nil
			},
			Retains: func(c *cloud.Call) []cloud.Retained {
				return []cloud.Retained{{Type: vpcToken, ID: c.ID, Account: c.Account, Region: c.Region}}
			},
		},
		subnetToken: {
			Token: subnetToken,
			ID:    func(c *cloud.Call) string { return "subnet-" + cloud.Text(c.Inputs, "cidrBlock") },
			References: []cloud.Reference{{
				Property: "vpcId", To: vpcToken, By: "id",
				NotFound: ec2("CreateSubnet", "InvalidVpcID.NotFound", "The vpc ID '%s' does not exist"),
				InUse: ec2("DeleteVpc", "DependencyViolation",
					"The vpc '%s' has dependencies and cannot be deleted."),
			}},
			Unique: []cloud.Unique{{
				Property: "availabilityZone",
				Taken:    ec2("CreateSubnet", "InvalidSubnet.Conflict", "The zone '%s' is taken"),
			}},
		},
		zoneToken: {
			Token: zoneToken, Global: true,
			ID: func(c *cloud.Call) string { return "Z" + cloud.Text(c.Inputs, "name") },
		},
		secretToken: {Token: secretToken, ID: func(*cloud.Call) string { return "version" }},
	}[token]
	return rule, ok
}
