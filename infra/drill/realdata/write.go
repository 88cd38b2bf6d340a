package realdata

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"golang.org/x/sync/errgroup"

	"haven/infra/mariadb"
)

// step is one that a writer took, in the transaction of that number.
type step struct {
	gtid                            mariadb.GTID
	writer, number, request, amount int
}

// planted is a sentinel, and the transaction that has it.
type planted struct {
	gtid mariadb.GTID
	name string
}

// journal is what the server has acknowledged, in the order in which that was heard.
type journal struct {
	lock      sync.Mutex
	steps     []step
	sentinels []planted
	// doubtful are steps whose commit was never answered: they may have been taken or not.
	doubtful []step
}

func (j *journal) take(s step) {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.steps = append(j.steps, s)
}

func (j *journal) doubt(s step) {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.doubtful = append(j.doubtful, s)
}

func (j *journal) plant(p planted) {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.sentinels = append(j.sentinels, p)
}

// Steps are how many steps were acknowledged so far.
func (b *Books) Steps() int {
	b.journal.lock.Lock()
	defer b.journal.lock.Unlock()
	return len(b.journal.steps)
}

// writing are the writers while they are at work.
type writing struct {
	cancel context.CancelFunc
	group  *errgroup.Group
}

// Write sets the writers to work, until Pause.
func (b *Books) Write(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	b.writing = &writing{cancel: cancel, group: &errgroup.Group{}}
	for writer := range b.options.Writers {
		b.writing.group.Go(func() error { return b.work(ctx, writer) })
	}
}

// Pause ends the writers' work after the steps that they are at, and says what went wrong in it.
func (b *Books) Pause() error {
	b.writing.cancel()
	err := b.writing.group.Wait()
	b.writing = nil
	return err
}

// Work waits until so many more steps were acknowledged.
func (b *Books) Work(ctx context.Context, steps int) error {
	for wanted := b.Steps() + steps; b.Steps() < wanted; {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

func (b *Books) work(ctx context.Context, writer int) error {
	choose := rand.New(rand.NewPCG(b.options.Seed, uint64(writer)))
	for number := 1; ctx.Err() == nil; number++ {
		s := step{writer: writer, number: number, request: 1 + choose.IntN(b.options.Rows), amount: 1 + choose.IntN(100)}
		// A step that was begun is ended: whoever is cut off in a commit never hears of it.
		mark, err := transact(context.WithoutCancel(ctx), b.db, s.write)
		if err != nil {
			b.journal.doubt(s)
			return fmt.Errorf("%s: writer %d: %w", b.Tenant, writer, err)
		}
		s.gtid = mark.GTID
		b.journal.take(s)
	}
	return nil
}

func (s step) write(ctx context.Context, tx *sql.Tx) error {
	const move = "UPDATE request SET total = total + ?, steps = steps + 1 WHERE id = ?"
	if _, err := tx.ExecContext(ctx, move, s.amount, s.request); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO history (writer, number, request, amount) VALUES (?, ?, ?, ?)",
		s.writer, s.number, s.request, s.amount)
	return err
}

// transact writes in one transaction, and asks the server for its number. Where the server gives up one of two that
// wait for each other, it is tried again.
func transact(ctx context.Context, db *sql.DB, write func(context.Context, *sql.Tx) error) (Mark, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return Mark{}, err
	}
	defer conn.Close() // it goes back to the pool
	for {
		err := attempt(ctx, conn, write)
		if err == nil {
			break
		}
		if !givenUp(err) {
			return Mark{}, err
		}
	}
	mark := Mark{At: time.Now()}
	var gtid string
	if err := conn.QueryRowContext(ctx, "SELECT @@last_gtid").Scan(&gtid); err != nil {
		return Mark{}, err
	}
	mark.GTID, err = mariadb.ParseGTID(gtid)
	return mark, err
}

func attempt(ctx context.Context, conn *sql.Conn, write func(context.Context, *sql.Tx) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := write(ctx, tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// givenUp says whether the server ended a transaction in favour of another's.
// https://mariadb.com/kb/en/mariadb-error-code-reference/
func givenUp(err error) bool {
	const lockWaitTimeout, deadlock = 1205, 1213
	var refused *driver.MySQLError
	return errors.As(err, &refused) && (refused.Number == lockWaitTimeout || refused.Number == deadlock)
}
