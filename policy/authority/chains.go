package authority

import (
	"fmt"
	"slices"

	"haven/policy/access"
)

// hop is how one role comes to the rights of another: by taking it on, or by handing it to a service that works for it.
type hop struct {
	from, to *principal
	how      string
	by       access.Statement
}

// chains tells of each role that is not a tenant's own and whose rights one of its roles comes to, over however many
// others.
func (i *isolation) chains() {
	hops := i.hops()
	for _, tenant := range i.tenants() {
		i.chainsOf(tenant, hops)
	}
	for _, h := range slices.Concat(hops...) {
		if h.from.owner == "" && h.to.owner != "" && !h.from.forPeople() {
			i.tell("authority/pass", h.from.URN, h.by, []string{h.from.URN, h.by.Policy, h.to.URN}, fmt.Sprintf(
				"the role %s, of no tenant, may %s %s of the tenant %s: allowed by %s: leave the tenant's roles to its own",
				nameOf(h.from.Resource), h.how, nameOf(h.to.Resource), h.to.owner, by(h.by)))
		}
	}
}

func (i *isolation) tenants() []string {
	var all []string
	for _, p := range i.principals {
		if p.owner != "" && !slices.Contains(all, p.owner) {
			all = append(all, p.owner)
		}
	}
	return all
}

// chainsOf goes from all roles of a tenant at once, so that each way begins with its last role of the tenant's.
func (i *isolation) chainsOf(tenant string, hops [][]hop) {
	ways := map[*principal][]hop{}
	var next []*principal
	for _, p := range i.principals {
		if p.owner == tenant {
			next, ways[p] = append(next, p), nil
		}
	}
	for len(next) > 0 {
		p := next[0]
		next = next[1:]
		for _, h := range hops[slices.Index(i.principals, p)] {
			if _, been := ways[h.to]; !been {
				ways[h.to] = append(slices.Clone(ways[p]), h)
				next = append(next, h.to)
				i.reached(tenant, ways[h.to])
			}
		}
	}
}

func (i *isolation) reached(tenant string, way []hop) {
	first, last := way[0], way[len(way)-1]
	whose := "of no tenant"
	if last.to.owner != "" {
		whose = "of the tenant " + last.to.owner
	}
	witness := []string{first.from.URN}
	for _, h := range way {
		if h.by.Policy != h.to.URN {
			witness = append(witness, h.by.Policy)
		}
		witness = append(witness, h.to.URN)
	}
	part := "authority/roles"
	if last.how == passes {
		part = "authority/pass"
	}
	i.tell(part, first.from.URN, access.Statement{Policy: last.to.URN}, witness, fmt.Sprintf(
		"the role %s of the tenant %s comes to the rights of %s, %s, in %d steps: in the last it may %s it, allowed by %s: "+
			"let it take on and pass the tenant's own roles only", nameOf(first.from.Resource), tenant,
		nameOf(last.to.Resource), whose, len(way), last.how, by(last.by)))
}

// The ways in which a role comes to the rights of another.
const (
	assumes = "assume"
	passes  = "pass"
)

// hops are all there are, by the index of the role from which they go.
func (m *model) hops() [][]hop {
	all := make([][]hop, len(m.principals))
	for _, to := range m.principals {
		s := &store{Resource: to.Resource, tags: tagsOf(to.Resource), about: map[string][]access.Document{}}
		taken, handed := *s, *s
		taken.kind, taken.policy, taken.about = &kind{sovereign: true}, to.trust, map[string][]access.Document{}
		handed.kind = &kind{}
		for at, from := range m.principals {
			if h, is := m.hop(from, to, &taken, &handed); is && from != to {
				all[at] = append(all[at], h)
			}
		}
	}
	return all
}

func (m *model) hop(from, to *principal, taken, handed *store) (hop, bool) {
	t := target{resource: to.called.ID}
	if d := m.may(from, "sts:AssumeRole", taken, t); d.Allowed {
		return hop{from, to, assumes, d.By}, true
	}
	for _, service := range to.services {
		t.context = access.Context{"iam:PassedToService": {service}}
		if d := m.may(from, "iam:PassRole", handed, t); d.Allowed {
			return hop{from, to, passes, d.By}, true
		}
	}
	return hop{}, false
}

// trusted are the services that a role trusts, so that it can be handed to them.
func (p *principal) trusted() []string {
	var all []string
	for _, document := range p.trust {
		for _, c := range document.Clauses() {
			if !c.Deny {
				all = append(all, c.Principals[access.Service]...)
			}
		}
	}
	return all
}
