package world

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func ticking(t *testing.T) *World {
	return At(filepath.Join(t.TempDir(), "world.db")).Ticking(func() time.Time { return noon })
}

func TestClockIsAdvancedAndNeverSetBack(t *testing.T) {
	w := ticking(t)
	now := func() (at time.Time) {
		require.NoError(t, w.View(func(tx *Tx) error { at = tx.Now(); return nil }))
		return at
	}
	assert.Equal(t, noon, now(), "there is no world yet")
	require.NoError(t, w.Update(func(tx *Tx) error { return tx.Advance(noon.Add(48 * time.Hour)) }))
	assert.Equal(t, noon.Add(48*time.Hour), now())
	err := w.Update(func(tx *Tx) error { return tx.Advance(noon.Add(47 * time.Hour)) })
	require.EqualError(t, err,
		"the world's clock is at 2026-11-22T12:00:00Z and never goes back, not to 2026-11-22T11:00:00Z")
	assert.Equal(t, noon.Add(48*time.Hour), now())
	later := w.Ticking(func() time.Time { return noon.Add(time.Hour) })
	require.NoError(t, later.View(func(tx *Tx) error {
		assert.Equal(t, noon.Add(49*time.Hour), tx.Now(), "it goes as fast as the machine's")
		return nil
	}))
}

func TestResourcesSayWhenTheyWereMade(t *testing.T) {
	w := ticking(t)
	made := func() (at time.Time) {
		require.NoError(t, w.View(func(tx *Tx) error { at = tx.Made(KeyOf(vpc("vpc-1"))); return nil }))
		return at
	}
	assert.Zero(t, made())
	put := func(tx *Tx) error { return tx.Put(vpc("vpc-1"), nil) }
	require.NoError(t, w.Update(put))
	assert.Equal(t, noon, made())
	require.NoError(t, w.Update(func(tx *Tx) error { return tx.Advance(noon.Add(time.Hour)) }))
	require.NoError(t, w.Update(put))
	assert.Equal(t, noon, made(), "an update makes nothing")
}

func TestTables(t *testing.T) {
	w := ticking(t)
	a, ab, b := Object{Bucket: "a", Key: "x"}, Object{Bucket: "ab", Key: "x"}, Object{Bucket: "b", Key: "y", Version: "1"}
	require.NoError(t, w.View(func(tx *Tx) error {
		assert.Empty(t, Objects.All(tx))
		return nil
	}))
	require.NoError(t, w.Update(func(tx *Tx) error {
		for _, object := range []Object{b, a, ab} {
			require.NoError(t, Objects.Put(tx, object))
		}
		assert.Equal(t, []Object{a}, Objects.All(tx, "a"), "a key's parts are whole")
		assert.Equal(t, []Object{a, ab, b}, Objects.All(tx))
		b.Size = 5
		require.NoError(t, Objects.Replace(tx, []Object{b, a}))
		return Transfers.Delete(tx, Transfer{Job: "none"})
	}))
	require.NoError(t, w.View(func(tx *Tx) error {
		assert.Equal(t, []Object{a, b}, Objects.All(tx))
		return nil
	}))
}

func TestSeries(t *testing.T) {
	w := ticking(t)
	s := Series{Provider: "aws", Namespace: "Haven/demo", Name: "Age", Dimensions: []string{"Copy=dump"},
		Points: []Sample{{noon, 1.5}, {noon.Add(time.Minute), 2}}}
	require.NoError(t, w.Update(func(tx *Tx) error { return Metrics.Put(tx, s) }))
	require.NoError(t, w.View(func(tx *Tx) error {
		assert.Equal(t, []Series{s}, Metrics.All(tx, "aws"))
		return nil
	}))
}

func TestLedger(t *testing.T) {
	l := Ledger{Source: "db-1", Tenant: "acme", Every: time.Minute}
	assert.Zero(t, l.Last())
	l.Write(noon, noon.Add(90*time.Second))
	l.Write(noon.Add(90*time.Second), noon.Add(10*time.Minute))
	l.Write(noon.Add(time.Hour), noon.Add(time.Hour+time.Second))
	assert.Len(t, l.Runs, 2, "a run goes on")
	assert.EqualValues(t, 11, l.Transactions(), "10 minutes, and the hour")
	assert.Equal(t, noon.Add(time.Hour), l.Last())

	l.Commit(Commit{noon.Add(2 * time.Hour), "late"})
	l.Commit(Commit{noon.Add(5*time.Minute + time.Second), "early"})
	assert.Equal(t, noon.Add(2*time.Hour), l.Last())
	cut := l.At(noon.Add(5*time.Minute + time.Second))
	assert.EqualValues(t, 7, cut.Transactions(), "minutes 0 to 5, and the early one")
	assert.Equal(t, []Commit{{noon.Add(5*time.Minute + time.Second), "early"}}, cut.Commits)
	assert.Equal(t, noon.Add(5*time.Minute), l.At(noon.Add(5*time.Minute)).Last(), "the time itself is included")
}

func TestDigestSaysWhetherTransactionsAreTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, other := Ledger{Every: time.Minute}, Ledger{Every: time.Minute}
		minutes := rapid.SliceOfNDistinct(rapid.IntRange(1, 100), 2, 6, rapid.ID).Draw(t, "minutes")
		at := noon
		for _, m := range minutes {
			next := at.Add(time.Duration(m) * time.Minute)
			one.Write(at, next)
			at = next
		}
		other.Write(noon, at)
		assert.Equal(t, one.Digest(), other.Digest(), "in how many steps does not count")
		first := noon.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "first")) * time.Second)
		second := noon.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "second")) * time.Second)
		same := one.At(first).Transactions() == one.At(second).Transactions()
		assert.Equal(t, same, one.At(first).Digest() == one.At(second).Digest())
		one.Commit(Commit{at, "sentinel"})
		assert.NotEqual(t, one.Digest(), other.Digest())
	})
}

// TestAllTransactions: all are there, in the order of their times, and until any time as many as the ledger then had.
func TestAllTransactions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ledger := Ledger{Every: time.Minute}
		at := noon
		for range rapid.IntRange(0, 4).Draw(t, "runs") {
			from := at.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "pause")) * time.Second)
			at = from.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "run")) * time.Second)
			ledger.Write(from, at)
		}
		for range rapid.IntRange(0, 3).Draw(t, "commits") {
			after := time.Duration(rapid.IntRange(-60, 3000).Draw(t, "after")) * time.Second
			ledger.Commit(Commit{Time: noon.Add(after), Content: "on purpose"})
		}
		cut := ledger.At(noon.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "cut")) * time.Second))
		for _, each := range []Ledger{ledger, cut} {
			var count int64
			var last time.Time
			for at := range each.All() {
				if at.Before(last) {
					t.Fatalf("%s comes after %s", at, last)
				}
				count, last = count+1, at
			}
			if count != each.Transactions() || !last.Equal(each.Last()) {
				t.Fatalf("%d until %s, expected %d until %s", count, last, each.Transactions(), each.Last())
			}
		}
		for range ledger.All() {
			break // whoever has seen enough may stop
		}
	})
}
