package reach

import (
	"slices"

	"haven/policy/graph"
	"haven/policy/props"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// traffic is what a rule is about: a protocol, and a range of ports.
type traffic struct {
	protocol string // any, "tcp", "udp", "icmp" or another
	from, to int
}

const (
	everyProtocol = ""
	lastPort      = 65535
)

// answers are the ports that connections' answers come to.
// https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
var answers = traffic{"tcp", 1024, lastPort}

// protocols are the names of those that may be written as numbers.
// https://www.iana.org/assignments/protocol-numbers
var protocols = map[string]string{"-1": everyProtocol, "all": everyProtocol, "6": "tcp", "17": "udp", "1": "icmp",
	"58": "icmpv6"}

// trafficOf reads a rule's protocol and ports; Maybe where they are not known, and so may be any.
func trafficOf(rule property.Map) (traffic, graph.Sure) {
	t, sure := traffic{everyProtocol, 0, lastPort}, graph.Yes
	for _, path := range []string{"protocol", "ipProtocol"} {
		if !props.Known(rule, path) {
			return t, graph.Maybe
		}
		if text := props.Text(rule, path); text != "" {
			t.protocol = text
		}
	}
	if name, numbered := protocols[t.protocol]; numbered {
		t.protocol = name
	}
	if t.protocol != "tcp" && t.protocol != "udp" {
		return t, sure
	}
	if !props.Known(rule, "fromPort") || !props.Known(rule, "toPort") {
		return t, graph.Maybe
	}
	if from, given := props.Number(rule, "fromPort"); given && from >= 0 {
		t.from = int(from)
	}
	if to, given := props.Number(rule, "toPort"); given && to >= 0 {
		t.to = int(to)
	}
	return t, sure
}

// and is what both are about; false where that is nothing.
func (t traffic) and(o traffic) (traffic, bool) {
	both := traffic{t.protocol, max(t.from, o.from), min(t.to, o.to)}
	switch {
	case t.protocol == everyProtocol:
		both.protocol = o.protocol
	case o.protocol != everyProtocol && o.protocol != t.protocol:
		return traffic{}, false
	}
	return both, both.from <= both.to
}

// without is what is left of it. What is about every protocol stays, unless all of it is taken.
func (t traffic) without(o traffic) []traffic {
	both, any := t.and(o)
	if !any || both.protocol != t.protocol {
		return []traffic{t}
	}
	left := []traffic{{t.protocol, t.from, both.from - 1}, {t.protocol, both.to + 1, t.to}}
	return slices.DeleteFunc(left, func(t traffic) bool { return t.from > t.to })
}
