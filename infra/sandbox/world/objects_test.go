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
