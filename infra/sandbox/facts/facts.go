package facts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Resource is what the provider says of one resource type.
type Resource struct {
	Token      string
	Properties Properties
}

// Properties are the properties of a resource or of a nested block, by the SDK's name.
type Properties map[string]*Property

// Property is what the provider says of one property.
type Property struct {
	// Required properties must be given. A required block counts only within a block that is given.
	Required bool `json:"required"`
	// Computed properties are filled in by the cloud where the program does not give them.
	Computed bool `json:"computed"`
	// ForceNew properties cannot be changed: a change replaces the resource.
	ForceNew bool `json:"forceNew"`
	// Sensitive values are secrets.
	Sensitive bool `json:"sensitive"`
	// Deprecated properties still work.
	Deprecated bool `json:"deprecated"`
	// Set is a list whose order has no meaning.
	Set bool `json:"set"`
	// Default is the value where none is given: a string, a bool or a float64; nil for none.
	Default any `json:"default"`
	// Enum are the values allowed, ElemEnum those allowed for each element of a list, exactly as written. Numbers are
	// written in decimal.
	Enum     []string `json:"enum"`
	ElemEnum []string `json:"elemEnum"`
	// MinItems and MaxItems bound a list; 0 is no bound.
	MinItems int `json:"minItems"`
	MaxItems int `json:"maxItems"`
	// ConflictsWith are the paths that may not be given together with this.
	ConflictsWith []string `json:"conflictsWith"`
	// RequiredWith are the paths that must be given where this is.
	RequiredWith []string `json:"requiredWith"`
	// ExactlyOneOf are paths of which exactly one must be given, AtLeastOneOf paths of which one or more must be. This
	// property belongs to them, listed or not.
	ExactlyOneOf []string `json:"exactlyOneOf"`
	AtLeastOneOf []string `json:"atLeastOneOf"`
	// Fields are the properties of a nested block, nil for a plain value.
	Fields Properties `json:"fields"`
}

//go:embed aws.json
var awsJSON []byte

//go:embed gcp.json
var gcpJSON []byte

var tables = map[string]func() map[string]json.RawMessage{
	"aws": sync.OnceValue(func() map[string]json.RawMessage { return table(awsJSON) }),
	"gcp": sync.OnceValue(func() map[string]json.RawMessage { return table(gcpJSON) }),
}

func table(text []byte) map[string]json.RawMessage {
	var types map[string]json.RawMessage
	if err := json.Unmarshal(text, &types); err != nil {
		panic(fmt.Sprintf("facts: the embedded table is no JSON: %v", err))
	}
	return types
}

var decoded sync.Map // token -> *Resource

// For is what the provider says of a type; nil where there are no facts of it. The answer is shared: do not change it.
func For(token string) *Resource {
	if known, ok := decoded.Load(token); ok {
		return known.(*Resource)
	}
	provider, _, _ := strings.Cut(token, ":")
	types, ok := tables[provider]
	if !ok {
		return nil
	}
	text, ok := types()[token]
	if !ok {
		return nil
	}
	resource := &Resource{Token: token}
	if err := json.Unmarshal(text, &resource.Properties); err != nil {
		panic(fmt.Sprintf("facts: %s: %v", token, err))
	}
	known, _ := decoded.LoadOrStore(token, resource)
	return known.(*Resource)
}

// Tokens are the types of a provider ("aws" or "gcp") that have facts, sorted.
func Tokens(provider string) []string {
	types, ok := tables[provider]
	if !ok {
		return nil
	}
	var tokens []string
	for token := range types() {
		tokens = append(tokens, token)
	}
	slices.Sort(tokens)
	return tokens
}

// At is the property at a path without indices ("rules.filter"), nil where there is none.
func (ps Properties) At(path string) *Property {
	var found *Property
	for name := range strings.SplitSeq(path, ".") {
		if found = ps[name]; found == nil {
			return nil
		}
		ps = found.Fields
	}
	return found
}
