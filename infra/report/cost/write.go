package cost

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// largest is how many items of a stack a person is told one by one.
const largest = 8

// Write tells a person the report.
func (r Report) Write(out io.Writer) error {
	var page strings.Builder
	fmt.Fprintf(&page, "%s in %s: %s %s a month (%s; from %s).\n",
		r.Environment, r.Month, r.Currency, amount(r.Total), r.Label, r.Source)
	r.writeStacks(&page)
	for _, stack := range r.Stacks {
		stack.write(&page, r.Currency)
	}
	writeList(&page, "By use, not estimated", r.together(func(s StackCost) []Unestimated { return s.ByUse }))
	writeList(&page, "Not priced", r.together(func(s StackCost) []Unestimated { return s.NotPriced }))
	writeList(&page, "Not there, so not in the total", r.Missing)
	writeList(&page, "Assumed", r.Assumptions)
	_, err := io.WriteString(out, page.String())
	return err
}

func (r Report) writeStacks(page *strings.Builder) {
	rows := newTable(3)
	rows.AppendHeader(table.Row{"stack", "role", r.Currency + " a month"})
	for _, stack := range r.Stacks {
		rows.AppendRow(table.Row{stack.Stack, stack.Role, amount(stack.Total)})
	}
	fmt.Fprintf(page, "\n%s\n", rows.Render())
}

func (c StackCost) write(page *strings.Builder, currency string) {
	fmt.Fprintf(page, "\n%s: %s %s a month\n", c.Stack, currency, amount(c.Total))
	rows := newTable(2, 4, 5)
	rows.AppendHeader(table.Row{"item", "quantity", "unit", "price", currency})
	rest := 0.0
	for i, item := range c.Items {
		if i >= largest {
			rest += item.Cost
			continue
		}
		rows.AppendRow(table.Row{
			item.Service + ": " + item.Item, number(item.Quantity), item.Unit, number(item.Price), amount(item.Cost),
		})
	}
	if more := len(c.Items) - largest; more > 0 {
		rows.AppendRow(table.Row{fmt.Sprintf("%d smaller", more), "", "", "", amount(rest)})
	}
	fmt.Fprintf(page, "%s\n", rows.Render())
}

// together are a kind of what is not estimated of all stacks, a line for each type and reason.
func (r Report) together(of func(StackCost) []Unestimated) []string {
	all := tally{}
	for _, stack := range r.Stacks {
		for _, one := range of(stack) {
			all[Unestimated{Type: one.Type, Why: one.Why}] += one.Count
		}
	}
	var lines []string
	for _, one := range all.list() {
		lines = append(lines, fmt.Sprintf("%d %s: %s", one.Count, one.Type, one.Why))
	}
	return lines
}

func writeList(page *strings.Builder, title string, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintf(page, "\n%s:\n  %s\n", title, strings.Join(lines, "\n  "))
	}
}

// newTable is a table whose columns of those numbers hold figures.
func newTable(figures ...int) table.Writer {
	rows := table.NewWriter()
	rows.SetStyle(table.StyleLight)
	rows.Style().Options = table.OptionsNoBordersAndSeparators
	var columns []table.ColumnConfig
	for _, figure := range figures {
		columns = append(columns, table.ColumnConfig{
			Number: figure, Align: text.AlignRight, AlignHeader: text.AlignRight,
		})
	}
	rows.SetColumnConfigs(columns)
	return rows
}

func amount(usd float64) string { return strconv.FormatFloat(usd, 'f', 2, 64) }

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
