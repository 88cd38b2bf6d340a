package provider

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var ctx = context.Background()

// fixture is an aws provider on a world of its own, with the small rules of this package's tests.
type fixture struct {
	p.Provider
	t     *testing.T
	world *world.World
	dead  bool // the engine is gone
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{t: t, world: world.At(filepath.Join(t.TempDir(), "world.db"))}
	f.Provider = f.in("eu-west-1", property.Map{})
	return f
}

// in is a provider of that region on the same world.
func (f *fixture) in(region string, tags property.Map) p.Provider {
	s := &server{name: "aws", world: f.world, alive: func() bool { return !f.dead }, rules: testRules}
	provider := s.provider()
	require.NoError(f.t, provider.Configure(ctx, p.ConfigureRequest{Args: values(map[string]any{
		"region": region, "defaultTags": property.New(map[string]property.Value{"tags": property.New(tags)}),
	})}))
	return provider
}

func values(fields map[string]any) property.Map {
	all := map[string]property.Value{}
	for name, field := range fields {
		v, ok := field.(property.Value)
		if !ok {
			var err error
			if v, err = property.Any(field); err != nil {
				panic(err)
			}
		}
		all[name] = v
	}
	return property.NewMap(all)
}

func urn(token, name string) resource.URN {
	return resource.NewURN("dev", "haven", "", tokens.Type(token), name)
}

func (f *fixture) create(provider p.Provider, token, name string, inputs map[string]any) (p.CreateResponse, error) {
	return provider.Create(ctx, p.CreateRequest{Urn: urn(token, name), Properties: values(inputs)})
}

func (f *fixture) mustCreate(token, name string, inputs map[string]any) p.CreateResponse {
	made, err := f.create(f.Provider, token, name, inputs)
	require.NoError(f.t, err)
	return made
}

func (f *fixture) ids() []string {
	entries, err := f.world.Entries()
	require.NoError(f.t, err)
	ids := []string{}
	for _, entry := range entries {
		ids = append(ids, entry.ID)
	}
	return ids
}

func vpcInputs() map[string]any { return map[string]any{"cidrBlock": "10.0.0.0/16"} }

func subnetInputs(vpc string) map[string]any {
	return map[string]any{"vpcId": vpc, "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-west-1a"}
}

func TestCreateAnswersWithInputsDefaultsAndComputedOutputs(t *testing.T) {
	f := newFixture(t)
	made := f.mustCreate(vpcToken, "main", vpcInputs())
	assert.Equal(t, "vpc-10.0.0.0/16", made.ID)
	assert.Equal(t, values(map[string]any{
		"cidrBlock": "10.0.0.0/16", "enableDnsSupport": true, "instanceTenancy": "default",
		"arn": "arn of vpc-10.0.0.0/16", "id": "vpc-10.0.0.0/16", "ownerId": "123456789012",
		"tagsAll": property.New(property.Map{}),
	}), made.Properties)

	entries, err := f.world.Entries()
	require.NoError(t, err)
	require.Len(t, entries, 1)
	assert.Equal(t, string(urn(vpcToken, "main")), entries[0].URN)
	assert.Equal(t, "eu-west-1", entries[0].Region)
	assert.Equal(t, map[string]any{"cidrBlock": "10.0.0.0/16"}, entries[0].Inputs, "the program's own inputs")
}

func TestPreviewOfACreateMakesNothing(t *testing.T) {
	f := newFixture(t)
	made, err := f.Create(ctx, p.CreateRequest{
		Urn: urn(vpcToken, "main"), Properties: values(vpcInputs()), DryRun: true,
	})
	require.NoError(t, err)
	assert.Empty(t, made.ID)
	assert.Equal(t, property.New("10.0.0.0/16"), made.Properties.Get("cidrBlock"))
	assert.True(t, made.Properties.Get("arn").IsComputed())
	assert.True(t, made.Properties.Get("id").IsComputed())
	assert.Empty(t, f.ids())
}

func TestTagsAllJoinsTheProvidersDefaultTags(t *testing.T) {
	f := newFixture(t)
	tagged := f.in("eu-west-1", values(map[string]any{"team": "a", "env": "x"}))
	inputs := vpcInputs()
	inputs["tags"] = property.New(map[string]property.Value{"env": property.New("y")})
	made, err := f.create(tagged, vpcToken, "main", inputs)
	require.NoError(t, err)
	assert.Equal(t, property.New(values(map[string]any{"team": "a", "env": "y"})), made.Properties.Get("tagsAll"))

	same := p.DiffRequest{
		Urn: urn(vpcToken, "main"), State: made.Properties, Inputs: values(inputs), OldInputs: values(inputs),
	}
	none, err := tagged.Diff(ctx, same)
	require.NoError(t, err)
	assert.False(t, none.HasChanges)
	changed, err := f.Diff(ctx, same)
	require.NoError(t, err)
	assert.Equal(t, map[string]p.PropertyDiff{"tagsAll": {Kind: p.Update}}, changed.DetailedDiff)
}

