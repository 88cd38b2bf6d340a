package mysql

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"haven/infra/dump"
	"haven/infra/dump/sqltext"
	"haven/infra/mariadb"
)

// server is where databases are dumped, other a second one that keeps no binary log.
var server, other *mariadb.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var group errgroup.Group
		group.Go(func() (err error) { server, err = mariadb.Start(context.Background()); return err })
		group.Go(func() (err error) { other, err = mariadb.Start(context.Background(), "--skip-log-bin"); return err })
		err := group.Wait()
		status := 1
		if err == nil {
			status = m.Run()
		}
		for _, started := range []*mariadb.Server{server, other} {
			if started != nil {
				err = errors.Join(err, started.Stop())
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return status
	}())
}

// impatient gives up at once.
var impatient = Patience{LockWait: time.Second, Tries: 1}

var databases atomic.Int64

// create is a new database on a server.
func create(t *testing.T, on *mariadb.Server, statements ...string) *sql.DB {
	t.Helper()
	db, err := on.Create(t.Context(), fmt.Sprintf("haven%d", databases.Add(1)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	run(t, db, statements...)
	return db
}

// run runs statements in one session, under the settings of a dump: it takes whatever a server ever took.
func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	conn, err := session(t.Context(), db)
	require.NoError(t, err)
	for _, statement := range statements {
		require.NoError(t, execute(t.Context(), conn, statement), statement)
	}
	require.NoError(t, discard(conn))
}

// dumped is a database as text.
type dumped struct {
	text   []byte
	tables []dump.Table
	views  int
	binlog dump.Binlog
}

func makeDump(t *testing.T, db *sql.DB) dumped {
	t.Helper()
	s, err := Begin(t.Context(), db, impatient)
	require.NoError(t, err)
	return write(t, s)
}

func write(t *testing.T, s *Snapshot) dumped {
	t.Helper()
	var text bytes.Buffer
	writer := sqltext.NewWriter(&text, "a test's")
	tables, views, err := s.Write(t.Context(), writer)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	require.NoError(t, s.Close())
	return dumped{text.Bytes(), tables, views, s.Binlog()}
}

// load brings a dump back, and returns what Finish says.
func load(t *testing.T, db *sql.DB, d dumped) error {
	t.Helper()
	l, err := NewLoader(t.Context(), db)
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	reader, err := sqltext.NewReader(bytes.NewReader(d.text))
	require.NoError(t, err)
	for {
		statement, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return l.Finish(d.tables)
		}
		require.NoError(t, err)
		if err := l.Take(statement); err != nil {
			return err
		}
	}
}

// fingerprint is everything of a database: definitions without definers, and checksums of rows as they are stored.
func fingerprint(t *testing.T, db *sql.DB) string {
	t.Helper()
	conn, err := session(t.Context(), db)
	require.NoError(t, err)
	defer func() { require.NoError(t, discard(conn)) }()
	s, err := readSchema(t.Context(), conn)
	require.NoError(t, err)
	var print strings.Builder
	for _, table := range s.tables {
		sum, err := one(t.Context(), conn, "CHECKSUM TABLE "+sqltext.Identifier(table.name)+" EXTENDED")
		require.NoError(t, err)
		fmt.Fprintf(&print, "%s\nchecksum %s\n", table.shape(), sum["Checksum"])
	}
	for _, v := range s.views {
		s.programs = append(s.programs, v.program)
	}
	for _, p := range s.programs {
		p.create = definer.ReplaceAllString(p.create, "$1")
		fmt.Fprintf(&print, "%+v\n", p)
	}
	return print.String()
}

// body is a dump's text without its comments on who defined what, and where the server was.
func body(text []byte) []byte {
	return regexp.MustCompile(`(?m)^-- .*\n`).ReplaceAll(text, nil)
}

// discarded is text that nobody reads.
func discarded() *sqltext.Writer { return sqltext.NewWriter(io.Discard, "a test's") }
