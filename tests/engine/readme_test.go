package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"

	"haven/components/tiers"
)

// inReadme are the README's commands in their order, and what each must print. Of `make test` only the target is
// looked at, since this test is a part of it.
var inReadme = []struct{ command, want string }{
	{"make up", "demo is up in the sandbox"},
	{"make test", " ./..."},
	{".haven/bin/haven sandbox world", "aws:rds/instance:Instance"},
	{".haven/bin/haven preview demo", "demo is as its stack files say: nothing to change"},
	{".haven/bin/haven validate", "demo-acme: a valid tenant"},
	{".haven/bin/haven cost demo", "demo-acme: USD "},
	{".haven/bin/haven sandbox advance 48h", "demo-globex-dump-age"},
	{".haven/bin/haven status", "29 in all"},
	{".haven/bin/haven sandbox alarms", "nothing"},
	{".haven/bin/haven sandbox objects demo-cell-archive-123456789012-eu-central-1", "manifest.json"},
	{`eval "$(.haven/bin/haven env)"`, ""},
	{"pulumi preview --stack demo-acme", "unchanged"},
	{"pulumi stack output --stack demo-cell", "demo.haven.example"},
	{".haven/bin/haven check --env demo", "\n0 failed, 0 undecided, "},
	{"pulumi preview --stack demo-acme --policy-pack policy", "haven@v1.0.0"},
	{"pulumi policy analyze --stack demo-acme --policy-pack policy", "haven@v1.0.0"},
	{".haven/bin/haven validate", "prod-eu1: a valid cell"},
	{`pulumi stack init prod-eu1 --secrets-provider "$SECRETS_PROVIDER"`, "Created stack 'prod-eu1'"},
	{"pulumi up --stack prod-eu1", "apps.your-company.com"},
	{"pulumi stack output cell --stack prod-eu1", `"production":true`},
	{`pulumi config set haven:teardown "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --stack demo-globex`, ""},
	{"pulumi up --stack demo-globex", "updated"},
	{"pulumi destroy --stack demo-globex", "deleted"},
	{`.haven/bin/haven restore acme --at "$(date -u -d '+47 hours' +%Y-%m-%dT%H:%M:%SZ)" --yes`,
		"demo-acme serves generation 2 of its data"},
	{".haven/bin/haven retire acme --yes", "Generation 1 of demo-acme is deleted"},
	{".haven/bin/haven drill zone-loss", "Times to restore are simulated"},
	{".haven/bin/haven recover demo --ready --yes", "demo-initech-dr"},
	{".haven/bin/haven sandbox lose region eu-west-1", "lost: the region eu-west-1"},
	{".haven/bin/haven recover demo --yes", "demo-acme-dr"},
	{".haven/bin/haven sandbox heal", "nothing is lost any more"},
	{".haven/bin/haven failback demo --yes", "demo-acme-drill"},
}

// TestReadme does all that the README says, in its order, in a fresh clone. What it says of a real account is rehearsed
// in the sandbox, with a passphrase in place of a key and nobody asked to confirm.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(original.Root, "README.md"))
	require.NoError(t, err)
	steps := stepsOf(t, string(text))
	assert.Equal(t, commandsOf(steps), known(), "the commands of the README, and those that this test knows")

	c := newClone(t)
	require.NoError(t, os.Remove(c.path("bin", "haven")), "make up is to build it")
	session, next := "", 0
	for _, step := range steps {
		if step.file != "" {
			require.NoError(t, os.WriteFile(filepath.Join(c.root, step.file), []byte(step.text), 0o644))
			valid := c.haven("validate")
			assert.Zero(t, valid.status, "%s: %s", step.file, valid)
			continue
		}
		ended := c.run(c.rehearsed(session + step.text))
		require.Zero(t, ended.status, "%s: %s", step.text, ended)
		assert.Contains(t, ended.stdout+ended.stderr, inReadme[next].want, step.text)
		if strings.HasPrefix(step.text, "eval ") {
			session = step.text + "; "
		}
		next++
	}
}

