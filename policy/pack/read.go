package pack

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/structpb"

	"haven/policy/graph"
	"haven/policy/props"
)

// sent is what both kinds of resources that the engine sends have in common.
type sent interface {
	GetUrn() string
	GetType() string
	GetProperties() *structpb.Struct
	GetProvider() *pulumirpc.AnalyzerProviderResource
}

// read is a resource as it is sent, with neither inputs nor outputs, and the properties sent with it.
func read(r sent) (*graph.Resource, property.Map, error) {
	properties, err := decode(r.GetProperties())
	if err != nil {
		return nil, properties, fmt.Errorf("%s: %w", r.GetUrn(), err)
	}
	provider, err := decode(r.GetProvider().GetProperties())
	if err != nil {
		return nil, properties, fmt.Errorf("the provider of %s: %w", r.GetUrn(), err)
	}
	stack, _, _ := strings.Cut(strings.TrimPrefix(r.GetUrn(), "urn:pulumi:"), "::")
	return &graph.Resource{
		Stack: stack, URN: r.GetUrn(), Type: r.GetType(),
		Provider: r.GetProvider().GetUrn(), Region: props.Text(provider, "region"),
	}, properties, nil
}

func decode(properties *structpb.Struct) (property.Map, error) {
	decoded, err := plugin.UnmarshalProperties(properties, plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true, KeepOutputValues: true,
	})
	if err != nil {
		return property.Map{}, err
	}
	return resource.FromResourcePropertyMap(decoded), nil
}

// options are nil where the engine sends none.
func options(sent *pulumirpc.AnalyzerResourceOptions) *graph.Options {
	if sent == nil {
		return nil
	}
	return &graph.Options{
		Protect: sent.GetProtect(), DeleteBeforeReplace: sent.GetDeleteBeforeReplace(), IgnoreChanges: sent.GetIgnoreChanges(),
	}
}

// graph is the whole stack: what it is known to be at the end, and of the resources that were analyzed before, what is
// declared of them. It is in the order of the URNs, as the engine sends resources in none.
func (a *Analyzer) graph(resources []*pulumirpc.AnalyzerResource) (*graph.Graph, error) {
	all := make([]*graph.Resource, len(resources))
	var reading errgroup.Group
	reading.SetLimit(runtime.GOMAXPROCS(0))
	for i, sent := range resources {
		reading.Go(func() (err error) {
			defer guard(&err)
			all[i], err = a.known(sent)
			return err
		})
	}
	if err := reading.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b *graph.Resource) int { return strings.Compare(a.URN, b.URN) })
	return graph.New(all), nil
}

// known is a resource as it is known to be at the end.
func (a *Analyzer) known(sent *pulumirpc.AnalyzerResource) (*graph.Resource, error) {
	r, outputs, err := read(sent)
	if err != nil {
		return nil, err
	}
	r.Outputs, r.ID, r.Parent = outputs, props.Text(outputs, "id"), sent.GetParent()
	r.Options = options(sent.GetOptions())
	r.Dependencies = map[string][]string{}
	for name, on := range sent.GetPropertyDependencies() {
		r.Dependencies[name] = on.GetUrns()
	}
	if declared := a.declared[r.URN]; declared != nil {
		r.Inputs = declared.Inputs
	}
	return r, nil
}
