package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/dump"
	"haven/infra/dump/bucket"
	"haven/infra/dump/cognito"
	"haven/infra/dump/folder"
	"haven/infra/dump/mysql"
	"haven/tests/cognitostub"
	"haven/tests/s3stub"
)

// stub is S3 with the environment of a task that dumps there.
func stub(t *testing.T, environment []string) (*s3stub.Server, []string) {
	t.Helper()
	s3 := s3stub.New()
	t.Cleanup(s3.Close)
	return s3, append(append(environment, s3.Environment()...), "HAVEN_DUMP_BUCKET=backups", "HAVEN_DUMP_LOCK_DAYS=35")
}

func TestADumpGoesToABucketAndComesBack(t *testing.T) {
	_, _, environment := tenant(t, 1000)
	s3, environment := stub(t, environment)
	made := succeeds(t, environment, "make")
	prefix := "tenants/acme/dumps/" + made.StartedAt.Format(dump.TimeLayout)
	assert.Equal(t, "s3://backups/"+prefix, made.Place)
	assert.Equal(t, []string{prefix + "/database.sql.zst", prefix + "/files.tar.zst", prefix + "/manifest.json",
		prefix + "/secrets.age"}, s3.Keys("backups"))
	for _, key := range s3.Keys("backups") {
		object, _ := s3.Object("backups", key)
		assert.Equal(t, "COMPLIANCE", object.LockMode)
		assert.Equal(t, made.StartedAt.AddDate(0, 0, 35).Format(time.RFC3339), object.RetainUntil[:19]+"Z")
	}
	assert.Equal(t, "acme", made.Tenant)
	assert.Equal(t, 3, made.Generation)
	assert.Equal(t, int64(1000), made.Rows)
	assert.Equal(t, dump.Files{Count: 1, Bytes: 10}, made.Files)
	assert.NotEmpty(t, made.Binlog.File)
	assert.Positive(t, made.Bytes)

	keys := filepath.Join(t.TempDir(), "identity")
	require.NoError(t, os.WriteFile(keys, []byte(identity.String()), 0o600))
	verified := succeeds(t, environment, "verify", made.Place, "--manifest-sha256", made.Manifest, "--identity", keys)
	assert.Equal(t, made.Manifest, verified.Manifest)

	copied, name := newDatabase(t)
	files := filepath.Join(t.TempDir(), "files")
	succeeds(t, append(environ(name, files), s3.Environment()...), "restore", made.Place)
	var people int
	require.NoError(t, copied.QueryRow("SELECT COUNT(*) FROM people").Scan(&people))
	assert.Equal(t, 1000, people)
	contract, err := os.ReadFile(filepath.Join(files, "contract.pdf"))
	require.NoError(t, err)
	assert.Equal(t, "a contract", string(contract))
}

func TestAccountsGoWithADumpAndComeBack(t *testing.T) {
	_, _, environment := tenant(t, 10)
	pool := cognitostub.New()
	t.Cleanup(pool.Close)
	pool.Group("clerks")
	pool.Add(cognitostub.Account{Name: "1", Status: "CONFIRMED", Groups: []string{"clerks"},
		Attributes: map[string]string{"sub": "1", "email": "ann@acme.example"}})
	environment = append(append(environment, pool.Environment()...), "HAVEN_DUMP_USER_POOL=eu-west-1_people")
	made := succeeds(t, environment, "make", "--to", t.TempDir())
	assert.Equal(t, &dump.Users{Count: 1, Groups: 1}, made.Users)

	_, name := newDatabase(t)
	fresh := cognitostub.New()
	t.Cleanup(fresh.Close)
	restored := succeeds(t, append(append(environ(name, filepath.Join(t.TempDir(), "files")), fresh.Environment()...),
		"HAVEN_DUMP_USER_POOL=eu-central-1_people"), "restore", made.Place)
	assert.Equal(t, &cognito.Restored{Created: 1}, restored.Accounts)
	assert.Equal(t, []string{"clerks"}, fresh.Accounts()["ann@acme.example"].Groups)

	pool.Refuse = func(action string, _ map[string]any) bool { return action == "ListGroups" }
	refused := run(t, environment, "make", "--to", t.TempDir())
	assert.Equal(t, 1, refused.status)
	assert.Contains(t, refused.stderr, "users.json.zst: user pool eu-west-1_people: ")
}

