package world

import (
	"slices"
	"time"

	"haven/infra/sandbox/cloud"
)

var (
	_ cloud.ObjectKeeper  = (*Tx)(nil)
	_ cloud.VersionKeeper = (*Tx)(nil)
)

// BucketTypes are the types of what holds objects; a bucket's ID is its name.
var BucketTypes = []string{"aws:s3/bucketV2:BucketV2", "gcp:storage/bucket:Bucket"}

// ObjectsIn implements [cloud.ObjectKeeper].
func (t *Tx) ObjectsIn(bucket string) []time.Time {
	var made []time.Time
	for _, object := range Objects.All(t, bucket) {
		made = append(made, object.Made)
	}
	return made
}

// VersionsIn implements [cloud.VersionKeeper].
func (t *Tx) VersionsIn(bucket string) (count int, lockedUntil time.Time) {
	for _, version := range Objects.All(t, bucket) {
		count++
		if version.RetainUntil.After(lockedUntil) {
			lockedUntil = version.RetainUntil
		}
	}
	return count, lockedUntil
}

// empty removes what a bucket holds that is deleted: another one of its name holds nothing.
func (t *Tx) empty(key Key) error {
	if !slices.Contains(BucketTypes, key.Type) {
		return nil
	}
	for _, object := range Objects.All(t, key.ID) {
		if err := Objects.Delete(t, object); err != nil {
			return err
		}
	}
	return nil
}
