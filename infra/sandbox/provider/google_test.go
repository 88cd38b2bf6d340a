package provider

import (
	"strings"
	"testing"

	"haven/infra/sandbox/cloud"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	storageAgentFunction  = "gcp:storage/getProjectServiceAccount:getProjectServiceAccount"
	transferAgentFunction = "gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount"
	serviceToken          = "gcp:projects/service:Service"
	ringToken             = "gcp:kms/keyRing:KeyRing"
)

// googleProvider is a gcp provider with the sandbox's own rules.
type googleProvider struct {
	p.Provider
	f *fixture
}

func (f *fixture) google(project string) *googleProvider {
	s := &server{name: "gcp", world: f.world, alive: func() bool { return true }, rules: cloud.For}
	provider := s.provider()
	require.NoError(f.t, provider.Configure(ctx, p.ConfigureRequest{Args: values(map[string]any{"project": project})}))
	return &googleProvider{provider, f}
}

func (g *googleProvider) enable(service string) p.CreateResponse {
	made, err := g.f.create(g.Provider, serviceToken, service,
		map[string]any{"service": service, "disableOnDestroy": false})
	require.NoError(g.f.t, err)
	return made
}

func (g *googleProvider) invoke(token string, args map[string]any) (p.InvokeResponse, error) {
	return g.Invoke(ctx, p.InvokeRequest{Token: tokens.Type(token), Args: values(args)})
}

// TestAgentsAreOfTheProject: an agent is asked for by the provider's project, and that of transfers once their service
// is on.
func TestAgentsAreOfTheProject(t *testing.T) {
	f := newFixture(t)
	demo := f.google("haven-demo")
	agent, err := demo.invoke(storageAgentFunction, nil)
	require.NoError(t, err)
	assert.Regexp(t, `^serviceAccount:service-\d+@gs-project-accounts\.iam\.gserviceaccount\.com$`,
		agent.Return.Get("member").AsString())

	_, err = demo.invoke(transferAgentFunction, nil)
	assert.ErrorContains(t, err, "googleapi: Error 403: storagetransfer.googleapis.com has not been used in project "+
		"haven-demo before or it is disabled.")
	service := demo.enable("storagetransfer.googleapis.com")
	first, err := demo.invoke(transferAgentFunction, nil)
	require.NoError(t, err)
	assert.Regexp(t, `^1\d{11,20}$`, first.Return.Get("subjectId").AsString())
	assert.Equal(t, "serviceAccount:"+first.Return.Get("email").AsString(), first.Return.Get("member").AsString())

	require.NoError(t, demo.Delete(ctx, p.DeleteRequest{ID: service.ID, Urn: urn(serviceToken, "s")}))
	again, err := demo.invoke(transferAgentFunction, nil)
	require.NoError(t, err, "the service stays enabled")
	assert.Equal(t, first.Return, again.Return)

	other := f.google("haven-other")
	theirs, err := other.invoke(storageAgentFunction, nil)
	require.NoError(t, err)
	assert.NotEqual(t, agent.Return.Get("member"), theirs.Return.Get("member"))

	_, err = f.google("").invoke(storageAgentFunction, nil)
	assert.ErrorContains(t, err, "project: required field is not set")
}

// TestGoogleResourcesAreOfTheProvidersProject: a name that the program does not give is made of the resource's own.
func TestGoogleResourcesAreOfTheProvidersProject(t *testing.T) {
	f := newFixture(t)
	demo := f.google("haven-demo")
	demo.enable("cloudkms.googleapis.com")
	ring, err := f.create(demo.Provider, ringToken, "mirror-ring", map[string]any{"location": "eur4"})
	require.NoError(t, err)
	assert.Regexp(t, `^projects/haven-demo/locations/eur4/keyRings/mirror-ring-[0-9a-f]{7}$`, ring.ID)
	assert.Equal(t, property.New("haven-demo"), ring.Properties.Get("project"))
	assert.True(t, strings.HasSuffix(ring.ID, "/"+ring.Properties.Get("name").AsString()))

	_, err = f.create(f.google("").Provider, ringToken, "ring", map[string]any{"location": "eur4"})
	assert.ErrorContains(t, err, "project: required field is not set")
}
