package world

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestObjectsIn: each object of a bucket, and of no other, with when it came.
func TestObjectsIn(t *testing.T) {
	w := ticking(t)
	require.NoError(t, w.Update(func(tx *Tx) error {
		for i, bucket := range []string{"a", "a", "ab"} {
			made := noon.Add(time.Duration(i) * time.Hour)
			require.NoError(t, Objects.Put(tx, Object{Bucket: bucket, Key: made.String(), Made: made}))
		}
		assert.Equal(t, []time.Time{noon, noon.Add(time.Hour)}, tx.ObjectsIn("a"))
		assert.Empty(t, tx.ObjectsIn("none"))
		return nil
	}))
}

// TestVersionsIn: how many versions a bucket holds, and until when the longest lock lasts; with the bucket they go.
func TestVersionsIn(t *testing.T) {
	w := ticking(t)
	lock := func(days int) time.Time { return noon.AddDate(0, 0, days) }
	require.NoError(t, w.Update(func(tx *Tx) error {
		for key, until := range map[string]time.Time{"1": {}, "2": lock(35), "3": lock(7)} {
			require.NoError(t, Objects.Put(tx, Object{Bucket: "a", Key: key, RetainUntil: until}))
		}
		require.NoError(t, Objects.Put(tx, Object{Bucket: "b", Key: "1"}))
		count, until := tx.VersionsIn("a")
		assert.Equal(t, 3, count)
		assert.Equal(t, lock(35), until)

		require.NoError(t, tx.Delete(Key{Type: "aws:s3/bucketPolicy:BucketPolicy", ID: "a"}))
		assert.Len(t, Objects.All(tx, "a"), 3, "of what bears the bucket's name, only the bucket holds objects")
		require.NoError(t, tx.Delete(Key{Type: BucketTypes[0], ID: "a"}))
		assert.Empty(t, Objects.All(tx, "a"))
		assert.Len(t, Objects.All(tx, "b"), 1)
		count, until = tx.VersionsIn("a")
		assert.Zero(t, count)
		assert.Zero(t, until)
		return nil
	}))
}
