package certificates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

const (
	certificate  = "aws:acm/certificate:Certificate"
	balancer     = "aws:lb/loadBalancer:LoadBalancer"
	listener     = "aws:lb/listener:Listener"
	listenerRule = "aws:lb/listenerRule:ListenerRule"
	extra        = "aws:lb/listenerCertificate:ListenerCertificate"
	record       = "aws:route53/record:Record"
	zone         = "aws:route53/zone:Zone"
)

// Check is every name without a certificate where it leads, and every zone in which anybody may issue some.
func Check(g *graph.Graph) []graph.Finding {
	c := &checker{Graph: g, asked: map[string]bool{}}
	c.held = c.everywhere()
	c.regions()
	c.rules()
	c.records()
	c.authorities()
	return c.findings
}

// checker is a graph while it is proven.
type checker struct {
	*graph.Graph
	held []held
	// asked are the names of which is told already that they may be covered by what another stack has.
	asked    map[string]bool
	findings []graph.Finding
}

// held is a certificate that a listener has.
type held struct {
	at place
	// by is the listener, or what gives it the certificate.
	by          *graph.Resource
	certificate *graph.Resource
	sure        graph.Sure
}

// place is a listener: of the graph, or known by its ARN, or by what its unknown ARN comes from.
type place struct {
	listener, balancer *graph.Resource
	arn                string
	from               []string
}

func (p place) same(o place) bool {
	switch {
	case p.listener != nil || o.listener != nil:
		return p.listener == o.listener
	case p.arn != "" || o.arn != "":
		return p.arn == o.arn
	}
	return len(p.from) > 0 && slices.Equal(p.from, o.from)
}

// region is where a listener is; "" where nobody knows.
func (p place) region() string {
	if p.listener != nil {
		return p.listener.Region
	}
	return part(p.arn, 3)
}

// part is a part of an ARN.
func part(arn string, at int) string {
	if parts := strings.Split(arn, ":"); len(parts) > at {
		return parts[at]
	}
	return ""
}

// place is the listener that a resource names.
func (c *checker) place(r *graph.Resource) place {
	const at = "listenerArn"
	for _, l := range c.OfType(listener) {
		if c.Names(r, at, l) != graph.No {
			return place{listener: l, balancer: c.first(l, "loadBalancerArn", balancer)}
		}
	}
	return place{arn: props.Text(r.Declared(), at), from: r.Sources(at)}
}

func (c *checker) first(r *graph.Resource, path, token string) *graph.Resource {
	for _, other := range c.OfType(token) {
		if c.Names(r, path, other) != graph.No {
			return other
		}
	}
	return nil
}

// everywhere are all the certificates that listeners have.
func (c *checker) everywhere() []held {
	var all []held
	hold := func(by *graph.Resource, at place) {
		for _, one := range c.OfType(certificate) {
			if sure := c.Names(by, "certificateArn", one); sure != graph.No {
				all = append(all, held{at, by, one, sure})
			}
		}
	}
	for _, l := range c.OfType(listener) {
		hold(l, place{listener: l, balancer: c.first(l, "loadBalancerArn", balancer)})
	}
	for _, e := range c.OfType(extra) {
		hold(e, c.place(e))
	}
	return all
}

// regions asks that a certificate is where the listener is that has it.
func (c *checker) regions() {
	for _, h := range c.held {
		here, there := h.certificate.Region, h.at.region()
		if here != "" && there != "" && here != there {
			c.find("certificates/region", h.sure, h.by, []*graph.Resource{h.by, h.certificate}, fmt.Sprintf("its "+
				"certificate is in %s, its listener in %s; expected both in one region: request the certificate there", here,
				there))
		}
	}
}

// rules asks that each host of a listener's rule has a certificate at that listener.
func (c *checker) rules() {
	for _, rule := range c.OfType(listenerRule) {
		at := c.place(rule)
		for _, v := range props.At(rule.Declared(), "conditions[*].hostHeader.values[*]") {
			sure := c.covered(v, func(h held) bool { return h.at.same(at) })
			if at.listener == nil {
				sure = max(sure, c.elsewhere(rule, v))
			}
			if sure != graph.Yes {
				c.find("certificates/rule", graph.Yes-sure, rule, []*graph.Resource{rule, at.listener}, fmt.Sprintf("no "+
					"certificate of its listener covers %s; expected one that does: give the listener a certificate for it",
					text(v)))
			}
		}
	}
}

// elsewhere says whether a name may be covered by what another stack gave to a listener: where a stack brings back what
// that one had. It is asked once for each name.
func (c *checker) elsewhere(r *graph.Resource, name property.Value) graph.Sure {
	key := r.Stack + " " + text(name)
	switch {
	case !c.Restoring(r.Stack):
		return graph.No
	case c.asked[key]:
		return graph.Yes
	}
	c.asked[key] = true
	return graph.Maybe
}

// covered says how sure it is that a name is covered by one of the certificates.
func (c *checker) covered(name property.Value, of func(held) bool) graph.Sure {
	best := graph.No
	for _, h := range c.held {
		if of(h) {
			best = max(best, min(h.sure, covers(h.certificate, name)))
		}
	}
	return best
}

// covers says whether a certificate is for a name: by itself, or by a wildcard for its first label.
func covers(one *graph.Resource, name property.Value) graph.Sure {
	sure := graph.No
	for _, path := range []string{"domainName", "subjectAlternativeNames[*]"} {
		for _, v := range props.At(one.Declared(), path) {
			switch {
			case !v.IsString() || !name.IsString():
				sure = max(sure, graph.Maybe)
			case matches(v.AsString(), strings.TrimSuffix(name.AsString(), ".")):
				return graph.Yes
			}
		}
	}
	return sure
}

func matches(pattern, name string) bool {
	rest, wild := strings.CutPrefix(pattern, "*.")
	_, parent, _ := strings.Cut(name, ".")
	return strings.EqualFold(pattern, name) || wild && strings.EqualFold(rest, parent)
}

// find notes what does not hold; what rests on something that is not sure is undecided.
func (c *checker) find(rule string, sure graph.Sure, about *graph.Resource, witness []*graph.Resource, message string) {
	found := graph.Finding{Rule: rule, URN: about.URN, Message: message, Undecided: sure != graph.Yes}
	for _, r := range witness {
		if r != nil {
			found.Witness = append(found.Witness, r.URN)
		}
	}
	c.findings = append(c.findings, found)
}

func text(v property.Value) string {
	if v.IsString() {
		return v.AsString()
	}
	return "a host that is not known yet"
}
