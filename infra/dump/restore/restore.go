// Package restore brings a dump back into an empty database and an empty folder, and who may sign in to a user pool.
package restore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"haven/infra/dump"
	"haven/infra/dump/files"
	"haven/infra/dump/mysql"
	"haven/infra/dump/users"
)

// Job is a restore.
type Job struct {
	// Source is the dump, Expected what is known of it.
	Source   dump.Source
	Expected dump.Expectation
	// Database and Files are where it goes. Default of the former: nil, the database has come back by other means and is
	// left as it is.
	Database *sql.DB
	Files    string
	// Users takes who may sign in, where the dump says so. Default: nobody is brought back.
	Users func(*users.Directory) error
	// Owner is who all files are handed to, where whoever restores may; nil for whoever restores.
	Owner *files.Owner
	// Replace empties both first. Without it a restore into either that is not empty is refused.
	Replace bool
}

// Restored is what was brought back.
type Restored struct {
	Manifest *dump.Manifest
	// Warnings are how many values of each table the server found fault with.
	Warnings map[string]int
}

// Restore reads the dump twice: to verify it whole, before anything is touched, and to load it, when it must still be
// the same. Afterwards the rows of each table are counted. The secrets stay sealed.
func Restore(ctx context.Context, job Job) (*Restored, error) {
	if err := job.roomy(ctx); err != nil {
		return nil, err
	}
	m, err := dump.Verify(ctx, job.Source, job.Expected)
	if err != nil {
		return nil, err
	}
	if job.Replace {
		if err := job.clear(ctx); err != nil {
			return nil, err
		}
	}
	restored := &Restored{Manifest: m}
	if restored.Warnings, err = job.database(ctx, m); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := job.files(ctx, m); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	if job.Owner != nil {
		if err := job.Owner.Take(job.Files); err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
	}
	if err := job.users(ctx, m); err != nil {
		return nil, fmt.Errorf("users: %w", err)
	}
	return restored, nil
}

// roomy refuses to write beside what is there.
func (j Job) roomy(ctx context.Context) error {
	emptyDatabase, err := j.emptyDatabase(ctx)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	emptyFolder, err := files.Empty(j.Files)
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	var problems []error
	if !emptyDatabase && !j.Replace {
		problems = append(problems, errors.New("the database is not empty: restore into an empty one, or tell to replace"))
	}
	if !emptyFolder && !j.Replace {
		problems = append(problems, fmt.Errorf("the folder %s is not empty: restore into an empty one, or tell to replace",
			j.Files))
	}
	return errors.Join(problems...)
}

func (j Job) emptyDatabase(ctx context.Context) (bool, error) {
	if j.Database == nil {
		return true, nil
	}
	return mysql.Empty(ctx, j.Database)
}

func (j Job) clear(ctx context.Context) error {
	if j.Database != nil {
		if err := mysql.Clear(ctx, j.Database); err != nil {
			return fmt.Errorf("database: %w", err)
		}
	}
	if err := files.Clear(j.Files); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

func (j Job) database(ctx context.Context, m *dump.Manifest) (map[string]int, error) {
	if j.Database == nil {
		return nil, nil
	}
	loader, err := mysql.NewLoader(ctx, j.Database)
	if err != nil {
		return nil, err
	}
	err = dump.Read(ctx, j.Source, m.Part(dump.DatabasePart), func(from io.Reader) error {
		return dump.ReadDatabase(m, from, loader.Take)
	})
	if err == nil {
		err = loader.Finish(m.Tables)
	}
	return loader.Warnings(), errors.Join(err, loader.Close())
}

func (j Job) users(ctx context.Context, m *dump.Manifest) error {
	if j.Users == nil || m.Users == nil {
		return nil
	}
	var directory *users.Directory
	err := dump.Read(ctx, j.Source, m.Part(dump.UsersPart), func(from io.Reader) (err error) {
		directory, err = dump.ReadUsers(m, from)
		return err
	})
	if err != nil {
		return err
	}
	return j.Users(directory)
}

func (j Job) files(ctx context.Context, m *dump.Manifest) error {
	return dump.Read(ctx, j.Source, m.Part(dump.FilesPart), func(from io.Reader) error {
		return dump.ReadFiles(m, from, func(packed *files.Reader) (files.Summary, error) { return packed.Unpack(j.Files) })
	})
}
