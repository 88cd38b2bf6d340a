package queries_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"haven/components/requests/queries"
)

func TestValid(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"93.184.216.34":          true,
		"2606:2800:220:1::1":     true,
		"::ffff:93.184.216.34":   true,
		"10.20.0.1":              false,
		"::ffff:10.20.0.1":       false,
		"127.0.0.1":              false,
		"169.254.169.254":        false,
		"100.64.0.1":             false,
		"203.0.113.7":            false,
		"224.0.0.1":              false,
		"255.255.255.255":        false,
		"0.0.0.0":                false,
		"::1":                    false,
		"fe80::1":                false,
		"2606:2800:220:1::1%eth": false,
		"-":                      false,
		"acme.example":           false,
		"":                       false,
	} {
		assert.Equal(t, want, queries.Valid(text), text)
	}
}

// TestValidAddressesAreGlobal: what the standard library knows to be local is never valid.
func TestValidAddressesAreGlobal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		address := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")))
		if queries.Valid(address.String()) {
			assert.True(t, address.IsGlobalUnicast() && !address.IsPrivate(), address)
		}
	})
}

func TestListed(t *testing.T) {
	t.Parallel()
	ranges := []string{"198.51.100.7/32", "203.0.113.0/24"}
	assert.True(t, queries.Listed("203.0.113.255", ranges))
	assert.True(t, queries.Listed("::ffff:198.51.100.7", ranges))
	assert.False(t, queries.Listed("198.51.100.8", ranges))
	assert.False(t, queries.Listed("-", ranges))
	assert.False(t, queries.Listed("203.0.113.1", nil))
}

func TestSQL(t *testing.T) {
	t.Parallel()
	for _, query := range queries.All {
		sql := query.SQL([]string{"203.0.113.0/24"}, "block-list")
		assert.Equal(t, len(queries.Parameters("h", "s", "u")), strings.Count(sql, "?"), query.Name)
		assert.Contains(t, sql, "FROM load_balancer\n"+
			"  WHERE day BETWEEN ? AND ? AND lower(url_extract_host(request_url)) = ?")
		assert.Contains(t, sql, "FROM firewall\n  WHERE day BETWEEN ? AND ? AND action = 'BLOCK'")
		assert.Contains(t, sql, "'169.254.0.0/16'")
		assert.Contains(t, sql, "any_match(CAST(ARRAY['203.0.113.0/24'] AS array(varchar)), network ->"+
			" contains(network, try_cast(address AS ipaddress)))")
		assert.Contains(t, sql, "contains(rules, 'block-list')")
		assert.Equal(t, strings.Count(sql, "("), strings.Count(sql, ")"))
		assert.Contains(t, sql, fmt.Sprintf("WHERE (invalid OR NOT %t) AND (blocklisted OR NOT %t)\n",
			query.Name == "invalid-addresses", query.Name == "blocklisted-addresses"))
	}
}

func TestPicks(t *testing.T) {
	t.Parallel()
	for _, query := range queries.All {
		assert.True(t, query.Picks(true, true), query.Name)
		assert.Equal(t, query.Name == "addresses", query.Picks(false, false), query.Name)
		assert.Equal(t, query.Name != "blocklisted-addresses", query.Picks(true, false), query.Name)
		assert.Equal(t, query.Name != "invalid-addresses", query.Picks(false, true), query.Name)
	}
}

func TestParametersAreLiterals(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"'2026/11/01'", "'2026/11/30'", "'o''clock'", "'2026/11/01'", "'2026/11/30'", "'o''clock'"},
		queries.Parameters("o'clock", "2026/11/01", "2026/11/30"))
}
