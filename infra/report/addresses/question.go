package addresses

import (
	"context"
	"fmt"
	"strings"
	"time"

	"haven/components/firewall"
	"haven/components/naming"
	"haven/components/requests/queries"
	"haven/infra/report/athena"
	"haven/infra/sandbox/world"
	"haven/policy/props"
)

// Question is what is asked of a tenant's requests.
type Question struct {
	// Tenant is the tenant's stack, Host where it answers.
	Tenant, Host string
	// Cell is the stack name of its cell, in that Account and Region.
	Cell, Account, Region string
	// Since and Until are the first and the last day, midnight UTC.
	Since, Until time.Time
	Query        queries.Query
}

// Report is the answer. `haven report addresses --json` prints it.
type Report struct {
	Source    string    `json:"source"` // whose logs it is from: FromSandbox or FromAthena
	Tenant    string    `json:"tenant"` // "demo-acme"
	Host      string    `json:"host"`
	Since     string    `json:"since"` // "2026-11-01"
	Until     string    `json:"until"` // included
	Query     string    `json:"query"` // the saved query that answers it, or asks the same
	Addresses []Address `json:"addresses"`
}

// The sources of reports.
const (
	FromSandbox = "sandbox"
	FromAthena  = "athena"
)

func (q Question) report(source string) Report {
	return Report{
		Source: source, Tenant: q.Tenant, Host: q.Host, Query: q.Query.Name,
		Since: q.Since.Format(time.DateOnly), Until: q.Until.Format(time.DateOnly),
	}
}

// Athena has the cell's account answer, by its saved query.
func (q Question) Athena(ctx context.Context, account athena.Account) (Report, error) {
	report := q.report(FromAthena)
	rows, err := account.Ask(ctx, q.saved())
	if err == nil {
		report.Addresses, err = fromRows(rows)
	}
	return report, err
}

func (q Question) saved() athena.Saved {
	return athena.Saved{
		Workgroup:  queries.Workgroup(q.scope()),
		Database:   queries.Database(q.scope()),
		Name:       q.Query.Name,
		Parameters: queries.Parameters(q.Host, q.Since.Format(athenaDay), q.Until.Format(athenaDay)),
	}
}

// Sandbox answers from the logs and the block list that the sandbox holds.
func (q Question) Sandbox(w *world.World) (Report, error) {
	report := q.report(FromSandbox)
	err := w.View(func(tx *world.Tx) error {
		requests := tx.Requests(q.Host, q.Since, q.Until.AddDate(0, 0, 1))
		report.Addresses = Of(requests, q.blockList(tx), q.Query)
		return nil
	})
	return report, err
}

// blockList is what the cell's firewall refuses; nothing where the cell is not up.
func (q Question) blockList(tx *world.Tx) []string {
	list, _ := tx.Find("aws:wafv2/ipSet:IpSet", q.Account, q.Region, "name", q.scope().Name(firewall.BlockListRule))
	return props.Texts(list.Outputs, "addresses[*]")
}

func (q Question) scope() naming.Scope { return naming.Scope{Stack: q.Cell} }

// Commands is a shell script that asks a real account, by the AWS CLI and the credentials of whoever runs it. They need
// to be allowed to run queries in the cell's workgroup, to read its tables and both log buckets, and to write answers.
// https://docs.aws.amazon.com/cli/latest/reference/athena/
func (q Question) Commands() string {
	saved := q.saved()
	var parameters []string
	for _, value := range saved.Parameters {
		parameters = append(parameters, `"`+value+`"`)
	}
	return fmt.Sprintf(`# Asks the account %[1]s which addresses reached %[2]s, by the saved query %[3]q.
set -eu
export AWS_REGION=%[4]s
group=%[5]s
ids=$(aws athena list-named-queries --work-group "$group" --query NamedQueryIds --output text)
sql=$(aws athena batch-get-named-query --named-query-ids $ids \
  --query "NamedQueries[?Name=='%[3]s'].QueryString" --output text)
run=$(aws athena start-query-execution --work-group "$group" --query-execution-context Database=%[6]s \
  --query-string "$sql" --execution-parameters %[7]s \
  --query QueryExecutionId --output text)
while state=$(aws athena get-query-execution --query-execution-id "$run" \
    --query QueryExecution.Status.State --output text)
  [ "$state" = QUEUED ] || [ "$state" = RUNNING ]; do sleep 2; done
[ "$state" = SUCCEEDED ] || { echo "the query $run ended $state" >&2; exit 1; }
aws athena get-query-results --query-execution-id "$run" --query 'ResultSet.Rows[].[Data[].VarCharValue]' --output json
`, q.Account, q.Tenant, saved.Name, q.Region, saved.Workgroup, saved.Database, strings.Join(parameters, " "))
}

// athenaDay is a day as the tables name it.
const athenaDay = "2006/01/02"
