package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"

	"haven/infra/dump"
	"haven/infra/dump/sqltext"
)

// Write writes the whole database.
func (s *Snapshot) Write(ctx context.Context, to *sqltext.Writer) ([]dump.Table, int, error) {
	s.writeSettings(to)
	tables := []dump.Table{}
	for _, t := range s.schema.tables {
		rows, err := s.writeTable(ctx, to, t)
		if err != nil {
			return nil, 0, fmt.Errorf("table %q: %w", t.name, err)
		}
		tables = append(tables, dump.Table{Name: t.name, Rows: rows})
	}
	s.writePrograms(to, func(p program) bool { return p.kind != "TRIGGER" && p.kind != "EVENT" })
	s.writeViews(to)
	s.writePrograms(to, func(p program) bool { return p.kind == "TRIGGER" })
	s.writePrograms(to, func(p program) bool { return p.kind == "EVENT" })
	return tables, len(s.schema.views), nil
}

func (s *Snapshot) writeSettings(to *sqltext.Writer) {
	to.Comment("server " + s.server.Version)
	if s.binlog.File != "" {
		to.Comment(fmt.Sprintf("binary log %s, position %d, GTID %s", s.binlog.File, s.binlog.Position, s.binlog.GTID))
	}
	for _, setting := range []string{nameSetting, zoneSetting, modeSetting, "SET SESSION foreign_key_checks = 0"} {
		to.Statement(setting)
	}
	to.Statement("ALTER DATABASE CHARACTER SET " + s.schema.charset + " COLLATE " + s.schema.collation)
}

func (s *Snapshot) writeTable(ctx context.Context, to *sqltext.Writer, t table) (int64, error) {
	to.Statement(t.create)
	// The savepoint lets go of the table's metadata lock once it is read: a change to the table waits for this table,
	// not for the whole dump.
	if err := execute(ctx, s.reader, "SAVEPOINT tables"); err != nil {
		return 0, err
	}
	rows, err := s.writeRows(ctx, to, t)
	if err != nil {
		return 0, err
	}
	shown, err := show(ctx, s.gate, "TABLE", t.name)
	if err != nil {
		return 0, err
	}
	if now := (table{create: shown["Create Table"]}); now.shape() != t.shape() {
		return 0, fmt.Errorf("it was altered while the dump was made: make it again")
	}
	return rows, execute(ctx, s.reader, "ROLLBACK TO SAVEPOINT tables")
}

func (s *Snapshot) writeRows(ctx context.Context, to *sqltext.Writer, t table) (int64, error) {
	names, expressions := make([]string, len(t.columns)), make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i], expressions[i] = c.name, c.expression()
	}
	to.Rows(t.name, names)
	rows, err := s.reader.QueryContext(ctx,
		"SELECT "+strings.Join(expressions, ",")+" FROM "+sqltext.Identifier(t.name))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	line := newLine(t.columns)
	var count int64
	for rows.Next() {
		if err := rows.Scan(line.pointers...); err != nil {
			return 0, err
		}
		if err := to.Row(line.text()); err != nil {
			return 0, err
		}
		count++
	}
	return count, rows.Err()
}

// line is a row of a table on its way into text.
type line struct {
	values   []sql.RawBytes
	pointers []any
	literals []literal
	buffer   []byte
}

func newLine(columns []column) *line {
	l := &line{values: make([]sql.RawBytes, len(columns))}
	for i, c := range columns {
		l.pointers = append(l.pointers, &l.values[i])
		l.literals = append(l.literals, c.literal())
	}
	return l
}

// text is good until the next row is read.
func (l *line) text() []byte {
	to := append(l.buffer[:0], '(')
	for i, value := range l.values {
		if i > 0 {
			to = append(to, ',')
		}
		if value == nil {
			to = append(to, "NULL"...)
			continue
		}
		to = l.literals[i](to, value)
	}
	l.buffer = append(to, ')')
	return l.buffer
}

// writeViews writes all views as outlines first, so that each may name any other.
func (s *Snapshot) writeViews(to *sqltext.Writer) {
	for _, v := range s.schema.views {
		outline := make([]string, len(v.columns))
		for i, name := range v.columns {
			outline[i] = "1 AS " + sqltext.Identifier(name)
		}
		to.Statement("CREATE VIEW " + sqltext.Identifier(v.name) + " AS SELECT " + strings.Join(outline, ", "))
	}
	for _, v := range s.schema.views {
		v.create = strings.Replace(v.create, "CREATE ", "CREATE OR REPLACE ", 1)
		v.write(to)
	}
}

func (s *Snapshot) writePrograms(to *sqltext.Writer, which func(program) bool) {
	for _, p := range s.schema.programs {
		if which(p) {
			p.write(to)
		}
	}
}

// definer is who a program runs as, in the quotes of the session that created it.
var definer = regexp.MustCompile(`^(CREATE (?:OR REPLACE )?(?:ALGORITHM=\w+ )?)` +
	`DEFINER=(` + quoted + `(?:@` + quoted + `)?) `)

const quoted = "(?:`(?:[^`]|``)*`|" + `"(?:[^"]|"")*")`

// write writes a program under the settings of the session that created it.
func (p program) write(to *sqltext.Writer) {
	if found := definer.FindStringSubmatch(p.create); found != nil {
		to.Comment(fmt.Sprintf("%s %s was defined by %q", strings.ToLower(p.kind), sqltext.Identifier(p.name), found[2]))
	}
	if p.mode != "" || p.kind != "VIEW" {
		to.Statement("SET SESSION sql_mode = " + sqltext.String(p.mode))
	}
	if p.zone != "" {
		to.Statement("SET SESSION time_zone = " + sqltext.String(p.zone))
	}
	to.Statement("SET SESSION character_set_client = " + p.client + ", collation_connection = " + p.connection)
	to.Program(definer.ReplaceAllString(p.create, "$1"))
	for _, setting := range []string{nameSetting, zoneSetting, modeSetting} {
		to.Statement(setting)
	}
}