func TestErrorsAreTheCloudsOwn(t *testing.T) {
	f := newFixture(t)
	f.mustCreate(vpcToken, "main", vpcInputs())
	f.mustCreate(subnetToken, "a", subnetInputs("vpc-10.0.0.0/16"))
	frankfurt := f.in("eu-central-1", property.Map{})
	const prefix = "creating EC2 "
	tests := map[string]struct {
		provider p.Provider
		token    string
		inputs   map[string]any
		want     string
	}{
		"reference to nothing": {f.Provider, subnetToken, subnetInputs("vpc-1"), "Subnet: operation error EC2: " +
			"CreateSubnet, https response error StatusCode: 400, api error InvalidVpcID.NotFound: " +
			"The vpc ID 'vpc-1' does not exist"},
		"reference to another region": {frankfurt, subnetToken, subnetInputs("vpc-10.0.0.0/16"), "Subnet: operation " +
			"error EC2: CreateSubnet, https response error StatusCode: 400, api error InvalidVpcID.NotFound: " +
			"The vpc ID 'vpc-10.0.0.0/16' does not exist"},
		"name taken": {f.Provider, subnetToken, subnetInputs("vpc-10.0.0.0/16"), "Subnet: operation error EC2: " +
			"CreateSubnet, https response error StatusCode: 400, api error InvalidSubnet.Conflict: " +
			"The zone 'eu-west-1a' is taken"},
		"refused": {f.Provider, vpcToken, map[string]any{"cidrBlock": "10.0.0.0/4"}, "Vpc: operation error EC2: " +
			"CreateVpc, https response error StatusCode: 400, api error InvalidVpc.Range: " +
			"The CIDR '10.0.0.0/4' is invalid."},
		"ID taken": {f.Provider, vpcToken, vpcInputs(), "Vpc: vpc-10.0.0.0/16 already exists"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := f.create(test.provider, test.token, "b", test.inputs)
			assert.EqualError(t, err, prefix+test.want)
		})
	}
	assert.Equal(t, []string{"subnet-10.0.1.0/24", "vpc-10.0.0.0/16"}, f.ids(), "what is refused leaves nothing behind")
}

func TestUpdateKeepsWhatTheCloudFilledIn(t *testing.T) {
	f := newFixture(t)
	inputs := vpcInputs()
	inputs["ipv6NetmaskLength"] = 4.0
	made := f.mustCreate(vpcToken, "main", inputs)
	update := p.UpdateRequest{
		ID: made.ID, Urn: urn(vpcToken, "main"), State: made.Properties, OldInputs: values(inputs),
		Inputs: values(map[string]any{"enableDnsHostnames": true}), DryRun: true,
	}
	previewed, err := f.Update(ctx, update)
	require.NoError(t, err)
	update.DryRun = false
	updated, err := f.Update(ctx, update)
	require.NoError(t, err)
	assert.Equal(t, previewed, updated)
	assert.Equal(t, property.New("10.0.0.0/16"), updated.Properties.Get("cidrBlock"), "computed: it keeps its value")
	assert.Equal(t, property.New(true), updated.Properties.Get("enableDnsHostnames"))
	assert.True(t, updated.Properties.Get("ipv6NetmaskLength").IsNull(), "not computed: it goes")

	update.ID = "vpc-1"
	_, err = f.Update(ctx, update)
	assert.EqualError(t, err, "updating EC2 Vpc (vpc-1): it does not exist: `pulumi refresh` takes it out of the stack")
}

func TestUpdateMayKeepItsOwnUniqueName(t *testing.T) {
	f := newFixture(t)
	f.mustCreate(vpcToken, "main", vpcInputs())
	made := f.mustCreate(subnetToken, "a", subnetInputs("vpc-10.0.0.0/16"))
	_, err := f.Update(ctx, p.UpdateRequest{
		ID: made.ID, Urn: urn(subnetToken, "a"), State: made.Properties,
		Inputs: values(subnetInputs("vpc-10.0.0.0/16")),
	})
	assert.NoError(t, err)
}

