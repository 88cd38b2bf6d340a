package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"haven/infra/dump"
	"haven/infra/dump/google"
)

// keptSecrets are the ends of the names of the secrets that sealed keys become.
const (
	keptAppKey     = "app-key"
	keptPrivateKey = "passport-private-key"
	keptPublicKey  = "passport-public-key"
)

func newUnseal() *cobra.Command {
	var flags expectation
	var to string
	command := &cobra.Command{
		Use:   "unseal " + placeName,
		Short: "Open a dump's sealed keys and keep them in Google's Secret Manager",
		Long: `Open a dump's sealed keys and keep them in Google's Secret Manager, as new versions of secrets that are there:
NAME-app-key, and where the dump has them NAME-passport-private-key and NAME-passport-public-key. A secret that has the
value already stays as it is.

It is for whoever holds an identity that the keys are sealed to: that identity, which opens the keys of every tenant,
never leaves the machine. GOOGLE_OAUTH_ACCESS_TOKEN says who one is there.`,
		Args: arguments(placeName),
		RunE: func(command *cobra.Command, args []string) error {
			return runUnseal(command.Context(), args[0], flags, to)
		},
	}
	flags.register(command)
	command.Flags().StringVar(&to, "to", "", "projects/PROJECT/secrets/NAME")
	return command
}

func runUnseal(ctx context.Context, place string, flags expectation, to string) error {
	begun := time.Now()
	if flags.identity == "" || to == "" {
		return useError{errors.New("unseal: --identity and --to are needed")}
	}
	expected, err := flags.at(place)
	if err != nil {
		return err
	}
	from, err := source(ctx, place)
	if err != nil {
		return err
	}
	// All of the dump is read: keys of a dump that was altered are worth nothing.
	m, err := dump.Verify(ctx, from, expected)
	if err != nil {
		return err
	}
	var secrets *dump.Secrets
	err = dump.Read(ctx, from, m.Part(dump.SecretsPart), func(sealed io.Reader) (err error) {
		secrets, err = dump.Unseal(sealed, expected.Identities...)
		return err
	})
	if err != nil {
		return err
	}
	if err := keep(ctx, to, secrets); err != nil {
		return err
	}
	return report(summary(m, from.String(), begun))
}

func keep(ctx context.Context, to string, secrets *dump.Secrets) error {
	client := google.NewClient()
	for _, kept := range []struct{ name, value string }{
		{keptAppKey, secrets.AppKey},
		{keptPrivateKey, secrets.PassportPrivateKey},
		{keptPublicKey, secrets.PassportPublicKey},
	} {
		if kept.value == "" {
			continue
		}
		added, err := client.Keep(ctx, to+"-"+kept.name, []byte(kept.value))
		if err != nil {
			return err
		}
		said := "has the value already"
		if added {
			said = "has a new version"
		}
		fmt.Fprintf(os.Stderr, "haven-dump: %s-%s %s\n", to, kept.name, said)
	}
	return nil
}
