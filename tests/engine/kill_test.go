package engine

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	havenengine "haven/infra/engine"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

// victim says what of a run is killed.
type victim string

const (
	haven     victim = "haven alone, the engine living on"
	allOfIt   victim = "haven, the engine and its plugins"
	runs             = 2 // side by side, each in a clone of its own
	kills            = 20
	teardowns        = 4
)

// TestKilled kills runs at twenty random points with SIGKILL and lets the next run complete each. The seeds make the
// points the same in each run of the test.
func TestKilled(t *testing.T) {
	for run := range runs {
		t.Run(fmt.Sprintf("%d", run), func(t *testing.T) {
			t.Parallel()
			// One run has tenants side by side as well.
			c := newSmallClone(t, []string{"acme", "globex"}[:1+run]...)
			begun := time.Now()
			c.mustReport("up", "demo")
			whole, complete := time.Since(begun), c.urns()
			random := rand.New(rand.NewPCG(2, uint64(run)))
			for i := range kills / runs {
				victim := victims(i)
				// One point in each tenth of a run, so that none is left out.
				point := time.Duration((float64(i) + random.Float64()) / (kills / runs) * float64(whole))
				t.Run(fmt.Sprintf("%s after %s", victim, point), func(t *testing.T) {
					c := c.within(t)
					c.forget()
					c.kill(victim, point, "up", "demo")
					if i%4 == 3 { // and the run that would have completed it as well
						c.kill(victims(i+1), point/2, "up", "demo")
					}
					c.mustReport("up", "demo")
					c.assertConsistent()
					assert.Equal(t, complete, c.urns(), "what an undisturbed run makes")
				})
			}
			assert.Zero(t, c.haven("up", "demo", "--expect-no-changes").status)
			c.assertClean()
		})
	}
}

// TestKilledDown does the same to teardowns.
func TestKilledDown(t *testing.T) {
	t.Parallel()
	c := newSmallClone(t, "acme")
	random := rand.New(rand.NewPCG(2, 4))
	for i := range teardowns {
		victim, point := victims(i), time.Duration(random.Int64N(int64(8*time.Second)))
		t.Run(fmt.Sprintf("%s after %s", victim, point), func(t *testing.T) {
			c := c.within(t)
			c.mustReport("up", "demo")
			c.kill(victim, point, "down", "demo", "--yes")
			c.mustReport("down", "demo", "--yes")
			assert.Empty(t, c.world())
		})
	}
	c.assertClean()
}

// TestKilledReplacing kills an update at the moment when the replacement of a resource is made and the engine does not
// know of it yet: the next run has to adopt it and to delete what it replaces.
func TestKilledReplacing(t *testing.T) {
	t.Parallel()
	c := newSmallClone(t, "acme")
	c.mustReport("up", "demo")
	urn := c.taskDefinition("demo-acme")
	for tag := 16; ; tag++ {
		require.Less(t, tag, 36, "the engine was never caught between the two")
		c.reimage("demo-acme", fmt.Sprintf("4.%d", tag))
		c.killOnceMade(urn)
		if c.pending("demo-acme", urn) {
			break
		}
		c.mustReport("up", "demo")
	}
	made := c.madeBy(urn)
	require.Len(t, made, 2, "the replaced one and its replacement")

	again := c.haven("up", "demo")
	require.Zero(t, again.status, again)
	assert.Contains(t, again.stdout, "demo-acme was interrupted: ")
	c.assertConsistent()
	left := c.madeBy(urn)
	require.Len(t, left, 1)
	assert.Contains(t, made, left[0], "adopted, not made a third time")
	assert.Zero(t, c.haven("up", "demo", "--expect-no-changes").status)
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

// victims takes turns.
func victims(i int) victim { return []victim{allOfIt, haven}[i%2] }

// kill starts haven and kills it, or all of it, after a while.
func (c *clone) kill(victim victim, after time.Duration, args ...string) {
	c.t.Helper()
	cmd := c.start(args...)
	time.Sleep(after)
	c.end(victim, cmd)
}

func (c *clone) end(victim victim, cmd *exec.Cmd) {
	c.t.Helper()
	processes := []int{cmd.Process.Pid}
	if victim == allOfIt {
		processes = c.family(cmd.Process.Pid)
	}
	for _, process := range processes {
		_ = syscall.Kill(process, syscall.SIGKILL)
	}
	_ = cmd.Wait()
}

// family are a process and all that it and they started, each stopped so that it starts no more.
func (c *clone) family(process int) []int {
	_ = syscall.Kill(process, syscall.SIGSTOP)
	family := []int{process}
	table, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	require.NoError(c.t, err)
	for line := range strings.Lines(string(table)) {
		var child, parent int
		if _, err := fmt.Sscan(line, &child, &parent); err == nil && parent == process {
			family = append(family, c.family(child)...)
		}
	}
	return family
}

// killOnceMade starts an update and kills all of it once the world holds a second resource of that URN.
func (c *clone) killOnceMade(urn string) {
	c.t.Helper()
	cmd := c.start("up", "demo")
	require.Eventually(c.t, func() bool { return len(c.madeBy(urn)) == 2 }, time.Minute, time.Millisecond)
	c.end(allOfIt, cmd)
}

func (c *clone) madeBy(urn string) []cloud.Resource {
	found, err := world.At(c.checkout().World()).ByURN(urn)
	require.NoError(c.t, err)
	return found
}

// taskDefinition is the URN of one of the application's that the stack has made.
func (c *clone) taskDefinition(stack string) string {
	c.t.Helper()
	for _, entry := range c.world() {
		if entry.Type == "aws:ecs/taskDefinition:TaskDefinition" && strings.Contains(entry.URN, ":"+stack+":") &&
			strings.Contains(entry.URN, "::application-") {
			return entry.URN
		}
	}
	require.Fail(c.t, "the stack has no task definition", stack)
	return ""
}

// reimage gives a tenant another version of its image, which replaces its task definitions.
func (c *clone) reimage(stack, tag string) {
	c.t.Helper()
	text, err := os.ReadFile(c.stackFile(stack))
	require.NoError(c.t, err)
	text = regexp.MustCompile(`processmaker:\S+`).ReplaceAll(text, []byte("processmaker:"+tag))
	require.NoError(c.t, os.WriteFile(c.stackFile(stack), text, 0o644))
}

// pending says whether the stack's state holds a create of that URN as under way.
func (c *clone) pending(stack, urn string) bool {
	state, err := havenengine.ReadState(c.checkout(), stack)
	require.NoError(c.t, err)
	return slices.ContainsFunc(state.Pending, func(operation apitype.OperationV2) bool {
		return operation.Type == apitype.OperationTypeCreating && string(operation.Resource.URN) == urn
	})
}

// urns are those of all that the world holds, sorted.
func (c *clone) urns() (urns []string) {
	for _, entry := range c.world() {
		urns = append(urns, entry.URN)
	}
	slices.Sort(urns)
	return urns
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
