package dump_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/dump"
	"haven/infra/dump/folder"
	"haven/infra/dump/sqltext"
	"haven/infra/dump/users"
)

// snapshot is a database of one table and one view that needs no server.
type snapshot struct {
	at   time.Time
	rows int
	fail error
	lie  int64 // rows that are counted, and not written
}

func (s snapshot) StartedAt() time.Time { return s.at }
func (s snapshot) Server() dump.Server  { return dump.Server{Version: "8.0.41"} }
func (s snapshot) Binlog() dump.Binlog {
	return dump.Binlog{File: "mysql-bin.000012", Position: 345, GTID: "0-1-2"}
}

func (s snapshot) Write(_ context.Context, to *sqltext.Writer) ([]dump.Table, int, error) {
	to.Statement("CREATE TABLE `work` (\n  `id` INT\n)")
	to.Rows("work", []string{"id"})
	for row := range s.rows {
		if err := to.Row(fmt.Appendf(nil, "(%d)", row)); err != nil {
			return nil, 0, err
		}
	}
	to.Statement("CREATE VIEW `v` AS SELECT 1 AS `one`")
	return []dump.Table{{Name: "work", Rows: int64(s.rows) + s.lie}}, 1, s.fail
}

var (
	started     = time.Date(2026, 11, 21, 22, 0, 0, 0, time.UTC)
	identity, _ = age.GenerateX25519Identity()
)

// people are a user pool that needs no cloud.
type people struct {
	count int
	fail  error
}

func (p people) Read(context.Context) (*users.Directory, error) {
	d := &users.Directory{Groups: []users.Group{{Name: "clerks"}}}
	for i := range p.count {
		d.Users = append(d.Users, users.User{Name: fmt.Sprintf("person-%d", i), Groups: []string{"clerks"}})
	}
	return d, p.fail
}

// job is a dump of a tenant to a new folder, named as haven-dump names it.
func job(t *testing.T, tenant string, s snapshot) (dump.Job, folder.Folder) {
	t.Helper()
	source := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(source, "file"), []byte("a file of "+tenant), 0o600))
	target := folder.Folder(filepath.Join(t.TempDir(), "tenants", tenant, "dumps", s.at.Format(dump.TimeLayout)))
	return dump.Job{
		Tenant: tenant, Generation: 1, Snapshot: s, Files: source, Target: target,
		Secrets:    dump.Secrets{AppKey: "app key of " + tenant},
		Recipients: []age.Recipient{identity.Recipient()},
	}, target
}

func made(t *testing.T, tenant string, s snapshot, pools ...dump.Directory) (folder.Folder, *dump.Manifest) {
	t.Helper()
	j, target := job(t, tenant, s)
	for _, pool := range pools {
		j.Users = pool
	}
	result, err := dump.Make(t.Context(), j)
	require.NoError(t, err)
	return target, result.Manifest
}

func TestADumpIsWhatItsManifestSays(t *testing.T) {
	target, m := made(t, "acme", snapshot{at: started.Add(999 * time.Millisecond), rows: 1000})
	read, err := dump.ReadManifest(t.Context(), target)
	require.NoError(t, err)
	assert.Equal(t, m, read)
	assert.Equal(t, started, m.StartedAt)
	assert.Equal(t, []dump.Table{{Name: "work", Rows: 1000}}, m.Tables)
	assert.Equal(t, 1, m.Views)
	assert.Equal(t, dump.Files{Count: 1, Bytes: 14}, m.Files)
	assert.Equal(t, int64(1000), m.Rows())

	verified, err := dump.Verify(t.Context(), target, dump.Expectation{
		ManifestSHA256: m.Digest(), Identities: []age.Identity{identity}}.At(target.String()))
	require.NoError(t, err)
	assert.Equal(t, m, verified)

	sealed, err := target.Open(t.Context(), dump.SecretsPart)
	require.NoError(t, err)
	defer sealed.Close()
	secrets, err := dump.Unseal(sealed, identity)
	require.NoError(t, err)
	assert.Equal(t, &dump.Secrets{Identity: m.Identity(), AppKey: "app key of acme"}, secrets)
	for _, name := range []string{dump.ManifestName, dump.DatabasePart, dump.FilesPart, dump.SecretsPart} {
		data, err := os.ReadFile(filepath.Join(target.String(), name))
		require.NoError(t, err)
		assert.NotContains(t, string(data), "app key")
	}
}

