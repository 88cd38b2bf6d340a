package engine

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/report/addresses"
)

// The days that testdata/requests.log is of.
var days = []string{"--since", "2026-11-20", "--until", "2026-11-20"}

// TestReportAddresses asserts that request logs given to the sandbox are answered from, each line once, in a table for
// people and in JSON for programs.
func TestReportAddresses(t *testing.T) {
	c := newClone(t)
	report := func(more ...string) outcome {
		return c.haven(append(append([]string{"report", "addresses", "--tenant", "acme"}, days...), more...)...)
	}
	for range 2 {
		given := c.haven("sandbox", "log", "--file", "tests/engine/testdata/requests.log")
		require.Equal(t, outcome{stdout: "6 requests\n"}, given)
	}
	minute := func(m int) time.Time { return time.Date(2026, 11, 20, 9, m, 0, 0, time.UTC) }
	want := addresses.Report{
		Source: "sandbox", Tenant: "demo-acme", Host: "acme.demo.haven.example",
		Since: "2026-11-20", Until: "2026-11-20", Query: "addresses",
		Addresses: []addresses.Address{
			{Address: "93.184.216.34", Requests: 2, Rules: []string{},
				FirstSeen: minute(0).Add(time.Second / 2), LastSeen: minute(5)},
			{Address: "10.20.0.7", Requests: 1, Rules: []string{}, FirstSeen: minute(7), LastSeen: minute(7), Invalid: true},
			{Address: "45.155.205.9", Requests: 1, Refused: 1, Rules: []string{"block-list"},
				FirstSeen: minute(6), LastSeen: minute(6), Blocklisted: true},
		},
	}
	ended := report("--json")
	require.Zero(t, ended.status, ended)
	var got addresses.Report
	require.NoError(t, json.Unmarshal([]byte(ended.stdout), &got))
	assert.Equal(t, want, got)

	table := report("--query", "blocklisted-addresses")
	assert.Contains(t, table.stdout, "blocklisted-addresses of demo-acme (acme.demo.haven.example), 2026-11-20 to "+
		"2026-11-20, by the logs that the sandbox holds:")
	assert.Contains(t, table.stdout, "45.155.205.9")
	assert.NotContains(t, table.stdout, "93.184.216.34")
	assert.Contains(t, table.stdout, "1 in all")

	commands := report("--query", "invalid-addresses", "--commands")
	assert.Contains(t, commands.stdout, "group=demo-cell-requests\n")
	assert.Contains(t, commands.stdout, `"'2026/11/20'" "'2026/11/20'" "'acme.demo.haven.example'"`)
}

// TestWrongReports asserts that wrong use of reports and logs gets one line and exit status 2, and that a file which
// holds anything but request logs is refused as a whole.
func TestWrongReports(t *testing.T) {
	c := newClone(t)
	for args, want := range map[string]string{
		"report adresses":              `haven: unknown verb "adresses"; did you mean addresses?`,
		"report addresses":             "haven: report addresses: name the tenant with --tenant: demo-acme, ",
		"report addresses --tenant no": `haven: report addresses: no tenant "no"; known tenants: demo-acme, `,
		"report addresses --tenant acme --query no": `haven: report addresses: no query "no"; known queries: addresses, ` +
			"invalid-addresses, blocklisted-addresses",
		"report addresses --tenant acme --since 2026-11-02 --until 2026-11-01": "haven: report addresses: " +
			`--since "2026-11-02" --until "2026-11-01", expected two days in their order, like 2026-11-01`,
		"report addresses --tenant acme --athena --commands": "haven: report addresses: --athena runs what --commands " +
			"prints; give one of them",
		"sandbox log": `haven: sandbox log: name the file with --file, or "-" for standard input`,
	} {
		t.Run(args, func(t *testing.T) {
			ended := c.within(t).haven(strings.Fields(args)...)
			assert.Equal(t, 2, ended.status)
			assert.Empty(t, ended.stdout)
			assert.True(t, strings.HasPrefix(ended.stderr, want), ended.stderr)
			assert.Equal(t, 1, strings.Count(ended.stderr, "\n"), ended.stderr)
		})
	}
	refused := c.haven("sandbox", "log", "--file", "go.mod")
	assert.Equal(t, 1, refused.status)
	assert.True(t, strings.HasPrefix(refused.stderr, "haven: go.mod: line 1: not as load balancers write their access log\n"),
		refused.stderr)
	assert.NoFileExists(t, c.path("world.db"))
}

// athenaStub is an AWS of one account: its answers of STS and Athena, by operation.
func athenaStub(t *testing.T, account string) string {
	t.Helper()
	answers := map[string]string{
		"": `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>` + account +
			`</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
		"ListNamedQueries":    `{"NamedQueryIds": ["id-1"]}`,
		"BatchGetNamedQuery":  `{"NamedQueries": [{"Name": "addresses", "QueryString": "SELECT 1"}]}`,
		"StartQueryExecution": `{"QueryExecutionId": "run-1"}`,
		"GetQueryExecution":   `{"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}`,
		"GetQueryResults": `{"ResultSet": {"Rows": [
			{"Data": [{"VarCharValue": "address"}, {"VarCharValue": "requests"}, {"VarCharValue": "refused"},
				{"VarCharValue": "rules"}, {"VarCharValue": "invalid"}, {"VarCharValue": "blocklisted"}]},
			{"Data": [{"VarCharValue": "93.184.216.34"}, {"VarCharValue": "2"}, {"VarCharValue": "1"},
				{"VarCharValue": "common"}, {"VarCharValue": "false"}, {"VarCharValue": "false"}]}]}}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, answers[strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonAthena.")])
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestReportAddressesOfAnAccount asserts that an account is asked by its saved query, and only the tenant's own one.
func TestReportAddressesOfAnAccount(t *testing.T) {
	c := newClone(t)
	report := func(account string) outcome {
		ask := c.command(c.path("bin", "haven"),
			append([]string{"report", "addresses", "--tenant", "acme", "--athena", "--json"},
				days...)...)
		ask.Env = append(ask.Env, "AWS_ENDPOINT_URL="+athenaStub(t, account))
		return c.run(ask)
	}
	asked := report("123456789012")
	require.Zero(t, asked.status, asked)
	assert.JSONEq(t, `{"source": "athena", "tenant": "demo-acme", "host": "acme.demo.haven.example",
		"since": "2026-11-20", "until": "2026-11-20", "query": "addresses", "addresses": [{"address": "93.184.216.34",
		"requests": 2, "refused": 1, "rules": ["common"], "invalid": false, "blocklisted": false}]}`, asked.stdout)
	assert.Equal(t, outcome{status: 2, stderr: "haven: report addresses: the credentials are of account 210987654321 " +
		"(), but the cell is in 123456789012; choose that account's, with AWS_PROFILE for instance\n"},
		report("210987654321"))
}
