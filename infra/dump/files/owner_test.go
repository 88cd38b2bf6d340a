package files

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseOwner(t *testing.T) {
	nobody, err := ParseOwner("")
	require.NoError(t, err)
	assert.Nil(t, nobody)
	owner, err := ParseOwner("1000:1001")
	require.NoError(t, err)
	assert.Equal(t, &Owner{1000, 1001}, owner)
	for _, text := range []string{":", "1000", "1000:", ":1000", "app:app", "-1:0", "1:2:3", "4294967296:0"} {
		_, err := ParseOwner(text)
		assert.ErrorContains(t, err, "expected UID:GID, like 1000:1000", text)
	}
}

// TestAnOwnerTakesAll: root hands over to another user, everybody else to themselves.
func TestAnOwnerTakesAll(t *testing.T) {
	folder, outside := t.TempDir(), filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "storage", "app"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "storage", "app", "file"), nil, 0o600))
	require.NoError(t, os.WriteFile(outside, nil, 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(folder, "link")))
	to := &Owner{os.Getuid(), os.Getgid()}
	if to.User == 0 {
		to = &Owner{1000, 1001}
	}
	require.NoError(t, to.Take(folder))
	for _, path := range []string{"", "storage", "storage/app", "storage/app/file", "link"} {
		info, err := os.Lstat(filepath.Join(folder, path))
		require.NoError(t, err)
		is := info.Sys().(*syscall.Stat_t)
		assert.Equal(t, *to, Owner{int(is.Uid), int(is.Gid)}, path)
	}
	info, err := os.Stat(outside)
	require.NoError(t, err)
	assert.Equal(t, os.Getuid(), int(info.Sys().(*syscall.Stat_t).Uid), "what a link leads to is not touched")
	assert.Error(t, to.Take(filepath.Join(folder, "none")))
}
