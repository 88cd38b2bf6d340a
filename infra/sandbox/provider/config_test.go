package provider

import (
	"path/filepath"
	"strings"
	"testing"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/schema"
	"haven/infra/sandbox/world"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckConfig(t *testing.T) {
	const missing = "Missing region configuration: give the provider a region, such as eu-west-1"
	tests := map[string]struct {
		inputs map[string]any
		want   []p.CheckFailure
	}{
		"good": {map[string]any{
			"region": "eu-west-1", "allowedAccountIds": `["123456789012"]`, "version": "6.83.2",
		}, nil},
		"not yet known": {map[string]any{"region": property.New(property.Computed)}, nil},
		"no region":     {nil, []p.CheckFailure{{Property: "region", Reason: missing}}},
		"no such region": {map[string]any{"region": "mars-1"}, []p.CheckFailure{{
			Property: "region", Reason: "invalid AWS Region: mars-1"}}},
		"unknown and wrong": {map[string]any{
			"region": "eu-west-1", "regoin": "x", "maxRetries": `"many"`,
		}, []p.CheckFailure{
			{Property: "maxRetries", Reason: "expected int type, got string type"},
			{Property: "regoin", Reason: `Invalid or unknown key; did you mean "region"?`}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			response, err := newFixture(t).CheckConfig(ctx, p.CheckRequest{Inputs: values(test.inputs)})
			require.NoError(t, err)
			assert.Equal(t, test.want, response.Failures)
			assert.Equal(t, values(test.inputs), response.Inputs)
		})
	}
}

func TestDiffConfigReplacesAProviderThatMoves(t *testing.T) {
	f := newFixture(t)
	diff := func(old, now map[string]any) p.DiffResponse {
		response, err := f.DiffConfig(ctx, p.DiffRequest{OldInputs: values(old), Inputs: values(now)})
		require.NoError(t, err)
		return response
	}
	here := map[string]any{"region": "eu-west-1", "maxRetries": "1"}
	assert.False(t, diff(here, here).HasChanges)
	assert.Equal(t, map[string]p.PropertyDiff{"region": {Kind: p.UpdateReplace, InputDiff: true}},
		diff(here, map[string]any{"region": "eu-central-1", "maxRetries": "1"}).DetailedDiff)
	assert.Equal(t, map[string]p.PropertyDiff{"maxRetries": {Kind: p.Update, InputDiff: true}},
		diff(here, map[string]any{"region": "eu-west-1", "maxRetries": "2"}).DetailedDiff)
}

func TestTheAccountIsTheOneAllowed(t *testing.T) {
	const notAllowed = "AWS account ID not allowed: 123456789012"
	tests := map[string]struct {
		config          map[string]any
		account, refuse string
	}{
		"default":       {nil, "123456789012", ""},
		"only one":      {map[string]any{"allowedAccountIds": `["210987654321"]`}, "210987654321", ""},
		"one of them":   {map[string]any{"allowedAccountIds": `["210987654321","123456789012"]`}, "123456789012", ""},
		"none of them":  {map[string]any{"allowedAccountIds": `["1","2"]`}, "", notAllowed},
		"forbidden":     {map[string]any{"forbiddenAccountIds": `["123456789012"]`}, "", notAllowed},
		"another one's": {map[string]any{"forbiddenAccountIds": `["210987654321"]`}, "123456789012", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := &server{name: "aws", world: world.At(filepath.Join(t.TempDir(), "world.db")), rules: cloud.For}
			err := s.configure(ctx, p.ConfigureRequest{Args: values(test.config)})
			if test.refuse != "" {
				assert.EqualError(t, err, test.refuse)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.account, s.config.account)
		})
	}
}

