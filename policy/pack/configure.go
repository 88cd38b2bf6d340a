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

// Configure takes what --policy-pack-config or Pulumi Cloud says. The engine has filled in the levels and the defaults.
// What is misspelt or of the wrong type is refused, all of it at once.
func (a *Analyzer) Configure(_ context.Context, request *pulumirpc.ConfigureAnalyzerRequest) (
	_ *emptypb.Empty, err error,
) {
	defer guard(&err)
	a.Lock()
	defer a.Unlock()
	known := map[string]policy{}
	for _, p := range policies(a.library) {
		known[p.id] = p
	}
	config := defaults(a.library)
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(request.GetPolicyConfig())) {
		given := request.GetPolicyConfig()[name]
		p, ok := known[name]
		switch {
		case ok:
			config.levels[name] = given.GetEnforcementLevel()
			config.settings[name], err = p.read(given.GetProperties())
			problems = append(problems, err)
		case name != "all":
			problems = append(problems, fmt.Errorf("there is no policy %q", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "the configuration of the policy pack: %v", err)
	}
	a.config = config
	return &emptypb.Empty{}, nil
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
