// Package rehearsal copies an environment of the sandbox, so that it can be lost without being lost: its states, its
// world and its stack files, in a folder of its own below .haven. Whatever is done to the copy, and whenever it is
// killed, the environment itself stays as it was; what a killed one left is removed by the next.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"haven/infra/drill"
	"haven/infra/drill/makespan"
	"haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/sandbox/world"
	"haven/policy/graph"
)

// Rehearsal is a copy of an environment, and who works on it.
type Rehearsal struct {
	// Checkout is the copy's.
	Checkout engine.Checkout
	*environment.Operator
	lock *engine.Lock
}

// folder is where the copy lies, below .haven.
const folder = "drill"

// Open copies an environment of a checkout, and opens the copy. One at a time is open in a checkout.
func Open(ctx context.Context, options environment.Options) (*Rehearsal, error) {
	of := options.Checkout
	if _, err := environment.Load(of, options.Environment); err != nil {
		return nil, err
	}
	if _, err := engine.Find(ctx, of, options.Out); err != nil {
		return nil, err
	}
	verb := fmt.Sprintf("haven %s %s", options.Verb, options.Environment)
	lock, err := of.Lock(ctx, "drill.lock", verb, options.Out)
	if err != nil {
		return nil, err
	}
	r := &Rehearsal{Checkout: engine.Checkout{Root: of.Path(folder)}, lock: lock}
	if err := r.open(ctx, of, options, verb); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Rehearsal) open(ctx context.Context, of engine.Checkout, options environment.Options, verb string) error {
	// Nobody changes the environment while it is copied.
	still, err := of.Lock(ctx, "haven.lock", verb, options.Out)
	if err != nil {
		return err
	}
	err = r.copy(of)
	still.Release()
	if err != nil {
		return fmt.Errorf("copying the environment: %w", err)
	}
	options.Checkout, options.Throwaway = r.Checkout, true
	r.Operator, err = environment.Open(ctx, options)
	return err
}

// copy makes the copy anew.
func (r *Rehearsal) copy(of engine.Checkout) error {
	if err := os.RemoveAll(r.Checkout.Root); err != nil {
		return err
	}
	for _, dir := range []string{r.Checkout.Path(), r.Checkout.Stacks(), filepath.Join(r.Checkout.Root, "infra"),
		filepath.Join(r.Checkout.Root, "policy")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	files, err := filepath.Glob(filepath.Join(of.Stacks(), "Pulumi.*.yaml"))
	if err != nil {
		return err
	}
	files = append(files, filepath.Join(of.Root, "Pulumi.yaml"), filepath.Join(of.Root, "policy", "exceptions.yaml"))
	for _, file := range append(files, of.PolicyConfigs()...) {
		name, err := filepath.Rel(of.Root, file)
		if err == nil {
			err = copyFile(file, filepath.Join(r.Checkout.Root, name))
		}
		if err != nil {
			return err
		}
	}
	err = world.At(of.World()).View(func(*world.Tx) error {
		for _, suffix := range []string{"", ".key"} { // an empty world has no file, and one without secrets no key
			err := copyFile(of.World()+suffix, r.Checkout.World()+suffix)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, shared := range []string{"engine", "bin"} {
		if err := os.Symlink(of.Path(shared), r.Checkout.Path(shared)); err != nil {
			return err
		}
	}
	return copyFolder(of.Path("state"), r.Checkout.Path("state"))
}

// Close forgets the copy.
func (r *Rehearsal) Close() error {
	if r.Operator != nil {
		r.Operator.Close()
	}
	err := os.RemoveAll(r.Checkout.Root)
	r.lock.Release()
	return err
}

// World is the copy's.
func (r *Rehearsal) World() *world.World { return world.At(r.Checkout.World()) }

// Deployer is who brings the copy's stacks up and down.
func (r *Rehearsal) Deployer() Deployer { return Deployer{r.Operator} }

// Deployer brings stacks of an environment up and down with the real engine.
type Deployer struct{ *environment.Operator }

// Up implements [haven/infra/recovery.Deployer].
func (d Deployer) Up(ctx context.Context, stacks ...string) error {
	report, err := d.Operator.UpOnly(ctx, stacks...)
	return errors.Join(err, report.Err())
}

// UpWatching implements [haven/infra/recovery.Watcher].
func (d Deployer) UpWatching(ctx context.Context, made func(stack, token, id string), stacks ...string) error {
	report, err := d.Operator.UpOnlyWatching(ctx, made, stacks...)
	return errors.Join(err, report.Err())
}

// Down implements [haven/infra/recovery.Deployer].
func (d Deployer) Down(ctx context.Context, stacks ...string) error {
	report, err := d.Operator.DownOnly(ctx, stacks...)
	return errors.Join(err, report.Err())
}

// Outputs implements [haven/infra/recovery.Outputs].
func (d Deployer) Outputs(stack string) (map[string]any, error) {
	state, err := engine.ReadState(d.Checkout, stack)
	return state.Outputs(), err
}

// Made implements [haven/infra/drill.Deployer].
func (d Deployer) Made(stack string) ([]makespan.Resource, error) {
	state, err := engine.ReadState(d.Checkout, stack)
	return drill.Made(state.Resources), err
}

// Graph implements [haven/infra/drill.Deployer].
func (d Deployer) Graph() (*graph.Graph, error) {
	states, err := d.Operator.States()
	return graph.Of(states...), err
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}

// copyFolder copies what a folder holds; one that is not there holds nothing.
func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == from {
			return nil
		}
		name, _ := filepath.Rel(from, path) // it lies below
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "backups", entry.IsDir() && entry.Name() == "history":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		return copyFile(path, filepath.Join(to, name))
	})
}
