package main

import (
	"context"
	"os"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"haven/infra/dump"
	"haven/infra/dump/bucket"
	"haven/infra/dump/folder"
	"haven/infra/dump/google"
)

// expectation are the flags that say what is known of a dump.
type expectation struct {
	tenant, manifest, identity string
}

func (e *expectation) register(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&e.tenant, "tenant", os.Getenv("HAVEN_DUMP_TENANT"),
		"whose it must be (HAVEN_DUMP_TENANT, or what its place says)")
	flags.StringVar(&e.manifest, "manifest-sha256", "", "the manifest's sum, as it was printed when the dump was made")
	flags.StringVar(&e.identity, "identity", "", "a file with identities of age, to look into the sealed secrets")
}

func (e *expectation) at(place string) (dump.Expectation, error) {
	expected := dump.Expectation{Tenant: e.tenant, ManifestSHA256: strings.ToLower(e.manifest)}
	if e.identity != "" {
		file, err := os.Open(e.identity)
		if err != nil {
			return expected, useError{err}
		}
		defer file.Close()
		if expected.Identities, err = age.ParseIdentities(file); err != nil {
			return expected, useError{err}
		}
	}
	return expected.At(place), nil
}

// source is the dump at a place.
func source(ctx context.Context, place string) (dump.Source, error) {
	if strings.HasPrefix(place, google.Scheme) {
		at, err := google.NewClient().At(place)
		if err != nil {
			return nil, useError{err}
		}
		return at, nil
	}
	if !strings.HasPrefix(place, bucket.Scheme) {
		return folder.Folder(place), nil
	}
	name, prefix, err := bucket.Parse(place)
	if err != nil {
		return nil, useError{err}
	}
	client, err := bucket.Client(ctx)
	if err != nil {
		return nil, err
	}
	return bucket.At(client, name, prefix, time.Time{}), nil
}

const placeName = "FOLDER|s3://BUCKET/PREFIX|gs://BUCKET/PREFIX"

func newVerify() *cobra.Command {
	var flags expectation
	command := &cobra.Command{
		Use:   "verify " + placeName,
		Short: "Read a whole dump and say everything that is wrong with it",
		Args:  arguments(placeName),
		RunE: func(command *cobra.Command, args []string) error {
			return runVerify(command.Context(), args[0], flags)
		},
	}
	flags.register(command)
	return command
}

func runVerify(ctx context.Context, place string, flags expectation) error {
	begun := time.Now()
	expected, err := flags.at(place)
	if err != nil {
		return err
	}
	from, err := source(ctx, place)
	if err != nil {
		return err
	}
	m, err := dump.Verify(ctx, from, expected)
	if err != nil {
		return err
	}
	return report(summary(m, from.String(), begun))
}
