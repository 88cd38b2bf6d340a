package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"haven/infra/dump/mysql"
	"haven/infra/dump/restore"
)

func newRestore() *cobra.Command {
	var flags expectation
	var replace bool
	command := &cobra.Command{
		Use:   "restore " + placeName,
		Short: "Verify a dump, and bring it back into an empty database and folder",
		Long: `Verify a dump, and bring it back into an empty database and folder.

  DB_HOSTNAME, DB_PORT (3306), DB_DATABASE, DB_USERNAME, DB_PASSWORD, MYSQL_ATTR_SSL_CA   the database
  HAVEN_DUMP_FILES   the folder

Afterwards the rows of each table are counted and compared. The secrets stay sealed: age opens secrets.age.`,
		Args: arguments(placeName),
		RunE: func(command *cobra.Command, args []string) error {
			return runRestore(command.Context(), args[0], flags, replace)
		},
	}
	flags.register(command)
	command.Flags().BoolVar(&replace, "replace", false, "delete what is in the database and the folder first")
	return command
}

func runRestore(ctx context.Context, place string, flags expectation, replace bool) error {
	begun := time.Now()
	var s settings
	database, folder := s.database(), s.text("HAVEN_DUMP_FILES")
	if err := s.err(); err != nil {
		return err
	}
	expected, err := flags.at(place)
	if err != nil {
		return err
	}
	from, err := source(ctx, place)
	if err != nil {
		return err
	}
	db, err := mysql.Open(database)
	if err != nil {
		return useError{err}
	}
	defer db.Close()
	restored, err := restore.Restore(ctx, restore.Job{
		Source: from, Expected: expected, Database: db, Files: folder, Replace: replace})
	if err != nil {
		return err
	}
	for table, warnings := range restored.Warnings {
		fmt.Fprintf(os.Stderr, "haven-dump: table %q: the server found fault with %d values as it took them\n",
			table, warnings)
	}
	return report(summary(restored.Manifest, from.String(), begun))
}
