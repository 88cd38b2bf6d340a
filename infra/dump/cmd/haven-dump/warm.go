package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"haven/infra/dump/mysql"
)

func newWarm() *cobra.Command {
	return &cobra.Command{
		Use:   "warm",
		Short: "Read every index of every table, so that none waits for its blocks",
		Long: `Read every index of every table, so that none waits for its blocks: what RDS makes from a snapshot fetches
each block from S3 when it is first read. Prints how many rows each table has.

  DB_HOSTNAME, DB_PORT (3306), DB_DATABASE, DB_USERNAME, DB_PASSWORD, MYSQL_ATTR_SSL_CA   the database`,
		Args: arguments(),
		RunE: func(command *cobra.Command, _ []string) error { return runWarm(command.Context()) },
	}
}

// warmed is what was read.
type warmed struct {
	Warmed  []mysql.Warmed `json:"warmed"`
	Seconds float64        `json:"seconds"`
}

func runWarm(ctx context.Context) error {
	begun := time.Now()
	tables, err := warm(ctx)
	if err != nil {
		return err
	}
	return report(warmed{Warmed: tables, Seconds: time.Since(begun).Seconds()})
}

// warm reads the database that the environment names.
func warm(ctx context.Context) ([]mysql.Warmed, error) {
	var s settings
	address := s.database()
	if err := s.err(); err != nil {
		return nil, err
	}
	db, err := mysql.Open(address)
	if err != nil {
		return nil, useError{err}
	}
	defer db.Close()
	return mysql.Warm(ctx, db)
}
