package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	command = "pulumi"
	// LanguageHost is the name by which an engine starts the Go language host.
	LanguageHost = "pulumi-language-go"
)

// Engine is a pulumi and the Go language host, in one folder or in two.
type Engine struct {
	// Version is what `pulumi version` answers, without "v".
	Version string
	// Pulumi and LanguageHost are absolute paths.
	Pulumi, LanguageHost string
}

// Find is the engine to use: a pulumi on the PATH that is recent enough and comes with its Go language host, or else
// the pinned one, built from source into .haven/engine. The build takes minutes the first time; progress is told on out.
func Find(ctx context.Context, checkout Checkout, out io.Writer) (Engine, error) {
	own := pinned(checkout)
	if found, ok := onPath(ctx, checkout, own); ok {
		return found, nil
	}
	if !own.intact() {
		if err := own.build(ctx, out); err != nil {
			return Engine{}, fmt.Errorf("the engine: %w", err)
		}
	}
	return own.engine()
}

// onPath is a person's own engine; the cached one, which `haven env` puts on the PATH, does not count as such.
func onPath(ctx context.Context, checkout Checkout, own cache) (Engine, bool) {
	pulumi, err := exec.LookPath(command)
	if err != nil || filepath.Dir(pulumi) == own.dir {
		return Engine{}, false
	}
	host, err := exec.LookPath(LanguageHost)
	if err != nil || filepath.Dir(host) == own.dir {
		return Engine{}, false
	}
	version, err := versionOf(ctx, pulumi, checkout)
	if err != nil || !recent(version) {
		return Engine{}, false
	}
	return Engine{Version: version, Pulumi: pulumi, LanguageHost: host}, true
}

// versionOf asks a pulumi for its version, which also shows that it starts at all.
func versionOf(ctx context.Context, pulumi string, checkout Checkout) (string, error) {
	ask := exec.CommandContext(ctx, pulumi, "version")
	ask.Env = append(os.Environ(), isolation(checkout)...)
	answer, err := ask.Output()
	return strings.TrimPrefix(strings.TrimSpace(string(answer)), "v"), err
}
