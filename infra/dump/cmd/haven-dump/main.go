// Haven-dump makes a tenant's logical dump, checks one, and brings one back.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit statuses.
const (
	failed   = 1
	wrongUse = 2
)

// useError is a command that cannot be followed as it was given.
type useError struct{ error }

func main() {
	// ECS ends a task with SIGTERM, and gives it time to clear up.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	err := root().ExecuteContext(ctx)
	if err == nil {
		return
	}
	if cause := context.Cause(ctx); cause != nil {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	fmt.Fprintf(os.Stderr, "haven-dump: %v\n", err)
	if errors.As(err, new(useError)) {
		os.Exit(wrongUse)
	}
	os.Exit(failed)
}

func root() *cobra.Command {
	command := &cobra.Command{
		Use:           "haven-dump",
		Short:         "Make, check and bring back the dump of all that a tenant owns",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(command *cobra.Command, args []string) error {
			return useError{fmt.Errorf("expected make, verify, restore, unseal or warm; see haven-dump --help")}
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	command.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return useError{err} })
	command.AddCommand(newMake(), newVerify(), newRestore(), newUnseal(), newWarm())
	command.CompletionOptions.DisableDefaultCmd = true
	return command
}

// arguments takes as many as there are names for.
func arguments(names ...string) cobra.PositionalArgs {
	return func(command *cobra.Command, args []string) error {
		if len(args) != len(names) {
			return useError{fmt.Errorf("%s: %d arguments, expected %d %v", command.CommandPath(), len(args), len(names), names)}
		}
		return nil
	}
}
