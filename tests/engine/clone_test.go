package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	havenengine "haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/sandbox/world"
)

// original is the checkout these tests lie in. Its haven and its engine are shared by all copies.
var original havenengine.Checkout

func TestMain(m *testing.M) {
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// prepare builds haven and the engine where they are not built yet.
func prepare() (err error) {
	if original, err = havenengine.FindCheckout("."); err != nil {
		return err
	}
	build := exec.Command("go", "build", "-o", original.Path("bin", "haven"), "./infra/cmd/haven")
	build.Dir = original.Root
	build.Env = append(os.Environ(), "GOFLAGS="+havenengine.GoFlags(os.Getenv("GOFLAGS")))
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building haven: %w\n%s", err, text)
	}
	engine := exec.Command(original.Path("bin", "haven"), "env")
	engine.Dir = original.Root
	if text, err := engine.CombinedOutput(); err != nil {
		return fmt.Errorf("building the engine: %w\n%s", err, text)
	}
	return nil
}

// clone is a copy of the checkout with nothing in its .haven but the shared binaries, and a home folder and a folder
// for temporary files that are empty.
type clone struct {
	t    *testing.T
	root string
	home string
	tmp  string
	// checkpoints has engines save their state with each step, as they do for people. It is what settles a run that was
	// cut off, and four fifths of what a run costs: a test that cuts none off does without.
	checkpoints bool
}

func newClone(t *testing.T) *clone {
	t.Helper()
	return cloneOf(t, func(*clone) {})
}

// newSmallClone is a clone whose environment is one cell and plain tenants of these names: a run takes seconds. Its policies
// only advise, since nobody is told of such a cell's alarms.
func newSmallClone(t *testing.T, tenants ...string) *clone {
	t.Helper()
	c := cloneOf(t, func(c *clone) {
		c.removeAllBut("demo-cell")
		cell, err := os.ReadFile(c.stackFile("demo-cell"))
		require.NoError(t, err)
		alone := strings.Replace(string(cell), "    alerts: demo-account\n", "", 1)
		require.NotEqual(t, string(cell), alone)
		require.NoError(t, os.WriteFile(c.stackFile("demo-cell"), []byte(alone), 0o644))
		c.write(configFile, onlyAdvice)
		for i, tenant := range tenants {
			c.addTenant("demo-"+tenant, i+1)
		}
	})
	c.checkpoints = true
	return c
}

func (c *clone) removeAllBut(kept ...string) {
	for _, stack := range c.stacks() {
		if !slices.Contains(kept, stack) {
			require.NoError(c.t, os.Remove(c.stackFile(stack)))
		}
	}
}

// addTenant writes the file of the smallest tenant there is, and answers its text.
func (c *clone) addTenant(stack string, slot int) string {
	text := fmt.Sprintf(`config:
  haven:role: tenant
  haven:tenant:
    cell: demo-cell
    slot: %d
    application:
      image: public.ecr.aws/haven-demo/processmaker:4.15
`, slot)
	require.NoError(c.t, os.WriteFile(c.stackFile(stack), []byte(text), 0o644))
	return text
}

// cloneOf is a clone that was changed before it became a checkout.
func cloneOf(t *testing.T, change func(*clone)) *clone {
	t.Helper()
	c := &clone{t: t, root: filepath.Join(t.TempDir(), "a checkout"), home: t.TempDir(), tmp: t.TempDir()}
	c.copyTracked()
	change(c)
	require.NoError(t, os.MkdirAll(c.path("bin"), 0o755))
	require.NoError(t, os.Symlink(original.Path("bin", "haven"), c.path("bin", "haven")))
	if _, err := os.Stat(original.Path("engine")); err == nil {
		require.NoError(t, os.Symlink(original.Path("engine"), c.path("engine")))
	}
	c.git("init", "--quiet")
	c.git("add", "--all")
	c.git("-c", "user.name=test", "-c", "user.email=test@haven.example", "commit", "--quiet", "--message", "copy")
	return c
}

