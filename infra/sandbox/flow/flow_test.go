package flow_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/dump/manifest"
	"haven/infra/dump"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

// TestTwoDays is the whole demo: after two days every tenant has every copy of its tier, none older than its bound, and
// no alarm is raised.
func TestTwoDays(t *testing.T) {
	w := demo(t)
	report := advance(t, w, 48*time.Hour)
	assert.Equal(t, begin.Add(48*time.Hour), report.To)
	assert.NotEmpty(t, report.Changes)
	assert.Empty(t, old(t, w))
	assert.Empty(t, raised(t, w, 24*time.Hour))
	assertCausal(t, w)
	for bucket, dumps := range manifests(t, w) {
		for _, object := range dumps {
			made, err := manifest.Parse([]byte(object.Content))
			require.NoError(t, err, bucket)
			assert.Equal(t, object.DataTime, made.StartedAt)
			assert.Contains(t, object.Key, "tenants/"+made.Tenant+"/dumps/"+made.StartedAt.Format(dump.TimeLayout))
		}
	}
	assert.Len(t, manifests(t, w), 3, "the archive, its replica and the mirror")
}

// TestWhoMaySignInIsDumped is the one part that the tenant alone does not have.
func TestWhoMaySignInIsDumped(t *testing.T) {
	w := demo(t)
	advance(t, w, 3*time.Hour)
	people := map[string]bool{}
	for _, dumps := range manifests(t, w) {
		for _, object := range dumps {
			made, err := manifest.Parse([]byte(object.Content))
			require.NoError(t, err)
			people[made.Tenant] = people[made.Tenant] || made.Users != nil
		}
	}
	assert.True(t, people["globex"])
	assert.False(t, people["acme"], "whose people the application signs in")

	w = demo(t)
	require.NoError(t, w.Update(edit(attachedPolicy, "demo-globex", "dump-task-policy", "policy",
		`"cognito-idp:ListUsers"`, `"cognito-idp:X"`)))
	advance(t, w, 5*time.Hour)
	assert.Equal(t, "globex:dump globex:dump-copy globex:mirror", old(t, w))
	assert.Equal(t, "globex-dump-age globex-dump-copy-age globex-mirror-age", raised(t, w, 4*time.Hour))
}

// TestReplicaStandsStill is the one mechanism that the tenant alone does not have.
func TestReplicaStandsStill(t *testing.T) {
	w := demo(t)
	require.NoError(t, w.Update(set(replicaKey, "demo-globex", "database-key-replica", "enabled", false)))
	advance(t, w, 3*time.Hour)
	assert.Equal(t, "globex:replica", old(t, w))
	assert.Equal(t, "globex-replica-stopped", raised(t, w, 2*time.Hour))
}

func manifests(t *testing.T, w *world.World) map[string][]world.Object {
	t.Helper()
	found := map[string][]world.Object{}
	require.NoError(t, w.View(func(tx *world.Tx) error {
		for _, object := range world.Objects.All(tx) {
			if strings.HasSuffix(object.Key, "/"+dump.ManifestName) {
				found[object.Bucket] = append(found[object.Bucket], object)
			}
		}
		return nil
	}))
	return found
}

// assertCausal: no copy is newer than what it was made of, and nothing is of a later time than the clock's.
func assertCausal(t require.TestingT, w *world.World) {
	require.NoError(t, w.View(func(tx *world.Tx) error {
		last := map[string]time.Time{}
		for _, ledger := range world.Ledgers.All(tx) {
			last[ledger.Source] = ledger.Last()
			assert.False(t, ledger.Last().After(tx.Now()), ledger.Source)
		}
		for _, object := range world.Objects.All(tx) {
			assert.False(t, object.DataTime.After(object.Made) || object.Made.After(tx.Now()), object.Key)
			assert.True(t, object.RetainUntil.IsZero() || object.RetainUntil.After(object.Made), object.Key)
		}
		for _, point := range world.Points.All(tx) {
			assert.False(t, point.DataTime.After(point.Created) || point.Created.After(point.Completed) ||
				point.Completed.After(tx.Now()), point.ID)
		}
		for _, reach := range world.Reaches.All(tx) {
			assert.False(t, reach.Until.After(tx.Now()) || reach.From.After(reach.Until), reach.Holder)
			assert.Contains(t, last, reach.Source)
		}
		for _, series := range world.Metrics.All(tx) {
			for _, point := range series.Points {
				assert.GreaterOrEqual(t, point.Value, 0.0, series.Name)
				assert.False(t, point.Time.After(tx.Now()), series.Name)
			}
		}
		return nil
	}))
}

