package requestlog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/sandbox/requestlog"
	"haven/infra/sandbox/world"
)

const (
	served = `h2 2026-11-20T09:00:00.500000Z app/demo-cell-edge/1 93.184.216.34:2817 10.20.32.5:8080 0.001 0.048 0.000 ` +
		`200 200 34 57 "GET https://Acme.demo.haven.example:443/login?a=b://c HTTP/2.0" "curl/8" TLS_AES_128_GCM_SHA256 ` +
		`TLSv1.3 arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/demo-acme/7 "Root=1-2" ` +
		`"acme.demo.haven.example" "arn:aws:acm:eu-west-1:123456789012:certificate/1" 1 2026-11-20T09:00:00.450000Z ` +
		`"waf,forward" "-" "-" "10.20.32.5:8080" "200" "-" "-" TID_1`
	malformed = `http 2026-11-20T09:00:01.000000Z app/demo-cell-edge/1 198.51.100.9:1 - -1 -1 -1 400 - 0 272 ` +
		`"- http:/// -" "-" - - - "-" "-" "-" - 2026-11-20T09:00:01.000000Z "-" "-" "-" "-" "-" "-" "-" TID_2`
	blocked = `{"timestamp":1795165200500,"formatVersion":1,"terminatingRuleId":"block-list","action":"BLOCK",` +
		`"responseCodeSent":null,"httpRequest":{"clientIp":"203.0.113.7","headers":[{"name":"Accept","value":"*/*"},` +
		`{"name":"host","value":"acme.demo.haven.example:443"}],"uri":"/"}}`
)

func TestRead(t *testing.T) {
	t.Parallel()
	requests, err := requestlog.Read(strings.NewReader(served + "\n\n" + malformed + "\r\n" + blocked))
	require.NoError(t, err)
	require.Len(t, requests, 3)
	ids := map[string]bool{}
	for i := range requests {
		assert.Len(t, requests[i].ID, 32)
		ids[requests[i].ID] = true
		requests[i].ID = ""
	}
	assert.Len(t, ids, 3)
	assert.Equal(t, []world.Request{
		{Log: world.BalancerLog, Time: time.Date(2026, 11, 20, 9, 0, 0, 500_000_000, time.UTC),
			Host: "acme.demo.haven.example", Client: "93.184.216.34", Status: 200},
		{Log: world.BalancerLog, Time: time.Date(2026, 11, 20, 9, 0, 1, 0, time.UTC), Client: "198.51.100.9", Status: 400},
		{Log: world.FirewallLog, Time: time.Date(2026, 11, 20, 9, 0, 0, 500_000_000, time.UTC),
			Host: "acme.demo.haven.example", Client: "203.0.113.7", Action: "BLOCK", Rule: "block-list"},
	}, requests)
}

func TestSameLineSameID(t *testing.T) {
	t.Parallel()
	one, err := requestlog.Parse(served)
	require.NoError(t, err)
	other, err := requestlog.Parse(served)
	require.NoError(t, err)
	assert.Equal(t, one, other)
}

func TestWrongLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hello": "line 1: not as load balancers write their access log",
		served + "\n" + strings.Replace(served, "2026-11-20T09:00:00.500000Z", "yesterday", 1): "line 2: not as" +
			` load balancers write their access log: its time is "yesterday"`,
		"{": "line 1: not as firewalls write their log: unexpected end of JSON input",
		"{}\n\nhello": "line 1: not as firewalls write their log: expected timestamp, action and httpRequest.clientIp\n" +
			"line 3: not as load balancers write their access log",
	} {
		requests, err := requestlog.Read(strings.NewReader(text))
		assert.EqualError(t, err, want)
		assert.Empty(t, requests)
	}
}

func TestTellsOfTenWrongLines(t *testing.T) {
	t.Parallel()
	_, err := requestlog.Read(strings.NewReader(strings.Repeat("hello\n", 100)))
	require.Error(t, err)
	assert.Equal(t, 10, strings.Count(err.Error(), "line "))
}
