package world

import (
	"bytes"
	"sync"
	"time"

	"haven/infra/sandbox/cloud"
)

// memory is what was read of the world last, by key: what has not changed in the file is not read again. Resources are
// never changed in place, so that all who ask may have the same.
type memory struct{ all sync.Map }

// remembered is a resource as the bytes of its record said it.
type remembered struct {
	raw      []byte
	resource cloud.Resource
	made     time.Time
}

// of is what a record was read as, if it is the one that was.
func (m *memory) of(key, raw []byte) (*remembered, bool) {
	kept, known := m.all.Load(string(key))
	if !known {
		return nil, false
	}
	found := kept.(*remembered)
	return found, bytes.Equal(found.raw, raw)
}

// keep remembers a record; what the file gave is gone with its transaction, and is copied.
func (m *memory) keep(key, raw []byte, resource cloud.Resource, made time.Time) *remembered {
	kept := &remembered{raw: bytes.Clone(raw), resource: resource, made: made}
	m.all.Store(string(key), kept)
	return kept
}
