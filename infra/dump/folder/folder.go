// Package folder keeps dumps in folders of this machine, or of whatever is mounted there.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is a folder with one dump in it, or for one.
type Folder string

// String is its path.
func (f Folder) String() string { return string(f) }

// Open reads an object of the dump.
func (f Folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(string(f), name))
}

// Put stores an object. It is written under another name, and takes its own once it is on the disk: that is the one
// step in which it appears.
func (f Folder) Put(_ context.Context, name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(string(f), ".partial-*")
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Sync(), file.Close())
	if err == nil {
		err = f.name(file.Name(), name)
	}
	return errors.Join(err, os.Remove(file.Name()), f.sync())
}

// name gives a file a name that no other has. https://man7.org/linux/man-pages/man2/link.2.html
func (f Folder) name(file, name string) error {
	if err := os.Chmod(file, 0o400); err != nil {
		return err
	}
	err := os.Link(file, filepath.Join(string(f), name))
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("it is there already: %w", fs.ErrExist)
	}
	return err
}

// sync makes the names in the folder durable.
func (f Folder) sync() error {
	folder, err := os.Open(string(f))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
