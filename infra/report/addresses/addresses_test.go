package addresses_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/requests/queries"
	"haven/infra/report/addresses"
	"haven/infra/report/athena"
	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

const host = "acme.demo.haven.example"

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func served(client string, minutes int) world.Request {
	at := noon.Add(time.Duration(minutes) * time.Minute)
	return world.Request{Log: world.BalancerLog, ID: client + at.String(), Time: at, Host: host, Client: client,
		Status: 200}
}

func judged(client, action, rule string) world.Request {
	return world.Request{Log: world.FirewallLog, ID: client + rule, Time: noon, Host: host, Client: client, Action: action,
		Rule: rule}
}

// requests are of a visitor, an attacker, one that is on the list by now, one refused by the list and by more, and two
// that are no hosts on the internet.
func requests() []world.Request {
	return []world.Request{
		served("93.184.216.34", 5), served("93.184.216.34", 0), served("93.184.216.34", 9),
		judged("93.184.216.34", "ALLOW", "Default_Action"),
		served("45.33.32.156", 2), served("45.33.32.156", 1),
		judged("45.33.32.156", "BLOCK", "sql-injection"), judged("45.33.32.156", "BLOCK", "common"),
		served("185.220.101.1", 3),
		served("45.155.205.9", 4), judged("45.155.205.9", "BLOCK", "block-list"),
		served("10.20.32.5", 6),
		judged("-", "BLOCK", "closed-paths"),
	}
}

var blockList = []string{"185.220.101.0/24"}

func TestOf(t *testing.T) {
	t.Parallel()
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	none := []string{}
	visitor := addresses.Address{Address: "93.184.216.34", Requests: 3, Rules: none, FirstSeen: noon, LastSeen: at(9)}
	attacker := addresses.Address{Address: "45.33.32.156", Requests: 2, Refused: 2,
		Rules: []string{"common", "sql-injection"}, FirstSeen: at(1), LastSeen: at(2)}
	internal := addresses.Address{Address: "10.20.32.5", Requests: 1, Rules: none, FirstSeen: at(6), LastSeen: at(6),
		Invalid: true}
	listed := addresses.Address{Address: "185.220.101.1", Requests: 1, Rules: none, FirstSeen: at(3), LastSeen: at(3),
		Blocklisted: true}
	refused := addresses.Address{Address: "45.155.205.9", Requests: 1, Refused: 1, Rules: []string{"block-list"},
		FirstSeen: at(4), LastSeen: at(4), Blocklisted: true}
	nobody := addresses.Address{Address: "-", Refused: 1, Rules: []string{"closed-paths"}, Invalid: true}
	for name, want := range map[string][]addresses.Address{
		"addresses":             {visitor, attacker, internal, listed, refused, nobody},
		"invalid-addresses":     {internal, nobody},
		"blocklisted-addresses": {listed, refused},
	} {
		assert.Equal(t, want, addresses.Of(requests(), blockList, query(t, name)), name)
	}
	assert.Equal(t, []addresses.Address{}, addresses.Of(nil, blockList, query(t, "addresses")))
}

func query(t *testing.T, name string) queries.Query {
	t.Helper()
	for _, q := range queries.All {
		if q.Name == name {
			return q
		}
	}
	require.Fail(t, "no such query", name)
	return queries.Query{}
}

func question(t *testing.T, name string) addresses.Question {
	t.Helper()
	return addresses.Question{Tenant: "demo-acme", Host: host, Cell: "demo-cell", Account: "123456789012",
		Region: "eu-west-1", Since: noon.Truncate(24*time.Hour).AddDate(0, 0, -2), Until: noon.Truncate(24 * time.Hour),
		Query: query(t, name)}
}

