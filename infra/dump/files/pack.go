package files

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"syscall"
)

// Summary is how many regular files there are, and their size.
type Summary struct {
	Count, Bytes int64
}

// Notes are what became of files that are not in the stream as they are in the folder, by their paths.
type Notes struct {
	// Vanished were there when the folder was listed, Changed while they were read.
	Vanished, Changed []string
	// LeftOut are neither folders, nor regular files, nor links.
	LeftOut []string
}

// identityKey is the one record of a tar stream that every reader of tar passes over.
const identityKey = "comment"

// packer is a folder on its way into a stream.
type packer struct {
	root    *os.Root
	to      *tar.Writer
	summary Summary
	notes   Notes
}

// Pack writes a folder as a tar stream that says whose it is.
func Pack(ctx context.Context, folder, identity string, to io.Writer) (Summary, Notes, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return Summary{}, Notes{}, err
	}
	defer root.Close()
	p := &packer{root: root, to: tar.NewWriter(to)}
	if err := p.identify(identity); err != nil {
		return Summary{}, Notes{}, err
	}
	if err := p.pack(ctx, "."); err != nil {
		return Summary{}, Notes{}, err
	}
	return p.summary, p.notes, p.to.Close()
}

func (p *packer) identify(identity string) error {
	return p.to.WriteHeader(&tar.Header{
		Typeflag:   tar.TypeXGlobalHeader,
		Name:       "pax_global_header",
		PAXRecords: map[string]string{identityKey: identity},
		Format:     tar.FormatPAX,
	})
}

// pack packs what has that name, and where it is a folder all that is in it.
func (p *packer) pack(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := p.root.Lstat(name)
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		return p.folder(ctx, name, info)
	case info.Mode()&fs.ModeSymlink != 0:
		link, err := p.root.Readlink(name)
		if err != nil {
			return err
		}
		return p.header(name, info, link)
	case info.Mode().IsRegular():
		return p.file(name)
	}
	p.notes.LeftOut = append(p.notes.LeftOut, name)
	return nil
}

func (p *packer) folder(ctx context.Context, name string, info fs.FileInfo) error {
	folder, err := p.root.Open(name)
	if err != nil {
		return err
	}
	names, err := folder.Readdirnames(-1)
	if err := errors.Join(err, folder.Close()); err != nil {
		return err
	}
	if err := p.header(name, info, ""); err != nil {
		return err
	}
	slices.Sort(names)
	for _, base := range names {
		name := path.Join(name, base)
		err := p.pack(ctx, name)
		if errors.Is(err, fs.ErrNotExist) {
			p.notes.Vanished = append(p.notes.Vanished, name)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *packer) header(name string, info fs.FileInfo, link string) error {
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name = name
	if info.IsDir() {
		header.Name += "/"
	}
	header.Format = tar.FormatPAX
	return p.to.WriteHeader(header)
}

// file packs a regular file at the size that it had when it was opened.
func (p *packer) file(name string) error {
	// A pipe that took the file's place must not hold this up.
	file, err := p.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	before, err := file.Stat()
	if err != nil {
		return err
	}
	if !before.Mode().IsRegular() {
		p.notes.LeftOut = append(p.notes.LeftOut, name)
		return nil
	}
	if err := p.header(name, before, ""); err != nil {
		return err
	}
	read, err := io.Copy(p.to, io.LimitReader(file, before.Size()))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := io.CopyN(p.to, zeros{}, before.Size()-read); err != nil {
		return err
	}
	after, err := file.Stat()
	if err != nil {
		return err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		p.notes.Changed = append(p.notes.Changed, name)
	}
	p.summary.Count++
	p.summary.Bytes += before.Size()
	return nil
}

// zeros is an endless stream of them.
type zeros struct{}

func (zeros) Read(data []byte) (int, error) {
	clear(data)
	return len(data), nil
}
