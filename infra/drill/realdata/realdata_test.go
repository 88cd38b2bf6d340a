package realdata_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/tiers"
	"haven/infra/drill/realdata"
	"haven/infra/mariadb"
)

func open(t *testing.T, rows int) *realdata.Books {
	t.Helper()
	books, err := realdata.Open(t.Context(), "acme", realdata.Options{Rows: rows, Writers: 4, Seed: 7})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, books.Close()) })
	return books
}

// restored is a copy, made anew.
func restored(t *testing.T, copied *realdata.Copy, err error) *realdata.Copy {
	t.Helper()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, copied.Close()) })
	return copied
}

// begun are books with a base backup and steps on both sides of it, whose writers go on.
func begun(t *testing.T, rows int) *realdata.Books {
	t.Helper()
	books := open(t, rows)
	books.Write(t.Context())
	require.NoError(t, books.Work(t.Context(), 100))
	require.NoError(t, books.Backup(t.Context()))
	require.NoError(t, books.Work(t.Context(), 300))
	return books
}

func plant(t *testing.T, books *realdata.Books, name string) realdata.Mark {
	t.Helper()
	mark, err := books.Plant(t.Context(), name)
	require.NoError(t, err)
	return mark
}

// TestACorruptionIsUndoneToTheTransaction is the drill as it is run: a hundred thousand rows, and writers at work.
func TestACorruptionIsUndoneToTheTransaction(t *testing.T) {
	t.Parallel()
	result, err := realdata.Corruption(t.Context(), "acme", realdata.Options{Rows: 100_000, Writers: 4, Seed: 1})
	require.NoError(t, err)
	assert.True(t, result.Verified)
	assert.Equal(t, 100_000, result.Requests)
	assert.Greater(t, result.Steps, 600)
	promise, _ := tiers.Of(tiers.Standard)
	bound, _ := promise.Bound(tiers.PointInTime)
	assert.LessOrEqual(t, result.RPOSeconds, bound.Seconds(), "as the log's clock has it; the transactions are what is exact")
	assert.Positive(t, result.RTOSeconds)
	bad, err := mariadb.ParseGTID(result.Corruption)
	require.NoError(t, err)
	last, err := mariadb.ParseGTID(result.Restored)
	require.NoError(t, err)
	assert.Equal(t, bad.Sequence-1, last.Sequence, "the very transaction before it")
}

// TestExactToTheTransaction restores at a transaction and right before it, and holds each against the other's point.
func TestExactToTheTransaction(t *testing.T) {
	t.Parallel()
	books := begun(t, 1000)
	mark := plant(t, books, "here")
	require.NoError(t, books.Work(t.Context(), 50))
	require.NoError(t, books.CatchUp(t.Context()))

	at, err := books.RestoreTo(t.Context(), mark.GTID)
	with := restored(t, at, err)
	require.NoError(t, with.Verify(t.Context()))
	has, err := with.Has(t.Context(), "here")
	require.NoError(t, err)
	assert.True(t, has)
	assert.GreaterOrEqual(t, with.Lost(), 50)

	before, err := books.RestoreBefore(t.Context(), mark.GTID)
	without := restored(t, before, err)
	require.NoError(t, without.Verify(t.Context()))
	has, err = without.Has(t.Context(), "here")
	require.NoError(t, err)
	assert.False(t, has)
	assert.Equal(t, mark.GTID.Sequence-1, without.At.GTID.Sequence)

	for name, claim := range map[string]struct {
		copied *realdata.Copy
		at     mariadb.GTID
	}{"one too few": {without, mark.GTID}, "one too many": {with, without.At.GTID}} {
		claimed := claim.copied.At.GTID
		claim.copied.At.GTID = claim.at
		assert.ErrorContains(t, claim.copied.Verify(t.Context()), `sentinel "here"`, name)
		claim.copied.At.GTID = claimed
	}
}

func TestWhatWasCorruptedIsSeen(t *testing.T) {
	t.Parallel()
	books := begun(t, 1000)
	mark, err := books.Corrupt(t.Context())
	require.NoError(t, err)
	require.NoError(t, books.CatchUp(t.Context()))
	copied, err := books.RestoreTo(t.Context(), mark.GTID)
	spoilt := restored(t, copied, err)
	assert.ErrorContains(t, spoilt.Verify(t.Context()),
		"acme: requests: 1000 of 1000 are there, 1000 of them are not as their steps left them")
}

// TestAtATime restores the data as they were when a second began.
func TestAtATime(t *testing.T) {
	t.Parallel()
	books := begun(t, 1000)
	early := plant(t, books, "early")
	time.Sleep(2 * time.Second)
	late := plant(t, books, "late")
	require.NoError(t, books.CatchUp(t.Context()))
	copied, err := books.RestoreAt(t.Context(), late.At.Truncate(time.Second))
	between := restored(t, copied, err)
	require.NoError(t, between.Verify(t.Context()))
	assert.Greater(t, between.At.GTID.Sequence, early.GTID.Sequence)
	assert.Less(t, between.At.GTID.Sequence, late.GTID.Sequence)
	assert.True(t, between.At.At.Before(late.At))
}

// TestALostServer has nothing left but the base backup and the archive: the copy has all that was archived, and of the
// rest it is known how much it was.
func TestALostServer(t *testing.T) {
	t.Parallel()
	books := begun(t, 1000)
	plant(t, books, "archived")
	require.NoError(t, books.CatchUp(t.Context()))
	require.NoError(t, books.Work(t.Context(), 50))
	acknowledged := books.Steps()
	require.NoError(t, books.Lose())
	copied, err := books.RestoreLatest(t.Context())
	left := restored(t, copied, err)
	require.NoError(t, left.Verify(t.Context()))
	has, err := left.Has(t.Context(), "archived")
	require.NoError(t, err)
	assert.True(t, has)
	assert.Less(t, left.Lost(), acknowledged, "most of it was archived")
	_, err = books.Plant(t.Context(), "nobody takes it")
	assert.ErrorContains(t, err, `acme: sentinel "nobody takes it": `)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	_, err := realdata.Open(t.Context(), "acme", realdata.Options{Rows: 0, Writers: 1})
	assert.EqualError(t, err, "acme: 0 rows and 1 writers, expected one or more of each")

	books := open(t, 10)
	mark := plant(t, books, "unsaved")
	_, err = books.RestoreTo(t.Context(), mark.GTID)
	assert.EqualError(t, err, "acme: there is no base backup")
	require.NoError(t, books.Backup(t.Context()))
	require.NoError(t, books.CatchUp(t.Context()))
	_, err = books.RestoreTo(t.Context(), mariadb.GTID{Server: 1, Sequence: 1 << 40})
	assert.EqualError(t, err, "acme: restore: 0-1-1099511627776: the log has no such transaction")
	_, err = books.RestoreAt(t.Context(), time.Unix(0, 0))
	assert.EqualError(t, err, "acme: restore: before 1970-01-01T00:00:00Z: the log has no such transaction")
	_, err = books.RestoreBefore(t.Context(), mark.GTID)
	assert.ErrorContains(t, err, "acme: restore: replay: ", "the base backup is of a later moment")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = realdata.Corruption(ctx, "acme", realdata.Options{Rows: 10, Writers: 1})
	assert.ErrorIs(t, err, context.Canceled)
}