func TestSandbox(t *testing.T) {
	t.Parallel()
	w := world.At(filepath.Join(t.TempDir(), "world.db"))
	empty, err := question(t, "addresses").Sandbox(w)
	require.NoError(t, err)
	assert.Equal(t, []addresses.Address{}, empty.Addresses)
	stranger, early, late := served("45.33.32.1", 0), served("45.33.32.2", -3*24*60), served("45.33.32.3", 12*60)
	stranger.Host = "globex.demo.haven.example"
	require.NoError(t, w.Update(func(tx *world.Tx) error {
		for _, r := range append(requests(), stranger, early, late) {
			if err := tx.PutRequest(r); err != nil {
				return err
			}
		}
		return tx.Put(cloud.Resource{Provider: "aws", Account: "123456789012", Region: "eu-west-1",
			Type: "aws:wafv2/ipSet:IpSet", ID: "1", URN: "urn", Outputs: property.NewMap(map[string]property.Value{
				"name":      property.New("demo-cell-block-list"),
				"addresses": property.New([]property.Value{property.New(blockList[0])}),
			})}, nil)
	}))
	report, err := question(t, "blocklisted-addresses").Sandbox(w)
	require.NoError(t, err)
	assert.Equal(t, addresses.Report{Source: "sandbox", Tenant: "demo-acme", Host: host, Since: "2026-11-18",
		Until: "2026-11-20", Query: "blocklisted-addresses",
		Addresses: addresses.Of(requests(), blockList, query(t, "blocklisted-addresses"))}, report)
	report, err = question(t, "addresses").Sandbox(w)
	require.NoError(t, err)
	assert.Len(t, report.Addresses, 6, "other hosts and other days are left out")
}

func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(addresses.Of(requests()[12:], nil, query(t, "addresses")))
	require.NoError(t, err)
	assert.JSONEq(t, `[{"address": "-", "requests": 0, "refused": 1, "rules": ["closed-paths"], "invalid": true,
		"blocklisted": false}]`, string(text))
}

// ask runs the script against an aws that notes what it is asked and whose query ends in that state.
func ask(t *testing.T, script, state string) (answer, calls string, err error) {
	t.Helper()
	folder := t.TempDir()
	asked := filepath.Join(folder, "asked")
	fake := `#!/bin/sh
printf '%s\n' "$AWS_REGION $*" >> "` + asked + `"
case "$2" in
list-named-queries) echo id-1 id-2 ;;
batch-get-named-query) printf 'SELECT *\n  FROM "t"\n' ;;
start-query-execution) echo run-1 ;;
get-query-execution) echo ` + state + ` ;;
get-query-results) echo '[["address"]]' ;;
esac
`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "aws"), []byte(fake), 0o755))
	shell := exec.Command("sh")
	shell.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"))
	shell.Stdin = strings.NewReader(script)
	text, err := shell.CombinedOutput()
	noted, missing := os.ReadFile(asked)
	require.NoError(t, missing)
	return string(text), string(noted), err
}

func TestCommands(t *testing.T) {
	t.Parallel()
	answer, calls, err := ask(t, question(t, "invalid-addresses").Commands(), "SUCCEEDED")
	require.NoError(t, err, answer)
	assert.Equal(t, "[[\"address\"]]\n", answer)
	assert.Equal(t, `eu-west-1 athena list-named-queries --work-group demo-cell-requests `+
		`--query NamedQueryIds --output text
eu-west-1 athena batch-get-named-query --named-query-ids id-1 id-2 `+
		`--query NamedQueries[?Name=='invalid-addresses'].QueryString --output text
eu-west-1 athena start-query-execution --work-group demo-cell-requests `+
		`--query-execution-context Database=demo_cell_requests --query-string SELECT *
  FROM "t" --execution-parameters '2026/11/18' '2026/11/20' 'acme.demo.haven.example' `+
		`'2026/11/18' '2026/11/20' 'acme.demo.haven.example' --query QueryExecutionId --output text
eu-west-1 athena get-query-execution --query-execution-id run-1 --query QueryExecution.Status.State --output text
eu-west-1 athena get-query-results --query-execution-id run-1 `+
		`--query ResultSet.Rows[].[Data[].VarCharValue] --output json
`, calls)
}

func TestCommandsOfAQueryThatFails(t *testing.T) {
	t.Parallel()
	answer, calls, err := ask(t, question(t, "addresses").Commands(), "FAILED")
	assert.EqualError(t, err, "exit status 1")
	assert.Equal(t, "the query run-1 ended FAILED\n", answer)
	assert.NotContains(t, calls, "get-query-results")
}

// answering is an Athena whose saved query succeeds with these rows.
type answering struct {
	athena.API
	rows [][]string
}

func (a answering) ListNamedQueries(context.Context, *sdk.ListNamedQueriesInput, ...func(*sdk.Options)) (
	*sdk.ListNamedQueriesOutput, error,
) {
	return &sdk.ListNamedQueriesOutput{NamedQueryIds: []string{"1"}}, nil
}

