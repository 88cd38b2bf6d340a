package engine

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWrongUse asserts that wrong use gets one line that says what is wrong and what to do, and exit status 2.
func TestWrongUse(t *testing.T) {
	c := newClone(t)
	for _, test := range []struct{ args, want string }{
		{"upp demo", `haven: unknown verb "upp"; did you mean up?`},
		{"frobnicate", `haven: unknown verb "frobnicate"; the verbs are down, env, preview, report, sandbox, up, validate, version`},
		{"sandbox wrld", `haven: unknown verb "wrld"; did you mean world?`},
		{"up", `haven: up: name the environment: demo`},
		{"up nope", `haven: no environment "nope"; known environments: demo`},
		{"up demo-acme", `haven: "demo-acme" is a stack; name the environment it belongs to: demo`},
		{"up demo demo", `haven: up takes one environment, but got ["demo" "demo"]`},
		{"up demo --fast", `haven: up: unknown flag: --fast; see haven up --help`},
		{"validate demo", `haven: validate takes no arguments, but got ["demo"]`},
		{"down demo", `haven: down asks for the environment's name, but there is no terminal to ask at; add --yes`},
	} {
		t.Run(test.args, func(t *testing.T) {
			ended := c.within(t).haven(strings.Fields(test.args)...)
			assert.Equal(t, outcome{status: 2, stderr: test.want + "\n"}, ended)
		})
	}
}

// TestUnfitMachine asserts the same of machines that lack something.
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
			func(c *clone, cmd *exec.Cmd) {
				require.NoError(c.t, os.WriteFile(c.path("state"), nil, 0o644))
			},
			"not a directory",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClone(t)
			cmd := c.command(c.path("bin", "haven"), "up", "demo")
			test.spoil(c, cmd)
			ended := c.run(cmd)
			assert.Equal(t, 2, ended.status, ended)
			assert.Contains(t, ended.stderr, test.want)
			assert.Equal(t, 1, strings.Count(ended.stderr, "\n"), "one line: %s", ended.stderr)
		})
	}
}

// TestProductionStays asserts that an environment marked production is not taken down.
func TestProductionStays(t *testing.T) {
	c := newClone(t)
	for _, role := range []string{"account", "cell"} {
		path := c.stackFile("demo-" + role)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		settings := []byte("haven:" + role + ":\n")
		marked := bytes.Replace(text, settings, append(settings, "    production: true\n"...), 1)
		require.NotEqual(t, text, marked)
		require.NoError(t, os.WriteFile(path, marked, 0o644))
	}
	ended := c.haven("down", "demo", "--yes")
	assert.Equal(t, 1, ended.status)
	assert.Contains(t, ended.stderr, "production")
}

// TestOneAtATime asserts that a second run is told who is at work.
func TestOneAtATime(t *testing.T) {
	c := newClone(t)
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
	c := newClone(t)
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
