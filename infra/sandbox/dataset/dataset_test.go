package dataset

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/manifest"
	"haven/infra/dump"
	"haven/infra/dump/sqltext"
	"haven/infra/sandbox/world"
)

var begun = time.Date(2026, 11, 20, 12, 0, 30, 0, time.UTC)

func ledgers() (database, files world.Ledger) {
	database = world.Ledger{Source: "db-1", Tenant: "acme", Every: time.Minute}
	database.Write(begun.Add(-10*time.Minute), begun.Add(time.Hour))
	database.Commit(world.Commit{Time: begun.Add(-time.Second), Content: "it's\nmine"})
	database.Commit(world.Commit{Time: begun.Add(time.Second), Content: "later"})
	files = world.Ledger{Source: "fs-1", Tenant: "acme", Every: 10 * time.Minute}
	files.Write(begun.Add(-time.Hour), begun)
	return database, files
}

func head() manifest.Manifest {
	return manifest.Manifest{
		Format: manifest.Format, Tenant: "acme", Generation: 1, StartedAt: begun, CompletedAt: begun.Add(time.Minute),
		Server: manifest.Server{Version: "8.0.41"},
	}
}

// objects are a dump in memory.
type objects map[string][]byte

func (o objects) Open(_ context.Context, name string) (io.ReadCloser, error) {
	data, there := o[name]
	if !there {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (o objects) String() string { return "memory" }

func filled(t *testing.T) (manifest.Manifest, objects) {
	t.Helper()
	m := head()
	database, files := ledgers()
	made, err := Fill(&m, database, files)
	require.NoError(t, err)
	made[manifest.Name] = m.Encode()
	return m, made
}

// TestFill: what is made passes the very checks that a real dump has to pass, and is labelled.
func TestFill(t *testing.T) {
	m, made := filled(t)
	verified, err := dump.Verify(t.Context(), made, dump.Expectation{Tenant: "acme", StartedAt: begun})
	require.NoError(t, err)
	assert.Equal(t, []manifest.Table{{Name: "ledger", Rows: 11}}, verified.Tables)
	assert.Equal(t, int64(1), verified.Files.Count)
	var text []string
	require.NoError(t, dump.ReadDatabase(&m, bytes.NewReader(made[manifest.DatabasePart]),
		func(s sqltext.Statement) error { text = append(text, string(s)); return nil }))
	assert.Contains(t, text[1], `(10,1795176000000000,''),`+"\n"+`(11,1795176029000000,'it\'s\nmine')`)
	assert.NotContains(t, strings.Join(text, ""), "later")
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	_, err = dump.Unseal(bytes.NewReader(made[manifest.SecretsPart]), identity)
	assert.ErrorContains(t, err, "identity did not match any of the recipients")
}

// TestFillIsRepeatable: nothing but the ledgers until then and the manifest's head decides what is made.
func TestFillIsRepeatable(t *testing.T) {
	first, made := filled(t)
	m := first
	database, files := ledgers()
	database.Write(begun.Add(time.Hour), begun.Add(24*time.Hour))
	again, err := Fill(&m, database, files)
	require.NoError(t, err)
	assert.Equal(t, first, m)
	for _, part := range manifest.Parts {
		assert.Equal(t, made[part], again[part], part)
	}
	other := head()
	other.Tenant = "globex"
	foreign, err := Fill(&other, database, files)
	require.NoError(t, err)
	for _, part := range manifest.Parts {
		assert.NotEqual(t, made[part], foreign[part], part)
	}
}

// TestFillOfNothing: a dump of a database that nobody has written to is whole too.
func TestFillOfNothing(t *testing.T) {
	m := head()
	made, err := Fill(&m, world.Ledger{}, world.Ledger{})
	require.NoError(t, err)
	made[manifest.Name] = m.Encode()
	_, err = dump.Verify(t.Context(), objects(made), dump.Expectation{})
	require.NoError(t, err)
	assert.Zero(t, m.Rows())
}
