package engine

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// commandPackage is the engine's command. It is built from a module of its own, infra/engine/pulumi, so that its
	// dependencies never meet the program's.
	commandPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
	// versionVariable is what the linker sets to Version; without it the engine takes itself for a development build.
	versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
)

// build makes the cached engine from source. Only one process builds at a time; who comes second waits for the first,
// and uses what that one built.
func (c cache) build(ctx context.Context, out io.Writer) error {
	if _, err := exec.LookPath("go"); err != nil {
		return Problemf("no go on the PATH, which builds it from source; install Go 1.26 or newer from https://go.dev/dl/")
	}
	lock, err := c.checkout.WaitLock(ctx, "engine.lock", "building the engine", out)
	if err != nil {
		return err
	}
	defer lock.Release()
	if c.intact() {
		return nil
	}
	fmt.Fprintf(out, "No pulumi %s or newer on the PATH: building it from source, once. This takes a few minutes.\n",
		Version)
	begun := time.Now()
	if err := c.buildInto(ctx, c.dir+".part", out); err != nil {
		return err
	}
	fmt.Fprintf(out, "Built the engine in %s.\n", time.Since(begun).Round(time.Second))
	return nil
}

func (c cache) buildInto(ctx context.Context, part string, out io.Writer) error {
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	defer os.RemoveAll(part)
	if err := os.MkdirAll(part, 0o755); err != nil {
		return err
	}
	if err := compile(ctx, c.checkout, filepath.Join(part, command), out); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	version, err := versionOf(ctx, filepath.Join(part, command), c.checkout)
	if err != nil || version != Version {
		return fmt.Errorf("the built %s answers %q to \"version\" instead of %s: %w", command, version, Version, err)
	}
	if err := seal(part); err != nil {
		return err
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return err
	}
	return os.Rename(part, c.dir)
}

// compile builds the engine's command into a file.
func compile(ctx context.Context, checkout Checkout, into string, out io.Writer) error {
	total, err := stale(ctx, checkout, out)
	if err != nil {
		return err
	}
	flags := "-s -w -X " + versionVariable + "=" + Version
	build := goTool(ctx, checkout, "build", "-v", "-o", into, "-ldflags", flags, commandPackage)
	bar := newProgress(out, command, total)
	defer bar.stop()
	return run(build, func(line string) bool {
		// With -v, go build names each package as it is done with it, and nothing else is one word.
		if strings.ContainsAny(line, " \t") || line == "" {
			return false
		}
		bar.step()
		return true
	})
}

// stale counts the packages that are not yet in Go's build cache, after fetching the modules they are in.
func stale(ctx context.Context, checkout Checkout, out io.Writer) (int, error) {
	list := goTool(ctx, checkout, "list", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}", commandPackage)
	var packages bytes.Buffer
	list.Stdout = &packages
	fetched := newProgress(out, command+": fetching modules", 0)
	defer fetched.stop()
	err := run(list, func(line string) bool {
		download := strings.HasPrefix(line, "go: downloading ")
		if download {
			fetched.step()
		}
		return download
	})
	return len(strings.Fields(packages.String())), err
}

func goTool(ctx context.Context, checkout Checkout, args ...string) *exec.Cmd {
	tool := exec.CommandContext(ctx, "go", args...)
	tool.Dir = filepath.Join(checkout.Root, "infra", "engine", "pulumi")
	tool.Env = append(os.Environ(), "GOFLAGS="+GoFlags(os.Getenv("GOFLAGS")), "GOWORK=off")
	tool.Cancel = func() error { return tool.Process.Signal(os.Interrupt) }
	tool.WaitDelay = 10 * time.Second
	return tool
}

// run runs a go command and gives each line of its standard error to progress, which says whether it was one of
// progress. The others tell what went wrong, and become the error.
func run(tool *exec.Cmd, progress func(line string) bool) error {
	stderr, err := tool.StderrPipe()
	if err != nil {
		return err
	}
	if err := tool.Start(); err != nil {
		return err
	}
	var complaints []string
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if line := lines.Text(); !progress(line) {
			complaints = append(complaints, line)
		}
	}
	err = tool.Wait()
	if err == nil {
		return nil
	}
	return goError(err, strings.Join(complaints, "\n"))
}

// goError names the causes a person can do something about; go tells them in words only.
func goError(err error, complaints string) error {
	switch {
	case strings.Contains(complaints, "no space left on device"):
		return Explain(fmt.Errorf("building it: %w", syscall.ENOSPC))
	case strings.Contains(complaints, "dial tcp"), strings.Contains(complaints, "proxyconnect"):
		return Problemf("its modules cannot be fetched; see whether GOPROXY names a proxy that this machine reaches (%s)",
			firstLine(complaints))
	case strings.Contains(complaints, "signal: killed"):
		return Problemf("the compiler was killed, which is what a machine short of memory does; it needs about 4 GB")
	}
	return errors.Join(err, errors.New(complaints))
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
