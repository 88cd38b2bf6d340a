package schema

import (
	"reflect"
	"sort"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Kind is the kind of a value.
type Kind string

// The kinds of values that the SDKs have.
const (
	Any      Kind = "any"
	Bool     Kind = "bool"
	Number   Kind = "number"
	Int      Kind = "int"
	String   Kind = "string"
	Document Kind = "string or object" // a string, or an object that becomes its JSON text
	List     Kind = "list"
	Map      Kind = "map"
	Object   Kind = "object"
)

// Shape is the type of a value.
type Shape struct {
	Kind   Kind
	Elem   *Shape            // of a list or a map
	Fields map[string]*Field // of an object
}

// Field is a property of an object.
type Field struct {
	Shape *Shape
	// Required is what the SDK's type says: the field is no pointer, list, map or interface.
	Required bool
}

// Names are the names of an object's fields, sorted.
func (s *Shape) Names() []string {
	names := make([]string, 0, len(s.Fields))
	for name := range s.Fields {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// accepts says whether a value is of this kind. Unknown and absent values are of every kind.
func (s *Shape) accepts(v property.Value) bool {
	switch {
	case v.IsNull() || v.IsComputed():
		return true
	case s.Kind == Bool:
		return v.IsBool()
	case s.Kind == Number:
		return v.IsNumber()
	case s.Kind == Int:
		return v.IsNumber() && v.AsNumber() == float64(int64(v.AsNumber()))
	case s.Kind == String:
		return v.IsString()
	case s.Kind == Document:
		return v.IsString() || v.IsMap()
	case s.Kind == List:
		return v.IsArray()
	case s.Kind == Map || s.Kind == Object:
		return v.IsMap()
	}
	return true
}

var (
	outputType = reflect.TypeFor[pulumi.Output]()
	shapes     = map[reflect.Type]*Shape{}
	shapesLock sync.Mutex
)

// shapeOf is the shape of a Go type of an SDK: a plain struct with pulumi tags, or a struct of outputs.
func shapeOf(t reflect.Type) *Shape {
	shapesLock.Lock()
	defer shapesLock.Unlock()
	return build(t)
}

func build(t reflect.Type) *Shape {
	if t.Implements(outputType) {
		t = reflect.Zero(t).Interface().(pulumi.Output).ElementType()
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if known, ok := shapes[t]; ok {
		return known
	}
	s := &Shape{Kind: Any}
	shapes[t] = s // before its parts, because a type may hold itself
	switch t.Kind() {
	case reflect.Bool:
		s.Kind = Bool
	case reflect.Int:
		s.Kind = Int
	case reflect.Float64:
		s.Kind = Number
	case reflect.String:
		s.Kind = String
	case reflect.Slice:
		s.Kind, s.Elem = List, build(t.Elem())
	case reflect.Map:
		s.Kind, s.Elem = Map, build(t.Elem())
	case reflect.Struct:
		s.Kind, s.Fields = Object, fieldsOf(t)
	}
	return s
}

func fieldsOf(t reflect.Type) map[string]*Field {
	fields := map[string]*Field{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		if name == "" {
			continue
		}
		fields[name] = &Field{Shape: build(field.Type), Required: mustBeGiven(field.Type)}
	}
	return fields
}

func mustBeGiven(t reflect.Type) bool {
	if t.Implements(outputType) {
		t = reflect.Zero(t).Interface().(pulumi.Output).ElementType()
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return false
	}
	return true
}
