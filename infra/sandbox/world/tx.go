package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"

	"go.etcd.io/bbolt"
)

// Tx is a transaction on the world. It is the [cloud.World] that the rules ask; what goes wrong while they ask fails
// the transaction when it ends.
type Tx struct {
	tx    *bbolt.Tx // nil where there is no file yet: an empty world, read only
	vault *vault
	read  *memory
	real  time.Time // the machine's clock at the begin
	now   time.Time // the world's
	err   error
}

// Reference is a property by which one resource names another.
type Reference struct {
	Property string `json:"property"`
	To       Key    `json:"to"`
}

// Referrer is a resource that names another one.
type Referrer struct {
	Resource cloud.Resource
	Property string
}

// Key is what tells one resource of the world from another.
type Key struct {
	Type    string `json:"type"`
	Account string `json:"account"`
	Region  string `json:"region"`
	ID      string `json:"id"`
}

// KeyOf is a resource's key.
func KeyOf(r cloud.Resource) Key {
	return Key{Type: r.Type, Account: r.Account, Region: r.Region, ID: r.ID}
}

const (
	partEnd = "\x00" // ends a part of a key
	keyEnd  = "\x01" // ends a whole key in the key of an index
)

func (k Key) bytes() []byte {
	return []byte(k.Type + partEnd + k.Account + partEnd + k.Region + partEnd + k.ID)
}

// record is a resource as the file holds it.
type record struct {
	Key
	Provider   string         `json:"provider"`
	URN        string         `json:"urn"`
	Inputs     map[string]any `json:"inputs"`
	Outputs    map[string]any `json:"outputs"`
	References []Reference    `json:"references,omitempty"`
	// Made is when the resource was made, by the world's clock; a record of an older world does not say it.
	Made time.Time `json:"made,omitzero"`
}

// Get is the resource of that key.
func (t *Tx) Get(key Key) (cloud.Resource, bool) {
	at := key.bytes()
	raw := t.get(resourcesBucket, at)
	if raw == nil {
		return cloud.Resource{}, false
	}
	r, _ := t.decode(at, raw)
	return r, t.err == nil
}

// Put writes a resource and its references in place of what has its key.
func (t *Tx) Put(r cloud.Resource, references []Reference) error {
	key := KeyOf(r)
	made := t.Made(key)
	if made.IsZero() {
		made = t.now.UTC()
	}
	if err := t.unindex(key); err != nil {
		return err
	}
	inputs, err := t.vault.encode(r.Inputs)
	if err != nil {
		return fmt.Errorf("inputs of %s: %w", r.URN, err)
	}
	outputs, err := t.vault.encode(r.Outputs)
	if err != nil {
		return fmt.Errorf("outputs of %s: %w", r.URN, err)
	}
	entry := record{
		Key: key, Provider: r.Provider, URN: r.URN, Inputs: inputs, Outputs: outputs, References: references,
		Made: made,
	}
	raw, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	if err := t.tx.Bucket(resourcesBucket).Put(key.bytes(), raw); err != nil {
		return err
	}
	return t.eachIndex(entry, func(b *bbolt.Bucket, k []byte) error { return b.Put(k, nil) })
}

// Revise gives a resource that exists other outputs. What it refers to stays as it is.
func (t *Tx) Revise(r cloud.Resource) error {
	raw := t.get(resourcesBucket, KeyOf(r).bytes())
	if raw == nil {
		return fmt.Errorf("%s does not exist", r.ID)
	}
	var entry record
	if err := json.Unmarshal(raw, &entry); err != nil {
		return fmt.Errorf("record of %s: %w", r.ID, err)
	}
	return t.Put(r, entry.References)
}

// Delete removes the resource of that key, if there is one, and the objects in it.
func (t *Tx) Delete(key Key) error {
	if err := t.unindex(key); err != nil {
		return err
	}
	if err := t.empty(key); err != nil {
		return err
	}
	return t.tx.Bucket(resourcesBucket).Delete(key.bytes())
}

// unindex takes what is kept under a key out of the indexes.
func (t *Tx) unindex(key Key) error {
	raw := t.get(resourcesBucket, key.bytes())
	if raw == nil {
		return nil
	}
	var entry record
	if err := json.Unmarshal(raw, &entry); err != nil {
		return fmt.Errorf("record of %s: %w", key.ID, err)
	}
	return t.eachIndex(entry, func(b *bbolt.Bucket, k []byte) error { return b.Delete(k) })
}

// eachIndex visits every entry that a record has in the indexes.
func (t *Tx) eachIndex(entry record, visit func(*bbolt.Bucket, []byte) error) error {
	own := string(entry.Key.bytes())
	if err := visit(t.tx.Bucket(urnsBucket), []byte(entry.URN+keyEnd+own)); err != nil {
		return err
	}
	for _, reference := range entry.References {
		k := string(reference.To.bytes()) + keyEnd + own + keyEnd + reference.Property
		if err := visit(t.tx.Bucket(referencesBucket), []byte(k)); err != nil {
			return err
		}
	}
	return nil
}

