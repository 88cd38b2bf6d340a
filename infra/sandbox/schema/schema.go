package schema

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"haven/infra/sandbox/facts"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the schema of one resource type.
type Type struct {
	Token   string
	Inputs  *Shape
	Outputs *Shape
	// Facts are what the real provider says of the type's properties; nil where facts has nothing of it.
	Facts facts.Properties
}

// Function is the schema of one function a program can invoke.
type Function struct {
	Token   string
	Args    *Shape
	Results *Shape
}

// source is a type of an SDK: the resource struct with its outputs, and its Args.
type source struct {
	outputs any
	inputs  pulumi.Input
}

// signature is a function of an SDK: its plain argument and result structs.
type signature struct{ args, results any }

var types sync.Map // token -> *Type

// For is the schema of a resource type, or an error that says that the sandbox does not have it.
func For(token string) (*Type, error) {
	if known, ok := types.Load(token); ok {
		return known.(*Type), nil
	}
	from, ok := resources[token]
	if !ok {
		return nil, fmt.Errorf("the sandbox has no resource type %q: add it to its schema, facts and rules "+
			"(infra/sandbox), or deploy to the real cloud", token)
	}
	t := &Type{
		Token:   token,
		Inputs:  shapeOf(from.inputs.ElementType()),
		Outputs: shapeOf(reflect.TypeOf(from.outputs)),
	}
	t.Inputs = withDocuments(t.Inputs, t.Outputs)
	if known := facts.For(token); known != nil {
		t.Facts = known.Properties
	}
	known, _ := types.LoadOrStore(token, t)
	return known.(*Type), nil
}

// withDocuments is inputs in which what may be anything, but comes out as a string, is a document.
func withDocuments(inputs, outputs *Shape) *Shape {
	fields := maps.Clone(inputs.Fields)
	for name, input := range fields {
		output, ok := outputs.Fields[name]
		if ok && input.Shape.Kind == Any && output.Shape.Kind == String {
			fields[name] = &Field{Shape: &Shape{Kind: Document}}
		}
	}
	return &Shape{Kind: Object, Fields: fields}
}

// ForFunction is the schema of a function, or an error that says that the sandbox does not have it.
func ForFunction(token string) (*Function, error) {
	from, ok := functions[token]
	if !ok {
		return nil, fmt.Errorf("the sandbox has no function %q: add it to its schema and to its provider "+
			"(infra/sandbox), or deploy to the real cloud", token)
	}
	f := &Function{Token: token, Args: &Shape{Kind: Object}, Results: shapeOf(reflect.TypeOf(from.results))}
	if from.args != nil {
		f.Args = shapeOf(reflect.TypeOf(from.args))
	}
	return f, nil
}

// Config is the configuration of a provider, "aws" or "gcp".
func Config(provider string) *Shape { return shapeOf(configs[provider].ElementType()) }

// Tokens are the resource types the sandbox has, sorted.
func Tokens() []string { return slices.Sorted(maps.Keys(resources)) }

var (
	resources = merge(map[string][]source{"aws": awsResources, "gcp": gcpResources})
	functions = withAll(awsFunctions, gcpFunctions)
)

func withAll(tables ...map[string]signature) map[string]signature {
	all := map[string]signature{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

func merge(tables map[string][]source) map[string]source {
	all := map[string]source{}
	for provider, table := range tables {
		for _, from := range table {
			all[token(provider, reflect.TypeOf(from.outputs))] = from
		}
	}
	return all
}

// token is the Pulumi token of a type of an SDK: "aws:ec2/vpc:Vpc" for ec2.Vpc.
func token(provider string, t reflect.Type) string {
	name := t.Name()
	return fmt.Sprintf("%s:%s/%s%s:%s", provider, path.Base(t.PkgPath()), strings.ToLower(name[:1]), name[1:], name)
}
