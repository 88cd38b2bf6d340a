// Package harness runs Pulumi programs without an engine and records what they declare.
package harness

import (
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
)

// Project and Stack name what Run runs.
const (
	Project = "haven"
	Stack   = "demo-test"
)

// Declared is one resource as a program registered or read it.
type Declared struct {
	Type   string
	Name   string
	Parent string // the parent's name; "" for the stack itself
	Inputs resource.PropertyMap
	Custom bool
	// Provider is the name of the provider resource it was registered with, "" for the default one.
	Provider string
	// Protect and IgnoreChanges are the resource options of that name; DependsOn the names of explicit dependencies.
	Protect       bool
	IgnoreChanges []string
	DependsOn     []string
}

// Recorder stands in for the engine and its providers. It answers each registration with the inputs and with the
// outputs that Outputs adds, and keeps what was asked. It is safe for the parallel calls of a program.
type Recorder struct {
	// Outputs are outputs to add for a resource type, for what a cloud would compute: "{name}" in a text is the
	// resource's. A missing "arn" or "id" is made up.
	Outputs map[string]resource.PropertyMap
	// Functions answers invokes by token, Answers those whose answer depends on what is asked.
	Functions map[string]resource.PropertyMap
	Answers   map[string]func(asked resource.PropertyMap) (resource.PropertyMap, error)
	// References answers stack references by name.
	References map[string]resource.PropertyMap

	mu       sync.Mutex
	declared []Declared
}

// NewResource implements pulumi.MockResourceMonitor.
func (r *Recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.record(args)
	if args.TypeToken == "pulumi:pulumi:StackReference" {
		name := args.Inputs["name"].StringValue()
		return name, resource.PropertyMap{
			"name":    resource.NewProperty(name),
			"outputs": resource.NewProperty(r.References[name]),
		}, nil
	}
	outputs := args.Inputs.Copy()
	id := args.Name + "-id"
	if _, ok := outputs["arn"]; !ok && args.Custom {
		outputs["arn"] = resource.NewProperty("arn:aws:mock:::" + args.Name)
	}
	for k, v := range r.Outputs[args.TypeToken] {
		outputs[k] = named(v, args.Name)
	}
	if given, ok := outputs["id"]; ok && args.Custom && given.IsString() {
		id = given.StringValue()
	}
	return id, outputs, nil
}

// named is a text with the resource's name in the place of "{name}"; any other value as it is.
func named(value resource.PropertyValue, name string) resource.PropertyValue {
	if !value.IsString() {
		return value
	}
	return resource.NewProperty(strings.ReplaceAll(value.StringValue(), "{name}", name))
}

func (r *Recorder) record(args pulumi.MockResourceArgs) {
	d := Declared{Type: args.TypeToken, Name: args.Name, Inputs: args.Inputs, Custom: args.Custom}
	if rpc := args.RegisterRPC; rpc != nil {
		d.Parent = nameOf(rpc.GetParent())
		d.Provider = providerName(rpc.GetProvider())
		d.Protect = rpc.GetProtect()
		d.IgnoreChanges = rpc.GetIgnoreChanges()
		for _, urn := range rpc.GetDependencies() {
			d.DependsOn = append(d.DependsOn, nameOf(urn))
		}
		sort.Strings(d.DependsOn)
	}
	if rpc := args.ReadRPC; rpc != nil {
		d.Custom = true // nothing else can be read, but the SDK leaves it out
		d.Parent = nameOf(rpc.GetParent())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.declared = append(r.declared, d)
}

// Call implements pulumi.MockResourceMonitor.
func (r *Recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if answer, ok := r.Answers[args.Token]; ok {
		return answer(args.Args)
	}
	if result, ok := r.Functions[args.Token]; ok {
		return result, nil
	}
	return resource.PropertyMap{}, nil
}

// Declared is everything recorded, sorted by type and name.
func (r *Recorder) Declared() []Declared {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := append([]Declared(nil), r.declared...)
	sort.Slice(all, func(i, j int) bool {
		if all[i].Type != all[j].Type {
			return all[i].Type < all[j].Type
		}
		return all[i].Name < all[j].Name
	})
	return all
}

// OfType is everything recorded of that type, sorted by name.
func (r *Recorder) OfType(token string) []Declared {
	var of []Declared
	for _, d := range r.Declared() {
		if d.Type == token {
			of = append(of, d)
		}
	}
	return of
}

// One is the resource of that type and name; the test fails where it was not declared.
func (r *Recorder) One(t testing.TB, token, name string) Declared {
	t.Helper()
	for _, d := range r.OfType(token) {
		if d.Name == name {
			return d
		}
	}
	require.Failf(t, "not declared", "%s %q is not among %s", token, name, r.names(token))
	return Declared{}
}

func (r *Recorder) names(token string) []string {
	var names []string
	for _, d := range r.OfType(token) {
		names = append(names, d.Name)
	}
	return names
}

// Run runs a program against the recorder and returns its error.
func Run(r *Recorder, program pulumi.RunFunc) error {
	return RunStack(r, Stack, nil, program)
}

// RunStack runs a program as the stack of that name, with values of the project's configuration namespace, and
// returns its error.
func RunStack(r *Recorder, stack string, values map[string]string, program pulumi.RunFunc) error {
	configured := func(info *pulumi.RunInfo) {
		info.Organization = "organization"
		info.Config = map[string]string{}
		for key, value := range values {
			info.Config[Project+":"+key] = value
		}
	}
	return pulumi.RunErr(program, pulumi.WithMocks(Project, stack, r), configured)
}

func nameOf(urn string) string {
	if urn == "" || strings.Contains(urn, "::pulumi:pulumi:Stack::") {
		return ""
	}
	return urn[strings.LastIndex(urn, "::")+2:]
}

func providerName(reference string) string {
	if i := strings.LastIndex(reference, "::"); i >= 0 {
		return nameOf(reference[:i])
	}
	return ""
}
