package world

import (
	"encoding/binary"
	"fmt"
	"time"

	"haven/infra/sandbox/cloud"
)

// offsetKey holds by how many nanoseconds the world's clock is ahead of the machine's. A world whose clock was never
// advanced has none.
var offsetKey = []byte("offset")

func (t *Tx) offset() time.Duration {
	if raw := t.get(metaBucket, offsetKey); len(raw) == 8 {
		return time.Duration(binary.BigEndian.Uint64(raw))
	}
	return 0
}

// Now is the world's clock at the begin of the transaction, or what it was advanced to since.
func (t *Tx) Now() time.Time { return t.now }

// Advance sets the world's clock, never back. From then on it goes as fast as the machine's.
func (t *Tx) Advance(to time.Time) error {
	if to.Before(t.now) {
		return fmt.Errorf("the world's clock is at %s and never goes back, not to %s",
			t.now.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339))
	}
	t.now = to
	return t.tx.Bucket(metaBucket).Put(offsetKey, binary.BigEndian.AppendUint64(nil, uint64(to.Sub(t.real))))
}

// Made is when the resource of that key was made, by the world's clock; zero where that is not known.
func (t *Tx) Made(key Key) time.Time {
	at := key.bytes()
	raw := t.get(resourcesBucket, at)
	if raw == nil {
		return time.Time{}
	}
	kept, err := t.recall(at, raw)
	if err != nil {
		t.fail(fmt.Errorf("record of %s: %w", key.ID, err))
		return time.Time{}
	}
	return kept.made
}

// MadeAt implements [cloud.Chronicle].
func (t *Tx) MadeAt(r cloud.Resource) time.Time { return t.Made(KeyOf(r)) }

// PointsIn implements [cloud.VaultKeeper].
func (t *Tx) PointsIn(vault string) int { return len(Points.All(t, vault)) }

var (
	_ cloud.Chronicle   = (*Tx)(nil)
	_ cloud.VaultKeeper = (*Tx)(nil)
)