func TestQuotasAreReadFromTheEnvironment(t *testing.T) {
	configure := func(text string) (*server, error) {
		t.Setenv(QuotasVariable, text)
		s := &server{name: "aws", world: world.At(filepath.Join(t.TempDir(), "world.db")), rules: cloud.For}
		return s, s.configure(ctx, p.ConfigureRequest{Args: values(nil)})
	}
	s, err := configure("")
	require.NoError(t, err)
	assert.Empty(t, s.config.quotas)
	s, err = configure("rds.instances=100,ec2.addresses=20")
	require.NoError(t, err)
	assert.Equal(t, cloud.Quotas{"rds.instances": 100, "ec2.addresses": 20}, s.config.quotas)
	_, err = configure("rds.instanzes=100")
	assert.ErrorContains(t, err,
		`HAVEN_SANDBOX_QUOTAS: unknown quota "rds.instanzes"; the sandbox knows backup.framework-controls, `)
	_, err = configure("rds.instances=lots")
	assert.EqualError(t, err,
		`HAVEN_SANDBOX_QUOTAS: rds.instances: expected a whole number of 1 or more, got "lots"`)
}

func invoke(t *testing.T, token string, args map[string]any) (p.InvokeResponse, error) {
	return newFixture(t).Invoke(ctx, p.InvokeRequest{Token: tokens.Type(token), Args: values(args)})
}

func TestFunctionsAnswerWithTheSDKsResults(t *testing.T) {
	f := newFixture(t)
	f.keepSecret("acme-sso", "s3cret")
	f.keepObjects()
	f.google("haven-demo").enable("storagetransfer.googleapis.com")
	for token := range functions {
		response, err := f.Invoke(ctx, p.InvokeRequest{Token: tokens.Type(token), Args: values(required[token])})
		require.NoError(t, err)
		known, err := schema.ForFunction(token)
		require.NoError(t, err)
		assert.Empty(t, known.Results.Check(response.Return), token)
	}
}

func TestFunctionsKnowTheProvidersAccountAndRegion(t *testing.T) {
	identity, err := invoke(t, "aws:index/getCallerIdentity:getCallerIdentity", nil)
	require.NoError(t, err)
	assert.Equal(t, property.New("123456789012"), identity.Return.Get("accountId"))
	region, err := invoke(t, "aws:index/getRegion:getRegion", nil)
	require.NoError(t, err)
	assert.Equal(t, property.New("eu-west-1"), region.Return.Get("name"))
	_, err = invoke(t, "aws:index/getRegion:getRegion", map[string]any{"name": "mars-1"})
	assert.ErrorContains(t, err, `no matching EC2 Region found: "mars-1"`)
}

func TestFunctionsCheckTheirArguments(t *testing.T) {
	response, err := invoke(t, "aws:index/getRegion:getRegion", map[string]any{"nmae": "x", "endpoint": true})
	require.NoError(t, err)
	assert.Equal(t, []p.CheckFailure{
		{Property: "endpoint", Reason: "expected string type, got bool type"},
		{Property: "nmae", Reason: `Invalid or unknown key; did you mean "name"?`},
	}, response.Failures)
	_, err = invoke(t, "aws:index/getArn:getArn", nil)
	assert.ErrorContains(t, err, `the sandbox has no function "aws:index/getArn:getArn"`)
}

func TestRandomPassword(t *testing.T) {
	const token = "aws:secretsmanager/getRandomPassword:getRandomPassword"
	first, err := invoke(t, token, map[string]any{"passwordLength": 4.0})
	require.NoError(t, err)
	password := first.Return.Get("randomPassword")
	assert.True(t, password.Secret())
	assert.Len(t, password.AsString(), 4)
	for _, class := range []string{lowercase, uppercase, numbers, punctuation} {
		assert.True(t, strings.ContainsAny(password.AsString(), class), "one of %q", class)
	}

	letters, err := invoke(t, token, map[string]any{
		"passwordLength": 200.0, "excludePunctuation": true, "excludeNumbers": true, "excludeCharacters": "abcXYZ",
	})
	require.NoError(t, err)
	text := letters.Return.Get("randomPassword").AsString()
	assert.Len(t, text, 200)
	assert.Regexp(t, `^[d-zA-W]+$`, text)

	again, err := invoke(t, token, nil)
	require.NoError(t, err)
	assert.Len(t, again.Return.Get("randomPassword").AsString(), 32)

	_, err = invoke(t, token, map[string]any{"passwordLength": 3.0})
	assert.ErrorContains(t, err, "api error InvalidParameterException: "+
		"Password length is too short for the required character types.")
	_, err = invoke(t, token, map[string]any{"passwordLength": 5000.0})
	assert.ErrorContains(t, err, "Password length should be between 1 and 4096")
}
