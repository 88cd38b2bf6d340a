package export_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/manifest"
	"haven/infra/dump"
	"haven/infra/dump/bucket"
	"haven/infra/dump/folder"
	"haven/infra/engine"
	"haven/infra/export"
	"haven/infra/sandbox/dataset"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/flow/flowtest"
	"haven/infra/sandbox/world"
	"haven/tests/s3stub"
)

const archived = "demo-cell-archive-123456789012-eu-west-1"

// begin is when the demo was brought up.
var begin = time.Date(2026, 11, 20, 12, 7, 0, 0, time.UTC)

// sandbox is the demo two days later.
func sandbox(t *testing.T) export.Sandbox {
	t.Helper()
	w := world.At(filepath.Join(t.TempDir(), "world.db")).Ticking(func() time.Time { return begin })
	require.NoError(t, flowtest.Up(w, filepath.Join("..", "..", "stacks"), "demo"))
	_, err := flow.Advance(w, flow.Options{To: begin.Add(48 * time.Hour)})
	require.NoError(t, err)
	return export.Sandbox{World: w, Bucket: archived}
}

// TestSandbox: what the sandbox exports passes the checks of a real dump, and what was tampered with does not.
func TestSandbox(t *testing.T) {
	from := sandbox(t)
	to := filepath.Join(t.TempDir(), "acme")
	done, err := export.Order{Tenant: "acme", To: to, Recipients: []string{"age1"}}.Fetch(t.Context(), from)
	require.NoError(t, err)
	m, err := dump.Verify(t.Context(), folder.Folder(to), dump.Expectation{
		Tenant: "acme", StartedAt: done.StartedAt, ManifestSHA256: done.ManifestSHA256,
	})
	require.NoError(t, err)
	assert.Equal(t, m.Rows(), done.Rows)
	assert.Greater(t, done.Rows, int64(24*60))
	assert.True(t, done.Simulated)
	assert.False(t, done.Final)
	assert.WithinDuration(t, begin.Add(48*time.Hour), done.StartedAt, 24*time.Hour)
	assert.Equal(t, "s3://"+archived+"/tenants/acme/dumps/"+done.StartedAt.Format(manifest.TimeLayout), done.Place)
	names, err := os.ReadDir(to)
	require.NoError(t, err)
	assert.Len(t, names, 4)
	_, err = export.Order{Tenant: "acme", To: filepath.Join(t.TempDir(), "acme"), Final: true}.Fetch(t.Context(), from)
	require.EqualError(t, err, "acme has no complete dump below s3://"+archived+"/tenants/acme/final/; "+
		"haven status shows the age of its copies")
	t.Run("tampered with", func(t *testing.T) { assertTamperingIsSeen(t, from, done) })
}

// assertTamperingIsSeen changes one object after the other, and asserts that nothing is left of each refused export.
func assertTamperingIsSeen(t *testing.T, from export.Sandbox, done export.Report) {
	t.Helper()
	place := "tenants/acme/dumps/" + done.StartedAt.Format(manifest.TimeLayout) + "/"
	for name, test := range map[string]struct {
		tamper func(*world.Object)
		want   string
	}{
		manifest.DatabasePart: {func(o *world.Object) { o.SHA256 = "another" },
			"database.sql.zst was altered: it has SHA-256 "},
		manifest.FilesPart: {func(o *world.Object) { o.Size = 10 }, "files.tar.zst was truncated: it has 10 bytes"},
		manifest.SecretsPart: {func(o *world.Object) { o.DeleteMarker = true },
			"secrets.age is missing: the manifest has it"},
		manifest.Name: {func(o *world.Object) { o.Content += " " },
			"it is not written as haven-dump writes it: it was altered"},
	} {
		t.Run(name, func(t *testing.T) {
			var original world.Object
			require.NoError(t, from.World.Update(func(tx *world.Tx) error {
				original = world.Objects.All(tx, archived, place+name)[0]
				altered := original
				test.tamper(&altered)
				return world.Objects.Put(tx, altered)
			}))
			beside := t.TempDir()
			_, err := export.Order{Tenant: "acme", To: filepath.Join(beside, "acme")}.Fetch(t.Context(), from)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, entries(t, beside))
			require.NoError(t, from.World.Update(func(tx *world.Tx) error { return world.Objects.Put(tx, original) }))
		})
	}
}

func entries(t *testing.T, folder string) (names []string) {
	t.Helper()
	found, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range found {
		names = append(names, entry.Name())
	}
	return names
}

