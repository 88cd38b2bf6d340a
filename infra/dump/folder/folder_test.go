package folder

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func put(t *testing.T, f Folder, text string) error {
	t.Helper()
	return f.Put(t.Context(), "part", func(to io.Writer) error {
		_, err := io.WriteString(to, text)
		return err
	})
}

func names(t *testing.T, f Folder) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(string(f))
	require.NoError(t, err)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestAnObjectIsStoredOnce(t *testing.T) {
	f := Folder(filepath.Join(t.TempDir(), "a", "b"))
	_, err := f.Open(t.Context(), "part")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, put(t, f, "first"))
	require.ErrorIs(t, put(t, f, "second"), fs.ErrExist)
	stream, err := f.Open(t.Context(), "part")
	require.NoError(t, err)
	defer stream.Close()
	text, err := io.ReadAll(stream)
	require.NoError(t, err)
	assert.Equal(t, "first", string(text))
	assert.Equal(t, []string{"part"}, names(t, f))
	info, err := os.Stat(filepath.Join(string(f), "part"))
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o400), info.Mode(), "readable by its owner, writable by nobody")
}

func TestAnObjectAppearsWholeOrNotAtAll(t *testing.T) {
	f := Folder(t.TempDir())
	broken := errors.New("broken")
	err := f.Put(t.Context(), "part", func(to io.Writer) error {
		_, err := io.WriteString(to, "half")
		require.NoError(t, err)
		assert.NotContains(t, names(t, f), "part")
		return broken
	})
	require.ErrorIs(t, err, broken)
	assert.Empty(t, names(t, f))
}
