package pack

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
	"haven/policy/rules"
)

// levels are the names of how strictly a policy is enforced.
var levels = map[string]pulumirpc.EnforcementLevel{
	"advisory":  pulumirpc.EnforcementLevel_ADVISORY,
	"mandatory": pulumirpc.EnforcementLevel_MANDATORY,
	"remediate": pulumirpc.EnforcementLevel_REMEDIATE,
	"disabled":  pulumirpc.EnforcementLevel_DISABLED,
}

// Configuration is what a file for --policy-pack-config says, for who runs a library without an engine.
type Configuration struct {
	library check.Library
	config  configuration
}

// ReadConfiguration reads such a file as an engine does; an empty one says nothing, and everything is mandatory.
// https://www.pulumi.com/docs/insights/policy/policy-packs/#policy-configuration
func ReadConfiguration(library check.Library, file []byte) (Configuration, error) {
	given := map[string]json.RawMessage{}
	if len(file) > 0 {
		if err := json.Unmarshal(file, &given); err != nil {
			return Configuration{}, fmt.Errorf("expected an object of policies: %w", err)
		}
	}
	request := map[string]*pulumirpc.PolicyConfig{}
	var problems []error
	usual := pulumirpc.EnforcementLevel_MANDATORY
	for _, name := range inOrder(given) {
		one, err := readPolicy(given[name], usual)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		if name == everyPolicy {
			usual = one.EnforcementLevel
			for _, p := range policies(library) {
				request[p.id] = &pulumirpc.PolicyConfig{EnforcementLevel: usual}
			}
			continue
		}
		request[name] = one
	}
	config, err := configure(library, request)
	if err := errors.Join(append(problems, err)...); err != nil {
		return Configuration{}, err
	}
	return Configuration{library, config}, nil
}

// inOrder are the names of the policies, what is said of all of them first.
func inOrder(given map[string]json.RawMessage) []string {
	names := slices.Sorted(maps.Keys(given))
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case a == everyPolicy:
			return -1
		case b == everyPolicy:
			return 1
		}
		return strings.Compare(a, b)
	})
	return names
}

// readPolicy reads a level, or an object of a level and parameters.
func readPolicy(text json.RawMessage, usual pulumirpc.EnforcementLevel) (*pulumirpc.PolicyConfig, error) {
	var given any
	if err := json.Unmarshal(text, &given); err != nil {
		return nil, err
	}
	fields, is := given.(map[string]any)
	if !is {
		fields = map[string]any{"enforcementLevel": given}
	}
	read := &pulumirpc.PolicyConfig{EnforcementLevel: usual}
	if given, is := fields["enforcementLevel"]; is {
		name, _ := given.(string)
		if read.EnforcementLevel, is = levels[name]; !is {
			return nil, fmt.Errorf("the level is %v; expected one of %s", given,
				strings.Join(slices.Sorted(maps.Keys(levels)), ", "))
		}
	}
	delete(fields, "enforcementLevel")
	var err error
	read.Properties, err = structpb.NewStruct(fields)
	return read, err
}

// Over completes a run with the configuration, and is every outcome of it but those of policies that are disabled.
func (c Configuration) Over(g *graph.Graph, run check.Run) ([]rules.Outcome, error) {
	run.Library, run.Settings, run.MostUndecided = c.config.enabled(c.library), c.config.settings, c.config.mostUndecided()
	run.Exceptions = slices.DeleteFunc(slices.Clone(run.Exceptions), func(e exceptions.Exception) bool {
		return !run.Library.Has(e.Rule)
	})
	outcomes, err := run.Over(g)
	return slices.DeleteFunc(outcomes, func(o rules.Outcome) bool {
		return o.Result == rules.Fail && c.config.disabled(c.library.Policy(o))
	}), err
}

// Advises says whether an outcome is of a policy that refuses nothing.
func (c Configuration) Advises(o rules.Outcome) bool {
	return c.config.levels[c.library.Policy(o)] == pulumirpc.EnforcementLevel_ADVISORY
}
