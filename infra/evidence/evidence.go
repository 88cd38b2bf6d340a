// Package evidence keeps what can be shown of things that are no more: certificates of deletion, and records of drills.
//
// A record is a JSON file, with a page for people beside it. It names the SHA-256 of the record before it, so that one
// that was altered, or removed from between two others, is noticed. Records are written once, whole or not at all, and
// never again. Whoever may write to the folder can remove the last ones: their sums belong where that person has no
// access, such as in the letter to the customer.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Format is the only format there is so far.
const Format = 1

// Record is one piece of evidence.
type Record struct {
	Format int `json:"format"`
	// Number counts the records, from 1. Previous is the SHA-256 of the file of the one before, in hexadecimal digits;
	// empty in the first.
	Number   int    `json:"number"`
	Previous string `json:"previous"`
	// WrittenAt is when it was written, by the clock of what it tells of.
	WrittenAt time.Time `json:"writtenAt"`
	// Simulated says that it tells of the sandbox, where nothing is anybody's.
	Simulated bool `json:"simulated"`
	// Deletion is what was deleted, Drill what was drilled: one of the two.
	Deletion Deletion `json:"deletion,omitzero"`
	Drill    *Drill   `json:"drill,omitempty"`
}

// Kept is a record in its file.
type Kept struct {
	Record
	// Path is the file's, Page the path of the page for people.
	Path, Page string
	// SHA256 is the file's.
	SHA256 string
}

// Folder is where evidence is kept.
type Folder string

// writing is held while a record is added: each must know the one before.
var writing sync.Mutex

// Add adds a record, and answers the one that is there where the same deletion has one already. A page that is missing
// is written again.
func (f Folder) Add(record Record) (Kept, error) {
	writing.Lock()
	defer writing.Unlock()
	all, err := f.All()
	if err != nil {
		return Kept{}, err
	}
	at := slices.IndexFunc(all, func(k Kept) bool { return k.Drill == nil && k.Deletion.same(record.Deletion) })
	if at >= 0 && record.Drill == nil {
		return all[at], write(all[at].Page, all[at].page())
	}
	record.Format, record.Number = Format, len(all)+1
	if len(all) > 0 {
		record.Previous = all[len(all)-1].SHA256
	}
	name := "deletion-" + record.Deletion.Stack
	if record.Drill != nil {
		name, record.Drill.Previous = "drill-"+record.Drill.Scenario, lastDrill(all)
	}
	data, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return Kept{}, err
	}
	path := filepath.Join(string(f), fmt.Sprintf("%04d-%s.json", record.Number, name))
	kept := keep(record, path, append(data, '\n'))
	return kept, errors.Join(write(path, append(data, '\n')), write(kept.Page, kept.page()))
}

func keep(record Record, path string, data []byte) Kept {
	sum := sha256.Sum256(data)
	return Kept{Record: record, Path: path, Page: strings.TrimSuffix(path, ".json") + ".md",
		SHA256: hex.EncodeToString(sum[:])}
}

// All are the records in their order. The error says which of them does not follow from the one before.
func (f Folder) All() ([]Kept, error) {
	paths, err := filepath.Glob(filepath.Join(string(f), "[0-9]*-*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var all []Kept
	previous := ""
	for i, path := range paths {
		kept, err := read(path)
		if err != nil {
			return nil, err
		}
		if kept.Number != i+1 || kept.Previous != previous {
			return nil, fmt.Errorf("%s is record %d after %q, expected %d after %q: a record before it was altered or "+
				"removed; put it back from a copy", path, kept.Number, kept.Previous, i+1, previous)
		}
		all, previous = append(all, kept), kept.SHA256
	}
	return all, nil
}

// Of is the newest record of a tenant: of its name or its stack's.
func (f Folder) Of(tenant string) (Kept, error) {
	all, err := f.All()
	if err != nil {
		return Kept{}, err
	}
	for _, kept := range slices.Backward(all) {
		if kept.Drill != nil {
			continue
		}
		if kept.Deletion.Tenant == tenant || kept.Deletion.Stack == tenant {
			return kept, nil
		}
	}
	return Kept{}, fmt.Errorf("there is no certificate of %q in %s: haven up writes it when a tenant is gone", tenant, f)
}

func read(path string) (Kept, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Kept{}, err
	}
	var record Record
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&record); err != nil {
		return Kept{}, fmt.Errorf("%s is no record of evidence: %w", path, err)
	}
	if record.Format != Format {
		return Kept{}, fmt.Errorf("%s: format: %d, expected %d: use the haven that wrote it", path, record.Format, Format)
	}
	return keep(record, path, data), nil
}

// write writes a file as a whole, durably, and leaves one alone that is there as it should be.
func write(path string, data []byte) error {
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".write-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
