package files

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tree is a folder with everything that one can have in it.
func tree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	long := strings.Repeat("long", 50)
	for _, folder := range []string{"empty", "deep/er", "closed", long} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, folder), 0o755))
	}
	for name, data := range map[string]string{
		"empty.txt": "", "deep/er/é\n.txt": "text", "not utf-8 \xff": "x", "closed/file": "y", ".hidden": "z",
		long + "/" + long: "long", "zeros": strings.Repeat("\x00", 200_000) + "end",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(data), 0o640))
	}
	for name, to := range map[string]string{"link": "deep/er", "broken": "nowhere", "outside": "/etc/passwd"} {
		require.NoError(t, os.Symlink(to, filepath.Join(root, name)))
	}
	require.NoError(t, os.Chmod(filepath.Join(root, "empty.txt"), 0o400))
	require.NoError(t, os.Chtimes(filepath.Join(root, "deep"), time.Unix(1e9, 0), time.Unix(1e9, 0)))
	require.NoError(t, os.Chmod(filepath.Join(root, "closed"), 0o555))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "closed"), 0o755) })
	return root
}

// list is everything in a folder, with modes, times and contents.
func list(t *testing.T, root string) (all []string) {
	t.Helper()
	var walk func(string)
	walk = func(name string) {
		full := filepath.Join(root, name)
		info, err := os.Lstat(full)
		require.NoError(t, err)
		entry := name + " " + info.Mode().String()
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(full)
			require.NoError(t, err)
			entry += " -> " + to
		case info.IsDir():
			entry += " " + info.ModTime().UTC().String()
			entries, err := os.ReadDir(full)
			require.NoError(t, err)
			for _, e := range entries {
				walk(filepath.Join(name, e.Name()))
			}
		default:
			data, err := os.ReadFile(full)
			require.NoError(t, err)
			entry += " " + info.ModTime().UTC().String() + " " + string(data)
		}
		all = append(all, entry)
	}
	walk(".")
	slices.Sort(all)
	return all
}

func packed(t *testing.T, folder string) (*bytes.Buffer, Summary, Notes) {
	t.Helper()
	var stream bytes.Buffer
	summary, notes, err := Pack(t.Context(), folder, "whose", &stream)
	require.NoError(t, err)
	return &stream, summary, notes
}

func TestAFolderComesBack(t *testing.T) {
	source := tree(t)
	require.NoError(t, syscall.Mkfifo(filepath.Join(source, "pipe"), 0o600))
	_, summary, notes := packed(t, source)
	assert.Equal(t, Summary{Count: 7, Bytes: 200_003 + 4 + 4 + 3}, summary)
	assert.Equal(t, Notes{LeftOut: []string{"pipe"}}, notes)
	require.NoError(t, os.Remove(filepath.Join(source, "pipe")))
	require.NoError(t, os.Chtimes(source, time.Unix(2e9, 0), time.Unix(2e9, 0)))
	stream, _, _ := packed(t, source)

	again, err := NewReader(bytes.NewReader(stream.Bytes()))
	require.NoError(t, err)
	assert.Equal(t, "whose", again.Identity)
	counted, err := again.Count()
	require.NoError(t, err)
	assert.Equal(t, summary, counted)

	target := filepath.Join(t.TempDir(), "fresh")
	reader, err := NewReader(stream)
	require.NoError(t, err)
	unpacked, err := reader.Unpack(target)
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(target, "closed"), 0o755) })
	assert.Equal(t, summary, unpacked)
	assert.Equal(t, list(t, source), list(t, target))
	var stat syscall.Stat_t
	require.NoError(t, syscall.Stat(filepath.Join(target, "zeros"), &stat))
	assert.Less(t, stat.Blocks*512, int64(150_000), "zeros take no room")
}

// meanwhile does something when the first bytes of a file's content are written.
type meanwhile struct {
	io.Writer
	content string
	act     func()
}

func (m *meanwhile) Write(data []byte) (int, error) {
	if m.act != nil && bytes.Contains(data, []byte(m.content)) {
		m.act()
		m.act = nil
	}
	return m.Writer.Write(data)
}

