package provider

import (
	"testing"

	"haven/infra/sandbox/world"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (f *fixture) strike(kind world.Kind, what string) {
	f.t.Helper()
	require.NoError(f.t, f.world.Update(func(tx *world.Tx) error { return tx.Strike(kind, what) }))
}

func (f *fixture) heal() {
	f.t.Helper()
	require.NoError(f.t, f.world.Update(func(tx *world.Tx) error {
		for _, d := range world.Disasters.All(tx) {
			if err := tx.Heal(d); err != nil {
				return err
			}
		}
		return nil
	}))
}

// calls are "operation region" each, with "!" before what was refused.
func (f *fixture) calls() []string {
	f.t.Helper()
	var all []string
	require.NoError(f.t, f.world.View(func(tx *world.Tx) error {
		for _, call := range world.Calls.All(tx) {
			text := call.Operation + " " + call.Region
			if call.Refused != "" {
				text = "!" + text
			}
			all = append(all, text)
		}
		return nil
	}))
	return all
}

func configured(f *fixture, region string) error {
	s := &server{name: "aws", world: f.world, alive: func() bool { return true }, rules: testRules}
	return s.provider().Configure(ctx, p.ConfigureRequest{Args: values(map[string]any{"region": region})})
}

func TestALostRegionAnswersNothing(t *testing.T) {
	f := newFixture(t)
	abroad := f.in("eu-central-1", property.Map{})
	made := f.mustCreate(vpcToken, "main", vpcInputs())
	assert.Empty(t, f.calls(), "calls are recorded while a disaster lasts")
	f.strike(world.RegionLost, "eu-west-1")

	require.ErrorContains(t, configured(f, "eu-west-1"), "an endpoint in eu-west-1 (aws): i/o timeout")
	require.NoError(t, configured(f, "eu-central-1"))
	_, err := f.create(f.Provider, vpcToken, "second", vpcInputs())
	require.ErrorContains(t, err, "eu-west-1 (aws): i/o timeout")
	_, err = f.Provider.Read(ctx, p.ReadRequest{Urn: urn(vpcToken, "main"), ID: made.ID})
	require.ErrorContains(t, err, "i/o timeout")
	err = f.Delete(ctx, p.DeleteRequest{Urn: urn(vpcToken, "main"), ID: made.ID, Properties: made.Properties})
	require.ErrorContains(t, err, "i/o timeout")
	_, err = f.Provider.Invoke(ctx, p.InvokeRequest{Token: tokens.Type("aws:index/getRegion:getRegion")})
	require.ErrorContains(t, err, "i/o timeout")
	_, err = f.create(abroad, vpcToken, "abroad", vpcInputs())
	require.NoError(t, err)
	assert.Equal(t, []string{"!configure eu-west-1", "configure eu-central-1", "!create eu-west-1", "!read eu-west-1",
		"!delete eu-west-1", "!invoke eu-west-1", "create eu-central-1"}, f.calls())

	f.heal()
	f.mustCreate(vpcToken, "third", map[string]any{"cidrBlock": "10.9.0.0/16"})
	assert.Len(t, f.calls(), 7, "what was called is there to be read")
	f.strike(world.ZoneLost, "eu-west-1a")
	assert.Empty(t, f.calls(), "until the next disaster")
}

func TestALostCloudAnswersNothing(t *testing.T) {
	f := newFixture(t)
	google := f.google("haven-demo-mirror")
	f.strike(world.ProviderLost, "aws")
	require.ErrorContains(t, configured(f, "eu-central-1"), "i/o timeout")
	google.enable("storage.googleapis.com")
	assert.Equal(t, []string{"!configure eu-central-1", "create global"}, f.calls())
}

func TestAThrottledAPIRefusesEveryOtherCall(t *testing.T) {
	f := newFixture(t)
	f.strike(world.Throttled, "ec2")
	_, err := f.create(f.Provider, vpcToken, "main", vpcInputs())
	require.ErrorContains(t, err, "api error ThrottlingException: Rate exceeded")
	f.mustCreate(vpcToken, "main", vpcInputs())
	_, err = f.create(f.Provider, vpcToken, "second", vpcInputs())
	require.ErrorContains(t, err, "Rate exceeded")
}
