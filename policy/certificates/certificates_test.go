package certificates_test

import (
	"testing"

	"haven/policy/certificates"
	"haven/policy/graph"
	. "haven/policy/graph/graphtest"
)

func TestTheDemo(t *testing.T) {
	t.Parallel()
	AssertHolds(t, certificates.Check)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	AssertFaults(t, certificates.Check, faults)
}

func TestLookAlikes(t *testing.T) {
	t.Parallel()
	AssertLookAlikes(t, certificates.Check, sound)
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	AssertUnknown(t, certificates.Check, unknown)
}

const (
	extra   = "aws:lb/listenerCertificate:ListenerCertificate"
	request = "aws:acm/certificate:Certificate"
	record  = "aws:route53/record:Record"
	rule    = "aws:lb/listenerRule:ListenerRule"
	host    = "acme.demo.haven.example"
	other   = "other.demo.haven.example"
)

func with(name string, changes ...Change) func(*testing.T, *graph.Graph) *graph.Graph {
	return func(t *testing.T, g *graph.Graph) *graph.Graph {
		t.Helper()
		return With(t, g, name, changes...)
	}
}

func plus(more func(*testing.T, *graph.Graph) []*graph.Resource) func(*testing.T, *graph.Graph) *graph.Graph {
	return func(t *testing.T, g *graph.Graph) *graph.Graph {
		t.Helper()
		return Plus(g, more(t, g)...)
	}
}

// leading is a record of a name that leads to the load balancer of a cell.
func leading(t *testing.T, g *graph.Graph, name, cell string) *graph.Resource {
	t.Helper()
	return New("demo-acme", record, "leading", map[string]any{"name": name, "type": "A", "aliases": []any{
		map[string]any{"name": Find(t, g, cell+"::edge-balancer").Text("dnsName")}}})
}

// giving are a certificate for names, and what gives it to the listener of a cell.
func giving(t *testing.T, g *graph.Graph, cell, region string, names ...any) []*graph.Resource {
	t.Helper()
	one := New("demo-acme", request, "one", map[string]any{"domainName": names[0], "subjectAlternativeNames": names[1:]})
	one.Region = region
	return []*graph.Resource{one, New("demo-acme", extra, "given", map[string]any{"certificateArn": "one",
		"listenerArn": Find(t, g, cell+"::edge-https").ID})}
}

// asking is a rule of a cell's listener about a host.
func asking(t *testing.T, g *graph.Graph, cell string, host any) *graph.Resource {
	t.Helper()
	return New("demo-acme", rule, "asking", map[string]any{"listenerArn": Find(t, g, cell+"::edge-https").ID,
		"conditions": []any{map[string]any{"hostHeader": map[string]any{"values": []any{host}}}}})
}

// bare is the demo without the certificate that waits at the standby for the host.
func bare(t *testing.T, g *graph.Graph) *graph.Graph {
	t.Helper()
	return With(t, g, "demo-acme::routing-standby-listener-certificate", Removed)
}

func issuing(records ...any) Change { return Set("records", records) }

var faults = map[string]Fault{
	"a record of a name without a certificate": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{leading(t, g, other, "demo-cell")}
	}), "certificates/record", "demo-acme::leading", []string{"demo-acme::leading", "demo-cell::edge-balancer"}},
	"a record that leads where another certificate is": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, bare(t, g), "demo-acme::routing-record", Set("aliases", []any{map[string]any{
			"name": Find(t, g, "demo-standby::edge-balancer").Text("dnsName")}}))
	}, "certificates/record", "demo-acme::routing-record", []string{"demo-acme::routing-record",
		"demo-standby::edge-balancer"}},
	"a record that leads where nobody knows it": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::routing-record", Set("aliases", []any{map[string]any{
			"name": Find(t, g, "demo-standby::edge-balancer").Text("dnsName")}}))
	}, "certificates/served", "demo-acme::routing-record", []string{"demo-acme::routing-record", "demo-acme::*"}},
	"a certificate that no listener has": {with("demo-acme::routing-listener-certificate", Removed), "certificates/record",
		"demo-acme::routing-record", []string{"demo-acme::routing-record", "demo-cell::edge-balancer"}},
	"a certificate that no listener has, seen from its stack alone": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Alone(With(t, g, "demo-acme::routing-listener-certificate", Removed), "demo-acme")
	}, "certificates/record", "demo-acme::routing-record", []string{"demo-acme::routing-record"}},
	"a certificate for another name": {with("demo-acme::routing-certificate-request", Set("domainName", other)),
		"certificates/rule", "demo-acme::routing-rule", []string{"demo-acme::routing-rule", "demo-cell::edge-https"}},
	"a rule for a host without a certificate": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{asking(t, g, "demo-cell", other)}
	}), "certificates/rule", "demo-acme::asking", []string{"demo-acme::asking", "demo-cell::edge-https"}},
	"a rule at a listener that has another host's": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(bare(t, g), asking(t, g, "demo-standby", host))
	}, "certificates/rule", "demo-acme::asking", []string{"demo-acme::asking", "demo-standby::edge-https"}},
	"a wildcard for one label more": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(giving(t, g, "demo-cell", "eu-west-1", "*.haven.example"), asking(t, g, "demo-cell", other))
	}), "certificates/rule", "demo-acme::asking", []string{"demo-acme::asking", "demo-cell::edge-https"}},
	"a certificate of another region": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return giving(t, g, "demo-cell", "eu-central-1", host)
	}), "certificates/region", "demo-acme::given", []string{"demo-acme::given", "demo-acme::one"}},
	"a failover to where no certificate is": {bare, "certificates/record", "demo-acme::routing-standby-record",
		[]string{"demo-acme::routing-standby-record", "demo-standby::edge-balancer"}},
	"any authority": {with("demo-cell::edge-caa", Removed), "certificates/authority", "demo-cell::edge-zone", nil},
	"another authority": {with("demo-cell::edge-caa", issuing(`0 issue "amazon.com"`, `0 issue "letsencrypt.org"`)),
		"certificates/authority", "demo-cell::edge-zone", []string{"demo-cell::edge-zone", "demo-cell::edge-caa"}},
	"an authority for wildcards only": {with("demo-cell::edge-caa", issuing(`0 issuewild "amazon.com"`)),
		"certificates/authority", "demo-cell::edge-zone", []string{"demo-cell::edge-zone", "demo-cell::edge-caa"}},
	"wildcards by whoever may issue": {with("demo-cell::edge-caa", issuing(`0 issue "amazon.com"`)),
		"certificates/authority", "demo-cell::edge-zone", []string{"demo-cell::edge-zone", "demo-cell::edge-caa"}},
	"wildcards by Amazon": {with("demo-cell::edge-caa", issuing(`0 issue "amazon.com"`, `0 issuewild "amazon.com"`)),
		"certificates/authority", "demo-cell::edge-zone", []string{"demo-cell::edge-zone", "demo-cell::edge-caa"}},
	"an authority of another name": {with("demo-cell::edge-caa", Set("name", "www.demo.haven.example")),
		"certificates/authority", "demo-cell::edge-zone", nil},
}