func TestFilesInUse(t *testing.T) {
	const size = 300_000
	for name, change := range map[string]struct {
		act   func(root string) error
		notes Notes
		end   byte
	}{
		"shrinks": {func(root string) error { return os.Truncate(filepath.Join(root, "a"), 10) },
			Notes{Changed: []string{"a"}}, 0},
		"grows": {func(root string) error {
			file, err := os.OpenFile(filepath.Join(root, "a"), os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = file.WriteString("more")
				err = errors.Join(err, file.Close())
			}
			return err
		}, Notes{Changed: []string{"a"}}, 'x'},
		"its neighbour vanishes": {func(root string) error { return os.Remove(filepath.Join(root, "b")) },
			Notes{Vanished: []string{"b"}}, 'x'},
		"a folder vanishes": {func(root string) error { return os.RemoveAll(filepath.Join(root, "c")) },
			Notes{Vanished: []string{"c"}}, 'x'},
		"it is removed": {func(root string) error { return os.Remove(filepath.Join(root, "a")) }, Notes{}, 'x'},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(root, "a"), bytes.Repeat([]byte("x"), size), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(root, "b"), nil, 0o600))
			require.NoError(t, os.MkdirAll(filepath.Join(root, "c", "d"), 0o700))
			var stream bytes.Buffer
			to := &meanwhile{&stream, "xxxx", func() { require.NoError(t, change.act(root)) }}
			_, notes, err := Pack(t.Context(), root, "whose", to)
			require.NoError(t, err)
			assert.Equal(t, change.notes, notes)
			assert.Equal(t, change.end, content(t, &stream, "a", size)[size-1])
		})
	}
}

// content is that of a file in a stream, which must have that size.
func content(t *testing.T, stream io.Reader, name string, size int) []byte {
	t.Helper()
	reader, err := NewReader(stream)
	require.NoError(t, err)
	var data []byte
	_, err = reader.each(func(header *tar.Header) (err error) {
		if header.Name == name {
			data, err = io.ReadAll(reader.from)
		}
		return err
	})
	require.NoError(t, err)
	require.Len(t, data, size)
	return data
}

func TestPackingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := Pack(ctx, t.TempDir(), "whose", io.Discard)
	require.ErrorIs(t, err, context.Canceled)
}

func TestNothingIsWrittenOutside(t *testing.T) {
	file := func(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg} }
	link := func(to string) tar.Header { return tar.Header{Name: "link", Typeflag: tar.TypeSymlink, Linkname: to} }
	for name, headers := range map[string][]tar.Header{
		"upwards":        {file("../escaped")},
		"absolute":       {file("/escaped")},
		"through a link": {link(".."), file("link/escaped")},
		"over a link":    {link("../escaped"), file("link")},
		"a device":       {{Name: "device", Typeflag: tar.TypeChar}},
	} {
		t.Run(name, func(t *testing.T) {
			var stream bytes.Buffer
			writer := tar.NewWriter(&stream)
			require.NoError(t, (&packer{to: writer}).identify("whose"))
			for _, header := range headers {
				require.NoError(t, writer.WriteHeader(&header))
			}
			require.NoError(t, writer.Close())
			parent := t.TempDir()
			reader, err := NewReader(&stream)
			require.NoError(t, err)
			_, err = reader.Unpack(filepath.Join(parent, "root"))
			require.Error(t, err)
			assert.NoFileExists(t, filepath.Join(parent, "escaped"))
		})
	}
}

func TestAStreamThatSaysNothingOfItsOwner(t *testing.T) {
	var stream bytes.Buffer
	require.NoError(t, tar.NewWriter(&stream).Close())
	_, err := NewReader(&stream)
	require.EqualError(t, err, "it does not begin with whose files it has")
}

func TestClear(t *testing.T) {
	root := tree(t)
	require.NoError(t, os.Chmod(filepath.Join(root, "closed"), 0o755))
	empty, err := Empty(root)
	require.NoError(t, err)
	assert.False(t, empty)
	require.NoError(t, Clear(root))
	empty, err = Empty(root)
	require.NoError(t, err)
	assert.True(t, empty)
	empty, err = Empty(filepath.Join(root, "missing"))
	require.NoError(t, err)
	assert.True(t, empty)
}
