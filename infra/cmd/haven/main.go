// Haven brings the environments of this checkout up and down, in a cloud that lives on this machine.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"haven/infra/engine"
	"haven/infra/languagehost"
	"haven/infra/sandbox/provider"
)

// The engine starts this same binary as its plugins, under their names.
const pluginPrefix = "pulumi-resource-"

func main() {
	name := filepath.Base(os.Args[0])
	if name == engine.LanguageHost {
		os.Exit(ended(name, languagehost.Main()))
	}
	if name == engine.Policies {
		go endWithEngine(os.Getppid())
		os.Exit(ended(name, servePolicies()))
	}
	if cloud, plugin := strings.CutPrefix(name, pluginPrefix); plugin {
		go endWithEngine(os.Getppid())
		os.Exit(ended(name, provider.Main(cloud)))
	}
	os.Exit(run(os.Args[1:]))
}

// ended is the exit status of a plugin that its engine is done with, or that could not serve it.
func ended(plugin string, err error) int {
	if err != nil {
		fmt.Fprintf(os.Stderr, "haven: the plugin %s: %v\n", plugin, err)
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