func TestDelete(t *testing.T) {
	f := newFixture(t)
	vpc := f.mustCreate(vpcToken, "main", vpcInputs())
	subnet := f.mustCreate(subnetToken, "a", subnetInputs(vpc.ID))
	remove := func(token, id string) error {
		return f.Delete(ctx, p.DeleteRequest{ID: id, Urn: urn(token, "x")})
	}
	assert.EqualError(t, remove(vpcToken, vpc.ID), "deleting EC2 Vpc (vpc-10.0.0.0/16): "+
		"operation error EC2: DeleteVpc, https response error StatusCode: 400, api error DependencyViolation: "+
		"The vpc 'vpc-10.0.0.0/16' has dependencies and cannot be deleted.")
	assert.NoError(t, remove(subnetToken, subnet.ID))
	assert.NoError(t, remove(vpcToken, vpc.ID))
	assert.NoError(t, remove(vpcToken, vpc.ID), "gone already")
	assert.Empty(t, f.ids())
	left, err := f.world.Retained()
	require.NoError(t, err)
	assert.Equal(t, []cloud.Retained{{Type: vpcToken, ID: vpc.ID, Account: defaultAccount, Region: "eu-west-1"}}, left)
}

func TestDeleteOfWhatIsProtectedIsRefused(t *testing.T) {
	f := newFixture(t)
	inputs := vpcInputs()
	inputs["enableDnsHostnames"] = true
	made := f.mustCreate(vpcToken, "main", inputs)
	err := f.Delete(ctx, p.DeleteRequest{ID: made.ID, Urn: urn(vpcToken, "main")})
	assert.ErrorContains(t, err, "api error OperationNotPermitted: protected")
	assert.Len(t, f.ids(), 1)
}

func TestReadIsRefreshAndImport(t *testing.T) {
	f := newFixture(t)
	made := f.mustCreate(vpcToken, "main", vpcInputs())
	read := func(provider p.Provider, id string, inputs property.Map) p.ReadResponse {
		response, err := provider.Read(ctx, p.ReadRequest{ID: id, Urn: urn(vpcToken, "main"), Inputs: inputs})
		require.NoError(t, err)
		return response
	}
	unchanged := p.ReadResponse{ID: made.ID, Properties: made.Properties, Inputs: values(vpcInputs())}
	assert.Equal(t, unchanged, read(f.Provider, made.ID, values(vpcInputs())))
	assert.Equal(t, unchanged, read(f.Provider, made.ID, property.Map{}), "an import gives the inputs it was made with")
	assert.Equal(t, p.ReadResponse{}, read(f.Provider, "vpc-1", values(vpcInputs())), "gone")
	assert.Equal(t, p.ReadResponse{}, read(f.in("eu-central-1", property.Map{}), made.ID, property.Map{}), "elsewhere")

	require.NoError(t, f.world.Update(func(tx *world.Tx) error {
		drifted := tx.List(vpcToken, "", "")[0]
		drifted.Outputs = drifted.Outputs.Set("cidrBlock", property.New("10.9.0.0/16"))
		return tx.Put(drifted, nil)
	}))
	drifted := read(f.Provider, made.ID, values(vpcInputs()))
	assert.Equal(t, property.New("10.9.0.0/16"), drifted.Properties.Get("cidrBlock"))
	assert.Equal(t, values(map[string]any{"cidrBlock": "10.9.0.0/16"}), drifted.Inputs)
}

func TestGlobalTypesLiveOnceForAllRegions(t *testing.T) {
	f := newFixture(t)
	made := f.mustCreate(zoneToken, "zone", map[string]any{"name": "haven.example"})
	frankfurt := f.in("eu-central-1", property.Map{})
	_, err := f.create(frankfurt, zoneToken, "again", map[string]any{"name": "haven.example"})
	assert.EqualError(t, err, "creating ROUTE53 Zone: Zhaven.example already exists")
	found, err := frankfurt.Read(ctx, p.ReadRequest{ID: made.ID, Urn: urn(zoneToken, "zone")})
	require.NoError(t, err)
	assert.Equal(t, made.ID, found.ID)
}

