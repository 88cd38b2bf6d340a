package flowtest

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"haven/infra/sandbox/world"
	"haven/policy/graph"
	"haven/policy/props"
)

// Preview is a stack as its first preview shows it to the policies, where those that it refers to export what is said by
// their names: the program runs and nothing is made, so that it and the provider alone say what is known. Folder is the
// one of the stack files; of the world only the clock is asked.
func Preview(w *world.World, folder, stack string, exports map[string]property.Map) (*graph.Graph, error) {
	exported := map[string]property.Map{}
	for name, outputs := range exports {
		exported[fullName(name)] = outputs
	}
	m := newMonitor(w, stack, exported)
	m.preview = true
	if err := m.run(filepath.Join(folder, "Pulumi."+stack+".yaml")); err != nil {
		return nil, err
	}
	return m.graph(), nil
}

// planned is a resource as the engine tells it to a policy pack.
func planned(urn resource.URN, in *pulumirpc.RegisterResourceRequest, inputs, outputs property.Map) graph.Resource {
	r := graph.Resource{
		URN: string(urn), Type: in.GetType(), Parent: in.GetParent(), Inputs: inputs, Outputs: outputs,
		Dependencies: map[string][]string{}, Options: options(in),
	}
	if at := strings.LastIndex(in.GetProvider(), "::"); at >= 0 {
		r.Provider = in.GetProvider()[:at]
	}
	for name, on := range in.GetPropertyDependencies() {
		r.Dependencies[name] = on.GetUrns()
	}
	return r
}

// plan notes what a preview is told of a resource.
func (m *monitor) plan(r graph.Resource) {
	if !m.preview {
		return
	}
	r.Stack = m.stack
	m.mu.Lock()
	defer m.mu.Unlock()
	m.planned = append(m.planned, &r)
}

// graph is all that was planned, in the order of the URNs, as a policy pack sorts it.
func (m *monitor) graph() *graph.Graph {
	m.mu.Lock()
	defer m.mu.Unlock()
	regions := map[string]string{}
	for _, r := range m.planned {
		regions[r.URN] = props.Text(r.Inputs, "region")
	}
	for _, r := range m.planned {
		r.Region = regions[r.Provider]
	}
	slices.SortFunc(m.planned, func(a, b *graph.Resource) int { return strings.Compare(a.URN, b.URN) })
	return graph.New(m.planned)
}
