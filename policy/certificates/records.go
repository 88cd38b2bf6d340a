package certificates

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/graph"
	"haven/policy/props"
)

// records asks that each name leads to a load balancer that has a certificate for it, and that knows the name, where one
// does.
func (c *checker) records() {
	for _, r := range c.OfType(record) {
		name := props.At(r.Declared(), "name")
		if len(name) == 0 {
			continue
		}
		for _, to := range c.leadsTo(r) {
			sure := c.covered(name[0], to.has)
			if to.balancer == nil {
				sure = max(sure, c.elsewhere(r, name[0]))
			}
			if sure != graph.Yes {
				c.find("certificates/record", min(graph.Yes-sure, to.sure), r, []*graph.Resource{r, to.balancer}, fmt.Sprintf(
					"%s leads to %s, of whose certificates none covers it; expected one that does: give its listener a "+
						"certificate for it", text(name[0]), to))
			}
		}
		c.served(r, name[0])
	}
}

// target is a load balancer to which a record leads.
type target struct {
	balancer *graph.Resource
	// host is its own name, where the graph does not have it.
	host string
	sure graph.Sure
}

// String is a load balancer by its name in the program, or its own.
func (t target) String() string {
	switch {
	case t.balancer != nil:
		return t.balancer.Name()
	case t.host == "":
		return "a load balancer that is not known yet"
	}
	return t.host
}

// has says whether a certificate is held by the load balancer. One that the graph does not have is known by its name and
// region, which are in its listeners' ARNs.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html
func (t target) has(h held) bool {
	if t.balancer != nil || h.at.listener != nil {
		return h.at.balancer == t.balancer
	}
	if t.host == "" {
		return h.at.arn == ""
	}
	parts := strings.Split(h.at.arn, "/")
	return len(parts) > 2 && strings.HasPrefix(t.host, parts[2]+"-") && strings.Contains(t.host, "."+h.at.region()+".")
}

const (
	balancers = ".elb.amazonaws.com"
	aliases   = "aliases[*].name"
)

// leadsTo are the load balancers that a record is an alias or another name of.
func (c *checker) leadsTo(r *graph.Resource) []target {
	var all []target
	for _, path := range []string{aliases, "records[*]"} {
		if kind := props.Text(r.Declared(), "type"); path == "records[*]" && kind != "CNAME" {
			continue
		}
		for _, v := range props.At(r.Declared(), path) {
			all = append(all, c.target(r, path, v)...)
		}
	}
	return all
}

func (c *checker) target(r *graph.Resource, path string, v property.Value) []target {
	host := ""
	if v.IsString() {
		host = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(v.AsString()), "dualstack."), ".")
	}
	for _, b := range c.OfType(balancer) {
		if host != "" && strings.EqualFold(b.Text("dnsName"), host) {
			return []target{{balancer: b, sure: graph.Yes}}
		}
		if sure := c.Mean(r, path, []property.Value{v}, b); sure != graph.No {
			return []target{{balancer: b, sure: sure}}
		}
	}
	switch {
	case strings.HasSuffix(host, balancers):
		return []target{{host: host, sure: graph.Yes}}
	case v.IsComputed() && path == aliases:
		return []target{{sure: graph.Maybe}}
	}
	return nil
}

// served asks that a name which rules of listeners are about leads to the load balancer of one of them.
func (c *checker) served(r *graph.Resource, name property.Value) {
	if !name.IsString() {
		return
	}
	var rule *graph.Resource
	best := graph.No
	for _, other := range c.OfType(listenerRule) {
		if !slices.Contains(props.Texts(other.Declared(), "conditions[*].hostHeader.values[*]"), name.AsString()) {
			continue
		}
		at := c.place(other)
		if at.balancer == nil {
			return
		}
		if best = max(best, c.leads(name.AsString(), at.balancer)); best == graph.Yes {
			return
		}
		rule = other
	}
	if rule != nil && len(c.leadsTo(r)) > 0 {
		c.find("certificates/served", graph.Yes-best, r, []*graph.Resource{r, rule}, fmt.Sprintf("%s leads to no load balancer "+
			"that has a rule for it; expected that of %s: lead it there", name.AsString(), rule.Name()))
	}
}

// leads says how sure it is that a record of that name leads to a load balancer.
func (c *checker) leads(name string, to *graph.Resource) graph.Sure {
	best := graph.No
	for _, r := range c.OfType(record) {
		if !slices.ContainsFunc(c.leadsTo(r), func(t target) bool { return t.balancer == to }) {
			continue
		}
		switch own := r.Declared().Get("name"); {
		case !own.IsString():
			best = max(best, graph.Maybe)
		case own.AsString() == name:
			return graph.Yes
		}
	}
	return best
}

// authority are the names by which a record lets Amazon issue certificates.
var authority = []string{"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}

// authorities asks that in each public zone nobody but Amazon may issue certificates, and nobody any for all its names
// at once where none is asked for.
// https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
func (c *checker) authorities() {
	for _, z := range c.OfType(zone) {
		if len(props.At(z.Declared(), "vpcs[*]")) > 0 {
			continue
		}
		const fix = `declare a CAA record at its apex with 0 issue "amazon.com" and 0 issuewild ";"`
		found := c.limits(z)
		if found == nil {
			c.find("certificates/authority", graph.Yes, z, nil, "any authority may issue certificates for its names; expected "+
				"Amazon alone: "+fix)
			continue
		}
		if !props.Known(found.Declared(), "records") {
			c.find("certificates/authority", graph.Maybe, z, []*graph.Resource{z, found}, "who may issue certificates for its "+
				"names is not known yet")
			continue
		}
		if other := stranger(props.Texts(found.Declared(), "records[*]"), c.asksForWildcard()); other != "" {
			c.find("certificates/authority", graph.Yes, z, []*graph.Resource{z, found}, fmt.Sprintf("its CAA record has %s; "+
				"expected Amazon alone: %s", other, fix))
		}
	}
}

// limits is the record that says who may issue certificates in a zone; nil where none does.
func (c *checker) limits(z *graph.Resource) *graph.Resource {
	for _, r := range c.OfType(record) {
		apex := strings.EqualFold(strings.TrimSuffix(props.Text(r.Declared(), "name"), "."),
			strings.TrimSuffix(props.Text(z.Declared(), "name"), "."))
		if props.Text(r.Declared(), "type") == "CAA" && apex && c.Names(r, "zoneId", z) != graph.No {
			return r
		}
	}
	return nil
}

// asksForWildcard says whether a certificate for all the names of a zone is declared.
func (c *checker) asksForWildcard() bool {
	return slices.ContainsFunc(c.OfType(certificate), func(r *graph.Resource) bool {
		names := append(props.Texts(r.Declared(), "domainName"), props.Texts(r.Declared(), "subjectAlternativeNames[*]")...)
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "*.") })
	})
}

// stranger is what lets somebody else issue certificates, or nobody limit them; "" where there is nothing of that. Only
// where wildcards are asked for may those be issued.
func stranger(records []string, wildcards bool) string {
	limited, single := false, wildcards
	for _, text := range records {
		fields := strings.Fields(text)
		if len(fields) < 3 || fields[1] != "issue" && fields[1] != "issuewild" {
			continue
		}
		limited = limited || fields[1] == "issue"
		who := strings.Trim(strings.Join(fields[2:], ""), `"`)
		who, _, _ = strings.Cut(who, ";")
		single = single || fields[1] == "issuewild" && who == ""
		if who != "" && !slices.Contains(authority, who) {
			return text
		}
	}
	switch {
	case !limited:
		return "no issue"
	case !single:
		return `no issuewild ";"`
	}
	return ""
}