func TestAnOperationWhoseEngineIsGoneCommitsNothing(t *testing.T) {
	f := newFixture(t)
	made := f.mustCreate(vpcToken, "main", vpcInputs())
	f.dead = true
	_, err := f.create(f.Provider, vpcToken, "other", map[string]any{"cidrBlock": "10.1.0.0/16"})
	assert.ErrorIs(t, err, errOrphaned)
	assert.ErrorIs(t, f.Delete(ctx, p.DeleteRequest{ID: made.ID, Urn: urn(vpcToken, "main")}), errOrphaned)
	assert.Equal(t, []string{made.ID}, f.ids())
}

func TestSecretsStaySecretAndOutOfTheFile(t *testing.T) {
	f := newFixture(t)
	made := f.mustCreate(secretToken, "s", map[string]any{"secretId": "arn", "secretString": "swordfish-in-clear"})
	assert.Equal(t, property.New("swordfish-in-clear").WithSecret(true), made.Properties.Get("secretString"),
		"secret, though the program gave it in clear")
	files, err := filepath.Glob(filepath.Join(filepath.Dir(f.world.Path()), "*"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.False(t, bytes.Contains(text, []byte("swordfish-in-clear")), "%s holds the secret in clear", file)
	}
}

func TestCheckReportsEverythingAndKeepsTheProgramsInputs(t *testing.T) {
	f := newFixture(t)
	inputs := values(map[string]any{"cidrBlock": 1.0, "colour": "red"})
	response, err := f.Check(ctx, p.CheckRequest{Urn: urn(vpcToken, "main"), Inputs: inputs})
	require.NoError(t, err)
	assert.Equal(t, inputs, response.Inputs)
	assert.Equal(t, []p.CheckFailure{
		{Reason: "expected string type, got number type. Examine values at 'main.cidrBlock'."},
		{Reason: "Invalid or unknown key. Examine values at 'main.colour'."},
	}, response.Failures)
}

func TestTypesTheSandboxLacksAreRefused(t *testing.T) {
	f := newFixture(t)
	_, err := f.Check(ctx, p.CheckRequest{Urn: urn("aws:lex/bot:Bot", "b")})
	assert.ErrorContains(t, err, `the sandbox has no resource type "aws:lex/bot:Bot"`)
	_, err = f.Check(ctx, p.CheckRequest{Urn: urn("aws:kms/key:Key", "k")})
	assert.EqualError(t, err, `the sandbox has the schema of "aws:kms/key:Key" but no rule for it`)
}

func TestDiff(t *testing.T) {
	f := newFixture(t)
	tests := map[string]struct {
		token    string
		old, now map[string]any
		ignored  []string
		want     p.DiffResponse
	}{
		"none": {vpcToken, vpcInputs(), vpcInputs(), nil, p.DiffResponse{DetailedDiff: map[string]p.PropertyDiff{}}},
		"replacement": {vpcToken, vpcInputs(), map[string]any{"cidrBlock": "10.1.0.0/16"}, nil, p.DiffResponse{
			HasChanges:   true,
			DetailedDiff: map[string]p.PropertyDiff{"cidrBlock": {Kind: p.UpdateReplace, InputDiff: true}}}},
		"ignored": {vpcToken, vpcInputs(), map[string]any{"cidrBlock": "10.1.0.0/16"}, []string{"cidrBlock"},
			p.DiffResponse{DetailedDiff: map[string]p.PropertyDiff{}}},
		"ignored within": {vpcToken, map[string]any{"tags": property.New(values(map[string]any{"a": "1", "b": "1"}))},
			map[string]any{"tags": property.New(values(map[string]any{"a": "2", "b": "2"}))}, []string{"tags.a"},
			p.DiffResponse{HasChanges: true,
				DetailedDiff: map[string]p.PropertyDiff{"tags.b": {Kind: p.Update, InputDiff: true}}}},
		"ignored by a wildcard": {vpcToken, map[string]any{"tags": property.New(values(map[string]any{"a": "1"}))},
			map[string]any{"tags": property.New(values(map[string]any{"a": "2"}))}, []string{"tags[*]"},
			p.DiffResponse{DetailedDiff: map[string]p.PropertyDiff{}}},
		"its name is still taken": {zoneToken,
			map[string]any{"name": "n"}, map[string]any{"name": "n", "delegationSetId": "N1"}, nil,
			p.DiffResponse{HasChanges: true, DeleteBeforeReplace: true, DetailedDiff: map[string]p.PropertyDiff{
				"delegationSetId": {Kind: p.AddReplace, InputDiff: true}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := f.Diff(ctx, p.DiffRequest{
				Urn: urn(test.token, "x"), OldInputs: values(test.old), Inputs: values(test.now),
				IgnoreChanges: test.ignored,
			})
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}