func TestARestoreIntoWhatIsNotEmpty(t *testing.T) {
	_, _, environment := tenant(t, 10)
	place := succeeds(t, environment, "make", "--to", t.TempDir()).Place
	other, files, environment := tenant(t, 20)
	require.NoError(t, os.WriteFile(filepath.Join(files, "other"), nil, 0o600))
	refused := run(t, environment, "restore", place)
	assert.Equal(t, 1, refused.status)
	assert.Equal(t, "haven-dump: the database is not empty: restore into an empty one, or tell to replace\nthe folder "+
		files+" is not empty: restore into an empty one, or tell to replace\n", refused.stderr)
	var rows int
	require.NoError(t, other.QueryRow("SELECT COUNT(*) FROM users").Scan(&rows))
	assert.Equal(t, 20, rows, "nothing is touched")

	succeeds(t, environment, "restore", place, "--replace")
	require.NoError(t, other.QueryRow("SELECT COUNT(*) FROM users").Scan(&rows))
	assert.Equal(t, 10, rows)
	assert.NoFileExists(t, filepath.Join(files, "other"))
}

// TestFilesOnly: a database that came back by other means is neither asked for nor touched.
func TestFilesOnly(t *testing.T) {
	_, _, environment := tenant(t, 10)
	place := succeeds(t, environment, "make", "--to", t.TempDir()).Place
	files := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(files, "other"), nil, 0o600))
	without := []string{"HAVEN_DUMP_TENANT=acme", "HAVEN_DUMP_FILES=" + files}
	refused := run(t, without, "restore", place, "--files-only")
	assert.Equal(t, 1, refused.status)
	assert.NotContains(t, refused.stderr, "database")
	succeeds(t, without, "restore", place, "--files-only", "--replace")
	assert.NoFileExists(t, filepath.Join(files, "other"))
	assert.FileExists(t, filepath.Join(files, "contract.pdf"))
}

// TestRestoreThatWarms: the database is read beside the files, and what is wrong with either is the end of both.
func TestRestoreThatWarms(t *testing.T) {
	_, _, environment := tenant(t, 10)
	place := succeeds(t, environment, "make", "--to", t.TempDir()).Place
	files := t.TempDir()
	own := append(slices.Clone(environment), "HAVEN_DUMP_FILES="+files)
	done := succeeds(t, own, "restore", place, "--files-only", "--warm")
	assert.Equal(t, []mysql.Warmed{{Name: "users", Indexes: 1, Rows: 10}}, done.Warmed)
	assert.FileExists(t, filepath.Join(files, "contract.pdf"))
	assert.Empty(t, succeeds(t, own, "restore", place, "--files-only", "--replace").Warmed)
	assert.Len(t, succeeds(t, own, "restore", place, "--replace", "--warm").Warmed, 1)

	gone := append(slices.Clone(own), "DB_DATABASE=nothing")
	refused := run(t, gone, "restore", place, "--files-only", "--replace", "--warm")
	assert.Equal(t, 1, refused.status)
	assert.Contains(t, refused.stderr, "nothing")
}

// TestWarm: each index of each table is read, and the rows are told.
func TestWarm(t *testing.T) {
	db, _, environment := tenant(t, 30)
	for _, statement := range []string{
		"CREATE INDEX names ON users (name)", "CREATE TABLE `odd ``one` (note TEXT, FULLTEXT INDEX words (note))",
		"CREATE TABLE bare (n INT)", "INSERT INTO bare VALUES (1), (2)",
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}
	said := run(t, environment, "warm")
	require.Equal(t, 0, said.status, said.stderr)
	var done warmed
	require.NoError(t, json.Unmarshal([]byte(said.stdout), &done))
	assert.Equal(t, []mysql.Warmed{
		{Name: "bare", Rows: 2}, {Name: "odd `one"}, {Name: "users", Indexes: 2, Rows: 30},
	}, done.Warmed)
	refused := run(t, []string{"DB_HOSTNAME=127.0.0.1"}, "warm")
	assert.Equal(t, 2, refused.status)
	assert.Contains(t, refused.stderr, "DB_DATABASE: it is not set")
}

