package logs_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/requests/logs"
)

const (
	// forwarded is Amazon's own example of a line, refused one as it writes what the firewall stopped, and nonsense one
	// of a client that spoke no HTTP.
	forwarded = `https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 ` +
		`0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ` +
		`ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/7 ` +
		`"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" ` +
		`"arn:aws:acm:us-east-2:123456789012:certificate/12345678" 1 2018-07-02T22:22:48.364000Z "authenticate,forward" ` +
		`"-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234`
	refused = `h2 2026-11-20T09:00:00.000000Z app/edge/1 203.0.113.7:40000 - -1 -1 -1 403 - 30 150 ` +
		`"GET https://acme.demo.haven.example:443/a b HTTP/2.0" "-" TLS_AES_128_GCM_SHA256 TLSv1.3 - "Root=1-2" ` +
		`"acme.demo.haven.example" "arn:aws:acm:eu-west-1:123456789012:certificate/1" 100 2026-11-20T08:59:59.000000Z ` +
		`"waf" "-" "-" "-" "-" "-" "-" TID_2 "one" "more"`
	nonsense = `http 2026-11-20T09:00:00.000000Z app/edge/1 198.51.100.9:1 - -1 -1 -1 400 - 0 272 "- http://edge:80- -" ` +
		`"-" - - - "-" "-" "-" - 2026-11-20T09:00:00.000000Z "-" "-" "-" "-" "-" "-" "-"`
)

func TestBalancerLine(t *testing.T) {
	t.Parallel()
	expression := regexp.MustCompile("^(?:" + logs.BalancerLine + ")$")
	require.Equal(t, len(logs.Balancer), expression.NumSubexp(), "a group for each column")
	tests := map[string]map[string]string{
		forwarded: {"time": "2018-07-02T22:23:00.186641Z", "client_ip": "192.168.131.39", "client_port": "2817",
			"target_ip": "10.0.0.1", "target_port": "80", "elb_status_code": "200", "request_verb": "GET",
			"request_url": "https://www.example.com:443/", "request_proto": "HTTP/1.1", "user_agent": "curl/7.46.0",
			"trace_id": "Root=1-58337281-1d84f3d73c47ec4e58577259", "domain_name": "www.example.com",
			"actions_executed": "authenticate,forward", "classification_reason": "-", "conn_trace_id": "TID_1234"},
		refused: {"client_ip": "203.0.113.7", "target_ip": "", "elb_status_code": "403", "target_status_code": "-",
			"request_url": "https://acme.demo.haven.example:443/a b", "actions_executed": "waf", "conn_trace_id": "TID_2"},
		nonsense: {"client_ip": "198.51.100.9", "elb_status_code": "400", "request_verb": "-", "conn_trace_id": ""},
	}
	for line, want := range tests {
		groups := expression.FindStringSubmatch(line)
		require.NotNil(t, groups, line)
		for i, column := range logs.Balancer {
			if expected, ok := want[column.Name]; ok {
				assert.Equal(t, expected, groups[i+1], column.Name)
			}
		}
	}
}
