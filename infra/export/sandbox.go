package export

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"haven/components/dump/manifest"
	"haven/infra/dump"
	"haven/infra/sandbox/dataset"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

// Sandbox is a bucket of the sandbox.
type Sandbox struct {
	World  *world.World
	Bucket string
}

// Label implements [Archive].
func (Sandbox) Label() string { return "sandbox (simulated)" }

// Simulated implements [Archive].
func (Sandbox) Simulated() bool { return true }

// Keys implements [Archive], once the sandbox's data has moved to its clock.
func (s Sandbox) Keys(_ context.Context, prefix string) ([]string, error) {
	if _, err := flow.Advance(s.World, flow.Options{}); err != nil {
		return nil, err
	}
	var keys []string
	err := s.World.View(func(tx *world.Tx) error {
		for _, object := range world.Objects.All(tx, s.Bucket) {
			if strings.HasPrefix(object.Key, prefix) && current(object) {
				keys = append(keys, object.Key)
			}
		}
		return nil
	})
	return keys, err
}

func current(object world.Object) bool { return object.Noncurrent.IsZero() && !object.DeleteMarker }

// At implements [Archive].
func (s Sandbox) At(prefix string) dump.Source { return simulated{s, prefix} }

// simulated is a dump of the sandbox, whose parts are made anew when they are asked for.
type simulated struct {
	Sandbox
	prefix string
}

func (s simulated) String() string { return "s3://" + s.Bucket + "/" + s.prefix }

// Open implements [dump.Source]. An object that is not as the dump made it has been tampered with: it ends where it was
// cut off, and differs in its last byte where its sum differs.
func (s simulated) Open(_ context.Context, name string) (io.ReadCloser, error) {
	var data []byte
	err := s.World.View(func(tx *world.Tx) error {
		object, err := s.object(tx, name)
		if err != nil {
			return err
		}
		if name == manifest.Name {
			data = []byte(object.Content)
			return nil
		}
		data, err = s.made(tx, name)
		if err != nil {
			return err
		}
		data = tampered(data, object)
		return nil
	})
	return io.NopCloser(bytes.NewReader(data)), err
}

func tampered(data []byte, object world.Object) []byte {
	cut := bytes.Clone(data[:min(len(data), int(object.Size))])
	sum := sha256.Sum256(cut)
	if hex.EncodeToString(sum[:]) != object.SHA256 && len(cut) > 0 {
		cut[len(cut)-1] ^= 1
	}
	return cut
}

// object is the version of an object that a reader gets.
func (s simulated) object(tx *world.Tx, name string) (world.Object, error) {
	for _, object := range world.Objects.All(tx, s.Bucket, s.prefix+"/"+name) {
		if current(object) {
			return object, nil
		}
	}
	return world.Object{}, fmt.Errorf("%s/%s: %w", s, name, fs.ErrNotExist)
}

// made is a part as the dump made it, of what had been written until then.
func (s simulated) made(tx *world.Tx, name string) ([]byte, error) {
	stored, err := s.object(tx, manifest.Name)
	if err != nil {
		return nil, err
	}
	m, err := manifest.Parse([]byte(stored.Content))
	if err != nil {
		return nil, err
	}
	parts, err := dataset.Fill(m, s.ledger(tx, manifest.DatabasePart), s.ledger(tx, manifest.FilesPart))
	return parts[name], err
}

// ledger is what a part was made of; an empty one where nothing was ever written.
func (s simulated) ledger(tx *world.Tx, name string) world.Ledger {
	object, err := s.object(tx, name)
	if err != nil || object.Source == "" {
		return world.Ledger{}
	}
	for _, ledger := range world.Ledgers.All(tx, object.Source) {
		return ledger
	}
	return world.Ledger{}
}
