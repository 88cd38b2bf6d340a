// Haven brings the environments of this checkout up and down, in a cloud that lives on this machine.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"haven/infra/sandbox/provider"
)

// The engine starts this same binary as its plugins, under their names.
const pluginPrefix = "pulumi-resource-"

func main() {
	if cloud, plugin := strings.CutPrefix(filepath.Base(os.Args[0]), pluginPrefix); plugin {
		os.Exit(serve(cloud))
	}
	os.Exit(run(os.Args[1:]))
}

// serve is a provider plugin of the sandbox, until its engine is done with it.
func serve(cloud string) int {
	if err := provider.Main(cloud); err != nil {
		fmt.Fprintf(os.Stderr, "haven: the plugin %s: %v\n", cloud, err)
		return refused
	}
	return succeeded
}
