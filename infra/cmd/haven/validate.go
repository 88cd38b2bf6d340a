package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"haven/infra/environment"
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
			directory, err := environment.LoadAll(checkout)
			if err != nil {
				return err
			}
			for _, stack := range directory.Stacks() {
				if _, err := fmt.Printf("%s: a valid %s\n", stack.Name, stack.Role); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
