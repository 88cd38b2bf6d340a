package world

import (
	"time"

	"haven/infra/sandbox/cloud"
)

var _ cloud.ObjectKeeper = (*Tx)(nil)

// ObjectsIn implements [cloud.ObjectKeeper].
func (t *Tx) ObjectsIn(bucket string) []time.Time {
	var made []time.Time
	for _, object := range Objects.All(t, bucket) {
		made = append(made, object.Made)
	}
	return made
}
