package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"

	"haven/infra/dump"
	"haven/infra/dump/sqltext"
)

// Empty says whether a database has nothing in it.
func Empty(ctx context.Context, db *sql.DB) (bool, error) {
	var things int
	err := db.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()) +
		(SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()) +
		(SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE())`).Scan(&things)
	return things == 0, err
}

// Clear drops everything in a database.
func Clear(ctx context.Context, db *sql.DB) error {
	conn, err := session(ctx, db)
	if err != nil {
		return err
	}
	drops, err := query(ctx, conn, `
		SELECT IF(TABLE_TYPE = 'VIEW', 'VIEW', 'TABLE') AS kind, TABLE_NAME AS name
			FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
		UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
		UNION ALL SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`)
	if err == nil {
		err = execute(ctx, conn, "SET SESSION foreign_key_checks = 0")
	}
	for _, drop := range drops {
		if err == nil {
			err = execute(ctx, conn, "DROP "+drop["kind"]+" "+sqltext.Identifier(drop["name"]))
		}
	}
	return errors.Join(err, discard(conn))
}

// Loader loads a dump's text into a database.
type Loader struct {
	ctx  context.Context
	conn *sql.Conn
	// problems are the programs and views that could not be created: the rows are worth having without them.
	problems []error
	// warnings are how many there were, by table: values that are not what they were.
	warnings map[string]int
}

// NewLoader is ready to load into the database that a pool is connected to.
func NewLoader(ctx context.Context, db *sql.DB) (*Loader, error) {
	conn, err := session(ctx, db)
	if err != nil {
		return nil, err
	}
	return &Loader{ctx: ctx, conn: conn, warnings: map[string]int{}}, nil
}

// Close ends the loader's session.
func (l *Loader) Close() error { return discard(l.conn) }

// Take runs a statement. A table or its rows that cannot be had end the load; what else fails, Finish tells.
func (l *Loader) Take(statement sqltext.Statement) error {
	_, err := l.conn.ExecContext(l.ctx, string(statement))
	table, _ := statement.Rows()
	switch {
	case errors.Is(err, mysql.ErrPktTooLarge) || number(err) == packetTooLarge:
		return fmt.Errorf("%s: a row takes %d bytes, more than the server's max_allowed_packet: set that to 1073741824",
			statement.Summary(), len(statement))
	case err != nil && table != "":
		return fmt.Errorf("%s: %w", statement.Summary(), discreet(err))
	case err != nil && (statement.Table() != "" || number(err) == 0):
		return fmt.Errorf("%s: %w", statement.Summary(), err)
	case err != nil:
		l.problems = append(l.problems, fmt.Errorf("%s: %w", statement.Summary(), err))
	case table != "":
		return l.tally(table)
	}
	return nil
}

// discreet keeps what a server says of an error to itself where that may quote a customer's values.
func discreet(err error) error {
	if refused := number(err); refused != 0 {
		return fmt.Errorf("the server refused it with error %d", refused)
	}
	return err
}

func (l *Loader) tally(table string) error {
	var warnings int
	if err := l.conn.QueryRowContext(l.ctx, "SELECT @@warning_count").Scan(&warnings); err != nil {
		return err
	}
	if warnings > 0 {
		l.warnings[table] += warnings
	}
	return nil
}

// Warnings are how many values of each table the server found fault with as it took them.
func (l *Loader) Warnings() map[string]int { return l.warnings }

// Finish compares what is in the database with what should be, and says all that went wrong.
func (l *Loader) Finish(tables []dump.Table) error {
	problems := l.problems
	for _, table := range tables {
		var rows int64
		err := l.conn.QueryRowContext(l.ctx, "SELECT COUNT(*) FROM "+sqltext.Identifier(table.Name)).Scan(&rows)
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("table %q: %w", table.Name, err))
		case rows != table.Rows:
			problems = append(problems, fmt.Errorf("table %q has %d rows, the manifest says %d",
				table.Name, rows, table.Rows))
		}
	}
	return errors.Join(problems...)
}
