package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"haven/infra/engine"
	"haven/infra/environment"
	"haven/infra/report/status"
	"haven/infra/sandbox/world"
)

// defaultEnvironment is what status is of where nobody says.
const defaultEnvironment = "demo"

func newStatus() *cobra.Command {
	var asJSON, account bool
	cmd := &cobra.Command{
		Use:   "status [ENV]",
		Short: "Show how old the newest copy of each kind of each tenant's data is, against its bound",
		Long: "Show how old the newest copy of each kind of each tenant's data is, against what its tier promises. It\n" +
			"looks at the data that the sandbox holds, once it has moved to the sandbox's clock. With --account it asks\n" +
			"CloudWatch in both regions instead, with the credentials that the AWS CLI would use.\n" +
			"Exit status 1 if any copy is older than its bound. ENV is " + defaultEnvironment + " by default.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return engine.Problemf("%s takes one environment, but got %q", verbOf(cmd), args)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := defaultEnvironment
			if len(args) == 1 {
				name = args[0]
			}
			return showStatus(cmd.Context(), name, account, asJSON)
		},
	}
	cmd.Flags().BoolVar(&account, "account", false, "ask the accounts that the cells name, not the sandbox")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object {environment, source, tenants: [{tenant, stack, "+
		"tier, up, copies: [{copy, ageSeconds, boundSeconds, made, within}]}]}")
	return cmd
}

func showStatus(ctx context.Context, name string, account, asJSON bool) error {
	checkout, err := here()
	if err != nil {
		return err
	}
	target, err := environment.Load(checkout, name)
	if err != nil {
		return err
	}
	var source status.Source = status.Sandbox{World: world.At(checkout.World())}
	if account {
		source = status.AWS()
	}
	report, err := status.Of(ctx, target, source)
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	if err := tellStatus(report, asJSON); err != nil {
		return err
	}
	old := report.Old()
	switch {
	case !report.Up():
		return fmt.Errorf("no tenant of %s is up: haven up %s", name, name)
	case len(old) > 0:
		return fmt.Errorf("older than promised: %s", strings.Join(old, ", "))
	}
	return nil
}

func tellStatus(report status.Report, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	fmt.Printf("%s, %s:\n\n", report.Environment, report.Source)
	type line struct {
		tenant status.Section
		copied status.Copy
	}
	var lines []line
	for _, section := range report.Tenants {
		for _, copied := range section.Copies {
			lines = append(lines, line{section, copied})
		}
		if !section.Up {
			fmt.Printf("%s is not up\n", section.Stack)
		}
	}
	return printTable(lines, table.Row{"tenant", "tier", "copy", "age", "bound", ""}, func(l line) table.Row {
		return table.Row{l.tenant.Tenant, l.tenant.Tier, l.copied.Kind, age(l.copied),
			span(time.Duration(l.copied.BoundSeconds) * time.Second), verdict(l.copied)}
	})
}

func age(copied status.Copy) string {
	switch {
	case copied.AgeSeconds == nil:
		return "not known"
	case !copied.Made:
		return "none yet"
	}
	return span(time.Duration(*copied.AgeSeconds) * time.Second)
}

func verdict(copied status.Copy) string {
	if copied.Within {
		return ""
	}
	return "too old"
}

func seconds(s float64) string {
	return span(time.Duration(s * float64(time.Second)).Round(time.Second))
}

// span is a duration in its two largest units: "11h32m", "45m", "12s".
func span(d time.Duration) string {
	switch {
	case d >= time.Hour:
		d = d.Truncate(time.Minute)
	case d >= 10*time.Minute:
		d = d.Truncate(time.Minute)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