func TestADumpSaysWhoMaySignIn(t *testing.T) {
	j, target := job(t, "acme", snapshot{at: started, rows: 5})
	j.Users = people{count: 3}
	_, err := dump.Make(t.Context(), j)
	require.NoError(t, err)
	m, err := dump.Verify(t.Context(), target, dump.Expectation{})
	require.NoError(t, err)
	assert.Equal(t, &dump.Users{Count: 3, Groups: 1}, m.Users)
	part, err := target.Open(t.Context(), dump.UsersPart)
	require.NoError(t, err)
	defer part.Close()
	d, err := dump.ReadUsers(m, part)
	require.NoError(t, err)
	assert.Len(t, d.Users, 3)

	m.Users.Count = 4
	rewrite(t, target, m)
	_, err = dump.Verify(t.Context(), target, dump.Expectation{})
	assert.EqualError(t, err, target.String()+
		": users.json.zst: it has 3 accounts in 1 groups, the manifest says 4 in 1")

	none, _ := made(t, "globex", snapshot{at: started})
	_, err = none.Open(t.Context(), dump.UsersPart)
	assert.ErrorIs(t, err, os.ErrNotExist, "of a tenant without a pool")

	j, target = job(t, "acme", snapshot{at: started})
	j.Users = people{fail: errors.New("it may not be listed")}
	_, err = dump.Make(t.Context(), j)
	assert.EqualError(t, err, target.String()+": users.json.zst: it may not be listed")
	_, err = dump.ReadManifest(t.Context(), target)
	assert.ErrorIs(t, err, dump.ErrIncomplete)
}

func TestADumpThatFailsHasNoManifest(t *testing.T) {
	broken := errors.New("the server went away")
	j, target := job(t, "acme", snapshot{at: started, rows: 10, fail: broken})
	_, err := dump.Make(t.Context(), j)
	require.ErrorIs(t, err, broken)
	assert.EqualError(t, err, target.String()+": database.sql.zst: the server went away")
	_, err = dump.ReadManifest(t.Context(), target)
	require.ErrorIs(t, err, dump.ErrIncomplete)
	assert.EqualError(t, err, target.String()+": there is no manifest.json: the dump is not complete")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	j, target = job(t, "acme", snapshot{at: started})
	_, err = dump.Make(ctx, j)
	require.ErrorIs(t, err, context.Canceled)
	_, err = dump.ReadManifest(t.Context(), target)
	require.ErrorIs(t, err, dump.ErrIncomplete)
}

func TestNothingIsWrittenOver(t *testing.T) {
	j, target := job(t, "acme", snapshot{at: started, rows: 5})
	_, err := dump.Make(t.Context(), j)
	require.NoError(t, err)
	_, err = dump.Make(t.Context(), j)
	require.EqualError(t, err, target.String()+": database.sql.zst: it is there already: file already exists")
	_, err = dump.Verify(t.Context(), target, dump.Expectation{})
	require.NoError(t, err)
}

// replace gives a part of a dump other bytes.
func replace(t *testing.T, f folder.Folder, part string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(f.String(), part)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	if data = change(data); data != nil {
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
}

func contentsOf(t *testing.T, f folder.Folder, part string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(f.String(), part))
	require.NoError(t, err)
	return data
}

// TestDamageIsNamed has each part in turn truncated, altered, missing, and exchanged for another dump's.
func TestDamageIsNamed(t *testing.T) {
	other, theirs := made(t, "globex", snapshot{at: started, rows: 2000}, people{count: 9})
	earlier, _ := made(t, "acme", snapshot{at: started.Add(-time.Hour), rows: 1000}, people{count: 8})
	for _, part := range []string{dump.DatabasePart, dump.FilesPart, dump.SecretsPart, dump.UsersPart} {
		target, m := made(t, "acme", snapshot{at: started, rows: 1000}, people{count: 7})
		whole := contentsOf(t, target, part)
		mine := m.Part(part)
		for _, test := range []struct {
			name   string
			change func([]byte) []byte
			want   string
		}{
			{"missing", func([]byte) []byte { return nil },
				fmt.Sprintf("%s is missing: the manifest has it with %d bytes", part, mine.Bytes)},
			{"truncated", func(data []byte) []byte { return data[:len(data)-1] },
				fmt.Sprintf("%s was truncated: it has %d bytes, the manifest says %d", part, mine.Bytes-1, mine.Bytes)},
			{"emptied", func([]byte) []byte { return []byte{} },
				fmt.Sprintf("%s was truncated: it has 0 bytes, the manifest says %d", part, mine.Bytes)},
			{"longer", func(data []byte) []byte { return append(data, 0) },
				fmt.Sprintf("%s was altered: it has %d bytes, the manifest says %d", part, mine.Bytes+1, mine.Bytes)},
		} {
			replace(t, target, part, test.change)
			_, err := dump.Verify(t.Context(), target, dump.Expectation{})
			assert.EqualError(t, err, target.String()+": "+test.want, test.name)
			require.NoError(t, os.WriteFile(filepath.Join(target.String(), part), whole, 0o600))
		}
		for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
			replace(t, target, part, func(data []byte) []byte { data[at] ^= 1; return data })
			_, err := dump.Verify(t.Context(), target, dump.Expectation{})
			assert.ErrorContains(t, err, part+" was altered: it has SHA-256 ")
			assert.ErrorContains(t, err, ", the manifest says "+mine.SHA256)
			replace(t, target, part, func([]byte) []byte { return whole })
		}
		for _, swap := range []struct {
			from folder.Folder
			whom string
		}{{other, theirs.Identity()}, {earlier, "haven dump 1 of tenant acme, generation 1, at 2026-11-21T21:00:00Z"}} {
			replace(t, target, part, func([]byte) []byte { return contentsOf(t, swap.from, part) })
			_, err := dump.Verify(t.Context(), target, dump.Expectation{})
			require.Error(t, err)
			assert.Contains(t, err.Error(), target.String()+": "+part+" was ")
			if part != dump.SecretsPart { // whose it is is sealed too
				assert.Contains(t, err.Error(), "; it is a part of the "+swap.whom+
					", not of the haven dump 1 of tenant acme, generation 1, at 2026-11-21T22:00:00Z")
			}
			replace(t, target, part, func([]byte) []byte { return whole })
		}
		_, err := dump.Verify(t.Context(), target, dump.Expectation{})
		require.NoError(t, err, "put back as it was")
	}
}

