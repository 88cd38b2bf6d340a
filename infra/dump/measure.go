package dump

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// measure counts and sums up what is written to it.
type measure struct {
	bytes int64
	hash  hash.Hash
}

func newMeasure() *measure { return &measure{hash: sha256.New()} }

func (m *measure) Write(data []byte) (int, error) {
	m.bytes += int64(len(data))
	return m.hash.Write(data)
}

func (m *measure) part(name string) Part {
	return Part{Name: name, Bytes: m.bytes, SHA256: hex.EncodeToString(m.hash.Sum(nil))}
}
