package tiers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/tiers"
)

// slowest is the time that a copy may take to be made and to arrive, beyond the time between two of them.
const slowest = 45 * time.Minute

func TestIntervalsLeaveRoomBelowTheirBounds(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers.All {
		promise, known := tiers.Of(tier)
		require.True(t, known, tier)
		for kind, every := range map[tiers.Copy]time.Duration{
			tiers.Snapshot: promise.SnapshotEvery, tiers.SnapshotCopy: promise.SnapshotEvery,
			tiers.Files: promise.SnapshotEvery, tiers.FilesCopy: promise.SnapshotEvery,
			tiers.Dump: promise.DumpEvery, tiers.DumpCopy: promise.DumpEvery, tiers.Mirror: promise.DumpEvery,
		} {
			bound, has := promise.Bound(kind)
			require.True(t, has, "%s has no %s", tier, kind)
			assert.LessOrEqual(t, every+slowest, bound, "%s: %s", tier, kind)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		tier tiers.Tier
		kind tiers.Copy
		want time.Duration
	}{
		{tiers.Standard, tiers.PointInTime, 5 * time.Minute},
		{tiers.Standard, tiers.SnapshotCopy, 24 * time.Hour},
		{tiers.Standard, tiers.Mirror, 24 * time.Hour},
		{tiers.Continuity, tiers.ReplicatedBackup, 30 * time.Minute},
		{tiers.Continuity, tiers.Mirror, 8 * time.Hour},
		{tiers.Critical, tiers.Replica, time.Minute},
		{tiers.Critical, tiers.Mirror, 2 * time.Hour},
	} {
		promise, _ := tiers.Of(test.tier)
		bound, _ := promise.Bound(test.kind)
		assert.Equal(t, test.want, bound, "%s: %s", test.tier, test.kind)
	}
	standard, _ := tiers.Of(tiers.Standard)
	for _, absent := range []tiers.Copy{tiers.ReplicatedBackup, tiers.Replica} {
		_, has := standard.Bound(absent)
		assert.False(t, has, absent)
	}
	_, known := tiers.Of("gold")
	assert.False(t, known)
}

func TestEachKindOfCopyHasOneBound(t *testing.T) {
	t.Parallel()
	for _, tier := range tiers.All {
		promise, _ := tiers.Of(tier)
		seen := map[tiers.Copy]bool{}
		for _, bound := range promise.Bounds {
			assert.False(t, seen[bound.Copy], "%s: %s twice", tier, bound.Copy)
			assert.Positive(t, bound.Age)
			seen[bound.Copy] = true
		}
	}
}