func (c *clone) copyTracked() {
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = original.Root
	names, err := list.Output()
	require.NoError(c.t, err)
	for _, name := range strings.Split(strings.TrimRight(string(names), "\x00"), "\x00") {
		from, err := os.Open(filepath.Join(original.Root, name))
		if os.IsNotExist(err) {
			continue // deleted, but not yet in a commit
		}
		require.NoError(c.t, err)
		c.copy(from, filepath.Join(c.root, name))
	}
}

func (c *clone) copy(from *os.File, to string) {
	defer from.Close()
	info, err := from.Stat()
	require.NoError(c.t, err)
	require.NoError(c.t, os.MkdirAll(filepath.Dir(to), 0o755))
	file, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, info.Mode().Perm())
	require.NoError(c.t, err)
	_, err = io.Copy(file, from)
	require.NoError(c.t, err)
	require.NoError(c.t, file.Close())
}

func (c *clone) path(elements ...string) string {
	return filepath.Join(append([]string{c.root, ".haven"}, elements...)...)
}

func (c *clone) checkout() havenengine.Checkout { return havenengine.Checkout{Root: c.root} }

func (c *clone) git(args ...string) string {
	c.t.Helper()
	git := exec.Command("git", args...)
	git.Dir = c.root
	text, err := git.CombinedOutput()
	require.NoError(c.t, err, "git %v: %s", args, text)
	return string(text)
}

// outcome is how a command ended.
type outcome struct {
	status         int
	stdout, stderr string
}

func (o outcome) String() string {
	return fmt.Sprintf("exit %d\nstdout:\n%s\nstderr:\n%s", o.status, o.stdout, o.stderr)
}

// command is a command in the clone, in an environment that has credentials no sandbox must see.
func (c *clone) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.root
	cmd.Env = append(os.Environ(), goFolders()...)
	cmd.Env = append(cmd.Env, "HOME="+c.home, "TMPDIR="+c.tmp,
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=of-no-use")
	if !c.checkpoints {
		cmd.Env = append(cmd.Env, "PULUMI_SKIP_CHECKPOINTS=true")
	}
	return cmd
}

// goFolders keep go's caches where they are, though the home folder is another.
var goFolders = sync.OnceValue(func() []string {
	names := []string{"GOCACHE", "GOPATH", "GOMODCACHE"}
	values, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		panic(err)
	}
	for i, value := range strings.Split(strings.TrimSpace(string(values)), "\n") {
		names[i] += "=" + value
	}
	return names
})

func (c *clone) run(cmd *exec.Cmd) outcome {
	c.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); !exited {
		require.NoError(c.t, err)
	}
	return outcome{status: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
}

// haven runs haven and answers how it ended.
func (c *clone) haven(args ...string) outcome {
	c.t.Helper()
	return c.run(c.command(c.path("bin", "haven"), args...))
}

// mustReport runs a verb with --json, which must succeed, and answers its report.
func (c *clone) mustReport(args ...string) environment.Report {
	c.t.Helper()
	ended := c.haven(append(args, "--json")...)
	require.Zero(c.t, ended.status, "haven %v: %s", args, ended)
	var report environment.Report
	require.NoError(c.t, json.Unmarshal([]byte(ended.stdout), &report), ended.stdout)
	return report
}

// shell runs a script after `eval "$(haven env)"`, as a person does.
func (c *clone) shell(script string) outcome {
	c.t.Helper()
	return c.run(c.command("sh", "-ec", `eval "$(.haven/bin/haven env)"; `+script))
}

// world is what `haven sandbox world --json` prints.
func (c *clone) world() []world.Entry {
	c.t.Helper()
	ended := c.haven("sandbox", "world", "--json")
	require.Zero(c.t, ended.status, ended)
	var entries []world.Entry
	require.NoError(c.t, json.Unmarshal([]byte(ended.stdout), &entries))
	return entries
}
