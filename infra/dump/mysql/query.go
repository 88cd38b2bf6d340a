package mysql

import (
	"context"
	"database/sql"
	"fmt"

	"haven/infra/dump/sqltext"
)

// record is a row by the names of its columns; one that is NULL is empty.
type record map[string]string

// query reads all rows of a small result.
func query(ctx context.Context, conn *sql.Conn, text string) ([]record, error) {
	rows, err := conn.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	values := make([]sql.NullString, len(columns))
	pointers := make([]any, len(columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	var all []record
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		row := record{}
		for i, column := range columns {
			row[column] = values[i].String
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// one reads a result of one row.
func one(ctx context.Context, conn *sql.Conn, text string) (record, error) {
	rows, err := query(ctx, conn, text)
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 {
		return nil, fmt.Errorf("%s: %d rows, expected one", text, len(rows))
	}
	return rows[0], nil
}

// show is what the server shows of how something was created.
func show(ctx context.Context, conn *sql.Conn, kind, name string) (record, error) {
	return one(ctx, conn, "SHOW CREATE "+kind+" "+sqltext.Identifier(name))
}
