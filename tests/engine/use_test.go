package engine

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	havenengine "haven/infra/engine"
)

// TestWrongUse asserts that wrong use gets one line that says what is wrong and what to do, and exit status 2.
func TestWrongUse(t *testing.T) {
	c := newClone(t)
	for _, test := range []struct{ args, want string }{
		{"upp demo", `haven: unknown verb "upp"; did you mean up?`},
		{"frobnicate", `haven: unknown verb "frobnicate"; ` +
			`the verbs are check, cost, down, drill, env, failback, preview, recover, report, restore, retire, sandbox, ` +
			`status, tenant, up, validate, version`},
		{"sandbox wrld", `haven: unknown verb "wrld"; did you mean world?`},
		{"up", `haven: up: name the environment: demo`},
		{"up nope", `haven: no environment "nope"; known environments: demo`},
		{"up demo-acme", `haven: "demo-acme" is a stack; name the environment it belongs to: demo`},
		{"up demo demo", `haven: up takes one environment, but got ["demo" "demo"]`},
		{"up demo --fast", `haven: up: unknown flag: --fast; see haven up --help`},
		{"validate demo", `haven: validate takes no arguments, but got ["demo"]`},
		{"drill", "haven: drill takes one scenario of application-corruption, database-corruption, zone-loss, " +
			"network-loss, region-loss, provider-loss, or random, but got []"},
		{"drill flood", `haven: drill: there is no scenario "flood"; there are application-corruption, ` +
			`database-corruption, zone-loss, network-loss, region-loss, provider-loss`},
		{"drill random --count 0", `haven: drill: --count 0, expected 1 or more`},
		{"drill zone-loss --count 2", `haven: drill: --count is for random, not for zone-loss`},
		{"drill zone-loss --database mariadb",
			`haven: drill: --database mariadb is for a scenario that corrupts data, not for zone-loss`},
		{"drill zone-loss --database oracle", `haven: drill: --database "oracle", expected simulated or mariadb`},
		{"recover", `haven: recover: name the environment: demo`},
		{"recover demo", `haven: recover asks for the environment's name, but there is no terminal to ask at; add --yes`},
		{"failback demo", `haven: failback asks for the environment's name, but there is no terminal to ask at; add --yes`},
		{"restore acme", `haven: restore: --at "", expected a time like 2026-11-23T09:00:00Z`},
		{"restore nope --at 2026-11-23T09:00:00Z",
			`haven: restore: no tenant "nope"; known tenants: demo-acme, demo-globex, demo-initech`},
		{"restore acme --at 2026-11-23T09:00:00Z",
			`haven: restore asks for the environment's name, but there is no terminal to ask at; add --yes`},
		{"retire", `haven: retire takes a tenant, and a generation where there are more, but got []`},
		{"retire acme", `haven: retire: demo-acme has no generation in quarantine`},
		{"retire acme one", `haven: retire: "one" is no generation, expected a number like 1`},
		{"sandbox lose moon luna", `haven: sandbox lose takes a kind of [region zone network provider database data ` +
			`throttled] and what is lost, but got ["moon" "luna"]`},
		{"sandbox lose region eu-west-1", `haven: sandbox lose: the sandbox has no region "eu-west-1" to lose; it has none`},
		{"down demo", `haven: down asks for the environment's name, but there is no terminal to ask at; add --yes`},
	} {
		t.Run(test.args, func(t *testing.T) {
			ended := c.within(t).haven(strings.Fields(test.args)...)
			assert.Equal(t, outcome{status: 2, stderr: test.want + "\n"}, ended)
		})
	}
}

// TestUnfitMachine asserts the same of machines that lack something, before anything was brought up.
func TestUnfitMachine(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*clone, *exec.Cmd)
		want  string
	}{
		"outside a checkout": {
			func(_ *clone, cmd *exec.Cmd) { cmd.Dir = os.TempDir() },
			"is not in a checkout of Haven; go to the folder that holds its Pulumi.yaml",
		},
		"no go and no engine": {
			func(c *clone, cmd *exec.Cmd) {
				require.NoError(c.t, os.Remove(c.path("engine")))
				cmd.Env = append(cmd.Env, "PATH=/nowhere")
			},
			"no go on the PATH",
		},
		"a file in the way": {
			func(c *clone, _ *exec.Cmd) { c.write(".haven/state", "") },
			"not a directory: a file lies where a folder belongs; move it away",
		},
		"a folder for a stack file": {
			func(c *clone, _ *exec.Cmd) { require.NoError(c.t, os.Mkdir(c.stackFile("demo-hooli"), 0o755)) },
			"is a directory: a folder lies where a file belongs; move it away",
		},
		"no stack files": {
			func(c *clone, _ *exec.Cmd) { require.NoError(c.t, os.RemoveAll(filepath.Join(c.root, "stacks"))) },
			"no such file or directory; run this in the repository's root",
		},
		"a world that is none": {
			func(c *clone, _ *exec.Cmd) { c.write(".haven/world.db", "nothing of the kind") },
			"world.db is no world of the sandbox: move it away",
		},
		"a damaged state": {
			func(c *clone, _ *exec.Cmd) { c.write(statesFolder+"/demo-acme.json", "{") },
			"the state of demo-acme is damaged (unexpected end of JSON input); begin anew with an empty sandbox: rm -rf ",
		},
		"a damaged state with a whole one before it": {
			func(c *clone, _ *exec.Cmd) {
				c.write(statesFolder+"/demo-acme.json", "{")
				c.write(statesFolder+"/demo-acme.json.bak", "{}")
			},
			"(unexpected end of JSON input); go on from the one before it: mv ",
		},
		"a state without its world": {
			func(c *clone, _ *exec.Cmd) {
				c.write(statesFolder+"/demo-cell.json", `{"checkpoint": {"latest": {"resources": [
					{"urn": "urn:pulumi:demo-cell::haven::aws:ec2/vpc:Vpc::network", "custom": true, "type": "aws:ec2/vpc:Vpc"}
				]}}}`)
			},
			"world.db is gone, and the state of demo-cell tells of what it held; put it back, or begin anew ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClone(t)
			cmd := c.command(c.path("bin", "haven"), "up", "demo")
			test.spoil(c, cmd)
			assertWrongUse(t, c.run(cmd), test.want)
		})
	}
}

