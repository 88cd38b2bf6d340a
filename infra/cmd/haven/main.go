// Haven brings the environments of this checkout up and down, in a cloud that lives on this machine.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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
	go endWithEngine(os.Getppid())
	if err := provider.Main(cloud); err != nil {
		fmt.Fprintf(os.Stderr, "haven: the plugin %s: %v\n", cloud, err)
		return refused
	}
	return succeeded
}

// endWithEngine ends this process once the engine that started it is gone. A killed engine cannot tell its plugins to
// end, and one that lived on would hold up the next run. The world's transactions survive that at any point.
func endWithEngine(engine int) {
	for os.Getppid() == engine {
		time.Sleep(50 * time.Millisecond)
	}
	os.Exit(refused)
}
