package mariadb_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/mariadb"
)

func TestParseGTID(t *testing.T) {
	t.Parallel()
	gtid, err := mariadb.ParseGTID("0-1-42")
	require.NoError(t, err)
	assert.Equal(t, mariadb.GTID{Server: 1, Sequence: 42}, gtid)
	assert.Equal(t, "0-1-42", gtid.String())
	for _, text := range []string{"", "42", "0-1", "0-1-2-3", "0-1-x", "0-1--2", "0-4294967296-1", "0-1-2,1-1-2"} {
		_, err := mariadb.ParseGTID(text)
		assert.ErrorContains(t, err, "is no GTID, expected one like 0-1-42", text)
	}
}

// TestALogIsReadToItsEnd: in order, each transaction once, over several files, and without what was cut off.
func TestALogIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	server, err := mariadb.Start(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	archive, err := server.Archive(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, archive.Stop()) })
	db, err := server.Create(t.Context(), "work")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	begun := time.Now().UTC().Truncate(time.Second)
	for _, statement := range []string{
		"CREATE TABLE work (id INT PRIMARY KEY, note TEXT)", "INSERT INTO work VALUES (1, 'one')",
		"FLUSH BINARY LOGS", "INSERT INTO work VALUES (2, '#261122 10:00:00 server id 1  end_log_pos 9 \tGTID 0-1-99 trans')",
		"DELETE FROM work WHERE id = 1",
	} {
		_, err := db.Exec(statement)
		require.NoError(t, err)
	}
	require.NoError(t, archive.CatchUp(t.Context()))
	log, err := archive.Log(t.Context())
	require.NoError(t, err)
	require.Len(t, log.Transactions, 5, "the database, the table and three changes of rows")
	for i, transaction := range log.Transactions {
		assert.Equal(t, mariadb.GTID{Server: 1, Sequence: uint64(i + 1)}, transaction.GTID)
		assert.WithinRange(t, transaction.At, begun, time.Now())
	}
	last, err := log.Last()
	require.NoError(t, err)
	assert.Equal(t, uint64(5), last.GTID.Sequence)
	before, err := log.Before(last.GTID)
	require.NoError(t, err)
	assert.Equal(t, uint64(4), before.GTID.Sequence)
	_, err = log.Before(log.Transactions[0].GTID)
	assert.EqualError(t, err, "before 0-1-1: the log has no such transaction")
	_, err = log.Until(begun.Add(-time.Hour))
	assert.ErrorIs(t, err, mariadb.ErrNoTransaction)
	until, err := log.Until(time.Now().Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, last, until)
	assert.ErrorContains(t, log.Replay(t.Context(), last.GTID, before.GTID, server), "0-1-4 was committed before 0-1-5")

	require.NoError(t, archive.Stop())
	path := filepath.Join(archive.Folder, "binlog.000002")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data[:len(data)-5], 0o600))
	log, err = archive.Log(t.Context())
	require.NoError(t, err)
	require.Len(t, log.Transactions, 4, "the last one is not whole")
	_, err = log.At(last.GTID)
	assert.ErrorContains(t, err, "0-1-5: the log has no such transaction; it ends early: ")
}
