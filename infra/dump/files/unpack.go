package files

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Empty says whether a folder has nothing in it. One that is not there is empty.
func Empty(folder string) (bool, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return len(entries) == 0, err
}

// Clear removes what is in a folder. The folder itself, which may be a mount, stays.
func Clear(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Unpack writes all files into an empty folder, which it creates where it is missing.
func (r *Reader) Unpack(folder string) (Summary, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Summary{}, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return Summary{}, err
	}
	defer root.Close()
	// A folder takes its mode and time once all is in it.
	var folders []*tar.Header
	summary, err := r.each(func(header *tar.Header) error {
		if header.Typeflag == tar.TypeDir {
			folders = append(folders, header)
		}
		return r.unpack(root, header)
	})
	if err != nil {
		return Summary{}, err
	}
	for i := len(folders) - 1; i >= 0; i-- {
		if err := settle(root, folders[i]); err != nil {
			return Summary{}, err
		}
	}
	return summary, nil
}

func (r *Reader) unpack(root *os.Root, header *tar.Header) error {
	name := path.Clean(header.Name)
	switch header.Typeflag {
	case tar.TypeDir:
		if name == "." {
			return nil
		}
		return root.Mkdir(name, 0o700)
	case tar.TypeSymlink:
		return root.Symlink(header.Linkname, name)
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := copySparse(file, r.from, header.Size); err != nil {
		_ = file.Close()
		return fmt.Errorf("%s: %w", header.Name, err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	return settle(root, header)
}

func settle(root *os.Root, header *tar.Header) error {
	name := path.Clean(header.Name)
	if err := root.Chmod(name, header.FileInfo().Mode()); err != nil {
		return err
	}
	return root.Chtimes(name, header.ModTime, header.ModTime)
}

var hole = make([]byte, 1<<16)

// copySparse writes a file of that size, and leaves holes where there are zeros.
func copySparse(to *os.File, from io.Reader, size int64) error {
	if err := to.Truncate(size); err != nil {
		return err
	}
	block := make([]byte, len(hole))
	for offset := int64(0); offset < size; {
		read, err := io.ReadFull(from, block[:min(int64(len(block)), size-offset)])
		if err != nil {
			return err
		}
		if !bytes.Equal(block[:read], hole[:read]) {
			if _, err := to.WriteAt(block[:read], offset); err != nil {
				return err
			}
		}
		offset += int64(read)
	}
	return nil
}
