package world

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// Variable is the environment variable that names the world's file to the plugins.
const Variable = "HAVEN_WORLD"

// format is the version of the file's layout; a file of a later one is refused.
const format = 1

var (
	metaBucket       = []byte("meta")
	resourcesBucket  = []byte("resources")
	urnsBucket       = []byte("urns")
	referencesBucket = []byte("references")
	retainedBucket   = []byte("retained")
	buckets          = [][]byte{metaBucket, resourcesBucket, urnsBucket, referencesBucket, retainedBucket}
	formatKey        = []byte("format")
)

// World is the world in one file. It may be used from many goroutines and processes at once.
type World struct {
	path  string
	vault *vault
	read  *memory
	real  func() time.Time
}

// At is the world in the file of that path. The file is made by the first [World.Update]; until then the world is
// empty.
func At(path string) *World {
	return &World{path: path, vault: &vault{path: path + ".key"}, read: &memory{}, real: time.Now}
}

// Ticking is the same world by another clock than the machine's, so that what is done in it can be repeated exactly.
func (w *World) Ticking(real func() time.Time) *World {
	return &World{path: w.path, vault: w.vault, read: w.read, real: real}
}

// Path is the world's file.
func (w *World) Path() string { return w.path }

// FromEnvironment is the world that [Variable] names.
func FromEnvironment() (*World, error) {
	path := os.Getenv(Variable)
	if path == "" {
		return nil, fmt.Errorf(`%s is not set, so the sandbox has no world: set it to a file's path, `+
			`or let eval "$(haven env)" do it`, Variable)
	}
	return At(path), nil
}

// View runs a transaction that reads. Others may read at the same time; who wants to write waits.
func (w *World) View(read func(*Tx) error) error {
	if _, err := os.Stat(w.path); errors.Is(err, fs.ErrNotExist) {
		return read(&Tx{vault: w.vault, read: w.read, now: w.real()})
	}
	return w.locked((*flock.Flock).RLock, func() error {
		db, err := w.open(true)
		if err != nil {
			return err
		}
		defer db.Close()
		return db.View(func(tx *bbolt.Tx) error { return w.run(tx, read) })
	})
}

// Update runs a transaction that may write. It waits for all others; if write returns an error nothing has changed.
func (w *World) Update(write func(*Tx) error) error {
	return w.locked((*flock.Flock).Lock, func() error {
		if err := w.create(); err != nil {
			return err
		}
		db, err := w.open(false)
		if err != nil {
			return err
		}
		err = db.Update(func(tx *bbolt.Tx) error { return w.run(tx, write) })
		return errors.Join(err, db.Close())
	})
}

func (w *World) run(tx *bbolt.Tx, do func(*Tx) error) error {
	t := &Tx{tx: tx, vault: w.vault, read: w.read, real: w.real()}
	t.now = t.real.Add(t.offset())
	if err := do(t); err != nil {
		return err
	}
	return t.err
}

func (w *World) locked(lock func(*flock.Flock) error, do func() error) error {
	if err := os.MkdirAll(filepath.Dir(w.path), 0o700); err != nil {
		return w.wrap(err)
	}
	side := flock.New(w.path + ".lock")
	if err := lock(side); err != nil {
		return w.wrap(err)
	}
	return errors.Join(do(), side.Close())
}

// open never waits: whoever holds the side lock is alone with the file.
func (w *World) open(readOnly bool) (*bbolt.DB, error) {
	if info, err := os.Stat(w.path); err == nil && (info.IsDir() || info.Size() == 0) {
		return nil, w.wrap(bbolterrors.ErrInvalid)
	}
	db, err := bbolt.Open(w.path, 0o600, &bbolt.Options{ReadOnly: readOnly, Timeout: time.Nanosecond})
	if err != nil {
		return nil, w.wrap(err)
	}
	if err := db.View(w.checkFormat); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (w *World) checkFormat(tx *bbolt.Tx) error {
	if info, err := os.Stat(w.path); err != nil || info.Size() < tx.Size() { // cut off: reading on would crash
		return w.wrap(errors.Join(err, bbolterrors.ErrInvalid))
	}
	meta := tx.Bucket(metaBucket)
	if meta == nil || len(meta.Get(formatKey)) != 4 {
		return w.wrap(bbolterrors.ErrInvalid)
	}
	if found := binary.BigEndian.Uint32(meta.Get(formatKey)); found > format {
		return fmt.Errorf("the world %s has format %d, and this haven knows formats up to %d: "+
			"use the newer haven that made it, or set %s to another path", w.path, found, format, Variable)
	}
	return nil
}

// create makes an empty world where there is no file, whole or not at all.
func (w *World) create() error {
	if _, err := os.Stat(w.path); !errors.Is(err, fs.ErrNotExist) {
		return w.wrap(err)
	}
	unfinished := w.path + ".new"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return w.wrap(err)
	}
	db, err := bbolt.Open(unfinished, 0o600, nil)
	if err != nil {
		return w.wrap(err)
	}
	if err := errors.Join(db.Update(layOut), db.Close()); err != nil {
		return w.wrap(err)
	}
	if err := os.Rename(unfinished, w.path); err != nil {
		return w.wrap(err)
	}
	return w.wrap(syncFolder(filepath.Dir(w.path)))
}

func layOut(tx *bbolt.Tx) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(formatKey, binary.BigEndian.AppendUint32(nil, format))
}

// syncFolder puts a folder's entries on disk, so that a file renamed into it is there after a power cut.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (w *World) wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bbolterrors.ErrInvalid), errors.Is(err, bbolterrors.ErrChecksum),
		errors.Is(err, bbolterrors.ErrVersionMismatch):
		return fmt.Errorf("%s is no world of the sandbox: move it away, or set %s to another path", w.path, Variable)
	case errors.Is(err, bbolterrors.ErrTimeout):
		return fmt.Errorf("the world %s is open in another program than haven: close that", w.path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the world %s cannot be used: %w: make it and its folder writable, or set %s to another path",
			w.path, err, Variable)
	}
	return fmt.Errorf("the world %s: %w", w.path, err)
}
