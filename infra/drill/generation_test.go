package drill_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/dump/manifest"
	"haven/infra/drill"
	"haven/infra/recovery"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

// stopping is a deployer that is stopped before one of its updates.
type stopping struct {
	drill.Deployer
	before int
}

var errStopped = errors.New("stopped")

func (s *stopping) Up(ctx context.Context, stacks ...string) error {
	if s.before--; s.before == 0 {
		return errStopped
	}
	return s.Deployer.Up(ctx, stacks...)
}

// generations brings acme's data back and retires it, as the verbs do: each begins with the stack files as they are.
type generations struct {
	*testing.T
	options drill.Options
}

// begun is a verb's recovery, stopped before that update; 0 is never.
func (g generations) begun(stop int) (*recovery.Recovery, recovery.Tenant) {
	bringing, tenants := recoverer(g.T, g.options)
	bringing.Deployer = &stopping{g.options.Deployer, stop}
	return bringing, tenants[0]
}

func (g generations) restore(at time.Time, stop int) error {
	bringing, acme := g.begun(stop)
	_, err := bringing.Restore(ctx, []recovery.Tenant{acme}, at)
	return err
}

func (g generations) retire(generation, stop int) (string, error) {
	bringing, acme := g.begun(stop)
	return bringing.LetGo(ctx, acme, generation)
}

// misasked holds what is refused as wrong use.
func (g generations) misasked(want string, err error) {
	g.Helper()
	var asked *recovery.Misasked
	require.EqualError(g, err, want)
	assert.ErrorAs(g, err, &asked, "it is wrong use")
}

func (g generations) file() string {
	text, err := os.ReadFile(filepath.Join(g.options.Folder, "Pulumi.demo-acme.yaml"))
	require.NoError(g, err)
	return string(text)
}

// ledger is what a database of acme's holds; nil of one that is not there.
func (g generations) ledger(name string) (held *world.Ledger) {
	require.NoError(g, g.options.World.View(func(tx *world.Tx) error {
		if made, found := tx.Find(database, "123456789012", "eu-west-1", "identifier", name); found {
			held = &world.Ledgers.All(tx, made.ID)[0]
		}
		return nil
	}))
	return held
}

// files is what a file system of acme's holds, by its name in the program.
func (g generations) files(name string) (held world.Ledger) {
	require.NoError(g, g.options.World.View(func(tx *world.Tx) error {
		for _, made := range tx.List("aws:efs/fileSystem:FileSystem", "", "") {
			if strings.HasPrefix(made.URN, "urn:pulumi:demo-acme::") && strings.HasSuffix(made.URN, "::"+name) {
				held = world.Ledgers.All(tx, made.ID)[0]
			}
		}
		return nil
	}))
	return held
}

// TestRestoreWithinItsStack: data comes back as it was at a time, in the stack that it is of, beside what was there. What
// was stopped is brought to its end by the same again, and nothing else is begun meanwhile.
func TestRestoreWithinItsStack(t *testing.T) {
	g := generations{t, demo(t)}
	_, err := flow.Advance(g.options.World, flow.Options{To: begin.Add(14 * time.Hour)})
	require.NoError(t, err)
	before := g.file()
	at := begin.Add(13*time.Hour + 30*time.Second)
	g.misasked("2026-11-22T12:07:00Z is in the future: it is 2026-11-21T02:07:00Z", g.restore(begin.Add(48*time.Hour), 0))
	g.misasked("demo-acme: it can be brought back to any time from 2026-11-20T12:07:00Z to 2026-11-21T02:05:00Z (generation "+
		"1), but not to 2026-11-20T12:06:00Z", g.restore(begin.Add(-time.Minute), 0))
	require.ErrorContains(t, g.restore(begin.Add(time.Minute), 0), "it has no dump from before 2026-11-20T12:08:00Z to "+
		"bring its files back from: the oldest is of 2026-11-20T12:28:")
	assert.Equal(t, before, g.file(), "what is refused changes nothing")

	require.ErrorIs(t, g.restore(at, 1), errStopped)
	require.EqualError(t, g.restore(at.Add(time.Minute), 0), "demo-acme: its file asks for generation 2, and 1 is up: haven "+
		"restore acme --at 2026-11-21T01:07:30Z brings that to its end")
	require.NoError(t, g.restore(at, 0))
	was := g.ledger("demo-acme-database").At(at)
	assert.Equal(t, was.Digest(), g.ledger("demo-acme-database-g2").At(at).Digest())
	assert.Contains(t, g.file(), "      generation: 2\n")
	assert.Contains(t, g.file(), "# Outside the environment \"demo\" an image must carry its digest.\n")
	_, stamp, _ := strings.Cut(g.file(), "dump: tenants/acme/dumps/")
	dumped, err := time.Parse(manifest.TimeLayout, stamp[:len(manifest.TimeLayout)])
	require.NoError(t, err)
	assert.Equal(t, g.files("files-system").At(dumped).Digest(), g.files("files-g2-system").Digest())
	assert.Positive(t, g.files("files-g2-system").Transactions())

	asked := g.file()
	_, err = flow.Commit(g.options.World, g.files("files-g2-system").Source, "since then")
	require.NoError(t, err)
	require.NoError(t, g.restore(at, 0))
	assert.Equal(t, asked, g.file(), "there is nothing left to do")
	assert.Len(t, g.files("files-g2-system").Commits, 1, "files are brought back once")

	// A time before generation 2 was made comes from generation 1, which is in quarantine.
	require.NoError(t, g.restore(at.Add(-10*time.Minute), 0))
	third := g.ledger("demo-acme-database-g3").At(at)
	assert.Equal(t, g.ledger("demo-acme-database").At(at.Add(-10*time.Minute)).Digest(), third.Digest())
	assert.Contains(t, g.file(), "generation: 1\n", "what it is made from")

	g.misasked("demo-acme: generation 3 serves: only one in quarantine can be retired", errOf(g.retire(3, 0)))
	g.misasked("demo-acme: it has no generation 4 in quarantine; it has 1, 2", errOf(g.retire(4, 0)))
	for stop := 1; stop <= 2; stop++ {
		_, err := g.retire(1, stop)
		require.ErrorIs(t, err, errStopped, "before update %d", stop)
		assert.NotNil(t, g.ledger("demo-acme-database"))
	}
	_, err = g.retire(1, 0)
	require.NoError(t, err)
	assert.Nil(t, g.ledger("demo-acme-database"))
	snapshot, err := g.retire(2, 0)
	require.NoError(t, err)
	assert.Equal(t, "demo-acme-database-g2-final-20261121-020700", snapshot)
	assert.Nil(t, g.ledger("demo-acme-database-g2"))
	assert.NotNil(t, g.ledger("demo-acme-database-g3"))
	g.misasked("demo-acme: it has no generation 2 in quarantine; it has none", errOf(g.retire(2, 0)))
	assert.NotContains(t, g.file(), "released")

	_, err = flow.Advance(g.options.World, flow.Options{To: begin.Add(11 * 24 * time.Hour)})
	require.NoError(t, err)
	require.EqualError(t, g.restore(at.Add(-10*time.Minute), 0), "demo-acme: generation 3 has served since "+
		"2026-11-21T02:07:00Z or longer: nothing is left to bring to its end")
}

