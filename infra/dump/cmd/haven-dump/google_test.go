package main

import (
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/dump"
	"haven/tests/googlestub"
)

const keptPrefix = "projects/haven-demo-acme/secrets/demo-acme-offsite"

// mirrored is a dump of a tenant's as it lies in the mirror, the server that has it, and the file of who may open it.
func mirrored(t *testing.T) (server *googlestub.Server, place, keys string) {
	t.Helper()
	_, _, environment := tenant(t, 1000)
	made := succeeds(t, environment, "make", "--to", t.TempDir())
	server = googlestub.New(keptPrefix+"-"+keptAppKey, keptPrefix+"-"+keptPrivateKey, keptPrefix+"-"+keptPublicKey)
	t.Cleanup(server.Close)
	prefix := "demo-mirror/tenants/acme/dumps/" + made.StartedAt.Format(dump.TimeLayout)
	for _, part := range []string{dump.DatabasePart, dump.FilesPart, dump.SecretsPart, dump.ManifestName} {
		data, err := os.ReadFile(filepath.Join(made.Place, part))
		require.NoError(t, err)
		server.Put(prefix+"/"+part, data)
	}
	keys = filepath.Join(t.TempDir(), "identity")
	require.NoError(t, os.WriteFile(keys, []byte(identity.String()), 0o600))
	return server, "gs://" + prefix, keys
}

func TestADumpComesBackFromTheMirror(t *testing.T) {
	server, place, _ := mirrored(t)
	copied, name := newDatabase(t)
	files := filepath.Join(t.TempDir(), "files")
	said := succeeds(t, append(environ(name, files), server.Environment()...), "restore", place)
	assert.Equal(t, place, said.Place)
	var people int
	require.NoError(t, copied.QueryRow("SELECT COUNT(*) FROM people").Scan(&people))
	assert.Equal(t, 1000, people)
	contract, err := os.ReadFile(filepath.Join(files, "contract.pdf"))
	require.NoError(t, err)
	assert.Equal(t, "a contract", string(contract))
}

func TestADumpThatWasAlteredInTheMirror(t *testing.T) {
	server, place, keys := mirrored(t)
	server.Put(place[len("gs://"):]+"/"+dump.FilesPart, []byte("something else"))
	copied, name := newDatabase(t)
	environment := append(environ(name, t.TempDir()), server.Environment()...)
	for _, command := range [][]string{
		{"restore", place}, {"unseal", place, "--identity", keys, "--to", keptPrefix},
	} {
		refused := run(t, environment, command...)
		assert.Equal(t, 1, refused.status)
		assert.Contains(t, refused.stderr, "files.tar.zst was truncated", command)
	}
	var tables int
	require.NoError(t, copied.QueryRow("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()").
		Scan(&tables))
	assert.Zero(t, tables)
	assert.Empty(t, server.Versions(keptPrefix+"-"+keptAppKey))
}

func TestUnseal(t *testing.T) {
	server, place, keys := mirrored(t)
	app := keptPrefix + "-" + keptAppKey
	first := run(t, server.Environment(), "unseal", place, "--identity", keys, "--to", keptPrefix)
	require.Zero(t, first.status, first.stderr)
	assert.Contains(t, first.stderr, "haven-dump: "+app+" has a new version\n")
	assert.Equal(t, []string{appKey}, server.Versions(app))
	again := run(t, server.Environment(), "unseal", place, "--identity", keys, "--to", keptPrefix)
	require.Zero(t, again.status, again.stderr)
	assert.Contains(t, again.stderr, "haven-dump: "+app+" has the value already\n")
	assert.Equal(t, []string{appKey}, server.Versions(app))
	for _, said := range []outcome{first, again} {
		assert.NotContains(t, said.stdout+said.stderr, appKey)
	}

	stranger, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(keys, []byte(stranger.String()), 0o600))
	refused := run(t, server.Environment(), "unseal", place, "--identity", keys, "--to", keptPrefix)
	assert.Equal(t, 1, refused.status)
	assert.NotContains(t, refused.stderr, "AGE-SECRET-KEY")
	for _, args := range [][]string{
		{"unseal", place, "--to", keptPrefix}, {"unseal", place, "--identity", keys}, {"unseal", "gs://x", "--identity", keys,
			"--to", keptPrefix},
	} {
		wrong := run(t, server.Environment(), args...)
		assert.Equal(t, 2, wrong.status, wrong.stderr)
	}
}
