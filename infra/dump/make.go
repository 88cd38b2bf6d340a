package dump

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"haven/components/dump/manifest"
	"haven/infra/dump/files"
	"haven/infra/dump/sqltext"
	"haven/infra/dump/users"
)

// Snapshot is a database at one moment.
type Snapshot interface {
	// StartedAt is a moment at which everything committed before was in the snapshot already.
	StartedAt() time.Time
	// Server and Binlog are the manifest's.
	Server() Server
	Binlog() Binlog
	// Write writes all of it, and says which tables with how many rows it wrote, by name, and how many views.
	Write(ctx context.Context, to *sqltext.Writer) (tables []Table, views int, err error)
}

// Job is a dump to be made.
type Job struct {
	// Tenant and Generation say whose data it is.
	Tenant     string
	Generation int
	// Snapshot is the database.
	Snapshot Snapshot
	// Files is the folder of the files.
	Files string
	// Users is who may sign in; nil of a tenant without a user pool.
	Users Directory
	// Secrets are sealed to the recipients. Their Identity is filled in.
	Secrets    Secrets
	Recipients []age.Recipient
	// Target is where the dump is put.
	Target Target
}

// Directory is a user pool.
type Directory interface {
	// Read lists all of it.
	Read(ctx context.Context) (*users.Directory, error)
}

// Made is a dump that is complete, and what its files' readers noticed.
type Made struct {
	Manifest *Manifest
	Notes    files.Notes
}

// Make makes a dump. Where it fails, or the context ends, no manifest is left.
func Make(ctx context.Context, job Job) (*Made, error) {
	m := &Manifest{
		Format: Format, Tenant: job.Tenant, Generation: job.Generation,
		StartedAt: job.Snapshot.StartedAt().UTC().Truncate(time.Second),
		Server:    job.Snapshot.Server(), Binlog: job.Snapshot.Binlog(), Tables: []Table{},
	}
	made := &Made{Manifest: m}
	writers := map[string]func(io.Writer) error{
		DatabasePart: compressed(func(to io.Writer) error { return job.database(ctx, to, m) }),
		FilesPart: compressed(func(to io.Writer) (err error) {
			var packed files.Summary
			packed, made.Notes, err = files.Pack(ctx, job.Files, m.Identity(), to)
			m.Files = Files(packed)
			return err
		}),
		SecretsPart: func(to io.Writer) error {
			secrets := job.Secrets
			secrets.Identity = m.Identity()
			return secrets.seal(to, job.Recipients)
		},
	}
	names := manifest.Parts
	if job.Users != nil {
		names = append(slices.Clone(names), UsersPart)
		writers[UsersPart] = compressed(func(to io.Writer) error { return job.users(ctx, to, m) })
	}
	for _, name := range names {
		part, err := put(ctx, job.Target, name, writers[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", job.Target, name, err)
		}
		m.Parts = append(m.Parts, part)
	}
	return made, complete(ctx, job.Target, m)
}

func (j Job) database(ctx context.Context, to io.Writer, m *Manifest) (err error) {
	text := sqltext.NewWriter(to, m.Identity())
	if m.Tables, m.Views, err = j.Snapshot.Write(ctx, text); err != nil {
		return err
	}
	return text.Close()
}

func (j Job) users(ctx context.Context, to io.Writer, m *Manifest) error {
	directory, err := j.Users.Read(ctx)
	if err != nil {
		return err
	}
	m.Users = &Users{Count: int64(len(directory.Users)), Groups: int64(len(directory.Groups))}
	return users.Write(to, m.Identity(), directory)
}

// complete puts the manifest, after which the dump is complete.
func complete(ctx context.Context, target Target, m *Manifest) error {
	m.CompletedAt = time.Now().UTC().Truncate(time.Second)
	data := m.Encode()
	if _, err := manifest.Parse(data); err != nil {
		return fmt.Errorf("%s: %s: %w", target, ManifestName, err)
	}
	_, err := put(ctx, target, ManifestName, func(to io.Writer) error {
		_, err := to.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %s: %w", target, ManifestName, err)
	}
	return nil
}

// put stores an object, and measures what is stored.
func put(ctx context.Context, target Target, name string, write func(io.Writer) error) (Part, error) {
	measured := newMeasure()
	err := target.Put(ctx, name, func(to io.Writer) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return write(io.MultiWriter(to, measured))
	})
	return measured.part(name), err
}

func compressed(write func(io.Writer) error) func(io.Writer) error {
	return func(to io.Writer) error {
		encoder, err := zstd.NewWriter(to)
		if err != nil {
			return err
		}
		if err := write(encoder); err != nil {
			_ = encoder.Close() // the error that counts is that of writing
			return err
		}
		return encoder.Close()
	}
}