func errOf(_ string, err error) error { return err }

// TestWhatIsNotRestored: who leaves, whose users are elsewhere, and what somebody forgot to release.
func TestWhatIsNotRestored(t *testing.T) {
	g := generations{t, demo(t)}
	_, err := flow.Advance(g.options.World, flow.Options{To: begin.Add(14 * time.Hour)})
	require.NoError(t, err)
	at := begin.Add(13 * time.Hour)
	path := filepath.Join(g.options.Folder, "Pulumi.demo-acme.yaml")
	before := g.file()
	write := func(old, text string) {
		changed := strings.Replace(g.file(), old, text, 1)
		require.NotEqual(t, g.file(), changed)
		require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
	}
	write("    slot: 1\n", "    slot: 1\n    state: leaving\n    deletionDate: \"2027-01-31\"\n")
	require.EqualError(t, g.restore(at, 0), "demo-acme: it is leaving: make it active or suspended first")
	require.NoError(t, os.WriteFile(path, []byte(before), 0o600))

	require.NoError(t, g.restore(at, 0))
	write("      quarantined:\n        - 1\n", "")
	g.misasked("demo-acme: generation 1 was not released, and its file lists it no longer: put it back into "+
		"tenant.data.quarantined", errOf(g.retire(1, 0)))

	_, tenants := recoverer(t, g.options)
	away := recovery.Restoring{Tenant: tenants[0], Stack: "demo-acme-dr", Cell: "demo-standby", Region: "eu-central-1", Slot: 1,
		Mode: recovery.Active, Files: "tenants/acme/dumps/20261120T010000Z/manifest.json", Source: recovery.Source{
			Copy: recovery.Copy{Kind: recovery.Snapshot, ID: "arn:aws:rds:eu-central-1:123456789012:snapshot:one"}}}
	_, err = away.Write(g.options.Folder)
	require.NoError(t, err)
	require.EqualError(t, g.restore(at.Add(-time.Minute), 0),
		"demo-acme: demo-acme-dr has taken it over, and its users are there")
}

// interrupted is a deployer whose first update somebody stops.
type interrupted struct {
	drill.Deployer
	stop context.CancelFunc
}

func (i interrupted) Up(context.Context, ...string) error {
	i.stop()
	return errStopped
}

// TestADrillThatIsStoppedHasNoResult: it has neither met nor missed anything.
func TestADrillThatIsStoppedHasNoResult(t *testing.T) {
	options := demo(t)
	stoppable, stop := context.WithCancel(ctx)
	options.Deployer = interrupted{options.Deployer, stop}
	scenario, err := drill.ScenarioNamed("application-corruption")
	require.NoError(t, err)
	record, err := drill.Run(stoppable, scenario, options)
	require.EqualError(t, err, "Restore: context canceled")
	assert.Nil(t, record.Drill)
}
