package cost

import (
	"encoding/json"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"haven/infra/engine"
	"haven/stacks/config"
)

// Source is where the stacks of an environment were read.
type Source struct {
	// Name says it to a person: "the sandbox's state".
	Name   string
	Stacks []Stack
}

// Read reads the exports in those files, or where there are none what is up in the sandbox.
func Read(checkout engine.Checkout, environment *config.Environment, exports []string) (Source, error) {
	if len(exports) > 0 {
		return fromExports(exports, environment)
	}
	return fromState(checkout, environment)
}

// fromState reads the stacks that are up in the sandbox. It refuses where none is.
func fromState(checkout engine.Checkout, environment *config.Environment) (Source, error) {
	source := Source{Name: "the sandbox's state"}
	for _, stack := range environment.Stacks {
		state, err := engine.ReadState(checkout, stack.Name)
		if err != nil {
			return Source{}, err
		}
		if len(state.Resources) > 0 {
			source.Stacks = append(source.Stacks, Stack{stack.Name, state.Resources})
		}
	}
	if len(source.Stacks) == 0 {
		return Source{}, engine.Problemf("nothing of %s is up in the sandbox; haven up %[1]s, or give what "+
			"`pulumi stack export` prints of its stacks: haven cost %[1]s --export FILE…", environment.Name)
	}
	return source, nil
}

// fromExports reads files that `pulumi stack export` wrote, one of each stack.
// https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/
func fromExports(files []string, environment *config.Environment) (Source, error) {
	source := Source{Name: "exports of its stacks"}
	from := map[string]string{}
	for _, file := range files {
		stack, err := readExport(file)
		if err != nil {
			return Source{}, err
		}
		belongs := func(s *config.Stack) bool { return s.Name == stack.Name }
		if !slices.ContainsFunc(environment.Stacks, belongs) {
			return Source{}, engine.Problemf("%s is an export of %s, which is no stack of %s; leave it out",
				file, stack.Name, environment.Name)
		}
		if other, twice := from[stack.Name]; twice {
			return Source{}, engine.Problemf("%s and %s are both exports of %s; leave one out", other, file, stack.Name)
		}
		from[stack.Name] = file
		source.Stacks = append(source.Stacks, stack)
	}
	return source, nil
}

func readExport(file string) (Stack, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Stack{}, engine.Problemf("%v; name files that `pulumi stack export --file` wrote", err)
	}
	var export struct {
		Deployment *apitype.DeploymentV3 `json:"deployment"`
	}
	if err := json.Unmarshal(text, &export); err != nil || export.Deployment == nil {
		return Stack{}, engine.Problemf("%s is not what `pulumi stack export` prints; export the stack anew", file)
	}
	resources := export.Deployment.Resources
	if len(resources) == 0 {
		return Stack{}, engine.Problemf("%s is an export of a stack that holds nothing; leave it out", file)
	}
	return Stack{resources[0].URN.Stack().Name().String(), resources}, nil
}
