package provider

import (
	"strings"
	"testing"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/schema"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

// TestACloudAdjustsOtherResources: what a rule changes elsewhere changes in the world, and refers to what it did before.
func TestACloudAdjustsOtherResources(t *testing.T) {
	f := newFixture(t)
	network := f.mustCreate(vpcToken, "net", map[string]any{"cidrBlock": "10.0.0.0/16"})
	subnet := f.mustCreate(subnetToken, "sub", map[string]any{"vpcId": network.ID, "cidrBlock": "10.0.0.0/24"})
	adjusting := func(token string) (*cloud.Type, bool) {
		rule, known := testRules(token)
		if token != vpcToken {
			return rule, known
		}
		changed := *rule
		changed.Adjusts = func(c *cloud.Call) []cloud.Resource {
			other, _ := c.World.Find(subnetToken, c.Account, c.Region, "id", subnet.ID)
			other.Outputs = other.Outputs.Set("mapPublicIpOnLaunch", property.New(true))
			return []cloud.Resource{other}
		}
		return &changed, known
	}
	server := &server{name: "aws", world: f.world, alive: func() bool { return true }, rules: adjusting}
	provider := server.provider()
	require.NoError(t, provider.Configure(ctx, p.ConfigureRequest{Args: values(map[string]any{"region": "eu-west-1"})}))
	_, err := f.create(provider, vpcToken, "other", map[string]any{"cidrBlock": "10.1.0.0/16"})
	require.NoError(t, err)
	read, err := f.Read(ctx, p.ReadRequest{ID: subnet.ID, Urn: urn(subnetToken, "sub")})
	require.NoError(t, err)
	assert.True(t, read.Properties.Get("mapPublicIpOnLaunch").AsBool())
	err = f.Delete(ctx, p.DeleteRequest{ID: network.ID, Urn: urn(vpcToken, "net")})
	assert.ErrorContains(t, err, "DependencyViolation")
}
