package realdata

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"haven/infra/dump/folder"
	"haven/infra/dump/restore"
	"haven/infra/mariadb"
)

// Copy is a tenant's data on another server, as they were after one transaction.
type Copy struct {
	// At is the last transaction that it has.
	At mariadb.Transaction

	books  *Books
	server *mariadb.Server
	db     *sql.DB
}

// RestoreTo restores the data as they were after a transaction.
func (b *Books) RestoreTo(ctx context.Context, of mariadb.GTID) (*Copy, error) {
	return b.restore(ctx, func(log *mariadb.Log) (mariadb.Transaction, error) { return log.At(of) })
}

// RestoreBefore restores the data as they were right before a transaction.
func (b *Books) RestoreBefore(ctx context.Context, of mariadb.GTID) (*Copy, error) {
	return b.restore(ctx, func(log *mariadb.Log) (mariadb.Transaction, error) { return log.Before(of) })
}

// RestoreAt restores the data as they were at a time, which counts in whole seconds.
func (b *Books) RestoreAt(ctx context.Context, at time.Time) (*Copy, error) {
	return b.restore(ctx, func(log *mariadb.Log) (mariadb.Transaction, error) { return log.Until(at) })
}

// RestoreLatest restores all that the archive has: what is left when the server is lost.
func (b *Books) RestoreLatest(ctx context.Context) (*Copy, error) {
	return b.restore(ctx, (*mariadb.Log).Last)
}

// CatchUp returns once the archive has all that the server has written so far.
func (b *Books) CatchUp(ctx context.Context) error { return b.archive.CatchUp(ctx) }

func (b *Books) restore(ctx context.Context, choose func(*mariadb.Log) (mariadb.Transaction, error)) (
	_ *Copy, err error,
) {
	if b.base == nil {
		return nil, fmt.Errorf("%s: there is no base backup", b.Tenant)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: restore: %w", b.Tenant, err)
		}
	}()
	log, err := b.archive.Log(ctx)
	if err != nil {
		return nil, err
	}
	at, err := choose(log)
	if err != nil {
		return nil, err
	}
	from, err := mariadb.ParseGTID(b.base.Binlog.GTID)
	if err != nil {
		return nil, err
	}
	// What a copy writes needs no log of its own.
	server, err := mariadb.Start(ctx, "--skip-log-bin")
	if err != nil {
		return nil, err
	}
	c := &Copy{At: at, books: b, server: server}
	if err = c.load(ctx); err == nil {
		err = log.Replay(ctx, from, at.GTID, server)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// load brings the base backup back.
func (c *Copy) load(ctx context.Context) (err error) {
	if c.db, err = c.server.Create(ctx, database); err != nil {
		return err
	}
	files := c.server.Folder + "/files"
	_, err = restore.Restore(ctx, restore.Job{
		Source: folder.Folder(c.books.backup(c.books.base.StartedAt)), Database: c.db, Files: files,
	})
	return err
}

// Close removes the copy.
func (c *Copy) Close() error {
	var problems []error
	if c.db != nil {
		problems = append(problems, c.db.Close())
	}
	return errors.Join(append(problems, c.server.Stop())...)
}
