package world

import (
	"bytes"
	"encoding/json"
)

// Table is a kind of data that the world holds beside its resources. A world has a table once there is anything in it:
// tables came later than resources, and the file's layout is the same for what knows nothing of them.
type Table[T any] struct {
	bucket []byte
	key    func(T) []string
}

func keyOf(parts []string) []byte {
	var key []byte
	for _, part := range parts {
		key = append(append(key, part...), partEnd...)
	}
	return key
}

// All are the records whose key begins with these parts, in the order of their keys.
func (b Table[T]) All(t *Tx, parts ...string) []T {
	var found []T
	if t.tx == nil || t.tx.Bucket(b.bucket) == nil {
		return nil
	}
	t.scan(b.bucket, string(keyOf(parts)), func(_, raw []byte) bool {
		var item T
		if err := json.Unmarshal(raw, &item); err != nil {
			return t.fail(err)
		}
		found = append(found, item)
		return true
	})
	return found
}

// Put keeps a record in place of what has its key. A record that is there already costs no write.
func (b Table[T]) Put(t *Tx, item T) error {
	kept, err := t.tx.CreateBucketIfNotExists(b.bucket)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(item)
	if err != nil {
		return err
	}
	key := keyOf(b.key(item))
	if bytes.Equal(kept.Get(key), raw) {
		return nil
	}
	return kept.Put(key, raw)
}

// Delete removes what has the record's key.
func (b Table[T]) Delete(t *Tx, item T) error {
	if kept := t.tx.Bucket(b.bucket); kept != nil {
		return kept.Delete(keyOf(b.key(item)))
	}
	return nil
}

// Replace makes the table hold these records and no others.
func (b Table[T]) Replace(t *Tx, items []T) error {
	stays := map[string]bool{}
	for _, item := range items {
		stays[string(keyOf(b.key(item)))] = true
		if err := b.Put(t, item); err != nil {
			return err
		}
	}
	kept := t.tx.Bucket(b.bucket)
	if kept == nil {
		return t.err
	}
	var old [][]byte
	t.scan(b.bucket, "", func(key, _ []byte) bool {
		if !stays[string(key)] {
			old = append(old, bytes.Clone(key))
		}
		return true
	})
	for _, key := range old {
		if err := kept.Delete(key); err != nil {
			return err
		}
	}
	return t.err
}
