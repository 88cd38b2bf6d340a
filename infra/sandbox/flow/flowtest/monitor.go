package flowtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/provider"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
)

// monitor is what a program talks to instead of the engine: it has every resource made at once.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	project, stack string
	world          *world.World
	// exported are the outputs of the stacks before, by their full names.
	exported map[string]property.Map
	// preview says that nothing is made: everything is as it is before it was ever made.
	preview bool

	making    sync.Mutex // one resource is made after the other, in the order in which they are asked for
	mu        sync.Mutex
	root      string
	providers map[string]p.Provider // by the ID of their resource
	outputs   property.Map          // the stack's own
	failed    error                 // the first refusal
	declared  []Declared            // all that was asked for, in order
	planned   []*graph.Resource     // all that a preview was asked for
}

// Declared is a resource that a stack has, and what it was made from.
type Declared struct {
	URN, Type string
	// After are the URNs of what it depends on, its parent's among them.
	After []string
	// provider is the ID of the provider that made it; empty of components.
	provider string
	options  *graph.Options
}

const organization = "organization"

// fail keeps the first refusal: the program's own error tells of all that followed from it.
func (m *monitor) fail(err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed == nil {
		m.failed = err
	}
	return err
}

func (m *monitor) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{
		Project: m.project, Stack: m.stack, Organization: organization,
		SupportedFeatures: []pulumirpc.ResourceMonitorFeature{
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
		},
	}, nil
}

func (m *monitor) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (m *monitor) RegisterPackage(context.Context, *pulumirpc.RegisterPackageRequest) (
	*pulumirpc.RegisterPackageResponse, error,
) {
	return &pulumirpc.RegisterPackageResponse{}, nil
}

func (m *monitor) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (m *monitor) SetRootResource(_ context.Context, in *pulumirpc.SetRootResourceRequest) (
	*pulumirpc.SetRootResourceResponse, error,
) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.root = in.GetUrn()
	return &pulumirpc.SetRootResourceResponse{}, nil
}

func (m *monitor) GetRootResource(context.Context, *pulumirpc.GetRootResourceRequest) (
	*pulumirpc.GetRootResourceResponse, error,
) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &pulumirpc.GetRootResourceResponse{Urn: m.root}, nil
}

func (m *monitor) urn(parent, kind, name string) resource.URN {
	var parentType tokens.Type
	if parent != "" && !strings.Contains(parent, "::pulumi:pulumi:Stack::") {
		parentType = resource.URN(parent).QualifiedType()
	}
	return resource.NewURN(tokens.QName(m.stack), tokens.PackageName(m.project), parentType, tokens.Type(kind), name)
}

func (m *monitor) RegisterResource(ctx context.Context, in *pulumirpc.RegisterResourceRequest) (
	*pulumirpc.RegisterResourceResponse, error,
) {
	urn := m.urn(in.GetParent(), in.GetType(), in.GetName())
	answer := &pulumirpc.RegisterResourceResponse{Urn: string(urn), Object: in.GetObject()}
	m.declare(urn, in)
	inputs, err := properties(in.GetObject())
	if err != nil {
		return nil, m.fail(fmt.Errorf("%s: %w", urn, err))
	}
	if !in.GetCustom() {
		m.plan(planned(urn, in, inputs, inputs))
		return answer, nil
	}
	if name, is := strings.CutPrefix(in.GetType(), "pulumi:providers:"); is {
		answer.Id = in.GetName() + "-id"
		m.plan(planned(urn, in, inputs, inputs))
		return answer, m.configure(ctx, name, answer.Id, inputs)
	}
	made, err := m.ensure(ctx, in, urn, inputs)
	if err != nil {
		return nil, m.fail(fmt.Errorf("%s: %w", urn, err))
	}
	answer.Id = made.ID
	answer.Object, err = object(made.Properties)
	return answer, err
}

