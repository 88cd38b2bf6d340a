package application

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// machine is where the script runs, with a php that answers how many tables there are as told, and installs by making
// a key pair, as Passport does: over one that is there.
type machine struct {
	t   *testing.T
	dir string
	// secret is the PASSPORT_PRIVATE_KEY of the environment; empty where there is none.
	secret string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, dir: t.TempDir()}
	require.NoError(t, os.Mkdir(m.path("files"), 0o755))
	return m
}

func (m *machine) path(name string) string { return filepath.Join(m.dir, name) }

// migrate runs the script; answer is the shell command that answers for the database, and pair what an installation
// makes the key pair of. It says what php was asked to do.
func (m *machine) migrate(answer, pair string) (asked []string, output string, err error) {
	m.t.Helper()
	php := `#!/bin/sh
if [ "$1" = -r ]; then ` + answer + `; exit; fi
echo "$1 $2" >> ` + m.path("asked") + `
if [ "$2" = processmaker:install ]; then
    for half in public private; do echo "` + pair + ` $half" > ` + m.path("files") + `/oauth-$half.key; done
fi
`
	require.NoError(m.t, os.WriteFile(m.path("php"), []byte(php), 0o755))
	command := exec.Command("sh", "-c", strings.ReplaceAll(migrate, "/code/pm4/storage/app", m.path("files")))
	command.Env = []string{"PATH=" + m.dir + ":" + os.Getenv("PATH"), "PASSPORT_PRIVATE_KEY=" + m.secret}
	for _, name := range []string{"ADMIN_EMAIL", "ADMIN_PASSWORD", "APP_URL", "BROADCASTER_HOST", "DB_DATABASE",
		"DB_HOSTNAME", "DB_PASSWORD", "DB_PORT", "DB_USERNAME", "REDIS_HOST"} {
		command.Env = append(command.Env, name+"=x")
	}
	text, err := command.CombinedOutput()
	noted, _ := os.ReadFile(m.path("asked")) // absent where nothing was asked
	_ = os.Remove(m.path("asked"))
	return lines(string(noted)), string(text), err
}

// put leaves a pair among the files, or removes what is there.
func (m *machine) put(pair string) {
	m.t.Helper()
	for _, half := range []string{"public", "private"} {
		file := filepath.Join(m.path("files"), "oauth-"+half+".key")
		if pair == "" {
			require.NoError(m.t, os.RemoveAll(file))
		} else {
			require.NoError(m.t, os.WriteFile(file, []byte(pair+" "+half+"\n"), 0o600))
		}
	}
}

// assertPair: this pair lies among the files.
func (m *machine) assertPair(pair string) {
	m.t.Helper()
	for _, half := range []string{"public", "private"} {
		text, err := os.ReadFile(filepath.Join(m.path("files"), "oauth-"+half+".key"))
		require.NoError(m.t, err)
		assert.Equal(m.t, pair+" "+half+"\n", string(text))
	}
}

const (
	noTable = "echo 0"
	tables  = "echo 214"
)

var (
	installation = []string{"artisan processmaker:install"}
	upgrade      = []string{"artisan migrate", "artisan upgrade"}
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		fails  bool
		want   []string
	}{
		"no table":    {noTable, false, installation},
		"tables":      {tables, false, upgrade},
		"no answer":   {"echo", false, upgrade},
		"no database": {"exit 255", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			m.put("first")
			asked, output, err := m.migrate(test.answer, "second")
			assert.Equal(t, test.fails, err != nil, output)
			assert.Equal(t, test.want, asked)
		})
	}
}

// TestKeysAreMadeOnce: the pair that signs tokens is the first one, whatever runs again.
func TestKeysAreMadeOnce(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	for _, run := range []struct {
		what, answer, makes string
		before              func()
		want                []string
	}{
		{"a first start", noTable, "first", func() {}, installation},
		{"an upgrade", tables, "second", func() {}, upgrade},
		{"an installation into a database that is empty again", noTable, "third", func() {}, installation},
		{"another pair in its place", tables, "", func() { m.put("fourth") }, upgrade},
		{"no pair in its place", tables, "", func() { m.put("") }, upgrade},
		{"the same once more", tables, "", func() {}, upgrade},
	} {
		run.before()
		asked, output, err := m.migrate(run.answer, run.makes)
		require.NoError(t, err, "%s: %s", run.what, output)
		assert.Equal(t, run.want, asked, run.what)
		m.assertPair("first")
	}
}

// TestRestoredKeysAreKept: files that came back before the database keep their pair, though it was never copied.
func TestRestoredKeysAreKept(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.put("restored")
	_, output, err := m.migrate(noTable, "another")
	require.NoError(t, err, output)
	m.assertPair("restored")
}

// TestTokensAreNotVoided: a database without its files is not worked on.
func TestTokensAreNotVoided(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	asked, output, err := m.migrate(tables, "another")
	assert.EqualError(t, err, "exit status 1")
	assert.Empty(t, asked)
	assert.Equal(t, "the keys that sign tokens are not in "+m.path("files")+": bring the files back; where nothing but a "+
		"first installation was cut off, empty the database\n", output)
}

// TestKeysOfASecret: with the pair from a secret nothing among the files is asked for, or kept.
func TestKeysOfASecret(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.secret = "PEM"
	for _, answer := range []string{noTable, tables} {
		_, output, err := m.migrate(answer, "of no use")
		require.NoError(t, err, output)
	}
	assert.NoFileExists(t, filepath.Join(m.path("files"), "oauth-private.first.key"))
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSpace(text), "\n")
}
