package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"haven/infra/dump"
	"haven/infra/dump/sqltext"
)

// Patience says how long a snapshot's locks are tried for.
type Patience struct {
	// LockWait is how long they wait for transactions that are open, and make those wait that come after them; whole
	// seconds.
	LockWait time.Duration
	// Tries is how often, Pause how long they give way in between.
	Tries int
	Pause time.Duration
}

// Patient is what a tenant in use is treated with: ten minutes of trying, in turns of five seconds.
var Patient = Patience{LockWait: 5 * time.Second, Tries: 30, Pause: 15 * time.Second}

// gateTimeout is when the server ends a session that holds locks and says nothing, in seconds: a machine that was lost
// does not hold up a tenant.
const gateTimeout = 30

// Snapshot is a database at one moment. It costs the server what it keeps of rows that are changed meanwhile.
type Snapshot struct {
	gate, reader *sql.Conn
	schema       *schema
	startedAt    time.Time
	server       dump.Server
	binlog       dump.Binlog
}

// errMoved is a database whose definitions changed while its snapshot was begun.
var errMoved = errors.New("its definitions changed while the snapshot began")

// Begin begins a snapshot of the database that a pool is connected to.
func Begin(ctx context.Context, db *sql.DB, patience Patience) (*Snapshot, error) {
	s := &Snapshot{}
	if err := s.connect(ctx, db); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for try := 1; ; try++ {
		err := s.begin(ctx, patience.LockWait)
		if err == nil {
			return s, nil
		}
		if !transient(err) || try >= patience.Tries {
			return nil, errors.Join(fmt.Errorf("snapshot, try %d of %d: %w", try, patience.Tries, err), s.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.Close())
		case <-time.After(patience.Pause):
		}
	}
}

// transient says whether a later try can succeed.
func transient(err error) bool {
	switch number(err) {
	case lockWaitTimeout, deadlock, noSuchTable:
		return true
	}
	return errors.Is(err, errMoved)
}

func (s *Snapshot) connect(ctx context.Context, db *sql.DB) (err error) {
	if s.gate, err = session(ctx, db); err != nil {
		return err
	}
	if s.reader, err = session(ctx, db); err != nil {
		return err
	}
	const isolation = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"
	if _, err := s.reader.ExecContext(ctx, isolation); err != nil {
		return err
	}
	version, err := one(ctx, s.gate, "SELECT VERSION() AS version")
	s.server.Version = version["version"]
	return err
}

// Close ends the snapshot.
func (s *Snapshot) Close() error {
	var problems []error
	for _, conn := range []*sql.Conn{s.gate, s.reader} {
		if conn != nil {
			problems = append(problems, discard(conn))
		}
	}
	return errors.Join(problems...)
}

func (s *Snapshot) begin(ctx context.Context, lockWait time.Duration) error {
	before, err := readSchema(ctx, s.gate)
	if err != nil {
		return err
	}
	if err := s.lock(ctx, before.tables, lockWait); err != nil {
		return err
	}
	begun := s.beginLocked(ctx)
	if err := errors.Join(begun, s.unlock(ctx)); err != nil {
		return err
	}
	if s.schema, err = readSchema(ctx, s.gate); err != nil {
		return err
	}
	if !s.schema.same(before) {
		return errMoved
	}
	return nil
}

func (s *Snapshot) lock(ctx context.Context, tables []table, wait time.Duration) error {
	if len(tables) == 0 {
		return nil
	}
	locks := make([]string, len(tables))
	for i, t := range tables {
		locks[i] = sqltext.Identifier(t.name) + " READ"
	}
	return execute(ctx, s.gate,
		fmt.Sprintf("SET SESSION lock_wait_timeout = %d, wait_timeout = %d", int(wait.Seconds()), gateTimeout),
		"LOCK TABLES "+strings.Join(locks, ", "))
}

func (s *Snapshot) beginLocked(ctx context.Context) error {
	s.startedAt = time.Now()
	binlog, err := readBinlog(ctx, s.gate)
	if err != nil {
		return err
	}
	s.binlog = binlog
	return execute(ctx, s.reader, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
}

func (s *Snapshot) unlock(ctx context.Context) error {
	return execute(ctx, s.gate, "UNLOCK TABLES", patienceSetting)
}

func execute(ctx context.Context, conn *sql.Conn, statements ...string) error {
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// readBinlog reads where the binary log is. It is empty where the server keeps none.
func readBinlog(ctx context.Context, conn *sql.Conn) (dump.Binlog, error) {
	rows, err := query(ctx, conn, "SHOW BINARY LOG STATUS")
	if number(err) == syntaxError { // before MySQL 8.2, and on MariaDB
		rows, err = query(ctx, conn, "SHOW MASTER STATUS")
	}
	if err != nil || len(rows) == 0 {
		return dump.Binlog{}, err
	}
	position, err := strconv.ParseUint(rows[0]["Position"], 10, 64)
	if err != nil {
		return dump.Binlog{}, err
	}
	binlog := dump.Binlog{File: rows[0]["File"], Position: position}
	binlog.GTID, err = readGTID(ctx, conn, binlog, rows[0])
	return binlog, err
}

// readGTID reads the transactions before a place: MySQL says them with the place itself, MariaDB when it is asked.
func readGTID(ctx context.Context, conn *sql.Conn, at dump.Binlog, status record) (string, error) {
	if set, ok := status["Executed_Gtid_Set"]; ok {
		return strings.ReplaceAll(set, "\n", ""), nil
	}
	row, err := one(ctx, conn, fmt.Sprintf("SELECT BINLOG_GTID_POS(%s, %d) AS gtid", sqltext.String(at.File), at.Position))
	return row["gtid"], err
}

// StartedAt is a moment after the locks were granted and before the snapshot began.
func (s *Snapshot) StartedAt() time.Time { return s.startedAt }

// Server is the server.
func (s *Snapshot) Server() dump.Server { return s.server }

// Binlog is the place in the binary log that the snapshot is at.
func (s *Snapshot) Binlog() dump.Binlog { return s.binlog }
