package world

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"haven/infra/sandbox/cloud"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"pgregory.net/rapid"
)

func TestIndexesFollowAnySequenceOfChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		require.NoError(t, err)
		w := At(filepath.Join(folder, "world.db"))
		live := map[Key]cloud.Resource{}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			id := fmt.Sprintf("vpc-%d", rapid.IntRange(0, 5).Draw(rt, "id"))
			r := vpc(id)
			r.URN = fmt.Sprintf("urn-%d", rapid.IntRange(0, 2).Draw(rt, "urn"))
			require.NoError(t, w.Update(func(tx *Tx) error {
				if _, exists := live[KeyOf(r)]; exists && rapid.Bool().Draw(rt, "delete") {
					delete(live, KeyOf(r))
					return tx.Delete(KeyOf(r))
				}
				live[KeyOf(r)] = r
				return tx.Put(r, drawReferences(rt, live))
			}))
		}
		assertConsistent(t, w)
		for i := range 3 {
			urn := fmt.Sprintf("urn-%d", i)
			found, err := w.ByURN(urn)
			require.NoError(t, err)
			assert.Len(t, found, countByURN(live, urn))
		}
	})
}

func drawReferences(rt *rapid.T, live map[Key]cloud.Resource) []Reference {
	var references []Reference
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, 5), 0, 3, rapid.ID).Draw(rt, "references") {
		target := KeyOf(vpc(fmt.Sprintf("vpc-%d", i)))
		if _, ok := live[target]; ok {
			references = append(references, Reference{Property: "peer", To: target})
		}
	}
	return references
}

func countByURN(live map[Key]cloud.Resource, urn string) (n int) {
	for _, r := range live {
		if r.URN == urn {
			n++
		}
	}
	return n
}

// assertConsistent says whether the indexes hold exactly what the records say.
func assertConsistent(t *testing.T, w *World) {
	t.Helper()
	var want, got []string
	require.NoError(t, w.View(func(tx *Tx) error {
		tx.scan(resourcesBucket, "", func(_, raw []byte) bool {
			var entry record
			require.NoError(t, json.Unmarshal(raw, &entry))
			return assert.NoError(t, tx.eachIndex(entry, func(_ *bbolt.Bucket, k []byte) error {
				want = append(want, string(k))
				return nil
			}))
		})
		for _, bucket := range [][]byte{urnsBucket, referencesBucket} {
			tx.scan(bucket, "", func(k, _ []byte) bool {
				got = append(got, string(k))
				return true
			})
		}
		return nil
	}))
	slices.Sort(want)
	slices.Sort(got)
	assert.Equal(t, want, got)
}
