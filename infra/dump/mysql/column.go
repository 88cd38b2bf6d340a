package mysql

import (
	"context"
	"database/sql"
	"fmt"

	"haven/infra/dump/sqltext"
)

// column is a column of a table or a view.
type column struct {
	name, dataType, charset string
	generated               bool
}

func readColumns(ctx context.Context, conn *sql.Conn) (map[string][]column, error) {
	rows, err := query(ctx, conn, `SELECT TABLE_NAME AS tab, COLUMN_NAME AS name, LOWER(DATA_TYPE) AS type,
			CHARACTER_SET_NAME AS charset, COALESCE(GENERATION_EXPRESSION, '') <> '' AS gen
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`)
	if err != nil {
		return nil, err
	}
	columns := map[string][]column{}
	for _, row := range rows {
		columns[row["tab"]] = append(columns[row["tab"]], column{
			name: row["name"], dataType: row["type"], charset: row["charset"], generated: row["gen"] == "1"})
	}
	return columns, nil
}

// literal appends a value as SQL.
type literal func(to, value []byte) []byte

// literals are how values of each type are written.
// https://dev.mysql.com/doc/refman/8.0/en/data-types.html
var literals = map[string]literal{
	"tinyint": exact, "smallint": exact, "mediumint": exact, "int": exact, "bigint": exact,
	"decimal": exact, "year": exact, "enum": exact,
	"float": sqltext.AppendFloat, "double": sqltext.AppendFloat,
	"bit":    sqltext.AppendBits,
	"binary": sqltext.AppendBinary, "varbinary": sqltext.AppendBinary, "tinyblob": sqltext.AppendBinary,
	"blob": sqltext.AppendBinary, "mediumblob": sqltext.AppendBinary, "longblob": sqltext.AppendBinary,
	"geometry": sqltext.AppendBinary, "point": sqltext.AppendBinary, "linestring": sqltext.AppendBinary,
	"polygon": sqltext.AppendBinary, "multipoint": sqltext.AppendBinary, "multilinestring": sqltext.AppendBinary,
	"multipolygon": sqltext.AppendBinary, "geometrycollection": sqltext.AppendBinary,
	"geomcollection": sqltext.AppendBinary,
	"char":           sqltext.AppendString, "varchar": sqltext.AppendString, "tinytext": sqltext.AppendString,
	"text": sqltext.AppendString, "mediumtext": sqltext.AppendString, "longtext": sqltext.AppendString,
	"set": sqltext.AppendString, "json": sqltext.AppendString,
	"date": sqltext.AppendString, "datetime": sqltext.AppendString, "timestamp": sqltext.AppendString,
	"time": sqltext.AppendString, "uuid": sqltext.AppendString, "inet4": sqltext.AppendString,
	"inet6": sqltext.AppendString,
}

func exact(to, value []byte) []byte { return append(to, value...) }

// plainCharsets are those whose bytes are the same in utf8mb4; no charset is that of what is no text, such as a date.
var plainCharsets = map[string]bool{"": true, "utf8mb4": true, "utf8mb3": true, "utf8": true, "ascii": true}

// literal is how the values of this column are written.
func (c column) literal() literal {
	if c.dataType == "enum" || plainCharsets[c.charset] {
		return literals[c.dataType]
	}
	return func(to, value []byte) []byte { return sqltext.AppendEncoded(to, c.charset, value) }
}

// expression is what is selected. The server prints a FLOAT with six digits, its product with 1 with all of them; and
// it prints the value 0 of an ENUM, which stands for one that was refused, as it prints an empty member.
// https://dev.mysql.com/doc/refman/8.0/en/problems-with-float.html
// https://dev.mysql.com/doc/refman/8.0/en/enum.html
func (c column) expression() string {
	name := sqltext.Identifier(c.name)
	switch c.dataType {
	case "float", "double":
		return name + "*1E0"
	case "enum":
		return name + "+0"
	}
	return name
}

func (c column) refusal() error {
	if err := printable(c.name); err != nil {
		return err
	}
	if literals[c.dataType] == nil {
		return fmt.Errorf("it is of type %q, which is not known here", c.dataType)
	}
	return nil
}
