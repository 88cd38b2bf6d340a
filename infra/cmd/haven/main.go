// Haven brings the environments of this checkout up and down, in a cloud that lives on this machine.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"haven/infra/sandbox/provider"
)

// The engine starts this same binary as its plugins, under their names.
const pluginPrefix = "pulumi-resource-"

func main() {
	if cloud, plugin := strings.CutPrefix(filepath.Base(os.Args[0]), pluginPrefix); plugin {
		provider.Main(cloud)
		return
	}
	os.Exit(run(os.Args[1:]))
}
