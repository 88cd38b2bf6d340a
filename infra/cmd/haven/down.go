package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/environment"
)

func newDown(p *person) *cobra.Command {
	v := &verb{person: p, name: "down"}
	var yes bool
	cmd := v.flags(&cobra.Command{
		Use:   "down ENV",
		Short: "Destroy all stacks of an environment that is not production",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := mayDestroy(p, args[0], yes); err != nil {
				return err
			}
			return v.act(cmd.Context(), args[0], true, func(ctx context.Context, o *operator) report {
				return o.Down(ctx)
			})
		},
	}, false)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask for the environment's name")
	return cmd
}

// mayDestroy refuses production, and asks a person to type the environment's name.
func mayDestroy(p *person, name string, yes bool) error {
	checkout, err := here()
	if err != nil {
		return err
	}
	target, err := environment.Load(checkout, name)
	if err != nil {
		return err
	}
	if target.Production {
		return fmt.Errorf("%s is marked production, which is never taken down as a whole", name)
	}
	if yes {
		return nil
	}
	if !engine.IsTerminal(os.Stdin) {
		return engine.Problemf("down asks for the environment's name, but there is no terminal to ask at; add --yes")
	}
	fmt.Fprintf(os.Stderr, "This destroys %d stacks and the data in them. Type %q to go on: ", len(target.Stacks), name)
	if typed, err := ask(p); err != nil || typed != name {
		return engine.Problemf("the name typed is not %q; nothing was changed", name)
	}
	return nil
}

// ask reads a line, unless the person rather stops.
func ask(p *person) (string, error) {
	if p.typed != nil {
		return p.typed()
	}
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		lines <- strings.TrimSpace(line)
	}()
	select {
	case line := <-lines:
		return line, nil
	case <-p.soft.Done():
		return "", p.soft.Err()
	}
}
