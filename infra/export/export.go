// Package export fetches the whole data set of one tenant, for whoever it belongs to.
//
// A data set is a dump (package haven/infra/dump): the newest complete one in the archive of the tenant's cell, or the
// newest of those that were made while the tenant was leaving. Each part is held against the manifest while it is
// fetched, and the whole is verified where it was put, before it takes its name: the folder is there whole, or not at
// all. What is sealed stays sealed.
//
// In the sandbox the same is done with data of nobody (package haven/infra/sandbox/dataset).
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"haven/components/archive"
	"haven/components/dump/manifest"
	"haven/infra/dump"
	"haven/infra/dump/folder"
	"haven/infra/engine"
)

// Archive holds dumps.
type Archive interface {
	// Keys are those of the objects below a prefix.
	Keys(ctx context.Context, prefix string) ([]string, error)
	// At is the dump below a prefix.
	At(prefix string) dump.Source
	// Label says what it is; Simulated that nothing in it is anybody's.
	Label() string
	Simulated() bool
}

// Order is an export to be made.
type Order struct {
	// Tenant is whose data it is.
	Tenant string
	// Final asks for a dump that was made while the tenant was leaving.
	Final bool
	// To is the folder, which is not there yet or is empty.
	To string
	// Recipients are the public keys that the secrets are sealed for.
	Recipients []string
}

// Report is an export that was made. `--json` prints it.
type Report struct {
	Tenant    string `json:"tenant"`
	Source    string `json:"source"`    // "sandbox (simulated)", "account 123456789012"
	Simulated bool   `json:"simulated"` // whether it is the data of nobody
	Place     string `json:"place"`     // where the dump lies
	Folder    string `json:"folder"`    // where it was put
	Final     bool   `json:"final"`     // whether it was made while the tenant was leaving
	// StartedAt and the others are the manifest's.
	Generation  int            `json:"generation"`
	StartedAt   time.Time      `json:"startedAt"`
	CompletedAt time.Time      `json:"completedAt"`
	Server      string         `json:"server"`
	Tables      int            `json:"tables"`
	Rows        int64          `json:"rows"`
	Files       manifest.Files `json:"files"`
	Bytes       int64          `json:"bytes"`
	// ManifestSHA256 is what the manifest itself is to be recognised by.
	ManifestSHA256 string   `json:"manifestSha256"`
	Recipients     []string `json:"recipients"`
}

// finalFolder is where dumps lie that were made while the tenant was leaving; the others lie in the other.
const dumpsFolder, finalFolder = "dumps/", "final/"

// Fetch makes an export.
func (o Order) Fetch(ctx context.Context, from Archive) (Report, error) {
	if err := o.roomy(); err != nil {
		return Report{}, err
	}
	prefix, err := o.newest(ctx, from)
	if err != nil {
		return Report{}, err
	}
	source := from.At(prefix)
	m, err := dump.ReadManifest(ctx, source)
	if err != nil {
		return Report{}, err
	}
	if err := o.put(ctx, source, m, dump.Expectation{Tenant: o.Tenant}.At(prefix)); err != nil {
		return Report{}, err
	}
	return Report{
		Tenant: o.Tenant, Source: from.Label(), Simulated: from.Simulated(), Place: source.String(), Folder: o.To,
		Final: strings.Contains(prefix, "/"+finalFolder), Generation: m.Generation, StartedAt: m.StartedAt,
		CompletedAt: m.CompletedAt, Server: m.Server.Version, Tables: len(m.Tables), Rows: m.Rows(), Files: m.Files,
		Bytes: m.Bytes(), ManifestSHA256: m.Digest(), Recipients: o.Recipients,
	}, nil
}

// roomy refuses a place that anything is in.
func (o Order) roomy() error {
	entries, err := os.ReadDir(o.To)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return engine.Problemf("%s: %v; name a folder that is not there yet, or is empty", o.To, err)
	case len(entries) > 0:
		return engine.Problemf("%s is not empty; name a folder that is not there yet, or is empty", o.To)
	}
	return nil
}

// newest is the prefix of the newest complete dump: the names of dumps are their times.
func (o Order) newest(ctx context.Context, from Archive) (string, error) {
	folders := []string{dumpsFolder, finalFolder}
	if o.Final {
		folders = []string{finalFolder}
	}
	var found []string
	for _, each := range folders {
		keys, err := from.Keys(ctx, archive.Prefix(o.Tenant)+each)
		if err != nil {
			return "", err
		}
		for _, key := range keys {
			if path.Base(key) == manifest.Name {
				found = append(found, path.Dir(key))
			}
		}
	}
	if len(found) == 0 {
		return "", fmt.Errorf("%s has no complete dump below %s; haven status shows the age of its copies",
			o.Tenant, from.At(archive.Prefix(o.Tenant)+strings.Join(folders, " or ")))
	}
	return slices.MaxFunc(found, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) }), nil
}

// put fetches the dump to a folder beside, and gives it its name when it has been verified there.
func (o Order) put(ctx context.Context, source dump.Source, m *manifest.Manifest, expected dump.Expectation) (
	err error,
) {
	to, err := filepath.Abs(o.To)
	if err != nil {
		return err
	}
	beside := filepath.Join(filepath.Dir(to), "."+filepath.Base(to)+".partial")
	if err := os.RemoveAll(beside); err != nil { // of a run that was killed
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(beside)) }()
	target := folder.Folder(beside)
	for _, part := range m.Parts {
		if err := fetch(ctx, source, target, part); err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
	}
	err = target.Put(ctx, manifest.Name, func(to io.Writer) error {
		_, err := to.Write(m.Encode())
		return err
	})
	if err != nil {
		return err
	}
	if _, err := dump.Verify(ctx, placed{target, source}, expected); err != nil {
		return err
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder
		return err
	}
	return os.Rename(beside, to)
}

// placed is a copy that is named as what it was copied from.
type placed struct {
	folder.Folder
	from dump.Source
}

func (p placed) String() string { return p.from.String() }

// fetch copies a part while it is held against the manifest.
func fetch(ctx context.Context, source dump.Source, target dump.Target, part manifest.Part) error {
	return target.Put(ctx, part.Name, func(to io.Writer) error {
		return dump.Read(ctx, source, part, func(from io.Reader) error {
			_, err := io.Copy(to, from)
			return err
		})
	})
}
