package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Read is the graph of what is saved of stacks, each as `pulumi stack export` or `pulumi preview --json` writes it. What
// is secret stays so: its content is not known.
func Read(saved ...[]byte) (*Graph, error) {
	var stacks [][]apitype.ResourceV3
	for i, text := range saved {
		resources, err := readSaved(text)
		if err != nil {
			return nil, fmt.Errorf("export %d: %w", i+1, err)
		}
		stacks = append(stacks, resources)
	}
	return Of(stacks...), nil
}

// Of is the graph of the resources in the states of stacks.
func Of(stacks ...[]apitype.ResourceV3) *Graph {
	var all []*Resource
	for _, state := range stacks {
		var resources []*Resource
		for _, r := range state {
			if !r.Delete {
				resources = append(resources, read(r))
			}
		}
		place(resources)
		all = append(all, resources...)
	}
	return New(all)
}

var errNoDeployment = errors.New("it holds no deployment; expected what `pulumi stack export` writes")

func readSaved(text []byte) ([]apitype.ResourceV3, error) {
	var outer struct {
		apitype.UntypedDeployment
		Steps []step `json:"steps"`
	}
	if err := json.Unmarshal(text, &outer); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoDeployment, err)
	}
	if outer.Steps != nil {
		return planned(outer.Steps), nil
	}
	if outer.Version != apitype.DeploymentSchemaVersionCurrent {
		return nil, fmt.Errorf("it has version %d of the format, expected %d", outer.Version,
			apitype.DeploymentSchemaVersionCurrent)
	}
	var deployment apitype.DeploymentV3
	if err := json.Unmarshal(outer.Deployment, &deployment); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoDeployment, err)
	}
	return deployment.Resources, nil
}

// step is what a saved preview says of one resource.
type step struct {
	NewState *apitype.ResourceV3 `json:"newState"`
}

// planned are the resources that there will be, each as the last of its steps says.
func planned(steps []step) []apitype.ResourceV3 {
	var resources []apitype.ResourceV3
	at := map[resource.URN]int{}
	for _, s := range steps {
		if s.NewState == nil {
			continue
		}
		if i, again := at[s.NewState.URN]; again {
			resources[i] = *s.NewState
			continue
		}
		at[s.NewState.URN] = len(resources)
		resources = append(resources, *s.NewState)
	}
	return resources
}

// place gives resources the regions of their providers.
func place(resources []*Resource) {
	regions := map[string]string{}
	for _, r := range resources {
		if strings.HasPrefix(r.Type, providerType) {
			regions[r.URN] = props.Text(r.Inputs, "region")
		}
	}
	for _, r := range resources {
		r.Region = regions[r.Provider]
	}
}

const providerType = "pulumi:providers:"

func read(r apitype.ResourceV3) *Resource {
	return &Resource{
		Stack:        r.URN.Stack().String(),
		URN:          string(r.URN),
		Type:         string(r.Type),
		ID:           string(r.ID),
		Parent:       string(r.Parent),
		Provider:     providerURN(r.Provider),
		Inputs:       Object(r.Inputs),
		Outputs:      Object(r.Outputs),
		Dependencies: dependencies(r.PropertyDependencies),
		Options:      &Options{Protect: r.Protect, IgnoreChanges: r.IgnoreChanges},
	}
}

func dependencies(of map[resource.PropertyKey][]resource.URN) map[string][]string {
	if of == nil {
		return nil
	}
	all := map[string][]string{}
	for name, urns := range of {
		for _, urn := range urns {
			all[string(name)] = append(all[string(name)], string(urn))
		}
	}
	return all
}

// providerURN is the URN in a reference to a provider, "<urn>::<id>".
func providerURN(reference string) string {
	if i := strings.LastIndex(reference, resource.URNNameDelimiter); i >= 0 {
		return reference[:i]
	}
	return ""
}

// Object is an object of JSON as properties; what is marked as a secret is not known.
func Object(values map[string]any) property.Map {
	read := make(map[string]property.Value, len(values))
	for name, v := range values {
		read[name] = value(v)
	}
	return property.NewMap(read)
}

func value(v any) property.Value {
	switch v := v.(type) {
	case string:
		return text(v)
	case float64:
		return property.New(v)
	case bool:
		return property.New(v)
	case []any:
		list := make([]property.Value, len(v))
		for i, element := range v {
			list[i] = value(element)
		}
		return property.New(list)
	case map[string]any:
		if v[sig.Key] == sig.Secret {
			return property.New(property.Computed).WithSecret(true)
		}
		return property.New(Object(v))
	}
	return property.New(property.Null)
}

// blinded stands for a secret in a saved preview.
const blinded = "[secret]"

// unknowns are the texts that stand for values that are not known yet.
var unknowns = []string{
	sig.UnknownStringValue, sig.UnknownBoolValue, sig.UnknownNumberValue, sig.UnknownArrayValue,
	sig.UnknownObjectValue, sig.UnknownAssetValue, sig.UnknownArchiveValue,
}

func text(v string) property.Value {
	switch {
	case v == blinded:
		return property.New(property.Computed).WithSecret(true)
	case slices.Contains(unknowns, v):
		return property.New(property.Computed)
	}
	return property.New(v)
}
