package pack

import (
	"context"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/rules"
)

// mostPercent is the parameter of [check.TooUndecided].
const mostPercent = "mostPercent"

// policy is what the engine is told of a rule, a proof, or one of the demands on the run itself.
type policy struct {
	id, title  string
	severity   rules.Severity
	tags       []string
	parameters map[string]property.Value
}

// policies are all that can be configured.
func policies(library check.Library) []policy {
	var all []policy
	for _, r := range library.Rules {
		all = append(all, policy{r.ID, r.Title, r.Severity, slices.Concat(r.Frameworks, r.Controls), r.Parameters})
	}
	for _, p := range library.Proofs {
		all = append(all, policy{p.ID, p.Title, p.Severity, slices.Concat(p.Frameworks, p.Controls), nil})
	}
	return append(all,
		policy{id: exceptions.Expired, title: "No exception has expired", severity: rules.High},
		policy{id: exceptions.Unused, title: "Every exception is needed", severity: rules.High},
		policy{
			id: check.TooUndecided, title: "Only a small share is undecided", severity: rules.High,
			parameters: map[string]property.Value{mostPercent: property.New(check.MostUndecided)},
		},
	)
}

// GetAnalyzerInfo tells what the pack demands. Everything is mandatory.
func (a *Analyzer) GetAnalyzerInfo(context.Context, *emptypb.Empty) (_ *pulumirpc.AnalyzerInfo, err error) {
	defer guard(&err)
	if a.broken != nil {
		return nil, a.broken
	}
	info := &pulumirpc.AnalyzerInfo{
		Name: Name, DisplayName: "Haven", Version: Version, SupportsConfig: true,
		Description: "What must hold for each resource of a stack, and for the stack as a whole",
	}
	for _, p := range policies(a.library) {
		info.Policies = append(info.Policies, p.info())
	}
	return info, nil
}

// info is a policy of the stack, whatever it is about: whether it holds is certain once the whole stack was seen. Of a
// policy of each resource an engine would count that it has passed as soon as one was seen.
func (p policy) info() *pulumirpc.PolicyInfo {
	return &pulumirpc.PolicyInfo{
		Name: p.id, DisplayName: p.id, Description: p.title, Severity: severities[p.severity], Tags: p.tags,
		PolicyType:       pulumirpc.PolicyType_POLICY_TYPE_STACK,
		EnforcementLevel: pulumirpc.EnforcementLevel_MANDATORY, ConfigSchema: p.schema(),
	}
}

var severities = map[rules.Severity]pulumirpc.PolicySeverity{
	rules.Critical: pulumirpc.PolicySeverity_POLICY_SEVERITY_CRITICAL,
	rules.High:     pulumirpc.PolicySeverity_POLICY_SEVERITY_HIGH,
	rules.Medium:   pulumirpc.PolicySeverity_POLICY_SEVERITY_MEDIUM,
	rules.Low:      pulumirpc.PolicySeverity_POLICY_SEVERITY_LOW,
}

// schema is the JSON schema of the parameters; nil where there are none.
func (p policy) schema() *pulumirpc.PolicyConfigSchema {
	if len(p.parameters) == 0 {
		return nil
	}
	fields := map[string]*structpb.Value{}
	for _, name := range slices.Sorted(maps.Keys(p.parameters)) {
		usual := toProto(p.parameters[name])
		field := map[string]*structpb.Value{"type": structpb.NewStringValue(kindOf(usual)), "default": usual}
		if usual.GetListValue() != nil {
			field["items"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
				"type": structpb.NewStringValue("string"),
			}})
		}
		fields[name] = structpb.NewStructValue(&structpb.Struct{Fields: field})
	}
	return &pulumirpc.PolicyConfigSchema{Properties: &structpb.Struct{Fields: fields}}
}

// toProto is a parameter's value: a string, a number, a boolean, or a list of strings.
func toProto(v property.Value) *structpb.Value {
	switch {
	case v.IsString():
		return structpb.NewStringValue(v.AsString())
	case v.IsNumber():
		return structpb.NewNumberValue(v.AsNumber())
	case v.IsBool():
		return structpb.NewBoolValue(v.AsBool())
	}
	list := &structpb.ListValue{}
	for _, element := range v.AsArray().All {
		list.Values = append(list.Values, structpb.NewStringValue(element.AsString()))
	}
	return structpb.NewListValue(list)
}

// kindOf is the name of a value's type in JSON schema.
func kindOf(v *structpb.Value) string {
	switch v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return "string"
	case *structpb.Value_NumberValue:
		return "number"
	case *structpb.Value_BoolValue:
		return "boolean"
	case *structpb.Value_ListValue:
		return "array"
	case *structpb.Value_StructValue:
		return "object"
	}
	return "null"
}