// everything is all data of a world, as JSON.
func everything(t require.TestingT, w *world.World) map[string]string {
	all := map[string]string{}
	add := func(name string, data any) {
		text, err := json.MarshalIndent(data, "", " ")
		require.NoError(t, err)
		all[name] = string(text)
	}
	require.NoError(t, w.View(func(tx *world.Tx) error {
		add("ledgers", world.Ledgers.All(tx))
		add("objects", world.Objects.All(tx))
		add("points", world.Points.All(tx))
		add("exports", world.Exports.All(tx))
		add("reaches", world.Reaches.All(tx))
		add("metrics", world.Metrics.All(tx))
		add("alarms", world.Alarms.All(tx))
		add("transfers", world.Transfers.All(tx))
		add("messages", world.Messages.All(tx))
		add("jobs", world.Jobs.All(tx))
		add("flow", world.Progress.All(tx))
		return nil
	}))
	return all
}

// TestAnAdvanceIsTheSameInManySteps: in how many steps a time is reached changes nothing, nor does doing it again.
func TestAnAdvanceIsTheSameInManySteps(t *testing.T) {
	w := alone(t)
	whole := clone(t, w.Path())
	advance(t, whole, 20*time.Hour)
	want := everything(t, whole)
	for _, steps := range [][]time.Duration{
		{20 * time.Hour},
		{time.Second, 3*time.Hour + 17*time.Minute + 11*time.Second, 9 * time.Hour, 9 * time.Hour, 20 * time.Hour},
	} {
		stepped := clone(t, w.Path())
		for _, step := range steps {
			advance(t, stepped, step)
			assertCausal(t, stepped)
		}
		assert.Equal(t, want, everything(t, stepped), "%v", steps)
	}
	other := clone(t, w.Path())
	_, err := flow.Advance(other, flow.Options{To: begin.Add(20 * time.Hour), Seed: 7})
	require.NoError(t, err)
	assert.NotEqual(t, want["objects"], everything(t, other)["objects"], "another seed, other lags")
}

// TestKilledAtAnyMoment: an advance that is killed has not happened, and done again it ends as if it had never been.
func TestKilledAtAnyMoment(t *testing.T) {
	w := alone(t)
	before := everything(t, w)
	whole := clone(t, w.Path())
	advance(t, whole, 20*time.Hour)
	want := everything(t, whole)
	for _, after := range []time.Duration{20 * time.Millisecond, 150 * time.Millisecond, 400 * time.Millisecond} {
		killed := clone(t, w.Path())
		program, err := os.Executable()
		require.NoError(t, err)
		command := exec.Command(program)
		command.Env = append(os.Environ(), advanceVariable+"="+killed.Path())
		require.NoError(t, command.Start())
		time.Sleep(after)
		_ = command.Process.Kill() // it may have ended
		_ = command.Wait()
		assert.Contains(t, []map[string]string{before, want}, everything(t, killed), "killed after %s", after)
		advance(t, killed, 20*time.Hour)
		assert.Equal(t, want, everything(t, killed), "killed after %s", after)
	}
}

func TestTheClockIsNeverSetBack(t *testing.T) {
	w := alone(t)
	advance(t, w, 3*time.Hour)
	before := everything(t, w)
	_, err := flow.Advance(w, flow.Options{To: begin.Add(2 * time.Hour)})
	require.ErrorContains(t, err, "never goes back")
	assert.Equal(t, before, everything(t, w))
}

func TestAnEmptySandboxIsNotMade(t *testing.T) {
	w := world.At(filepath.Join(t.TempDir(), "world.db"))
	_, err := flow.Advance(w, flow.Options{})
	require.NoError(t, err)
	_, err = flow.Advance(w, flow.Options{To: time.Now().Add(time.Hour)})
	require.EqualError(t, err, "the sandbox holds nothing yet: bring an environment up first")
	assert.NoFileExists(t, w.Path())
}

// TestSentinel: what was committed is in each copy made later, and in none made before.
func TestSentinel(t *testing.T) {
	w := alone(t)
	advance(t, w, 12*time.Hour)
	var source string
	require.NoError(t, w.View(func(tx *world.Tx) error {
		r, err := one(tx, database, tenant, "database-instance")
		source = r.ID
		return err
	}))
	planted, err := flow.Commit(w, source, "sentinel")
	require.NoError(t, err)
	assert.Equal(t, begin.Add(12*time.Hour), planted)
	_, err = flow.Commit(w, "db-none", "sentinel")
	require.ErrorContains(t, err, "nothing is written to db-none")
	advance(t, w, 24*time.Hour)
	require.NoError(t, w.View(func(tx *world.Tx) error {
		ledger := world.Ledgers.All(tx, source)[0]
		before, after := 0, 0
		for _, object := range manifests(t, w)["demo-mirror-haven-demo-mirror"] {
			held := ledger.At(object.DataTime)
			made, err := manifest.Parse([]byte(object.Content))
			require.NoError(t, err)
			assert.Equal(t, held.Transactions(), made.Rows())
			if object.DataTime.Before(planted) {
				before++
				assert.Empty(t, held.Commits)
			} else {
				after++
				assert.Equal(t, "sentinel", held.Commits[0].Content)
			}
		}
		assert.Positive(t, before)
		assert.Positive(t, after)
		return nil
	}))
}

