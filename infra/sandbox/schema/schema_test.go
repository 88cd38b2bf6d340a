package schema

import (
	"testing"

	"haven/infra/sandbox/facts"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withoutFacts are the types of which facts has nothing, and why the sandbox has them all the same.
var withoutFacts = map[string]string{
	"aws:ec2/defaultRouteTable:DefaultRouteTable": "adopted to empty it: the SDK's types suffice",
}

func TestEveryTypeHasFactsOrAReason(t *testing.T) {
	for _, token := range Tokens() {
		if facts.For(token) == nil {
			assert.Contains(t, withoutFacts, token)
		} else {
			assert.NotContains(t, withoutFacts, token)
		}
	}
}

func TestFactsSpeakOfTheSDKsProperties(t *testing.T) {
	for _, token := range Tokens() {
		typ := schemaOf(t, token)
		assertKnown(t, token, typ.Facts, typ.Outputs)
	}
}

func assertKnown(t *testing.T, path string, properties facts.Properties, shape *Shape) {
	for name, property := range properties {
		field := shape.Fields[name]
		if !assert.NotNil(t, field, "%s.%s: no such property in the SDK", path, name) || property.Fields == nil {
			continue
		}
		assertKnown(t, path+"."+name, property.Fields, block(field.Shape))
	}
}

// block is the object that a nested block's properties belong to: the object itself, or what a list holds.
func block(s *Shape) *Shape {
	for s.Kind == List {
		s = s.Elem
	}
	return s
}

func TestInputsAreOutputsOfTheSameType(t *testing.T) {
	for _, token := range Tokens() {
		typ := schemaOf(t, token)
		for name, input := range typ.Inputs.Fields {
			if output := typ.Outputs.Fields[name]; assert.NotNil(t, output, "%s.%s", token, name) {
				if input.Shape.Kind != Document {
					assert.Equal(t, input.Shape.Kind, output.Shape.Kind, "%s.%s", token, name)
				}
			}
		}
	}
}

func TestDefaultsAreOfTheSDKsType(t *testing.T) {
	for _, token := range Tokens() {
		typ := schemaOf(t, token)
		for name, fact := range typ.Facts {
			if fact.Default != nil {
				shape := typ.Outputs.Fields[name].Shape
				assert.True(t, shape.accepts(defaultOf(shape, fact.Default)), "%s.%s: %v", token, name, fact.Default)
			}
		}
	}
}

func TestTokensAreTheSDKs(t *testing.T) {
	assert.Subset(t, Tokens(), []string{
		"aws:ec2/vpc:Vpc", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:s3/bucketV2:BucketV2",
		"gcp:kms/keyRing:KeyRing", "gcp:storage/bucket:Bucket",
	})
}

func TestShapesAreTheSDKs(t *testing.T) {
	vpc := schemaOf(t, "aws:ec2/vpc:Vpc")
	assert.Equal(t, String, vpc.Inputs.Fields["cidrBlock"].Shape.Kind)
	assert.False(t, vpc.Inputs.Fields["cidrBlock"].Required)
	assert.Equal(t, Int, vpc.Inputs.Fields["ipv4NetmaskLength"].Shape.Kind)
	assert.Equal(t, Map, vpc.Inputs.Fields["tags"].Shape.Kind)
	assert.NotContains(t, vpc.Inputs.Fields, "arn")
	assert.True(t, vpc.Outputs.Fields["arn"].Required)
	assert.True(t, schemaOf(t, "aws:ec2/subnet:Subnet").Inputs.Fields["vpcId"].Required)
	assert.Equal(t, "domainName", block(schemaOf(t, "aws:acm/certificate:Certificate").
		Outputs.Fields["domainValidationOptions"].Shape).Names()[0])
	assert.Equal(t, Object, Config("aws").Fields["defaultTags"].Shape.Kind)
}

func TestWhatTheSandboxLacksIsRefused(t *testing.T) {
	_, err := For("aws:lex/bot:Bot")
	assert.EqualError(t, err, `the sandbox has no resource type "aws:lex/bot:Bot": add it to its schema, facts and `+
		`rules (infra/sandbox), or deploy to the real cloud`)
	_, err = ForFunction("aws:index/getArn:getArn")
	assert.ErrorContains(t, err, `the sandbox has no function "aws:index/getArn:getArn"`)
}

func schemaOf(t *testing.T, token string) *Type {
	t.Helper()
	typ, err := For(token)
	require.NoError(t, err)
	return typ
}
