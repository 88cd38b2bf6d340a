// Package requestlog reads the lines that load balancers and firewalls log requests by.
//
// A line that begins with "{" is read as one of a firewall's log, any other as one of a load balancer's access log, by
// the same expression that the cells' tables have.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
package requestlog

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"haven/components/requests/logs"
	"haven/infra/sandbox/world"
)

const (
	// maxLine is the longest line that is read, in bytes. A request's headers have 64 KB at most.
	maxLine = 1 << 20
	// maxProblems is how many wrong lines are told of.
	maxProblems = 10
)

// Read reads all lines; empty ones are passed over. The error names the lines that are none of a request log, the first
// ten of them, and then there are no requests.
func Read(from io.Reader) ([]world.Request, error) {
	var requests []world.Request
	var problems []error
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxLine)
	for number := 1; len(problems) < maxProblems && lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		request, err := Parse(line)
		if err != nil {
			problems = append(problems, fmt.Errorf("line %d: %w", number, err))
		}
		requests = append(requests, request)
	}
	if err := errors.Join(append(problems, lines.Err())...); err != nil {
		return nil, err
	}
	return requests, nil
}

// Parse reads one line.
func Parse(line string) (world.Request, error) {
	parse := balancer
	if strings.HasPrefix(line, "{") {
		parse = firewall
	}
	request, err := parse(line)
	sum := sha256.Sum256([]byte(line))
	request.ID = hex.EncodeToString(sum[:16])
	return request, err
}

var (
	balancerLine   = regexp.MustCompile("^(?:" + logs.BalancerLine + ")$")
	errNotBalancer = errors.New("not as load balancers write their access log")
)

func balancer(line string) (world.Request, error) {
	groups := balancerLine.FindStringSubmatch(line)
	if groups == nil {
		return world.Request{}, errNotBalancer
	}
	fields := map[string]string{}
	for i, column := range logs.Balancer {
		fields[column.Name] = groups[i+1]
	}
	at, err := time.Parse(time.RFC3339Nano, fields["time"])
	if err != nil {
		return world.Request{}, fmt.Errorf("%w: its time is %q", errNotBalancer, fields["time"])
	}
	status, err := strconv.Atoi(fields["elb_status_code"])
	if err != nil && fields["elb_status_code"] != "-" {
		return world.Request{}, fmt.Errorf("%w: its status is %q", errNotBalancer, fields["elb_status_code"])
	}
	return world.Request{
		Log: world.BalancerLog, Time: at.UTC(), Host: hostOf(fields["request_url"]), Client: fields["client_ip"],
		Status: status,
	}, nil
}

// hostOf is the host of a URL, "" where it has none.
func hostOf(text string) string {
	// Only what comes before the path counts, and it alone is sure to be well formed.
	scheme, rest, _ := strings.Cut(text, "://")
	authority, _, _ := strings.Cut(rest, "/")
	parsed, err := url.Parse(scheme + "://" + authority)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Hostname())
}

// firewallLine are the fields of a firewall's log that count here.
type firewallLine struct {
	Timestamp         int64  `json:"timestamp"` // milliseconds since 1970
	Action            string `json:"action"`
	TerminatingRuleID string `json:"terminatingRuleId"`
	ResponseCodeSent  int    `json:"responseCodeSent"`
	HTTPRequest       struct {
		ClientIP string                         `json:"clientIp"`
		Headers  []struct{ Name, Value string } `json:"headers"`
	} `json:"httpRequest"`
}

var errNotFirewall = errors.New("not as firewalls write their log")

func firewall(line string) (world.Request, error) {
	var read firewallLine
	if err := json.Unmarshal([]byte(line), &read); err != nil {
		return world.Request{}, fmt.Errorf("%w: %w", errNotFirewall, err)
	}
	if read.Timestamp == 0 || read.Action == "" || read.HTTPRequest.ClientIP == "" {
		return world.Request{}, fmt.Errorf("%w: expected timestamp, action and httpRequest.clientIp", errNotFirewall)
	}
	request := world.Request{
		Log: world.FirewallLog, Time: time.UnixMilli(read.Timestamp).UTC(), Client: read.HTTPRequest.ClientIP,
		Status: read.ResponseCodeSent, Action: read.Action, Rule: read.TerminatingRuleID,
	}
	for _, header := range read.HTTPRequest.Headers {
		if strings.EqualFold(header.Name, "host") {
			request.Host = hostOf("https://" + header.Value)
		}
	}
	return request, nil
}
