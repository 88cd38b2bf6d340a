package mysql

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	writers  = 4
	accounts = 50
	opening  = 1000
)

// bank is a database in which money is only ever moved, and every move is written down.
func bank(t *testing.T) *sql.DB {
	return create(t, server,
		"CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)",
		fmt.Sprintf("INSERT INTO account SELECT seq, %d FROM seq_1_to_%d", opening, accounts),
		"CREATE TABLE ledger (id BIGINT PRIMARY KEY AUTO_INCREMENT, writer INT, number INT, source INT, target INT, "+
			"amount INT, UNIQUE KEY (writer, number))")
}

// move moves money in one transaction, the accounts in order so that no two writers wait for each other.
func move(ctx context.Context, db *sql.DB, writer, number int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it is committed, or nobody needs it
	source := 1 + (writer*7+number*13)%(accounts-1)
	target := source + 1
	for _, statement := range []string{
		fmt.Sprintf("UPDATE account SET balance = balance - %d WHERE id = %d", number, source),
		fmt.Sprintf("INSERT INTO ledger (writer, number, source, target, amount) VALUES (%d, %d, %d, %d, %d)",
			writer, number, source, target, number),
		fmt.Sprintf("UPDATE account SET balance = balance + %d WHERE id = %d", number, target),
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// business moves money until it is told to stop.
func business(t *testing.T, db *sql.DB) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for writer := range writers {
		group.Go(func() {
			for number := 1; ctx.Err() == nil; number++ {
				if err := move(context.WithoutCancel(ctx), db, writer, number); err != nil {
					t.Errorf("writer %d: %v", writer, err)
					return
				}
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

func ledgerLength(t *testing.T, db *sql.DB) (rows int) {
	t.Helper()
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM ledger").Scan(&rows))
	return rows
}

// assertSound asserts that a copy of the bank is one that there was.
func assertSound(t *testing.T, db *sql.DB) {
	t.Helper()
	var sum, holes, wrong int
	require.NoError(t, db.QueryRow("SELECT SUM(balance) FROM account").Scan(&sum))
	assert.Equal(t, accounts*opening, sum, "no money is made or lost")
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM (SELECT 1 FROM ledger GROUP BY writer "+
		"HAVING COUNT(*) <> MAX(number)) AS holes").Scan(&holes))
	assert.Zero(t, holes, "each writer's moves are there up to one, and none after it")
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM account WHERE balance <> "+fmt.Sprint(opening)+
		" + COALESCE((SELECT SUM(amount) FROM ledger WHERE target = account.id), 0)"+
		" - COALESCE((SELECT SUM(amount) FROM ledger WHERE source = account.id), 0)").Scan(&wrong))
	assert.Zero(t, wrong, "the balances are those of exactly these moves")
}

// TestTheCopyIsTheSourceAtThePosition dumps a database in use, and replays on another server what the source's own
// binary log has after the recorded position. A transaction too many or too few there would be refused, for its rows
// are there already or not as they were, or leave another balance.
func TestTheCopyIsTheSourceAtThePosition(t *testing.T) {
	source := bank(t)
	stop := business(t, source)
	for round := range 3 {
		time.Sleep(200 * time.Millisecond)
		s, err := Begin(t.Context(), source, Patience{LockWait: 5 * time.Second, Tries: 3})
		require.NoError(t, err)
		witness, err := one(t.Context(), s.reader, "SHOW STATUS LIKE 'binlog_snapshot_position'")
		require.NoError(t, err)
		assert.Equal(t, strconv.FormatUint(s.Binlog().Position, 10), witness["Value"],
			"MariaDB's own word for the position of the snapshot")
		before := ledgerLength(t, source)
		require.Eventually(t, func() bool { return ledgerLength(t, source) > before+10 }, 10*time.Second, time.Millisecond,
			"writers go on while the dump is made")
		made := write(t, s)
		copied := create(t, other)
		require.NoError(t, load(t, copied, made))
		assertSound(t, copied)
		if round == 2 {
			time.Sleep(200 * time.Millisecond)
			stop()
			replay(t, source, copied, made)
		}
	}
}

func replay(t *testing.T, source, copied *sql.DB, made dumped) {
	t.Helper()
	then, now := ledgerLength(t, copied), ledgerLength(t, source)
	require.Greater(t, now, then, "there is something to replay")
	require.NotEqual(t, fingerprint(t, source), fingerprint(t, copied))
	binlog, err := server.BinaryLog(t.Context(), made.binlog.File, made.binlog.Position)
	require.NoError(t, err)
	binlog.Args = append(binlog.Args, "--rewrite-db="+name(t, source)+"->"+name(t, copied))
	log, err := binlog.Output()
	require.NoError(t, err)
	client, err := other.Client(t.Context(), name(t, copied))
	require.NoError(t, err)
	// Only what was written after the position goes to the copy: it is of the same database, for no other wrote.
	said, err := feedCommand(client, log)
	require.NoError(t, err, "%s", said)
	assert.Equal(t, fingerprint(t, source), fingerprint(t, copied))
	assertSound(t, copied)

	// The same once more must fail: this is what shows that a transaction too many would have been noticed.
	client, err = other.Client(t.Context(), name(t, copied))
	require.NoError(t, err)
	said, err = feedCommand(client, log)
	require.Error(t, err)
	assert.Regexp(t, regexp.MustCompile("Duplicate entry|Can't find record"), string(said))
}

func feedCommand(client *exec.Cmd, input []byte) ([]byte, error) {
	client.Stdin = bytes.NewReader(input)
	return client.CombinedOutput()
}

func name(t *testing.T, db *sql.DB) (name string) {
	t.Helper()
	require.NoError(t, db.QueryRow("SELECT DATABASE()").Scan(&name))
	return name
}

func TestLocksWaitForOpenTransactions(t *testing.T) {
	source := create(t, server, "CREATE TABLE work (id INT PRIMARY KEY)")
	open, err := source.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = open.Exec("INSERT INTO work VALUES (1)")
	require.NoError(t, err)
	_, err = Begin(t.Context(), source, Patience{LockWait: time.Second, Tries: 2, Pause: time.Millisecond})
	require.ErrorContains(t, err, "snapshot, try 2 of 2: Error 1205")
	run(t, source, "INSERT INTO work VALUES (2)") // nobody is held up once it has given way

	committed := make(chan error)
	go func() {
		time.Sleep(300 * time.Millisecond)
		committed <- open.Commit()
	}()
	s, err := Begin(t.Context(), source, Patience{LockWait: 5 * time.Second, Tries: 1})
	require.NoError(t, err)
	require.NoError(t, <-committed)
	assert.Contains(t, string(write(t, s).text), "(1),\n(2);", "what was open is in the copy")
}

func TestADefinitionThatChangesOnTheWay(t *testing.T) {
	changes := map[string]string{
		"altered":  "ALTER TABLE work ADD COLUMN more INT DEFAULT 5",
		"replaced": "CREATE OR REPLACE TABLE work (id INT, other INT)",
		"dropped":  "DROP TABLE work",
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			source := create(t, server, "CREATE TABLE work (id INT)", "INSERT INTO work VALUES (1)")
			s, err := Begin(t.Context(), source, impatient)
			require.NoError(t, err)
			run(t, source, change)
			_, _, err = s.Write(t.Context(), discarded())
			require.ErrorContains(t, err, `table "work": `)
			require.NoError(t, s.Close())
			makeDump(t, source)
		})
	}
}

func TestSchemasAreTheSameOnlyWithTheSameDefinitions(t *testing.T) {
	source := create(t, server, workflow...)
	conn, err := session(t.Context(), source)
	require.NoError(t, err)
	defer func() { require.NoError(t, discard(conn)) }()
	read := func() *schema {
		s, err := readSchema(t.Context(), conn)
		require.NoError(t, err)
		return s
	}
	first := read()
	run(t, source, "INSERT INTO person (name) VALUES ('another')")
	assert.True(t, first.same(read()), "rows, and the counters with them, are no definitions")
	for _, change := range []string{
		"CREATE TABLE fresh (id INT)", "ALTER TABLE fresh ADD COLUMN more INT", "CREATE VIEW fresher AS SELECT 1 AS one",
		"CREATE OR REPLACE VIEW fresher AS SELECT 2 AS one", "DROP TRIGGER first", "DROP EVENT nightly",
		"CREATE OR REPLACE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n + n",
		"ALTER DATABASE COLLATE utf8mb4_bin",
	} {
		run(t, source, change)
		now := read()
		assert.False(t, first.same(now), change)
		first = now
	}
}

func TestAServerWithoutABinaryLog(t *testing.T) {
	made := makeDump(t, create(t, other, "CREATE TABLE work (id INT)"))
	assert.Empty(t, made.binlog, "there is no place to be at")
}

func TestDefinitionsThatChangeWhileTheSnapshotBegins(t *testing.T) {
	source := create(t, server, "CREATE TABLE work (id INT)")
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			if _, err := source.Exec(fmt.Sprintf("CREATE OR REPLACE VIEW moving AS SELECT %d AS n", n)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	require.Eventually(t, func() bool {
		s, err := Begin(t.Context(), source, impatient)
		if err == nil {
			require.NoError(t, s.Close())
		}
		return errors.Is(err, errMoved)
	}, 20*time.Second, time.Millisecond)
	cancel()
	group.Wait()
	makeDump(t, source)
}
