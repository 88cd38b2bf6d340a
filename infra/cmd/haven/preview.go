package main

import (
	"context"

	"github.com/spf13/cobra"
)

func newPreview(p *person) *cobra.Command {
	v := &verb{person: p, name: "preview"}
	return v.inWaves(v.flags(&cobra.Command{
		Use:   "preview ENV",
		Short: "Say what up would do, and change nothing",
		RunE: func(cmd *cobra.Command, args []string) error {
			return v.act(cmd.Context(), args[0], false, func(ctx context.Context, o *operator) report {
				return o.Preview(ctx)
			})
		},
	}, true))
}