var sound = map[string]Make{
	"a certificate with more names": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(giving(t, g, "demo-cell", "eu-west-1", "x.haven.example", other), asking(t, g, "demo-cell", other))
	}),
	"a wildcard for its label": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(giving(t, g, "demo-cell", "eu-west-1", "*.demo.haven.example"), asking(t, g, "demo-cell", other))
	}),
	"names in other letters": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(giving(t, g, "demo-cell", "eu-west-1", "Other.Demo.Haven.example"), asking(t, g, "demo-cell", other))
	}),
	"a failover to where a certificate waits": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return append(giving(t, g, "demo-standby", "eu-central-1", host), leading(t, g, host, "demo-standby"))
	}),
	"a failover that is seen from its stack alone": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Alone(Plus(g, append(giving(t, g, "demo-standby", "eu-central-1", host),
			leading(t, g, host, "demo-standby"))...), "demo-acme")
	},
	"an alias for both families of addresses": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return With(t, g, "demo-acme::routing-record", Set("aliases", []any{map[string]any{
			"name": "dualstack." + Find(t, g, "demo-cell::edge-balancer").Text("dnsName") + "."}}))
	},
	"a record of something else": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-acme", record, "text", map[string]any{"name": other, "type": "TXT",
			"records": []any{"lb.eu-west-1.elb.amazonaws.com"}})}
	}),
	"a rule for a path": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-acme", rule, "path", map[string]any{
			"listenerArn": Find(t, g, "demo-cell::edge-https").ID,
			"conditions":  []any{map[string]any{"pathPattern": map[string]any{"values": []any{"/x"}}}}})}
	}),
	"a private zone": plus(func(*testing.T, *graph.Graph) []*graph.Resource {
		return []*graph.Resource{New("demo-cell", "aws:route53/zone:Zone", "private", map[string]any{"name": "own.internal",
			"vpcs": []any{map[string]any{"vpcId": "vpc"}}})}
	}),
	"an authority with its account": with("demo-cell::edge-caa", issuing(`0 issue "amazon.com; policy=ev"`,
		`0 issuewild ";"`, `0 iodef "mailto:security@haven.example"`)),
	"an authority for the wildcards that are asked for": func(t *testing.T, g *graph.Graph) *graph.Graph {
		return Plus(With(t, g, "demo-cell::edge-caa", Set("records", []any{`0 issue "amazon.com"`})),
			giving(t, g, "demo-cell", "eu-west-1", "*.demo.haven.example")...)
	},
	"a certificate that waits for its listener": plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return giving(t, g, "demo-standby", "eu-central-1", host)[:1]
	}),
	"a zone with a dot at its end": with("demo-cell::edge-zone", Set("name", "demo.haven.example.")),
}

var unknown = map[string]Fault{
	"the certificate of what a stack brings back": {func(t *testing.T, g *graph.Graph) *graph.Graph {
		g = With(t, g, "demo-acme::routing-rule", Set("tags.restored-of", "demo-acme"))
		g = With(t, g, "demo-acme::routing-websocket-rule", Removed)
		g = With(t, g, "demo-acme::routing-listener-certificate", Removed)
		return Alone(g, "demo-acme")
	}, "certificates/rule", "demo-acme::routing-rule", nil},
	"the host of a rule": {plus(func(t *testing.T, g *graph.Graph) []*graph.Resource {
		return []*graph.Resource{asking(t, g, "demo-cell", Unknown)}
	}), "certificates/rule", "demo-acme::asking", nil},
	"the name of a record": {with("demo-acme::routing-record", Set("name", Unknown)), "certificates/record",
		"demo-acme::routing-record", nil},
	"the name that a certificate is for": {with("demo-acme::routing-certificate-request", Set("domainName", Unknown)),
		"certificates/rule", "demo-acme::routing-rule", nil},
	"who may issue": {with("demo-cell::edge-caa", Set("records", Unknown)), "certificates/authority",
		"demo-cell::edge-zone", nil},
}
