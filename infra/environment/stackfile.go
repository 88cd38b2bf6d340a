package environment

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// saltLine is where a stack file keeps the salt of its passphrase. The engine adds one to a file that has none, so such
// a file is given to the engine as a copy.
var saltLine = regexp.MustCompile(`(?m)^encryptionsalt:.*$`)

// configFile is the file for the engine to read a stack's configuration from: empty for the stack file itself, or the
// path of a copy of one that carries no salt.
func (o *Operator) configFile(stack string) (string, error) {
	text, err := os.ReadFile(filepath.Join(o.Checkout.Stacks(), "Pulumi."+stack+".yaml"))
	if err != nil || saltLine.Match(text) {
		return "", err
	}
	copied := o.copyOf(stack)
	before, err := os.ReadFile(copied)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if salt := saltLine.Find(before); salt != nil {
		text = bytes.Join([][]byte{bytes.TrimRight(text, "\n"), salt, nil}, []byte("\n"))
	}
	return copied, write(copied, text)
}

func (o *Operator) copyOf(stack string) string {
	return o.Checkout.Path("project", "stacks", "Pulumi."+stack+".yaml")
}

// initialise makes a stack that is not there yet, within a copy of the project: making one writes to its stack file.
func (o *Operator) initialise(ctx context.Context, stack string) error {
	for _, file := range []string{"Pulumi.yaml", filepath.Join("stacks", "Pulumi."+stack+".yaml")} {
		text, err := os.ReadFile(filepath.Join(o.Checkout.Root, file))
		if err != nil {
			return err
		}
		if err := write(o.Checkout.Path("project", file), text); err != nil {
			return err
		}
	}
	_, complaints, _, err := o.runner.Run(ctx, o.Checkout.Path("project"), nil, nil, nil, nil,
		"stack", "init", stack, "--no-select")
	if err != nil {
		return fmt.Errorf("making the stack: %s: %w", strings.TrimSpace(complaints), err)
	}
	return nil
}

// write replaces a file as a whole: an engine beside may be reading it.
func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".write-*")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return os.Rename(file.Name(), path)
}
