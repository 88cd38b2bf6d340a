package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"haven/infra/environment"
	"haven/policy/rules"
)

// summarise tells a person what is there now and what to type next.
func summarise(out io.Writer, report environment.Report) error {
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s\n\n", headline(report))
	rows := table.NewWriter()
	rows.SetStyle(table.StyleLight)
	rows.Style().Options = table.OptionsNoBordersAndSeparators
	rows.AppendHeader(table.Row{"stack", "role", "outcome", "resources", changesTitle(report), "time"})
	for _, r := range report.Stacks {
		rows.AppendRow(table.Row{r.Stack, r.Role, r.Outcome, r.Resources, r.Done(), fmt.Sprintf("%.1f s", r.Seconds)})
	}
	fmt.Fprintf(&text, "%s\n", rows.Render())
	waits(&text, report)
	policies(&text, report)
	addresses(&text, report)
	certificates(&text, report)
	fmt.Fprintf(&text, "\nNext: %s\n", next(report))
	_, err := io.WriteString(out, text.String())
	return err
}

func headline(report environment.Report) string {
	name, failed := report.Environment, report.Err() != nil
	if report.Wave != nil {
		name += fmt.Sprintf(", through wave %d,", *report.Wave)
	}
	switch {
	case failed:
		return fmt.Sprintf("%s: not everything succeeded (%.1f s).", name, report.Seconds)
	case report.Verb == "down":
		return fmt.Sprintf("%s is down (%.1f s).", name, report.Seconds)
	case report.Verb == "preview" && report.Changed:
		return fmt.Sprintf("%s would change; nothing was changed (%.1f s).", name, report.Seconds)
	case !report.Changed:
		return fmt.Sprintf("%s is as its stack files say: nothing to change (%.1f s).", name, report.Seconds)
	}
	return fmt.Sprintf("%s is up in the sandbox (%.1f s).", name, report.Seconds)
}

func changesTitle(report environment.Report) string {
	if report.Verb == "preview" {
		return "would change"
	}
	return "changed"
}

func waits(text *strings.Builder, report environment.Report) {
	for _, r := range report.Stacks {
		if r.Outcome == environment.Waiting {
			fmt.Fprintf(text, "\n%s: %s.", r.Stack, strings.Join(r.Errors, "; "))
		}
	}
}

// policies tells what the policies said of the stacks that they did not refuse.
func policies(text *strings.Builder, report environment.Report) {
	excepted, where := 0, []string{}
	for _, r := range report.Stacks {
		if advice := environment.Advice(r.Policies); advice != "" {
			fmt.Fprintf(text, "\n%s: the policies advise:\n\n%s\n", r.Stack, advice)
		}
		here := 0
		for _, p := range r.Policies {
			switch p.Result {
			case rules.Undecided:
				fmt.Fprintf(text, "\n%s: %s\n", r.Stack, p.Message)
			case rules.Excepted:
				here++
			}
		}
		if excepted += here; here > 0 {
			where = append(where, fmt.Sprintf("%s %d", r.Stack, here))
		}
	}
	if excepted > 0 {
		fmt.Fprintf(text, "\nExcepted by policy/exceptions.yaml: %s; haven check --env %s tells which, and why.\n",
			strings.Join(where, ", "), report.Environment)
	}
}

func addresses(text *strings.Builder, report environment.Report) {
	title := "\nWhere the tenants would answer (this is the sandbox: nothing listens there):\n"
	for _, r := range report.Stacks {
		if r.URL != "" && report.Verb != "down" {
			fmt.Fprintf(text, "%s  %s  %s\n", title, r.Stack, r.URL)
			title = ""
		}
	}
}

func certificates(text *strings.Builder, report environment.Report) {
	for _, r := range report.Stacks {
		if r.Certificate != "" {
			fmt.Fprintf(text, "\n%s is gone. Certificate of deletion: %s\n", r.Stack, r.Certificate)
		}
	}
}

func next(report environment.Report) string {
	name := report.Environment
	switch {
	case report.Err() != nil:
		return fmt.Sprintf("put right what is said below, then haven %s %s again; it goes on where it stopped",
			report.Verb, name)
	case report.Verb == "down":
		return fmt.Sprintf("haven sandbox retained shows the final snapshots; haven up %s makes it anew", name)
	case report.Verb == "preview" && report.Changed:
		return fmt.Sprintf("haven up %s", name)
	case report.Verb == "up" && report.Wave != nil:
		return fmt.Sprintf("look at what is there; haven up %s then goes through all waves", name)
	}
	return fmt.Sprintf("haven sandbox world shows what is there; haven preview %s what a change would do; haven status "+
		"how old the copies of the data are, after haven sandbox advance 48h for instance; haven down %[1]s ends it", name)
}