// TestReadmeSaysWhatTiersPromise holds the README's table of tiers against the package that it tells of.
func TestReadmeSaysWhatTiersPromise(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(original.Root, "README.md"))
	require.NoError(t, err)
	recovery := map[tiers.Tier]string{
		tiers.Standard: "as snapshots", tiers.Continuity: "30 min, replicated backups", tiers.Critical: "1 min, read replica",
	}
	for _, tier := range tiers.All {
		promise, _ := tiers.Of(tier)
		bound := func(of tiers.Copy) float64 {
			age, given := promise.Bound(of)
			require.True(t, given, of)
			return age.Hours()
		}
		assert.Contains(t, string(text), fmt.Sprintf("| `%s` | %g h | %g h | %g h | %s | %d days |\n", tier,
			promise.DumpEvery.Hours(), bound(tiers.Mirror), bound(tiers.SnapshotCopy), recovery[tier], promise.LockDays))
		assert.Equal(t, bound(tiers.Mirror), max(bound(tiers.Dump), bound(tiers.DumpCopy)), tier)
		assert.Equal(t, bound(tiers.Snapshot), bound(tiers.SnapshotCopy), tier)
	}
}

// TestReadmeNamesEveryModule asserts that the README says of each module that go.mod asks for why it is there.
func TestReadmeNamesEveryModule(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(original.Root, "README.md"))
	require.NoError(t, err)
	_, stands, _ := strings.Cut(string(readme), "\n## What it stands on\n")
	text, err := os.ReadFile(filepath.Join(original.Root, "go.mod"))
	require.NoError(t, err)
	module, err := modfile.Parse("go.mod", text, nil)
	require.NoError(t, err)
	for _, needed := range module.Require {
		if needed.Indirect {
			continue
		}
		name := strings.TrimPrefix(needed.Mod.Path, "github.com/")
		name = strings.TrimPrefix(name, "pulumi/")
		name = regexp.MustCompile(`/v\d+$`).ReplaceAllString(name, "")
		if parent, service, found := strings.Cut(name, "aws-sdk-go-v2/"); found {
			assert.Contains(t, stands, "`"+parent+"aws-sdk-go-v2`", needed.Mod.Path)
			name = filepath.Base(strings.TrimSuffix(service, "/manager"))
		}
		assert.Contains(t, stands, name, needed.Mod.Path)
	}
}

func known() (commands []string) {
	for _, each := range inReadme {
		commands = append(commands, each.command)
	}
	return commands
}

// step is something that a reader does: a command to type or, where it names a file, a file to write.
type step struct{ text, file string }

func commandsOf(steps []step) (commands []string) {
	for _, step := range steps {
		if step.file == "" {
			commands = append(commands, step.text)
		}
	}
	return commands
}

var (
	fenced    = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	stackFile = regexp.MustCompile("`(stacks/Pulumi\\.[a-z0-9-]+\\.yaml)`")
	comment   = regexp.MustCompile(`\s+# .*$`)
)

// stepsOf are the lines of the README's sh blocks, and its yaml blocks, each of which belongs into the stack file that
// was named last before it.
func stepsOf(t *testing.T, readme string) (steps []step) {
	for _, found := range fenced.FindAllStringSubmatchIndex(readme, -1) {
		language, text := readme[found[2]:found[3]], readme[found[4]:found[5]]
		switch language {
		case "sh":
			for line := range strings.Lines(text) {
				steps = append(steps, step{text: comment.ReplaceAllString(strings.TrimSpace(line), "")})
			}
		case "yaml":
			names := stackFile.FindAllStringSubmatch(readme[:found[0]], -1)
			require.NotEmpty(t, names, "the text before this block names no stack file:\n%s", text)
			steps = append(steps, step{text: text, file: names[len(names)-1][1]})
		default:
			t.Errorf("no test knows what to do with this block of %q:\n%s", language, text)
		}
	}
	return steps
}

// rehearsed is a command that changes no account, asks nothing, and of `make test` only says what it would run.
func (c *clone) rehearsed(command string) *exec.Cmd {
	if command == "make test" {
		command += " --dry-run"
	}
	cmd := c.command("sh", "-ec", command)
	cmd.Env = append(cmd.Env, "SECRETS_PROVIDER=passphrase", "PULUMI_SKIP_CONFIRMATIONS=true",
		"MAKEFLAGS=", "MAKELEVEL=") // this test may have been started by make
	return cmd
}
