package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// schema is everything of a database but its rows.
type schema struct {
	// charset and collation are what a new table gets.
	charset, collation string
	tables             []table
	views              []view
	// programs are routines, triggers and events, in the order in which they can be created.
	programs []program
}

type table struct {
	name, create string
	columns      []column // without those that the server generates
}

type view struct {
	program
	columns []string
}

// program is what has a definition in SQL that another session may have written, with other settings.
type program struct {
	kind, name, create string
	// mode, client, connection and zone are the settings of that session; mode and zone may be empty.
	mode, client, connection, zone string
}

func readSchema(ctx context.Context, conn *sql.Conn) (*schema, error) {
	defaults, err := one(ctx, conn, `SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation
		FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`)
	if err != nil {
		return nil, err
	}
	s := &schema{charset: defaults["charset"], collation: defaults["collation"]}
	if err := s.readTables(ctx, conn); err != nil {
		return nil, err
	}
	for _, read := range []func(context.Context, *sql.Conn) error{s.readRoutines, s.readTriggers, s.readEvents} {
		if err := read(ctx, conn); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// readTables reads tables and views, and refuses all of which no faithful copy can be made.
func (s *schema) readTables(ctx context.Context, conn *sql.Conn) error {
	listed, err := query(ctx, conn, `SELECT t.TABLE_NAME AS name, t.TABLE_TYPE AS type, t.ENGINE AS engine,
			COALESCE(e.TRANSACTIONS, '') AS transactions
		FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE
		WHERE t.TABLE_SCHEMA = DATABASE() ORDER BY t.TABLE_NAME`)
	if err != nil {
		return err
	}
	columns, err := readColumns(ctx, conn)
	if err != nil {
		return err
	}
	var problems []error
	for _, listed := range listed {
		name := listed["name"]
		switch problem := refusal(listed, columns[name]); {
		case problem != nil:
			problems = append(problems, fmt.Errorf("table %q: %w", name, problem))
		case listed["type"] == "VIEW":
			err = s.readView(ctx, conn, name, columns[name])
		default:
			err = s.readTable(ctx, conn, name, columns[name])
		}
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	// Servers order by their own collation, the manifest by bytes.
	slices.SortFunc(s.tables, func(a, b table) int { return strings.Compare(a.name, b.name) })
	return errors.Join(problems...)
}

func refusal(listed record, columns []column) error {
	if err := printable(listed["name"]); err != nil {
		return err
	}
	for _, c := range columns {
		if err := c.refusal(); err != nil && listed["type"] != "VIEW" {
			return fmt.Errorf("column %q: %w", c.name, err)
		}
	}
	switch {
	case listed["type"] == "VIEW":
		return nil
	case listed["type"] != "BASE TABLE":
		return fmt.Errorf("it is a %s, of which SQL text has no faithful copy", strings.ToLower(listed["type"]))
	case listed["transactions"] != "YES":
		return fmt.Errorf("its engine %q has no transactions, so that no snapshot has it: alter it to InnoDB",
			listed["engine"])
	}
	return nil
}

// printable refuses names that would break a line of the text.
func printable(name string) error {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return errors.New("its name has a control character in it: rename it")
	}
	return nil
}

func (s *schema) readTable(ctx context.Context, conn *sql.Conn, name string, columns []column) error {
	shown, err := show(ctx, conn, "TABLE", name)
	if err != nil {
		return err
	}
	stored := slices.DeleteFunc(slices.Clone(columns), func(c column) bool { return c.generated })
	s.tables = append(s.tables, table{name: name, create: shown["Create Table"], columns: stored})
	return nil
}

func (s *schema) readView(ctx context.Context, conn *sql.Conn, name string, columns []column) error {
	shown, err := show(ctx, conn, "VIEW", name)
	if err != nil {
		return err
	}
	v := view{program: program{kind: "VIEW", name: name, create: shown["Create View"],
		client: shown["character_set_client"], connection: shown["collation_connection"]}}
	for _, c := range columns {
		v.columns = append(v.columns, c.name)
	}
	s.views = append(s.views, v)
	return nil
}

func (s *schema) readRoutines(ctx context.Context, conn *sql.Conn) error {
	return s.readPrograms(ctx, conn, `SELECT ROUTINE_TYPE AS kind, ROUTINE_NAME AS name
		FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY ROUTINE_TYPE, ROUTINE_NAME`)
}

// readTriggers reads triggers in the order in which they fire, which is that in which they are created.
func (s *schema) readTriggers(ctx context.Context, conn *sql.Conn) error {
	return s.readPrograms(ctx, conn, `SELECT 'TRIGGER' AS kind, TRIGGER_NAME AS name
		FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
		ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`)
}

func (s *schema) readEvents(ctx context.Context, conn *sql.Conn) error {
	return s.readPrograms(ctx, conn, `SELECT 'EVENT' AS kind, EVENT_NAME AS name
		FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY EVENT_NAME`)
}

func (s *schema) readPrograms(ctx context.Context, conn *sql.Conn, list string) error {
	listed, err := query(ctx, conn, list)
	if err != nil {
		return err
	}
	for _, listed := range listed {
		kind, name := listed["kind"], listed["name"]
		shown, err := show(ctx, conn, kind, name)
		if err != nil {
			return fmt.Errorf("%s %q: %w", strings.ToLower(kind), name, err)
		}
		p := program{kind: kind, name: name, create: definition(shown), mode: shown["sql_mode"],
			client: shown["character_set_client"], connection: shown["collation_connection"], zone: shown["time_zone"]}
		if p.create == "" {
			return fmt.Errorf("%s %q: its definition is hidden from this user: grant it SHOW_ROUTINE",
				strings.ToLower(kind), name)
		}
		s.programs = append(s.programs, p)
	}
	return nil
}

// definition is the statement among what the server shows of a program; its column is named after the kind.
func definition(shown record) string {
	for column, value := range shown {
		if column == "SQL Original Statement" || strings.HasPrefix(column, "Create ") {
			return value
		}
	}
	return ""
}

// counter is the one part of a table's definition that changes as rows are written.
var counter = regexp.MustCompile(`(?m)^(\).*) AUTO_INCREMENT=\d+`)

// shape is a table's definition without its counter.
func (t table) shape() string { return counter.ReplaceAllString(t.create, "$1") }

// same says whether two readings are of the same definitions.
func (s *schema) same(other *schema) bool {
	return reflect.DeepEqual(s.shapes(), other.shapes())
}

func (s *schema) shapes() schema {
	shapes := *s
	shapes.tables = slices.Clone(s.tables)
	for i, t := range shapes.tables {
		shapes.tables[i].create = t.shape()
	}
	return shapes
}