const statesFolder = ".haven/state/.pulumi/stacks/" + havenengine.Project

// write writes a file of the clone, and the folders it lies in.
func (c *clone) write(name, text string) {
	path := filepath.Join(c.root, filepath.FromSlash(name))
	require.NoError(c.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(c.t, os.WriteFile(path, []byte(text), 0o644))
}

// assertWrongUse asserts exit status 2, and that one line of haven's says why. What make adds is make's.
func assertWrongUse(t *testing.T, ended outcome, want string) {
	t.Helper()
	assert.Equal(t, 2, ended.status, ended)
	own := regexp.MustCompile(`(?m)^make: .*\n`).ReplaceAllString(ended.stderr, "")
	assert.Contains(t, own, want)
	assert.Equal(t, 1, strings.Count(own, "\n"), "one line: %s", ended.stderr)
	assert.True(t, strings.HasPrefix(own, "haven: "), own)
}

// TestUnfitForMake asserts it of what make needs before there is a haven.
func TestUnfitForMake(t *testing.T) {
	c := newClone(t)
	const oldGo = "#!/bin/sh\necho go1.24.3\n"
	for name, test := range map[string]struct {
		spoil func(cmd *exec.Cmd, bin string)
		want  string
	}{
		"no go": {func(*exec.Cmd, string) {}, "no go on the PATH; install Go 1.26"},
		"an old go": {
			func(_ *exec.Cmd, bin string) {
				require.NoError(t, os.WriteFile(filepath.Join(bin, "go"), []byte(oldGo), 0o755))
			},
			"or newer is needed, and this is go1.24.3; install Go 1.26",
		},
		"no home": {
			func(cmd *exec.Cmd, bin string) {
				link(t, bin, "go")
				cmd.Env = append(cmd.Env, "HOME=", "GOPATH=", "GOMODCACHE=", "GOFLAGS=")
			},
			"neither HOME nor GOMODCACHE is set",
		},
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			for _, tool := range []string{"sh", "make", "sed", "dirname", "mkdir", "df", "awk", "head"} {
				link(t, bin, tool)
			}
			cmd := c.command("make", "up")
			cmd.Env = append(cmd.Env, "PATH="+bin, "MAKEFLAGS=", "MAKELEVEL=")
			test.spoil(cmd, bin)
			assertWrongUse(t, c.within(t).run(cmd), test.want)
		})
	}
}

// link puts a tool of this machine into a folder.
func link(t *testing.T, folder, tool string) {
	t.Helper()
	path, err := exec.LookPath(tool)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(path, filepath.Join(folder, tool)))
}

// TestProductionStays asserts that an environment marked production is not taken down.
func TestProductionStays(t *testing.T) {
	c := newClone(t)
	c.removeAllBut("demo-account", "demo-cell")
	settings := regexp.MustCompile(`haven:(account|cell):\n`)
	for _, stack := range c.stacks() {
		text, err := os.ReadFile(c.stackFile(stack))
		require.NoError(t, err)
		marked := settings.ReplaceAllString(string(text), "$0    production: true\n")
		require.NoError(t, os.WriteFile(c.stackFile(stack), []byte(marked), 0o644))
	}
	ended := c.haven("down", "demo", "--yes")
	assert.Equal(t, 1, ended.status)
	assert.Contains(t, ended.stderr, "production")
}

// TestOneAtATime asserts that a second run is told who is at work.
func TestOneAtATime(t *testing.T) {
	c := newSmallClone(t, "acme")
	first := c.start("up", "demo")
	require.Eventually(t, func() bool {
		_, err := os.Stat(c.path("state", ".pulumi"))
		return err == nil
	}, time.Minute, 20*time.Millisecond)
	second := c.haven("up", "demo")
	assert.Equal(t, 2, second.status, second)
	assert.Contains(t, second.stderr, "haven up demo (process ")
	assert.Contains(t, second.stderr, "wait until it is done")
	assert.NoError(t, first.Wait(), "the first is not disturbed")
}

// TestInterrupted asserts that Ctrl-C stops a run so that nothing needs to be settled afterwards.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	c := newSmallClone(t, "acme", "globex")
	var stderr bytes.Buffer
	cmd := c.command(c.path("bin", "haven"), "up", "demo")
	cmd.Stderr = &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return len(c.world()) > 5 }, time.Minute, 20*time.Millisecond)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	require.Error(t, cmd.Wait())
	assert.Equal(t, 1, cmd.ProcessState.ExitCode())
	assert.Contains(t, stderr.String(), "the state is safe. To go on: haven up demo")
	c.assertConsistent()
	c.mustReport("up", "demo")
	c.assertConsistent()
}
