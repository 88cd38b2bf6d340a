package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"haven/components/dump/manifest"
	"haven/components/dump/recipients"
	"haven/infra/dump"
	"haven/infra/dump/bucket"
	"haven/infra/dump/cognito"
	"haven/infra/dump/files"
	"haven/infra/dump/folder"
	"haven/infra/dump/mysql"
)

func newMake() *cobra.Command {
	var to string
	command := &cobra.Command{
		Use:   "make",
		Short: "Make a dump of the tenant that the environment names",
		Long: `Make a dump of the tenant that the environment names.

  HAVEN_DUMP_TENANT      whose it is
  HAVEN_DUMP_GENERATION  which generation of its data (1)
  HAVEN_DUMP_BUCKET      where it goes; --to FOLDER takes its place
  HAVEN_DUMP_PREFIX      the prefix there (tenants/<tenant>/dumps); the time is added
  HAVEN_DUMP_LOCK_DAYS   how long nobody can delete it; not for a folder
  HAVEN_DUMP_FILES       the folder of the files
  HAVEN_DUMP_RECIPIENTS  public keys of age to which secrets are sealed, separated by commas
  DB_HOSTNAME, DB_PORT (3306), DB_DATABASE, DB_USERNAME, DB_PASSWORD
  MYSQL_ATTR_SSL_CA      the file of the certificates that vouch for the database's server
  HAVEN_DUMP_USER_POOL   the ID of the tenant's user pool in Amazon Cognito; may be missing
  APP_KEY, PASSPORT_PRIVATE_KEY, PASSPORT_PUBLIC_KEY   the secrets; the pair may be missing

It prints one line of JSON when the dump is complete. Where it fails, or is told to stop, there is no manifest.`,
		Args: arguments(),
		RunE: func(command *cobra.Command, _ []string) error { return runMake(command.Context(), to) },
	}
	command.Flags().StringVar(&to, "to", "", "a folder that takes the place of the bucket")
	return command
}

func runMake(ctx context.Context, to string) error {
	begun := time.Now()
	var s settings
	job, database := makeJob(&s), s.database()
	place := newPlace(&s, job.Tenant, to)
	if err := s.err(); err != nil {
		return err
	}
	db, err := mysql.Open(database)
	if err != nil {
		return useError{err}
	}
	defer db.Close()
	snapshot, err := mysql.Begin(ctx, db, mysql.Patient)
	if err != nil {
		return err
	}
	defer snapshot.Close()
	if job.Target, err = place.target(ctx, snapshot.StartedAt().UTC()); err != nil {
		return err
	}
	job.Snapshot = snapshot
	if id := os.Getenv("HAVEN_DUMP_USER_POOL"); id != "" {
		if job.Users, err = cognito.Open(ctx, id); err != nil {
			return err
		}
	}
	made, err := dump.Make(ctx, job)
	if err != nil {
		return err
	}
	note(made.Notes)
	return report(summary(made.Manifest, job.Target.String(), begun))
}

func makeJob(s *settings) dump.Job {
	job := dump.Job{
		Tenant:     s.text("HAVEN_DUMP_TENANT"),
		Generation: s.number("HAVEN_DUMP_GENERATION", "1"),
		Files:      s.text("HAVEN_DUMP_FILES"),
		Secrets: dump.Secrets{
			AppKey:             s.text("APP_KEY"),
			PassportPrivateKey: os.Getenv("PASSPORT_PRIVATE_KEY"),
			PassportPublicKey:  os.Getenv("PASSPORT_PUBLIC_KEY"),
		},
	}
	if (job.Secrets.PassportPrivateKey == "") != (job.Secrets.PassportPublicKey == "") {
		s.problem("PASSPORT_PRIVATE_KEY, PASSPORT_PUBLIC_KEY", "expected both or neither")
	}
	err := manifest.CheckTenant(job.Tenant)
	if err != nil && job.Tenant != "" {
		s.problem("HAVEN_DUMP_TENANT", err.Error())
	}
	if job.Recipients, err = recipients.ParseList(os.Getenv("HAVEN_DUMP_RECIPIENTS")); err != nil {
		s.problem("HAVEN_DUMP_RECIPIENTS", err.Error())
	}
	return job
}

// place is where dumps of a tenant go.
type place struct {
	folder, bucket, prefix string
	lockDays               int
}

func newPlace(s *settings, tenant, folder string) place {
	p := place{folder: folder, prefix: strings.Trim(s.optional("HAVEN_DUMP_PREFIX", "tenants/"+tenant+"/dumps"), "/")}
	if folder == "" {
		p.bucket, p.lockDays = s.text("HAVEN_DUMP_BUCKET"), s.number("HAVEN_DUMP_LOCK_DAYS", "")
	}
	return p
}

func (p place) target(ctx context.Context, startedAt time.Time) (dump.Target, error) {
	prefix := path.Join(p.prefix, startedAt.Format(dump.TimeLayout))
	if p.folder != "" {
		return folder.Folder(filepath.Join(p.folder, filepath.FromSlash(prefix))), nil
	}
	client, err := bucket.Client(ctx)
	if err != nil {
		return nil, err
	}
	return bucket.At(client, p.bucket, prefix, startedAt.AddDate(0, 0, p.lockDays)), nil
}

// shown is how many files are named of those that are noted.
const shown = 10

// note says which files are not in the dump as they are in the folder.
func note(notes files.Notes) {
	for _, kind := range []struct {
		what  string
		names []string
	}{
		{"vanished before they were read", notes.Vanished},
		{"changed while they were read, and are in the dump as they were then", notes.Changed},
		{"are no files, folders or links, and are left out", notes.LeftOut},
	} {
		if len(kind.names) > 0 {
			fmt.Fprintf(os.Stderr, "haven-dump: %d files %s, such as %q\n",
				len(kind.names), kind.what, kind.names[:min(shown, len(kind.names))])
		}
	}
}
