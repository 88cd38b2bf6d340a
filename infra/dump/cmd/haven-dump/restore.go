package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"haven/infra/dump/cognito"
	"haven/infra/dump/files"
	"haven/infra/dump/mysql"
	"haven/infra/dump/restore"
	"haven/infra/dump/users"
)

func newRestore() *cobra.Command {
	var flags expectation
	var with choices
	command := &cobra.Command{
		Use:   "restore " + placeName,
		Short: "Verify a dump, and bring it back into an empty database and folder",
		Long: `Verify a dump, and bring it back into an empty database and folder.

  DB_HOSTNAME, DB_PORT (3306), DB_DATABASE, DB_USERNAME, DB_PASSWORD, MYSQL_ATTR_SSL_CA   the database
  HAVEN_DUMP_FILES   the folder
  HAVEN_DUMP_USER_POOL   the ID of the user pool that the accounts are brought back into; left out, they are not

Accounts that are there already stay as they are. The others get a password that nobody knows: their owners ask for
another where they sign in, and enrol a second factor anew.

Afterwards the rows of each table are counted and compared. The secrets stay sealed: age opens secrets.age.`,
		Args: arguments(placeName),
		RunE: func(command *cobra.Command, args []string) error {
			return runRestore(command.Context(), args[0], flags, with)
		},
	}
	flags.register(command)
	command.Flags().BoolVar(&with.replace, "replace", false, "delete what is in the database and the folder first")
	command.Flags().BoolVar(&with.filesOnly, "files-only", false,
		"leave the database as it is: it has come back by other means, and none is named")
	command.Flags().BoolVar(&with.warm, "warm", false,
		"read the database whole, as warm does: with --files-only while the files come back, otherwise once it is loaded")
	command.Flags().StringVar(&with.owner, "owner", "", "UID:GID, whom all files are handed to; it takes root's rights")
	return command
}

// choices are what of a dump is brought back, and how.
type choices struct {
	replace, filesOnly, warm bool
	owner                    string
}

// job is what is brought back where, and what ends it.
func (c choices) job() (restore.Job, func(), error) {
	var s settings
	var address mysql.Address
	if !c.filesOnly {
		address = s.database()
	}
	owner, err := files.ParseOwner(c.owner)
	if err != nil {
		return restore.Job{}, nil, useError{fmt.Errorf("--owner: %w", err)}
	}
	job := restore.Job{Replace: c.replace, Files: s.text("HAVEN_DUMP_FILES"), Owner: owner}
	if err := s.err(); err != nil || c.filesOnly {
		return job, func() {}, err
	}
	db, err := mysql.Open(address)
	if err != nil {
		return job, nil, useError{err}
	}
	job.Database = db
	return job, func() { _ = db.Close() }, nil
}

func runRestore(ctx context.Context, place string, flags expectation, with choices) error {
	begun := time.Now()
	job, end, err := with.job()
	if err != nil {
		return err
	}
	defer end()
	expected, err := flags.at(place)
	if err != nil {
		return err
	}
	from, err := source(ctx, place)
	if err != nil {
		return err
	}
	job.Source, job.Expected = from, expected
	var accounts *cognito.Restored
	if id := os.Getenv("HAVEN_DUMP_USER_POOL"); id != "" {
		pool, err := cognito.Open(ctx, id)
		if err != nil {
			return err
		}
		job.Users = func(d *users.Directory) error {
			done, err := pool.Restore(ctx, d)
			accounts = &done
			return err
		}
	}
	restored, tables, err := with.bringBack(ctx, job)
	if err != nil {
		return err
	}
	for table, warnings := range restored.Warnings {
		fmt.Fprintf(os.Stderr, "haven-dump: table %q: the server found fault with %d values as it took them\n",
			table, warnings)
	}
	done := summary(restored.Manifest, from.String(), begun)
	done.Accounts, done.Warmed = accounts, tables
	return report(done)
}

// bringBack restores, and warms where that was asked for: each as soon as what it works on is there.
func (c choices) bringBack(ctx context.Context, job restore.Job) (*restore.Restored, []mysql.Warmed, error) {
	if !c.warm || !c.filesOnly {
		restored, err := restore.Restore(ctx, job)
		if err != nil || !c.warm {
			return restored, nil, err
		}
		tables, err := warm(ctx)
		return restored, tables, err
	}
	var restored *restore.Restored
	var tables []mysql.Warmed
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() (err error) { tables, err = warm(ctx); return err })
	both.Go(func() (err error) { restored, err = restore.Restore(ctx, job); return err })
	err := both.Wait()
	return restored, tables, err
}