func (a answering) BatchGetNamedQuery(context.Context, *sdk.BatchGetNamedQueryInput, ...func(*sdk.Options)) (
	*sdk.BatchGetNamedQueryOutput, error,
) {
	return &sdk.BatchGetNamedQueryOutput{NamedQueries: []types.NamedQuery{{Name: aws.String("addresses")}}}, nil
}

func (a answering) StartQueryExecution(_ context.Context, in *sdk.StartQueryExecutionInput, _ ...func(*sdk.Options)) (
	*sdk.StartQueryExecutionOutput, error,
) {
	if *in.WorkGroup != "demo-cell-requests" || *in.QueryExecutionContext.Database != "demo_cell_requests" {
		return nil, errors.New("not this cell's")
	}
	return &sdk.StartQueryExecutionOutput{QueryExecutionId: aws.String(strings.Join(in.ExecutionParameters, " "))}, nil
}

func (a answering) GetQueryExecution(_ context.Context, in *sdk.GetQueryExecutionInput, _ ...func(*sdk.Options)) (
	*sdk.GetQueryExecutionOutput, error,
) {
	const days = `'2026/11/18' '2026/11/20' 'acme.demo.haven.example'`
	if *in.QueryExecutionId != days+" "+days {
		return nil, errors.New("other parameters: " + *in.QueryExecutionId)
	}
	status := &types.QueryExecutionStatus{State: types.QueryExecutionStateSucceeded}
	return &sdk.GetQueryExecutionOutput{QueryExecution: &types.QueryExecution{Status: status}}, nil
}

func (a answering) GetQueryResults(context.Context, *sdk.GetQueryResultsInput, ...func(*sdk.Options)) (
	*sdk.GetQueryResultsOutput, error,
) {
	var set types.ResultSet
	for _, values := range a.rows {
		var row types.Row
		for _, value := range values {
			row.Data = append(row.Data, types.Datum{VarCharValue: aws.String(value)})
		}
		set.Rows = append(set.Rows, row)
	}
	return &sdk.GetQueryResultsOutput{ResultSet: &set}, nil
}

var columns = []string{"address", "requests", "refused", "rules", "first_seen", "last_seen", "invalid", "blocklisted"}

// TestAthena: the same requests are reported alike, whoever holds their logs.
func TestAthena(t *testing.T) {
	t.Parallel()
	report, err := question(t, "addresses").Athena(t.Context(), athena.Account{API: answering{rows: [][]string{
		columns,
		{"93.184.216.34", "3", "0", "", "2026-11-20T12:00:00.000000Z", "2026-11-20T12:09:00.000000Z", "false", "false"},
		{"45.33.32.156", "2", "2", "common sql-injection", "2026-11-20T12:01:00.000000Z", "2026-11-20T12:02:00.000000Z",
			"false", "false"},
		{"10.20.32.5", "1", "0", "", "2026-11-20T12:06:00.000000Z", "2026-11-20T12:06:00.000000Z", "true", "false"},
		{"185.220.101.1", "1", "0", "", "2026-11-20T12:03:00.000000Z", "2026-11-20T12:03:00.000000Z", "false", "true"},
		{"45.155.205.9", "1", "1", "block-list", "2026-11-20T12:04:00.000000Z", "2026-11-20T12:04:00.000000Z", "false",
			"true"},
		{"-", "0", "1", "closed-paths", "", "", "true", "false"},
	}}})
	require.NoError(t, err)
	assert.Equal(t, addresses.Report{Source: "athena", Tenant: "demo-acme", Host: host, Since: "2026-11-18",
		Until: "2026-11-20", Query: "addresses",
		Addresses: addresses.Of(requests(), blockList, query(t, "addresses"))}, report)
}

func TestAthenaOfNobody(t *testing.T) {
	t.Parallel()
	report, err := question(t, "addresses").Athena(t.Context(), athena.Account{API: answering{rows: [][]string{columns}}})
	require.NoError(t, err)
	assert.Equal(t, []addresses.Address{}, report.Addresses)
}

func TestAthenaOfAnotherTable(t *testing.T) {
	t.Parallel()
	_, err := question(t, "addresses").Athena(t.Context(), athena.Account{API: answering{rows: [][]string{
		columns,
		{"93.184.216.34", "many", "0", "", "yesterday", "", "false", "perhaps"},
	}}})
	assert.EqualError(t, err, `row 1 of the answer: requests: strconv.Atoi: parsing "many": invalid syntax`+"\n"+
		`first_seen: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"`+"\n"+
		`blocklisted: strconv.ParseBool: parsing "perhaps": invalid syntax`)
}