func (m *monitor) configure(ctx context.Context, name, id string, inputs property.Map) error {
	one := provider.New(name, m.world, func() bool { return true })
	if err := one.Configure(ctx, p.ConfigureRequest{Args: inputs}); err != nil {
		return m.fail(fmt.Errorf("provider %s: %w", id, err))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.providers[id] = one
	return nil
}

// by is the provider of a reference, "urn::id".
func (m *monitor) by(reference string) (p.Provider, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	one, known := m.providers[providerID(reference)]
	if !known {
		return p.Provider{}, fmt.Errorf("it has no provider: %q", reference)
	}
	return one, nil
}

// providerID is the ID in a provider's reference, "urn::id"; empty where there is none.
func providerID(reference string) string {
	_, id, _ := strings.Cut(reference[max(0, strings.LastIndex(reference, "::")):], "::")
	return id
}

func (m *monitor) declare(urn resource.URN, in *pulumirpc.RegisterResourceRequest) {
	one := Declared{
		URN: string(urn), Type: in.GetType(), After: in.GetDependencies(), provider: providerID(in.GetProvider()),
		options: options(in),
	}
	for _, property := range in.GetPropertyDependencies() {
		one.After = append(one.After, property.GetUrns()...)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.declared = append(m.declared, one)
}

func options(in *pulumirpc.RegisterResourceRequest) *graph.Options {
	return &graph.Options{
		Protect: in.GetProtect(), DeleteBeforeReplace: in.GetDeleteBeforeReplace(), IgnoreChanges: in.GetIgnoreChanges(),
	}
}

// ensure makes a resource that is not there, and updates or replaces one that is there and is not as declared.
func (m *monitor) ensure(ctx context.Context, in *pulumirpc.RegisterResourceRequest, urn resource.URN,
	inputs property.Map,
) (p.CreateResponse, error) {
	one, err := m.by(in.GetProvider())
	if err != nil {
		return p.CreateResponse{}, err
	}
	checked, err := one.Check(ctx, p.CheckRequest{Urn: urn, Inputs: inputs, RandomSeed: []byte(urn)})
	if err != nil {
		return p.CreateResponse{}, err
	}
	if len(checked.Failures) > 0 {
		return p.CreateResponse{}, fmt.Errorf("%s: %s", checked.Failures[0].Property, checked.Failures[0].Reason)
	}
	if m.preview {
		made, err := one.Create(ctx, p.CreateRequest{Urn: urn, Properties: checked.Inputs, DryRun: true})
		m.plan(planned(urn, in, checked.Inputs, made.Properties))
		return made, err
	}
	m.making.Lock()
	defer m.making.Unlock()
	there, err := m.world.ByURN(string(urn))
	if err != nil || len(there) == 0 {
		made, failed := one.Create(ctx, p.CreateRequest{Urn: urn, Properties: checked.Inputs})
		return made, errors.Join(err, failed)
	}
	return change(ctx, one, urn, there[0], checked.Inputs, in)
}

// change brings a resource to what is declared. What the program says of ignoring and replacing is about properties at
// the top.
func change(ctx context.Context, by p.Provider, urn resource.URN, is cloud.Resource, inputs property.Map,
	declared *pulumirpc.RegisterResourceRequest,
) (p.CreateResponse, error) {
	unchanged := p.CreateResponse{ID: is.ID, Properties: is.Outputs}
	ignored := declared.GetIgnoreChanges()
	for _, name := range ignored { // as the engine does with what lies at the top
		if old, had := is.Inputs.GetOk(name); had {
			inputs = inputs.Set(name, old)
		} else {
			inputs = inputs.Delete(name)
		}
	}
	diff, err := by.Diff(ctx, p.DiffRequest{
		ID: is.ID, Urn: urn, State: is.Outputs, OldInputs: is.Inputs, Inputs: inputs, IgnoreChanges: ignored,
	})
	if err != nil || !diff.HasChanges {
		return unchanged, err
	}
	for path, detail := range diff.DetailedDiff {
		name := path[:min(len(path), strings.IndexAny(path+".", ".["))]
		if !strings.Contains(string(detail.Kind), "replace") && !slices.Contains(declared.GetReplaceOnChanges(), name) {
			continue
		}
		if err := by.Delete(ctx, p.DeleteRequest{ID: is.ID, Urn: urn, Properties: is.Outputs}); err != nil {
			return unchanged, err
		}
		return by.Create(ctx, p.CreateRequest{Urn: urn, Properties: inputs})
	}
	updated, err := by.Update(ctx, p.UpdateRequest{
		ID: is.ID, Urn: urn, State: is.Outputs, OldInputs: is.Inputs, Inputs: inputs,
	})
	return p.CreateResponse{ID: is.ID, Properties: updated.Properties}, err
}

func (m *monitor) RegisterResourceOutputs(_ context.Context, in *pulumirpc.RegisterResourceOutputsRequest) (
	*emptypb.Empty, error,
) {
	outputs, err := properties(in.GetOutputs())
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.planned {
		if r.URN == in.GetUrn() {
			r.Outputs = outputs
		}
	}
	if strings.Contains(in.GetUrn(), "::pulumi:pulumi:Stack::") {
		m.outputs = outputs
	}
	return &emptypb.Empty{}, err
}

// ReadResource answers stack references, and nothing else.
func (m *monitor) ReadResource(_ context.Context, in *pulumirpc.ReadResourceRequest) (
	*pulumirpc.ReadResourceResponse, error,
) {
	exported, known := m.exported[in.GetId()]
	known = known || in.GetId() == fullName(m.stack) // which exports nothing before it is up
	if in.GetType() != "pulumi:pulumi:StackReference" || !known {
		return nil, m.fail(fmt.Errorf("%s %s cannot be read", in.GetType(), in.GetId()))
	}
	outputs := property.NewMap(map[string]property.Value{
		"name": property.New(in.GetId()), "outputs": property.New(exported),
		"secretOutputNames": property.New([]property.Value{}),
	})
	read, err := object(outputs)
	return &pulumirpc.ReadResourceResponse{
		Urn: string(m.urn(in.GetParent(), in.GetType(), in.GetName())), Properties: read,
	}, err
}

func (m *monitor) Invoke(ctx context.Context, in *pulumirpc.ResourceInvokeRequest) (
	*pulumirpc.ResourceInvokeResponse, error,
) {
	one, err := m.by(in.GetProvider())
	if err != nil {
		return nil, m.fail(fmt.Errorf("%s: %w", in.GetTok(), err))
	}
	args, err := properties(in.GetArgs())
	if err != nil {
		return nil, err
	}
	answer, err := one.Invoke(ctx, p.InvokeRequest{Token: tokens.Type(in.GetTok()), Args: args})
	if err != nil {
		return nil, m.fail(err)
	}
	returned, err := object(answer.Return)
	return &pulumirpc.ResourceInvokeResponse{Return: returned}, err
}

var marshalling = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true, SkipNulls: true}

func properties(from *structpb.Struct) (property.Map, error) {
	read, err := plugin.UnmarshalProperties(from, marshalling)
	if err != nil {
		return property.Map{}, err
	}
	return resource.FromResourcePropertyMap(read), nil
}

func object(m property.Map) (*structpb.Struct, error) {
	return plugin.MarshalProperties(resource.ToResourcePropertyMap(m), marshalling)
}