func TestADamagedDumpTouchesNothing(t *testing.T) {
	_, _, environment := tenant(t, 10)
	place := succeeds(t, environment, "make", "--to", t.TempDir()).Place
	part := filepath.Join(place, dump.FilesPart)
	require.NoError(t, os.Chmod(part, 0o600))
	require.NoError(t, os.Truncate(part, 20))
	db, name := newDatabase(t)
	for _, verb := range []string{"verify", "restore"} {
		refused := run(t, environ(name, t.TempDir()), verb, place)
		assert.Equal(t, 1, refused.status)
		assert.Regexp(t, `^haven-dump: `+place+`: files.tar.zst was truncated: it has 20 bytes, the manifest says \d+\n$`,
			refused.stderr)
	}
	var tables int
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()").
		Scan(&tables))
	assert.Zero(t, tables)
}

func TestAnotherTenantsDumpIsRefused(t *testing.T) {
	_, _, environment := tenant(t, 10)
	place := succeeds(t, environment, "make", "--to", t.TempDir()).Place
	refused := run(t, append(environment, "HAVEN_DUMP_TENANT=globex"), "verify", place)
	assert.Equal(t, "haven-dump: "+place+`: manifest.json: it is of tenant "acme", expected "globex"`+"\n", refused.stderr)
}

func TestTheServerMustBeWhoItSays(t *testing.T) {
	_, _, environment := tenant(t, 10)
	stranger := filepath.Join(t.TempDir(), "stranger.pem")
	require.NoError(t, certify(stranger, filepath.Join(t.TempDir(), "key.pem")))
	for _, test := range []struct{ variable, want string }{
		{"MYSQL_ATTR_SSL_CA=" + stranger, "certificate"},
		{"DB_HOSTNAME=localhost", "certificate"},
		{"MYSQL_ATTR_SSL_CA=", "Error 1045"},
		{"DB_PASSWORD=another", "Error 1045"},
	} {
		refused := run(t, append(environment, test.variable), "make", "--to", t.TempDir())
		assert.Equal(t, 1, refused.status, test.variable)
		assert.Contains(t, refused.stderr, test.want, test.variable)
	}
	refused := run(t, append(environment, "DB_HOSTNAME=db.example", "MYSQL_ATTR_SSL_CA="), "make", "--to", t.TempDir())
	assert.Equal(t, 2, refused.status)
	assert.Equal(t, "haven-dump: there is no certificate authority for db.example: "+
		"without one only a server on this machine is used\n", refused.stderr)
}

func TestWrongUse(t *testing.T) {
	for _, test := range []struct {
		environment, args []string
		want              string
	}{
		{args: []string{"make"}, want: `HAVEN_DUMP_TENANT: it is not set
HAVEN_DUMP_FILES: it is not set
APP_KEY: it is not set
HAVEN_DUMP_RECIPIENTS: expected one public key of age or more, separated by commas
DB_HOSTNAME: it is not set
DB_DATABASE: it is not set
DB_USERNAME: it is not set
HAVEN_DUMP_BUCKET: it is not set
HAVEN_DUMP_LOCK_DAYS: expected a number of 1 or more`},
		{environment: append(environ("d", "/f"), "HAVEN_DUMP_TENANT=Acme", "PASSPORT_PUBLIC_KEY=half"),
			args: []string{"make", "--to", "/nowhere"},
			want: `PASSPORT_PRIVATE_KEY, PASSPORT_PUBLIC_KEY: expected both or neither
HAVEN_DUMP_TENANT: "Acme", expected a tenant's name: a letter, then up to 62 letters, digits and hyphens, all small`},
		{args: []string{"bogus"}, want: "expected make, verify, restore, unseal or warm; see haven-dump --help"},
		{args: []string{"verify"}, want: "haven-dump verify: 0 arguments, expected 1 [FOLDER|s3://BUCKET/PREFIX|gs://BUCKET/PREFIX]"},
		{args: []string{"verify", "s3://bucket"}, want: `"s3://bucket", expected s3://bucket/prefix`},
		{args: []string{"make", "--unknown"}, want: "unknown flag: --unknown"},
		{args: []string{"restore", "/x"}, want: `DB_HOSTNAME: it is not set
DB_DATABASE: it is not set
DB_USERNAME: it is not set
HAVEN_DUMP_FILES: it is not set`},
	} {
		refused := run(t, test.environment, test.args...)
		assert.Equal(t, wrongUse, refused.status, test.args)
		assert.Equal(t, "haven-dump: "+test.want+"\n", refused.stderr, test.args)
	}
}

