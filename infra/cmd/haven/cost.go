package main

import (
	"encoding/json"
	"os"
	"time"

	"github.com/spf13/cobra"

	"haven/infra/environment"
	"haven/infra/report/cost"
)

func newCost() *cobra.Command {
	v := &verb{name: "cost"}
	var asJSON bool
	var exports []string
	cmd := &cobra.Command{
		Use:   "cost ENV",
		Short: "Estimate what an environment costs in a month, for each stack",
		Long: "Estimate what an environment costs in a month on AWS, for each stack, from list prices with their date.\n" +
			"It reads what is up in the sandbox, or with --export what `pulumi stack export` printed of an account's stacks.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(exports) > 0 && len(args) > 0 {
				exports = append(exports, args[1:]...) // --export *.json
				args = args[:1]
			}
			return v.oneEnvironment(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			report, err := estimate(args[0], exports)
			if err != nil {
				return err
			}
			if !asJSON {
				return report.Write(os.Stdout)
			}
			encoder := json.NewEncoder(os.Stdout)
			encoder.SetIndent("", "  ")
			return encoder.Encode(report)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object {environment, label, source, month, currency, "+
		"total, stacks: [{stack, role, total, items, byUse, notPriced}], missing, assumptions}")
	cmd.Flags().StringArrayVar(&exports, "export", nil,
		"read what pulumi stack export --file wrote to `FILE`…, one of each stack, and not the sandbox")
	return cmd
}

func estimate(name string, exports []string) (cost.Report, error) {
	checkout, err := here()
	if err != nil {
		return cost.Report{}, err
	}
	target, err := environment.Load(checkout, name)
	if err != nil {
		return cost.Report{}, err
	}
	source, err := cost.Read(checkout, target, exports)
	if err != nil {
		return cost.Report{}, err
	}
	return cost.Estimate(target, source, time.Now()), nil
}
