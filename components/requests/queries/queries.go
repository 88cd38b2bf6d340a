// Package queries are the questions that an incident report asks of a cell's request logs, in Athena's SQL
// (https://docs.aws.amazon.com/athena/latest/ug/ddl-sql-reference.html), and what its answers mean.
//
// It is pure: no Pulumi, no cloud SDK.
package queries

import (
	"fmt"
	"strings"

	"haven/components/naming"
)

// The tables that are asked.
const (
	BalancerTable = "load_balancer"
	FirewallTable = "firewall"
)

// Workgroup is the name of a cell's workgroup, which has the queries.
func Workgroup(cell naming.Scope) string { return cell.Name("requests") }

// Database is the name of a cell's database, which has the tables. SQL would read a hyphen as a minus.
func Database(cell naming.Scope) string { return strings.ReplaceAll(Workgroup(cell), "-", "_") }

// Query is a saved question. Each answers, for one host and a span of days, a row for each address with the columns
// address, requests (that reached the load balancer), refused (by the firewall), rules (that refused, by name),
// first_seen, last_seen (UTC), invalid and blocklisted; the address with the most requests first.
type Query struct {
	Name, Description string
	// Invalid and Blocklisted leave out all addresses that are not.
	Invalid, Blocklisted bool
}

// All are the questions.
var All = []Query{
	{Name: "addresses", Description: "All addresses that reached a tenant"},
	{Name: "invalid-addresses", Description: "Addresses that reached a tenant and are no host's on the internet",
		Invalid: true},
	{Name: "blocklisted-addresses", Description: "Addresses that reached a tenant and are on the block list",
		Blocklisted: true},
}

// Picks says whether an address that is, or is not, invalid and blocklisted belongs to the answer.
func (q Query) Picks(invalid, blocklisted bool) bool {
	return (invalid || !q.Invalid) && (blocklisted || !q.Blocklisted)
}

// Parameters are the values of a query's "?", in their order, as SQL. Days are "yyyy/mm/dd", both included.
// https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
func Parameters(host, since, until string) []string {
	one := literals([]string{since, until, host})
	return append(one, one...)
}

// SQL is the query's text. An address is blocklisted that the block list holds now, or that was refused by the rule of
// that name.
func (q Query) SQL(blockList []string, blockListRule string) string {
	return fmt.Sprintf(`WITH balancer AS (
  SELECT client_ip AS address, count(*) AS requests, min(time) AS first_seen, max(time) AS last_seen
  FROM %[1]s
  WHERE day BETWEEN ? AND ? AND lower(url_extract_host(request_url)) = ?
  GROUP BY client_ip
), refusals AS (
  SELECT httprequest.clientip AS address, count(*) AS refused, array_agg(DISTINCT terminatingruleid) AS rules
  FROM %[2]s
  WHERE day BETWEEN ? AND ? AND action = 'BLOCK' AND any_match(httprequest.headers,
    header -> lower(header.name) = 'host' AND split_part(lower(header.value), ':', 1) = ?)
  GROUP BY httprequest.clientip
), seen AS (
  SELECT address, coalesce(requests, 0) AS requests, coalesce(refused, 0) AS refused,
    coalesce(array_join(array_sort(rules), ' '), '') AS rules, first_seen, last_seen,
    try_cast(address AS ipaddress) IS NULL OR %[3]s AS invalid,
    coalesce(%[4]s, false) OR coalesce(contains(rules, '%[5]s'), false) AS blocklisted
  FROM balancer FULL JOIN refusals USING (address)
)
SELECT * FROM seen
WHERE (invalid OR NOT %[6]t) AND (blocklisted OR NOT %[7]t)
ORDER BY requests DESC, address`,
		BalancerTable, FirewallTable, within(special), within(blockList), blockListRule, q.Invalid, q.Blocklisted)
}

// within is true of an address of one of the ranges.
func within(ranges []string) string {
	const holds = "network -> contains(network, try_cast(address AS ipaddress))"
	return fmt.Sprintf("any_match(CAST(ARRAY[%s] AS array(varchar)), %s)", strings.Join(literals(ranges), ", "), holds)
}

func literals(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return quoted
}
