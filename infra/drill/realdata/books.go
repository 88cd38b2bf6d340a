package realdata

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"haven/infra/dump"
	"haven/infra/dump/folder"
	"haven/infra/dump/mysql"
	"haven/infra/mariadb"
)

// Options say how much there is of a tenant's data.
type Options struct {
	// Rows are how many requests there are, Writers how many sessions take steps in them; both at least 1.
	Rows, Writers int
	// Seed makes the requests, and which of them writers choose, repeatable.
	Seed uint64
}

// database is the name of a tenant's database on its server.
const database = "books"

// opening is the total of a request before any step.
const opening = 1000

// Books are one tenant's data on a server of its own.
type Books struct {
	Tenant string

	options Options
	// folder has the files, the base backup and the archive.
	folder  string
	server  *mariadb.Server
	db      *sql.DB
	archive *mariadb.Archive
	journal *journal
	writing *writing
	base    *dump.Manifest
	reader  *age.X25519Identity
}

// Open starts a server with a tenant's data, and archives its log from the first transaction on.
func Open(ctx context.Context, tenant string, options Options) (_ *Books, err error) {
	b := &Books{Tenant: tenant, options: options, journal: &journal{}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%s: %w", tenant, err), b.Close())
		}
	}()
	if options.Rows < 1 || options.Writers < 1 {
		return nil, fmt.Errorf("%d rows and %d writers, expected one or more of each", options.Rows, options.Writers)
	}
	if b.folder, err = os.MkdirTemp("", "haven-books-"); err != nil {
		return nil, err
	}
	for _, part := range []string{b.files(), b.logs()} {
		if err := os.Mkdir(part, 0o700); err != nil {
			return nil, err
		}
	}
	if b.reader, err = age.GenerateX25519Identity(); err != nil {
		return nil, err
	}
	if b.server, err = mariadb.Start(ctx); err != nil {
		return nil, err
	}
	if b.archive, err = b.server.Archive(ctx, b.logs()); err != nil {
		return nil, err
	}
	if b.db, err = b.server.Create(ctx, database); err != nil {
		return nil, err
	}
	return b, b.fill(ctx)
}

func (b *Books) files() string { return filepath.Join(b.folder, "files") }

func (b *Books) logs() string { return filepath.Join(b.folder, "log") }

// fill makes the tables, and the requests as they were before any step.
func (b *Books) fill(ctx context.Context) error {
	for _, statement := range []string{
		"CREATE TABLE request (id INT PRIMARY KEY, payload CHAR(64) NOT NULL, total BIGINT NOT NULL, steps INT NOT NULL)",
		"CREATE TABLE history (id BIGINT PRIMARY KEY AUTO_INCREMENT, writer INT NOT NULL, number INT NOT NULL, " +
			"request INT NOT NULL, amount INT NOT NULL, UNIQUE KEY (writer, number))",
		"CREATE TABLE sentinel (name VARCHAR(64) PRIMARY KEY)",
		fmt.Sprintf("INSERT INTO request SELECT seq, %s, %d, 0 FROM seq_1_to_%d", b.payload("seq"), opening, b.options.Rows),
	} {
		if _, err := b.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// payload is what a request of that ID says, as SQL.
func (b *Books) payload(id string) string {
	return fmt.Sprintf("SHA2(CONCAT(%s, '/', %d), 256)", id, b.options.Seed)
}

// Backup makes the base backup that copies are restored from, while writers go on.
func (b *Books) Backup(ctx context.Context) error {
	snapshot, err := mysql.Begin(ctx, b.db, mysql.Patient)
	if err != nil {
		return err
	}
	made, err := dump.Make(ctx, dump.Job{
		Tenant: b.Tenant, Generation: 1, Snapshot: snapshot, Files: b.files(),
		Secrets:    dump.Secrets{AppKey: "the key of a drill"},
		Recipients: []age.Recipient{b.reader.Recipient()},
		Target:     folder.Folder(b.backup(snapshot.StartedAt())),
	})
	if err := errors.Join(err, snapshot.Close()); err != nil {
		return fmt.Errorf("%s: base backup: %w", b.Tenant, err)
	}
	b.base = made.Manifest
	return nil
}

func (b *Books) backup(startedAt time.Time) string {
	return filepath.Join(b.folder, "tenants", b.Tenant, "dumps", startedAt.UTC().Format(dump.TimeLayout))
}

// Mark is a transaction, and when it was acknowledged.
type Mark struct {
	GTID mariadb.GTID
	At   time.Time
}

// Plant commits a sentinel of that name.
func (b *Books) Plant(ctx context.Context, name string) (Mark, error) {
	mark, err := transact(ctx, b.db, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO sentinel VALUES (?)", name)
		return err
	})
	if err != nil {
		return mark, fmt.Errorf("%s: sentinel %q: %w", b.Tenant, name, err)
	}
	b.journal.plant(planted{mark.GTID, name})
	return mark, nil
}

// Corrupt does what a release with a mistake in it does: it changes all requests where it should have changed one.
func (b *Books) Corrupt(ctx context.Context) (Mark, error) {
	mark, err := transact(ctx, b.db, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE request SET total = 0, steps = steps + 1")
		return err
	})
	if err != nil {
		return mark, fmt.Errorf("%s: corruption: %w", b.Tenant, err)
	}
	return mark, nil
}

// Lose kills the server with everything that it holds, in the middle of what the writers do. What the archive has is
// left.
func (b *Books) Lose() error {
	err := errors.Join(b.server.Kill(), b.archive.Stop())
	if b.writing != nil {
		_ = b.Pause() // they lost their server
	}
	return err
}

// Close ends the writers, the archive and the server, and removes all that they held.
func (b *Books) Close() error {
	var problems []error
	if b.writing != nil {
		_ = b.Pause() // whoever wanted to know of it has asked
	}
	if b.db != nil {
		_ = b.db.Close() // a server that was lost ends no session
	}
	if b.archive != nil {
		problems = append(problems, b.archive.Stop())
	}
	if b.server != nil {
		problems = append(problems, b.server.Stop())
	}
	if b.folder != "" {
		problems = append(problems, os.RemoveAll(b.folder))
	}
	return errors.Join(problems...)
}
