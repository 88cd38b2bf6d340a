package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"haven/stacks/config"
)

func newValidate() *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check all stack files together, without an engine",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			checkout, err := here()
			if err != nil {
				return err
			}
			directory, err := config.LoadDir(checkout.Stacks())
			if err != nil {
				return err
			}
			for _, stack := range directory.Stacks() {
				fmt.Printf("%s: a valid %s\n", stack.Name, stack.Role)
			}
			return nil
		},
	}
}