func TestASuspendedTenantWritesNothing(t *testing.T) {
	w := alone(t)
	require.NoError(t, w.Update(func(tx *world.Tx) error {
		for _, r := range tx.List("aws:ecs/service:Service", "", "") {
			name := r.URN[strings.LastIndex(r.URN, "::")+2:]
			if err := set(r.Type, tenant, name, "desiredCount", 0.0)(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	advance(t, w, 3*time.Hour)
	require.NoError(t, w.View(func(tx *world.Tx) error {
		ledgers := world.Ledgers.All(tx)
		assert.Len(t, ledgers, 2)
		for _, ledger := range ledgers {
			assert.Zero(t, ledger.Transactions())
		}
		return nil
	}))
	assert.Empty(t, strings.ReplaceAll(old(t, w), "initech:", ""), "it is backed up all the same")
}

// TestLockedNeverVanish: whatever a lifecycle says, a version stays until its lock ends, and goes after it.
func TestLockedNeverVanish(t *testing.T) {
	base := alone(t)
	entries, err := base.Entries()
	require.NoError(t, err)
	require.NoError(t, base.Update(func(tx *world.Tx) error { // nothing makes anything
		for _, entry := range entries {
			if strings.HasPrefix(entry.Type, "aws:s3/") || strings.HasPrefix(entry.Type, "gcp:storage/bucket:") {
				continue
			}
			for _, r := range tx.ByURN(entry.URN) {
				if err := tx.Delete(world.KeyOf(r)); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	const archive, mirrored = "demo-cell-archive-123456789012-eu-west-1", "demo-mirror-haven-demo-mirror"
	rapid.Check(t, func(rt *rapid.T) {
		w := clone(t, base.Path())
		var kept []world.Object
		require.NoError(rt, w.Update(func(tx *world.Tx) error {
			for i := range rapid.IntRange(1, 8).Draw(rt, "objects") {
				object := world.Object{
					Bucket:  rapid.SampledFrom([]string{archive, mirrored}).Draw(rt, "bucket"),
					Key:     "tenants/initech/dumps/" + string(rune('a'+i)),
					Version: "1", Made: begin, Mode: "COMPLIANCE",
					RetainUntil: begin.AddDate(0, 0, rapid.IntRange(1, 1500).Draw(rt, "days")),
				}
				kept = append(kept, object)
				if err := world.Objects.Put(tx, object); err != nil {
					return err
				}
			}
			return nil
		}))
		now := begin
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			now = now.AddDate(0, 0, rapid.IntRange(1, 700).Draw(rt, "step"))
			_, err := flow.Advance(w, flow.Options{To: now})
			require.NoError(rt, err)
			var there []world.Object
			require.NoError(rt, w.View(func(tx *world.Tx) error { there = world.Objects.All(tx); return nil }))
			for _, object := range kept {
				is := slices.ContainsFunc(there, func(o world.Object) bool {
					return o.Bucket == object.Bucket && o.Key == object.Key && o.Version == object.Version
				})
				if now.Before(object.RetainUntil) {
					assert.True(rt, is, "%s went before its lock", object.Key)
				}
				if now.After(begin.AddDate(0, 0, 2200)) {
					assert.False(rt, is, "%s is kept for ever", object.Key)
				}
			}
		}
	})
}

func TestVaultLockRefusesWhatItDoesNotAllow(t *testing.T) {
	const lock = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	w := alone(t)
	require.NoError(t, w.Update(set(lock, tenant, "backup-vault-lock", "minRetentionDays", 3000.0)))
	advance(t, w, 26*time.Hour)
	assert.Equal(t, "files files-copy snapshot snapshot-copy", strings.ReplaceAll(old(t, w), "initech:", ""))

	w = alone(t)
	advance(t, w, 26*time.Hour)
	require.NoError(t, w.View(func(tx *world.Tx) error {
		points := 0
		for _, point := range world.Points.All(tx) {
			if point.Vault != "" {
				points++
				assert.Equal(t, point.Expires, point.LockedUntil)
				assert.Equal(t, point.Vault != "", tx.PointsIn(point.Vault) > 0)
			}
		}
		assert.Positive(t, points)
		return nil
	}))
}
