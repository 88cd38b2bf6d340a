package engine

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKilled kills runs at twenty random points with SIGKILL, haven alone and with its whole process group, and lets
// the next run complete each. The seed makes the points the same in each run of the test.
func TestKilled(t *testing.T) {
	c := newClone(t)
	begun := time.Now()
	require.Zero(t, c.haven("up", "demo").status)
	whole := time.Since(begun)
	random := rand.New(rand.NewPCG(2, 20))
	for i := range 20 {
		point := time.Duration(random.Int64N(int64(whole)))
		group := i%2 == 0
		t.Run(fmt.Sprintf("up/%02d", i), func(t *testing.T) {
			c := c.within(t)
			c.forget()
			c.kill(point, group, "up", "demo")
			if i%4 == 3 { // and the run that would have completed it as well
				c.kill(point/2, !group, "up", "demo")
			}
			c.mustReport("up", "demo")
			c.assertConsistent()
			assert.Zero(t, c.haven("up", "demo", "--expect-no-changes").status, "after %s", point)
		})
	}
}

// TestKilledDown does the same to teardowns.
func TestKilledDown(t *testing.T) {
	c := newClone(t)
	random := rand.New(rand.NewPCG(2, 4))
	for i := range 4 {
		t.Run(fmt.Sprintf("down/%02d", i), func(t *testing.T) {
			c := c.within(t)
			c.mustReport("up", "demo")
			c.kill(time.Duration(random.Int64N(int64(8*time.Second))), i%2 == 0, "down", "demo", "--yes")
			c.mustReport("down", "demo", "--yes")
			assert.Empty(t, c.world())
		})
	}
	c.assertClean()
}

// within is the same clone in a subtest.
func (c *clone) within(t *testing.T) *clone {
	inner := *c
	inner.t = t
	return &inner
}

// forget makes the clone as if nothing had ever been brought up in it.
func (c *clone) forget() {
	for _, left := range []string{"state", "world.db", "world.db.key", "project"} {
		require.NoError(c.t, os.RemoveAll(c.path(left)))
	}
}

// kill starts haven and kills it after a while: alone, or with its process group.
func (c *clone) kill(after time.Duration, group bool, args ...string) {
	c.t.Helper()
	cmd := c.start(args...)
	time.Sleep(after)
	target := cmd.Process.Pid
	if group {
		target = -target
	}
	_ = syscall.Kill(target, syscall.SIGKILL)
	_ = cmd.Wait()
}

// start starts haven in a process group of its own.
func (c *clone) start(args ...string) *exec.Cmd {
	c.t.Helper()
	cmd := c.command(c.path("bin", "haven"), args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	require.NoError(c.t, cmd.Start())
	return cmd
}