// TestATaskThatIsStopped ends one when its files are on their way in several parts, by asking it and by force.
func TestATaskThatIsStopped(t *testing.T) {
	_, files, environment := tenant(t, 10)
	video := make([]byte, 40<<20)
	rand.NewChaCha8([32]byte{}).Read(video)
	require.NoError(t, os.WriteFile(filepath.Join(files, "video"), video, 0o600))
	for signal, after := range map[syscall.Signal]struct {
		status, uploads int
		said            string
	}{
		syscall.SIGTERM: {status: failed, said: "terminated signal received"},
		syscall.SIGKILL: {status: -1, uploads: 1}, // which the bucket's lifecycle ends
	} {
		t.Run(signal.String(), func(t *testing.T) {
			s3, environment := stub(t, environment)
			o := stopped(t, s3, command(environment, "make"), signal)
			assert.Equal(t, after.status, o.status)
			assert.Contains(t, o.stderr, after.said)
			assert.Equal(t, after.uploads, s3.Uploads())
			require.Len(t, s3.Keys("backups"), 1)
			assert.True(t, strings.HasSuffix(s3.Keys("backups")[0], dump.DatabasePart), "what was complete before it")
		})
	}
}

// stopped runs a command that gets a signal when its first part is on its way.
func stopped(t *testing.T, s3 *s3stub.Server, c *exec.Cmd, signal syscall.Signal) outcome {
	t.Helper()
	begun := make(chan struct{}, 100)
	s3.Refuse = func(r *http.Request) bool {
		if r.URL.Query().Has("partNumber") {
			begun <- struct{}{}
			time.Sleep(100 * time.Millisecond)
		}
		return false
	}
	sent := make(chan error, 1)
	go func() {
		<-begun
		sent <- c.Process.Signal(signal)
	}()
	o := finish(t, c)
	require.NoError(t, <-sent)
	return o
}

// killings are how often each place's dump is killed.
const killings = 10

// killed runs the command and kills it at random moments, spread from its beginning to its end. Each run is another
// tenant's, for two dumps of one tenant do not begin in the same second.
func killed(t *testing.T, environment []string, args ...string) {
	t.Helper()
	begun := time.Now()
	succeeds(t, environment, args...)
	takes := time.Since(begun)
	for n := range killings {
		c := command(append(environment, fmt.Sprintf("HAVEN_DUMP_TENANT=acme%d", n)), args...)
		require.NoError(t, c.Start())
		time.Sleep(time.Duration((float64(n) + rand.Float64()) / killings * float64(takes)))
		require.NoError(t, c.Process.Kill())
		_ = c.Wait() // it was killed, or was faster
	}
}

func TestAKilledDumpIntoAFolder(t *testing.T) {
	_, _, environment := tenant(t, 20_000)
	to := t.TempDir()
	killed(t, environment, "make", "--to", to)
	complete, err := filepath.Glob(filepath.Join(to, "tenants/*/dumps/*", dump.ManifestName))
	require.NoError(t, err)
	assert.Less(t, len(complete), 1+killings, "some were killed in the middle of it")
	for _, manifest := range complete {
		place := filepath.Dir(manifest)
		_, err := dump.Verify(t.Context(), folder.Folder(place), dump.Expectation{}.At(place))
		assert.NoError(t, err, "a dump with a manifest is whole")
	}
	last := succeeds(t, append(environment, "HAVEN_DUMP_TENANT=next"), "make", "--to", to)
	succeeds(t, environment[1:], "verify", last.Place)
}

func TestAKilledDumpIntoABucket(t *testing.T) {
	_, _, environment := tenant(t, 20_000)
	s3, environment := stub(t, environment)
	killed(t, environment, "make")
	for _, variable := range s3.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	client, err := bucket.Client(t.Context())
	require.NoError(t, err)
	complete := 0
	for _, key := range s3.Keys("backups") {
		prefix, manifest := strings.CutSuffix(key, "/"+dump.ManifestName)
		if !manifest {
			continue
		}
		complete++
		_, err := dump.Verify(t.Context(), bucket.At(client, "backups", prefix, time.Time{}), dump.Expectation{}.At(prefix))
		assert.NoError(t, err, "a dump with a manifest is whole")
	}
	assert.Less(t, complete, 1+killings, "some were killed in the middle of it")
	last := succeeds(t, append(environment, "HAVEN_DUMP_TENANT=next"), "make")
	succeeds(t, environment[1:], "verify", last.Place)
}
