package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"haven/infra/engine"
)

func newEnv() *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: `Print what makes pulumi work in the sandbox: eval "$(.haven/bin/haven env)"`,
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checkout, err := here()
			if err != nil {
				return err
			}
			found, err := engine.Find(cmd.Context(), checkout, os.Stderr)
			if err != nil {
				return err
			}
			if err := engine.Prepare(checkout); err != nil {
				return err
			}
			var script strings.Builder
			for _, name := range engine.CloudVariables(os.Environ()) {
				fmt.Fprintf(&script, "unset %s\n", name)
			}
			for _, variable := range found.Exports(checkout) {
				name, value, _ := strings.Cut(variable, "=")
				fmt.Fprintf(&script, "export %s=%s\n", name, quote(value))
			}
			_, err = fmt.Print(script.String())
			return err
		},
	}
}

// quote makes a text one word of a POSIX shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
