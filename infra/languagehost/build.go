package languagehost

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"haven/infra/engine"
)

// start starts the program, built anew where its source has changed, as the process that prepare makes of its binary.
//
// One program of the checkout is built at a time, and the next only once this one has started. A running program is
// never written to: go puts a new file in the old one's place.
func (h *host) start(ctx context.Context, info *pulumirpc.ProgramInfo, prepare func(binary string) *exec.Cmd) (
	*exec.Cmd, error,
) {
	o, err := optionsOf(info)
	if err != nil {
		return nil, err
	}
	if o.binary != "" {
		binary, err := find(info.ProgramDirectory, o.binary)
		if err != nil {
			return nil, err
		}
		process := prepare(binary)
		return process, process.Start()
	}
	lock, err := h.checkout.WaitLock(ctx, "program.lock", "building a program", io.Discard)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	binary := h.target(info.ProgramDirectory, o)
	if err := h.build(ctx, info.ProgramDirectory, binary); err != nil {
		return nil, err
	}
	process := prepare(binary)
	return process, process.Start()
}

// find is the prebuilt binary of that name: a file, from dir where the name is no absolute path, or else on the PATH.
func find(dir, name string) (string, error) {
	path := from(dir, name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("runtime.options.binary: there is no program %q in %s or on the PATH: %w", name, dir, err)
	}
	return path, nil
}

// target is the file that the program in dir is built into, the same every time.
func (h *host) target(dir string, o options) string {
	if o.buildTarget != "" {
		return from(dir, o.buildTarget)
	}
	return h.checkout.Path("program", fmt.Sprintf("%s-%.4x", filepath.Base(dir), sha256.Sum256([]byte(dir))))
}

func from(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// build compiles the program in dir, from the root of its module so that go's complaints name files from there.
func (h *host) build(ctx context.Context, dir, binary string) error {
	m, err := moduleOf(dir)
	if err != nil {
		return err
	}
	pkg, err := filepath.Rel(m.root, dir)
	if err != nil {
		return err
	}
	// An interrupted go leaves its files behind. Nobody else uses them while the lock is held.
	temporary := h.checkout.Path("program", "tmp")
	if err := errors.Join(os.RemoveAll(temporary), os.MkdirAll(temporary, 0o755)); err != nil {
		return err
	}
	// With the commit stamped on it, a program would have to be linked again after every commit. What only a debugger
	// needs is left out, since writing it takes half of the time of linking.
	compile := command(ctx, m.root, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", binary,
		"./"+filepath.ToSlash(pkg))
	compile.Env = append(os.Environ(), "GOFLAGS="+engine.GoFlags(os.Getenv("GOFLAGS")), "GOTMPDIR="+temporary)
	if output, err := compile.CombinedOutput(); err != nil {
		return fmt.Errorf("the program in %s does not compile (%w):\n%s", dir, err, strings.TrimSpace(string(output)))
	}
	return nil
}
