package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"haven/components/requests/queries"
	"haven/infra/engine"
	reached "haven/infra/report/addresses"
	"haven/infra/report/athena"
	"haven/infra/sandbox/world"
	"haven/stacks/config"
)

func newReport() *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Report what an incident report needs"}
	cmd.AddCommand(newReportAddresses())
	onlyVerbs(cmd)
	return cmd
}

// reportDays is how far back a report goes where nobody says.
const reportDays = 30

// addressReport is `haven report addresses` with its flags.
type addressReport struct {
	tenant, query, since, until string
	json, athena, commands      bool
}

func newReportAddresses() *cobra.Command {
	r := &addressReport{}
	cmd := &cobra.Command{
		Use:   "addresses --tenant TENANT",
		Short: "Report the addresses that reached a tenant, by the logs of its cell",
		Long: "Report the addresses that reached a tenant, by the logs that the sandbox holds (haven sandbox log). With\n" +
			"--athena run the query that the tenant's cell has saved in its AWS account instead, with the credentials that\n" +
			"the AWS CLI would use; Ctrl-C stops it there. With --commands print the shell commands that do the same.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.run(cmd.Context()) },
	}
	today := time.Now().UTC()
	flags := cmd.Flags()
	flags.StringVar(&r.tenant, "tenant", "", "the tenant: its name or its stack's")
	flags.StringVar(&r.query, "query", queries.All[0].Name, "the saved query that is answered: "+queryNames())
	flags.StringVar(&r.since, "since", today.AddDate(0, 0, -reportDays).Format(time.DateOnly), "the first day, UTC")
	flags.StringVar(&r.until, "until", today.Format(time.DateOnly), "the last day, UTC")
	flags.BoolVar(&r.athena, "athena", false, "ask the account that the tenant's cell names, not the sandbox")
	flags.BoolVar(&r.commands, "commands", false, "print the commands that ask that account, and run nothing")
	flags.BoolVar(&r.json, "json", false, "print one JSON object {source, tenant, host, since, until, query, "+
		"addresses: [{address, requests, refused, rules, firstSeen, lastSeen, invalid, blocklisted}]}")
	return cmd
}

func (r *addressReport) run(ctx context.Context) error {
	checkout, err := here()
	if err != nil {
		return err
	}
	question, err := r.question(checkout)
	if err != nil {
		return err
	}
	if r.commands {
		_, err := fmt.Print(question.Commands())
		return err
	}
	report, err := r.answer(ctx, checkout, question)
	if err != nil {
		return fmt.Errorf("report addresses: %w", err)
	}
	if r.json {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	return showAddresses(report)
}

func (r *addressReport) answer(ctx context.Context, checkout engine.Checkout, question reached.Question) (
	reached.Report, error,
) {
	if !r.athena {
		return question.Sandbox(world.At(checkout.World()))
	}
	account, err := athena.Open(ctx, question.Account, question.Region)
	if err != nil {
		return reached.Report{}, err
	}
	return question.Athena(ctx, account)
}

// holders are who holds the logs that a report of each source is from.
var holders = map[string]string{reached.FromSandbox: "the sandbox", reached.FromAthena: "its cell's account"}

func showAddresses(report reached.Report) error {
	fmt.Printf("%s of %s (%s), %s to %s, by the logs that %s holds:\n\n",
		report.Query, report.Tenant, report.Host, report.Since, report.Until, holders[report.Source])
	header := table.Row{"address", "requests", "refused", "by", "first seen", "last seen", "invalid", "blocklisted"}
	return printTable(report.Addresses, header, func(a reached.Address) table.Row {
		return table.Row{a.Address, a.Requests, a.Refused, strings.Join(a.Rules, " "), moment(a.FirstSeen),
			moment(a.LastSeen), mark(a.Invalid), mark(a.Blocklisted)}
	})
}

func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

func mark(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// question is what the flags ask, in the words of the stack files.
func (r *addressReport) question(checkout engine.Checkout) (reached.Question, error) {
	var none reached.Question
	directory, err := config.LoadDir(checkout.Stacks())
	if err != nil {
		return none, err
	}
	tenant, err := tenantOf(directory, "report addresses", "with --tenant", r.tenant)
	if err != nil {
		return none, err
	}
	cell, err := directory.Stack(tenant.Tenant.Cell)
	if err != nil {
		return none, err
	}
	query := slices.IndexFunc(queries.All, func(q queries.Query) bool { return q.Name == r.query })
	since, sinceErr := time.Parse(time.DateOnly, r.since)
	until, untilErr := time.Parse(time.DateOnly, r.until)
	switch {
	case r.athena && r.commands:
		return none, engine.Problemf("report addresses: --athena runs what --commands prints; give one of them")
	case query < 0:
		return none, engine.Problemf("report addresses: no query %q; known queries: %s", r.query, queryNames())
	case sinceErr != nil || untilErr != nil || until.Before(since):
		return none, engine.Problemf("report addresses: --since %q --until %q, expected two days in their order, like %s",
			r.since, r.until, "2026-11-01")
	}
	return reached.Question{
		Tenant: tenant.Name, Host: tenant.Tenant.Host,
		Cell: cell.Name, Account: cell.Cell.Account, Region: cell.Cell.Region,
		Since: since, Until: until, Query: queries.All[query],
	}, nil
}

// tenantOf is the tenant's stack of that name, or the only one whose tenant has it. The error says how a verb is told.
func tenantOf(directory *config.Directory, verb, how, name string) (*config.Stack, error) {
	var found []*config.Stack
	var known, stacks []string
	for _, stack := range directory.Stacks() {
		if stack.Role != config.RoleTenant {
			continue
		}
		known = append(known, stack.Name)
		if stack.Name == name || stack.Tenant.Name == name {
			found, stacks = append(found, stack), append(stacks, stack.Name)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case name == "":
		return nil, engine.Problemf("%s: name the tenant %s: %s", verb, how, strings.Join(known, ", "))
	case len(found) == 0:
		return nil, engine.Problemf("%s: no tenant %q; known tenants: %s", verb, name, strings.Join(known, ", "))
	}
	return nil, engine.Problemf("%s: %q is the tenant of more than one stack; name one of them: %s", verb, name,
		strings.Join(stacks, ", "))
}

func queryNames() string {
	var names []string
	for _, query := range queries.All {
		names = append(names, query.Name)
	}
	return strings.Join(names, ", ")
}
