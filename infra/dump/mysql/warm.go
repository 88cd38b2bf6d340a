package mysql

import (
	"context"
	"database/sql"
	"fmt"

	"haven/infra/dump/sqltext"
)

// Warmed is a table all of which was read.
type Warmed struct {
	Name    string `json:"name"`
	Indexes int    `json:"indexes"`
	Rows    int64  `json:"rows"`
}

// Warm reads each index of each table of the database from its one end to its other. The clustered index holds the rows
// themselves.
// https://dev.mysql.com/doc/refman/8.0/en/innodb-index-types.html
func Warm(ctx context.Context, db *sql.DB) ([]Warmed, error) {
	names, err := texts(ctx, db, "SELECT TABLE_NAME FROM information_schema.TABLES"+
		" WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME")
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	var all []Warmed
	for _, name := range names {
		indexes, err := texts(ctx, db, "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS"+
			" WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_TYPE = 'BTREE' ORDER BY INDEX_NAME", name)
		if err != nil {
			return nil, fmt.Errorf("indexes of %s: %w", name, err)
		}
		table := Warmed{Name: name, Indexes: len(indexes)}
		if table.Rows, err = count(ctx, db, name, ""); err != nil {
			return nil, err
		}
		for _, index := range indexes {
			if _, err := count(ctx, db, name, index); err != nil {
				return nil, err
			}
		}
		all = append(all, table)
	}
	return all, nil
}

// count is how many entries an index has; "" is the one that the server chooses.
func count(ctx context.Context, db *sql.DB, table, index string) (rows int64, err error) {
	statement := "SELECT COUNT(*) FROM " + sqltext.Identifier(table)
	if index != "" {
		statement += " FORCE INDEX (" + sqltext.Identifier(index) + ")"
	}
	if err := db.QueryRowContext(ctx, statement).Scan(&rows); err != nil {
		return 0, fmt.Errorf("table %s: %w", table, err)
	}
	return rows, nil
}

// texts are the values of a query's one column.
func texts(ctx context.Context, db *sql.DB, query string, args ...any) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
