package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"haven/infra/environment"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

func newSandbox() *cobra.Command {
	cmd := &cobra.Command{Use: "sandbox", Short: "Look into the cloud that lives on this machine"}
	cmd.AddCommand(newWorld(), newRetained(), newLog(), newAdvance(), newAlarms(), newObjects(), newLose(),
		newHeal())
	onlyVerbs(cmd)
	return cmd
}

func newWorld() *cobra.Command {
	return listing("world", "List what the sandbox holds",
		"print a JSON array of {provider, region, type, id, urn, inputs, outputs}",
		func(w *world.World) ([]world.Entry, error) { return w.Entries() },
		table.Row{"provider", "region", "type", "id"},
		func(e world.Entry) table.Row { return table.Row{e.Provider, e.Region, e.Type, e.ID} })
}

func newRetained() *cobra.Command {
	return listing("retained", "List what deletions left behind: final snapshots, keys and secrets pending deletion",
		"print a JSON array of {Type, ID, Name, Region, Account, Until}",
		func(w *world.World) ([]cloud.Retained, error) { return w.Retained() },
		table.Row{"region", "type", "id", "until"},
		func(r cloud.Retained) table.Row { return table.Row{r.Region, r.Type, r.ID, until(r.Until)} })
}

func until(end time.Time) string {
	if end.IsZero() {
		return "kept"
	}
	return end.Format(time.DateOnly)
}

// listing is a verb that prints one list out of the world: a table, or JSON.
func listing[T any](use, short, jsonHelp string, read func(*world.World) ([]T, error), header table.Row,
	row func(T) table.Row,
) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			checkout, err := here()
			if err != nil {
				return err
			}
			there, err := environment.World(checkout)
			if err != nil {
				return err
			}
			items, err := read(there)
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(os.Stdout)
				encoder.SetIndent("", "  ")
				return encoder.Encode(items)
			}
			return printTable(items, header, row)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, jsonHelp)
	return cmd
}

func printTable[T any](items []T, header table.Row, row func(T) table.Row) error {
	if len(items) == 0 {
		_, err := fmt.Println("nothing")
		return err
	}
	rows := table.NewWriter()
	rows.SetStyle(table.StyleLight)
	rows.Style().Options = table.OptionsNoBordersAndSeparators
	rows.SuppressTrailingSpaces()
	rows.AppendHeader(header)
	for _, item := range items {
		rows.AppendRow(row(item))
	}
	_, err := fmt.Printf("%s\n%d in all\n", rows.Render(), len(items))
	return err
}
