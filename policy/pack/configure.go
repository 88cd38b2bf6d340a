package pack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"haven/policy/check"
	"haven/policy/props"
	"haven/policy/rules"
)

// configuration is how strictly each policy is enforced, and its parameters.
type configuration struct {
	levels   map[string]pulumirpc.EnforcementLevel
	settings rules.Settings
}

// defaults are mandatory, with each rule's own parameters.
func defaults(library check.Library) configuration {
	c := configuration{levels: map[string]pulumirpc.EnforcementLevel{}, settings: rules.Settings{}}
	for _, p := range policies(library) {
		c.levels[p.id] = pulumirpc.EnforcementLevel_MANDATORY
	}
	return c
}

func (c configuration) disabled(policy string) bool {
	return c.levels[policy] == pulumirpc.EnforcementLevel_DISABLED
}

// everyPolicy is what stands for all of them in configuration.
const everyPolicy = "all"

// enabled is a library without what is disabled.
func (c configuration) enabled(library check.Library) check.Library {
	var enabled check.Library
	for _, rule := range library.Rules {
		if !c.disabled(rule.ID) {
			enabled.Rules = append(enabled.Rules, rule)
		}
	}
	for _, proof := range library.Proofs {
		if !c.disabled(proof.ID) {
			enabled.Proofs = append(enabled.Proofs, proof)
		}
	}
	return enabled
}

func (c configuration) mostUndecided() float64 {
	if most, given := props.Number(c.settings[check.TooUndecided], mostPercent); given {
		return most
	}
	return check.MostUndecided
}

// Configure takes what --policy-pack-config or Pulumi Cloud says. The engine has filled in the levels and the defaults.
// What is misspelt or of the wrong type is refused, all of it at once.
func (a *Analyzer) Configure(_ context.Context, request *pulumirpc.ConfigureAnalyzerRequest) (
	_ *emptypb.Empty, err error,
) {
	defer guard(&err)
	a.Lock()
	defer a.Unlock()
	config, err := configure(a.library, request.GetPolicyConfig())
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "the configuration of the policy pack: %v", err)
	}
	a.config = config
	return &emptypb.Empty{}, nil
}

func configure(library check.Library, given map[string]*pulumirpc.PolicyConfig) (configuration, error) {
	known := map[string]policy{}
	for _, p := range policies(library) {
		known[p.id] = p
	}
	config := defaults(library)
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, ok := known[name]
		switch {
		case ok:
			var err error
			config.levels[name] = given[name].GetEnforcementLevel()
			config.settings[name], err = p.read(given[name].GetProperties())
			problems = append(problems, err)
		case name != everyPolicy:
			problems = append(problems, fmt.Errorf("there is no policy %q", name))
		}
	}
	return config, errors.Join(problems...)
}

// read are the parameters that are given, of the types that they must have.
func (p policy) read(given *structpb.Struct) (property.Map, error) {
	values := map[string]property.Value{}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(given.GetFields())) {
		v := given.GetFields()[name]
		usual, ok := p.parameters[name]
		if !ok {
			problems = append(problems, fmt.Errorf("%s has no parameter %q", p.id, name))
			continue
		}
		want := kindOf(toProto(usual))
		if kindOf(v) != want || !onlyTexts(v.GetListValue()) {
			problems = append(problems, fmt.Errorf("%s: %s is a %s; expected a %s like %s", p.id, name, kindOf(v), want,
				toProto(usual)))
			continue
		}
		values[name] = fromProto(v)
	}
	return property.NewMap(values), errors.Join(problems...)
}

func onlyTexts(list *structpb.ListValue) bool {
	return !slices.ContainsFunc(list.GetValues(), func(v *structpb.Value) bool { return kindOf(v) != "string" })
}

// fromProto is a value as [toProto] writes it.
func fromProto(v *structpb.Value) property.Value {
	switch kind := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return property.New(kind.StringValue)
	case *structpb.Value_NumberValue:
		return property.New(kind.NumberValue)
	case *structpb.Value_BoolValue:
		return property.New(kind.BoolValue)
	}
	list := []property.Value{}
	for _, element := range v.GetListValue().GetValues() {
		list = append(list, property.New(element.GetStringValue()))
	}
	return property.New(list)
}