// TestASwapWithAForgedManifest has sums that fit: the parts themselves say whose they are.
func TestASwapWithAForgedManifest(t *testing.T) {
	other, theirs := made(t, "globex", snapshot{at: started, rows: 1000}, people{count: 2})
	for i, part := range []string{dump.DatabasePart, dump.FilesPart, dump.SecretsPart, dump.UsersPart} {
		target, m := made(t, "acme", snapshot{at: started, rows: 1000}, people{count: 2})
		digest := m.Digest()
		replace(t, target, part, func([]byte) []byte { return contentsOf(t, other, part) })
		m.Parts[i] = theirs.Parts[i]
		rewrite(t, target, m)
		_, err := dump.Verify(t.Context(), target, dump.Expectation{Identities: []age.Identity{identity}})
		assert.EqualError(t, err, target.String()+": "+part+": it is a part of the "+theirs.Identity()+
			", not of the "+m.Identity())
		_, err = dump.Verify(t.Context(), target, dump.Expectation{ManifestSHA256: digest})
		assert.EqualError(t, err, fmt.Sprintf("%s: manifest.json: it has SHA-256 %s, expected %s: it is another dump's, "+
			"or was altered", target, m.Digest(), digest))
	}
}

// rewrite gives a dump another manifest.
func rewrite(t *testing.T, target folder.Folder, m *dump.Manifest) {
	t.Helper()
	replace(t, target, dump.ManifestName, func([]byte) []byte { return m.Encode() })
}

func TestCountsAreTakenAgain(t *testing.T) {
	target, _ := made(t, "acme", snapshot{at: started, rows: 10, lie: 1})
	_, err := dump.Verify(t.Context(), target, dump.Expectation{})
	assert.EqualError(t, err, target.String()+`: database.sql.zst: table "work" has 10 rows, the manifest says 11`)

	target, m := made(t, "acme", snapshot{at: started, rows: 10})
	m.Tables = []dump.Table{{Name: "lost", Rows: 3}}
	m.Views, m.Files.Count = 2, 5
	rewrite(t, target, m)
	_, err = dump.Verify(t.Context(), target, dump.Expectation{})
	assert.EqualError(t, err, target.String()+`: database.sql.zst: table "lost" is missing, the manifest has it with 3 rows
table "work" with 10 rows is not in the manifest
it has 1 views, the manifest says 2
`+target.String()+`: files.tar.zst: it has 1 files of 14 bytes, the manifest says 5 of 14`)
}

func TestADumpThatIsNotTheOneExpected(t *testing.T) {
	target, m := made(t, "acme", snapshot{at: started})
	for _, test := range []struct {
		expected dump.Expectation
		want     string
	}{
		{dump.Expectation{Tenant: "globex"}, `it is of tenant "acme", expected "globex"`},
		{dump.Expectation{}.At("s3://b/tenants/globex/dumps/20261121T220000Z"), `it is of tenant "acme", expected "globex"`},
		{dump.Expectation{}.At("/x/tenants/acme/final/20261121T230000Z/"),
			"it is of the dump that began at 2026-11-21T22:00:00Z, expected 2026-11-21T23:00:00Z"},
		{dump.Expectation{ManifestSHA256: strings.Repeat("0", 64)}, fmt.Sprintf(
			"it has SHA-256 %s, expected %064d: it is another dump's, or was altered", m.Digest(), 0)},
	} {
		_, err := dump.Verify(t.Context(), target, test.expected)
		assert.EqualError(t, err, target.String()+": manifest.json: "+test.want)
	}
	for _, expected := range []dump.Expectation{
		dump.Expectation{}.At("elsewhere"), dump.Expectation{Tenant: "acme"}.At("tenants/acme/dumps/mine"),
	} {
		_, err := dump.Verify(t.Context(), target, expected)
		assert.NoError(t, err)
	}
}

func TestWhatIsNotSealedIsNotOpened(t *testing.T) {
	_, err := dump.Unseal(strings.NewReader("not sealed"), identity)
	require.Error(t, err)
}

func TestAReaderThatFailsIsNoDamage(t *testing.T) {
	target, m := made(t, "acme", snapshot{at: started, rows: 10})
	refused := errors.New("refused")
	err := dump.Read(t.Context(), target, m.Part(dump.DatabasePart), func(io.Reader) error { return refused })
	assert.EqualError(t, err, "database.sql.zst: refused")
}