// account is an archive in a real account's S3 with dumps of those places, each of another time.
func account(t *testing.T, places ...string) (*s3stub.Server, export.Account) {
	t.Helper()
	server := s3stub.New()
	t.Cleanup(server.Close)
	for _, variable := range server.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	for _, place := range places {
		at, err := time.Parse(manifest.TimeLayout, filepath.Base(place))
		require.NoError(t, err)
		m := manifest.Manifest{Format: manifest.Format, Tenant: "acme", Generation: 1, StartedAt: at, CompletedAt: at,
			Server: manifest.Server{Version: "8.0.41"}}
		parts, err := dataset.Fill(&m, world.Ledger{}, world.Ledger{})
		require.NoError(t, err)
		parts[manifest.Name] = m.Encode()
		for name, data := range parts {
			server.Set(archived, "tenants/acme/"+place+"/"+name, data)
		}
	}
	from, err := export.Open(t.Context(), "123456789012", "eu-west-1", archived)
	require.NoError(t, err)
	return server, from
}

const first, second, third = "dumps/20261120T120000Z", "dumps/20261121T120000Z", "final/20261121T000000Z"

// TestAccount: the newest dump that is complete is fetched, or the newest of those made while the tenant was leaving.
func TestAccount(t *testing.T) {
	for name, test := range map[string]struct {
		places []string
		undone string // a place without a manifest
		final  bool
		want   string
	}{
		"the newest":                   {[]string{first, second, third}, "", false, second},
		"the newest that is complete":  {[]string{first, second, third}, second, false, third},
		"the final one":                {[]string{first, second, third}, "", true, third},
		"one of a tenant that is left": {[]string{first, third}, "", false, third},
	} {
		t.Run(name, func(t *testing.T) {
			server, from := account(t, test.places...)
			server.Set(archived, "tenants/acme/"+test.undone+"/"+manifest.Name, nil)
			to := t.TempDir() // an empty folder
			done, err := export.Order{Tenant: "acme", To: to, Final: test.final}.Fetch(t.Context(), from)
			require.NoError(t, err)
			assert.Equal(t, bucket.Scheme+archived+"/tenants/acme/"+test.want, done.Place)
			assert.Equal(t, "account 123456789012", done.Source)
			assert.False(t, done.Simulated)
			assert.Equal(t, filepath.Dir(test.want) == "final", done.Final)
			assert.ElementsMatch(t, append([]string{manifest.Name}, manifest.Parts...), entries(t, to))
		})
	}
}

// TestNothingHalfDone: whatever ends an export leaves nothing of it, and what a killed one left is cleared up.
func TestNothingHalfDone(t *testing.T) {
	t.Run("a folder with anything in it", func(t *testing.T) {
		_, from := account(t, first)
		to := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(to, "mine"), nil, 0o600))
		_, err := export.Order{Tenant: "acme", To: to}.Fetch(t.Context(), from)
		var problem *engine.Problem
		require.ErrorAs(t, err, &problem)
		assert.Equal(t, to+" is not empty; name a folder that is not there yet, or is empty", problem.Text)
		assert.Equal(t, []string{"mine"}, entries(t, to))
	})
	t.Run("a file", func(t *testing.T) {
		_, from := account(t, first)
		to := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(to, nil, 0o600))
		_, err := export.Order{Tenant: "acme", To: to}.Fetch(t.Context(), from)
		assert.ErrorContains(t, err, "name a folder that is not there yet")
	})
	t.Run("stopped", func(t *testing.T) {
		server, from := account(t, first)
		ctx, cancel := context.WithCancel(t.Context())
		server.Refuse = func(r *http.Request) bool {
			if filepath.Base(r.URL.Path) == manifest.FilesPart {
				cancel()
			}
			return false
		}
		beside := t.TempDir()
		_, err := export.Order{Tenant: "acme", To: filepath.Join(beside, "acme")}.Fetch(ctx, from)
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, entries(t, beside))
	})
	t.Run("another tenant's", func(t *testing.T) {
		server, from := account(t, first)
		for _, name := range append([]string{manifest.Name}, manifest.Parts...) {
			object, _ := server.Object(archived, "tenants/acme/"+first+"/"+name)
			server.Set(archived, "tenants/globex/"+first+"/"+name, object.Data)
		}
		_, err := export.Order{Tenant: "globex", To: filepath.Join(t.TempDir(), "globex")}.Fetch(t.Context(), from)
		assert.ErrorContains(t, err, `manifest.json: it is of tenant "acme", expected "globex"`)
	})
	t.Run("after a kill", func(t *testing.T) {
		_, from := account(t, first)
		beside := t.TempDir()
		left := filepath.Join(beside, ".acme.partial")
		require.NoError(t, os.Mkdir(left, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(left, manifest.DatabasePart), []byte("cut off"), 0o400))
		_, err := export.Order{Tenant: "acme", To: filepath.Join(beside, "acme")}.Fetch(t.Context(), from)
		require.NoError(t, err)
		assert.Equal(t, []string{"acme"}, entries(t, beside))
	})
}
