package languagehost

import (
	"errors"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// options are runtime.options of a Pulumi.yaml. https://www.pulumi.com/docs/iac/languages-sdks/go/
type options struct {
	// binary is a program that somebody else has built: a path from the program's folder, or a name on the PATH.
	binary string
	// buildTarget is the file to build the program into, in place of one in .haven/program.
	buildTarget string
}

func optionsOf(info *pulumirpc.ProgramInfo) (options, error) {
	var o options
	var problems []error
	for name, value := range info.GetOptions().AsMap() {
		text, isText := value.(string)
		switch {
		case name != "binary" && name != "buildTarget":
		case !isText:
			problems = append(problems, fmt.Errorf("runtime.options.%s must be text, but is %v", name, value))
		case name == "binary":
			o.binary = text
		default:
			o.buildTarget = text
		}
	}
	if o.binary != "" && o.buildTarget != "" {
		problems = append(problems, errors.New("of runtime.options.binary and buildTarget only one can be: "+
			"a binary is run as it is, and not built"))
	}
	return o, errors.Join(problems...)
}
