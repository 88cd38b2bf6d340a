package main

import (
	"context"

	"github.com/spf13/cobra"
)

func newUp(p *person) *cobra.Command {
	v := &verb{person: p, name: "up"}
	return v.inWaves(v.flags(&cobra.Command{
		Use:   "up ENV",
		Short: "Bring up all stacks of an environment, or update them",
		RunE: func(cmd *cobra.Command, args []string) error {
			return v.act(cmd.Context(), args[0], !v.strict, func(ctx context.Context, o *operator) report {
				if v.strict {
					return o.Preview(ctx)
				}
				return o.Up(ctx)
			})
		},
	}, true))
}
