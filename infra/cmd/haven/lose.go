package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/sandbox/flow"
	"haven/infra/sandbox/world"
)

func newLose() *cobra.Command {
	return &cobra.Command{
		Use:   "lose KIND WHAT",
		Short: "Lose something in the sandbox from now on: a region, a zone, a network, a provider, a database, data",
		Long: "Lose something in the sandbox from now on, until haven sandbox heal. To see what becomes of it without losing\n" +
			"anything of the environment, haven drill does so in a copy.\n" +
			"KIND and WHAT: region eu-west-1; zone eu-west-1a; network VPC; provider aws; database ID or data ID, by its ID in\n" +
			"haven sandbox world; throttled rds.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 || !slices.Contains(world.Kinds, world.Kind(args[0])) {
				return engine.Problemf("%s takes a kind of %v and what is lost, but got %q", verbOf(cmd), world.Kinds, args)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			there, err := theWorld()
			if err != nil {
				return err
			}
			entries, err := there.Entries()
			if err != nil {
				return err
			}
			if known := losable(entries, world.Kind(args[0])); !slices.Contains(known, args[1]) {
				return engine.Problemf("sandbox lose: the sandbox has no %s %q to lose; it has %s", args[0], args[1],
					cmp.Or(strings.Join(known, ", "), "none"))
			}
			if err := flow.Strike(there, world.Kind(args[0]), args[1]); err != nil {
				return fmt.Errorf("sandbox lose: %w", err)
			}
			fmt.Printf("lost: the %s %s; haven sandbox heal gives it back\n", args[0], args[1])
			return nil
		},
	}
}

// losable is what there is of a kind, in order.
func losable(entries []world.Entry, kind world.Kind) []string {
	found := map[string]bool{}
	for _, e := range entries {
		zone, _ := e.Outputs["availabilityZone"].(string)
		service := strings.Split(e.Type, ":")[1]
		switch aws := e.Provider == "aws"; {
		case kind == world.ProviderLost:
			found[e.Provider] = true
		case kind == world.RegionLost && aws && e.Region != "global":
			found[e.Region] = true
		case kind == world.ZoneLost && e.Type == "aws:ec2/subnet:Subnet":
			found[zone] = true
		case kind == world.NetworkLost && e.Type == "aws:ec2/vpc:Vpc",
			(kind == world.DatabaseLost || kind == world.DataLost) && e.Type == "aws:rds/instance:Instance":
			found[e.ID] = true
		case kind == world.Throttled && aws:
			found[strings.Split(service, "/")[0]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func newHeal() *cobra.Command {
	return &cobra.Command{
		Use:   "heal",
		Short: "Give back all that was lost in the sandbox",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			there, err := theWorld()
			if err != nil {
				return err
			}
			if err := flow.Heal(there); err != nil {
				return fmt.Errorf("sandbox heal: %w", err)
			}
			fmt.Println("nothing is lost any more")
			return nil
		},
	}
}