// ByURN are the resources that a URN has made: none, one, or two while one replaces the other.
func (t *Tx) ByURN(urn string) []cloud.Resource {
	var found []cloud.Resource
	t.scan(urnsBucket, urn+keyEnd, func(k, _ []byte) bool {
		at := k[len(urn)+len(keyEnd):]
		if raw := t.get(resourcesBucket, at); raw != nil {
			if r, ok := t.decode(at, raw); ok {
				found = append(found, r)
			}
		}
		return true
	})
	return found
}

// Referrers are the resources that name the one of that key.
func (t *Tx) Referrers(key Key) []Referrer {
	var found []Referrer
	prefix := string(key.bytes()) + keyEnd
	t.scan(referencesBucket, prefix, func(k, _ []byte) bool {
		from, property, _ := strings.Cut(string(k[len(prefix):]), keyEnd)
		if raw := t.get(resourcesBucket, []byte(from)); raw != nil {
			if r, ok := t.decode([]byte(from), raw); ok {
				found = append(found, Referrer{Resource: r, Property: property})
			}
		}
		return true
	})
	return found
}

// Find implements [cloud.World].
func (t *Tx) Find(token, account, region, by, value string) (cloud.Resource, bool) {
	if by == "id" {
		return t.Get(Key{Type: token, Account: account, Region: region, ID: value})
	}
	var found cloud.Resource
	var ok bool
	written, _ := json.Marshal(value) // a string always can be
	t.scan(resourcesBucket, prefixOf(token, account, region), func(k, raw []byte) bool {
		if !bytes.Contains(raw, written) {
			return true
		}
		if r, decoded := t.decode(k, raw); decoded && r.Text(by) == value {
			found, ok = r, true
		}
		return !ok
	})
	return found, ok
}

// List implements [cloud.World].
func (t *Tx) List(token, account, region string) []cloud.Resource {
	var found []cloud.Resource
	t.scan(resourcesBucket, prefixOf(token, account, region), func(k, raw []byte) bool {
		if r, ok := t.decode(k, raw); ok {
			found = append(found, r)
		}
		return true
	})
	return found
}

// Count implements [cloud.World].
func (t *Tx) Count(token, account, region string) int {
	count := 0
	t.scan(resourcesBucket, prefixOf(token, account, region), func(_, _ []byte) bool {
		count++
		return true
	})
	return count
}

// prefixOf is what the keys of a type's resources begin with; an empty account or region stands for all of them.
func prefixOf(token, account, region string) string {
	prefix := token + partEnd
	if account == "" {
		return prefix
	}
	prefix += account + partEnd
	if region == "" {
		return prefix
	}
	return prefix + region + partEnd
}

func (t *Tx) get(bucket, key []byte) []byte {
	if t.tx == nil {
		return nil
	}
	return t.tx.Bucket(bucket).Get(key)
}

// scan visits the entries of a bucket whose keys begin with prefix, in their order, until visit says no.
func (t *Tx) scan(bucket []byte, prefix string, visit func(k, v []byte) bool) {
	if t.tx == nil {
		return
	}
	cursor := t.tx.Bucket(bucket).Cursor()
	k, v := cursor.Seek([]byte(prefix))
	for k != nil && bytes.HasPrefix(k, []byte(prefix)) && visit(k, v) {
		k, v = cursor.Next()
	}
}

// decode is the record of a key as a resource; false, and the transaction fails, where it cannot be read.
func (t *Tx) decode(key, raw []byte) (cloud.Resource, bool) {
	kept, err := t.recall(key, raw)
	if err != nil {
		return cloud.Resource{}, t.fail(err)
	}
	return kept.resource, true
}

// recall reads a record, or remembers it.
func (t *Tx) recall(key, raw []byte) (*remembered, error) {
	if kept, is := t.read.of(key, raw); is {
		return kept, nil
	}
	var entry record
	if err := json.Unmarshal(raw, &entry); err != nil {
		return nil, err
	}
	r := cloud.Resource{
		Provider: entry.Provider, Account: entry.Account, Region: entry.Region, Type: entry.Type, ID: entry.ID,
		URN: entry.URN,
	}
	var err error
	if r.Inputs, err = t.vault.decode(entry.Inputs); err != nil {
		return nil, fmt.Errorf("inputs of %s: %w", r.URN, err)
	}
	if r.Outputs, err = t.vault.decode(entry.Outputs); err != nil {
		return nil, fmt.Errorf("outputs of %s: %w", r.URN, err)
	}
	return t.read.keep(key, raw, r, entry.Made), nil
}

func (t *Tx) fail(err error) bool {
	if t.err == nil {
		t.err = err
	}
	return false
}

var _ cloud.World = (*Tx)(nil)
