package reach

import (
	"fmt"
	"slices"

	"haven/policy/graph"
	"haven/policy/props"
)

// Isolation is everything that lets one tenant reach what another one owns, or makes what a tenant owns depend on what
// it does not.
func Isolation(g *graph.Graph) []graph.Finding {
	n := newNetwork(g)
	n.tagged()
	n.ownGroups()
	n.ownRules()
	n.ownSettings()
	n.admitted()
	n.transit()
	n.paths()
	return n.findings
}

// tagged asks that tags say whose a resource is, and the same as its stack: ownership rests on them.
func (n *network) tagged() {
	for _, r := range n.All() {
		owner := n.owners[r.Stack]
		tags := r.Declared().Get("tags")
		if owner == "" || !tags.IsMap() || tags.AsMap().Len() == 0 {
			continue
		}
		sure := graph.Yes
		if !props.Known(r.Declared(), "tags.tenant") {
			sure = graph.Maybe
		}
		if of := props.Text(tags.AsMap(), "tenant"); of != owner {
			n.find("isolation/tags", sure, r, nil, fmt.Sprintf("tags.tenant is %q in the stack of %s; expected %q: set it", of,
				owner, owner))
		}
	}
}

// ownGroups asks that what a tenant has is in groups of its own only: whoever writes the rules of a group decides who
// reaches what is in it.
//
// A stack that brings back what another one had may use that one's groups: whose they are only both together tell.
func (n *network) ownGroups() {
	told := map[string]bool{}
	for _, one := range n.interfaces {
		if one.owner == "" {
			continue
		}
		for _, group := range one.groups {
			if owner := n.owner(group.Resource); owner != one.owner && !isDefault(group.Resource) {
				n.find("isolation/groups", group.sure, one.of, []*graph.Resource{one.of, group.Resource},
					fmt.Sprintf("it belongs to %s and is in %s of %s; expected groups of %s only: take it out of the group",
						one.owner, called(group.Resource), whose(owner), one.owner))
			}
		}
		for _, text := range one.strangers {
			sure := graph.Yes
			if n.Restoring(one.of.Stack) {
				sure = graph.Maybe
			}
			key := one.of.Stack + text
			if sure == graph.Maybe && told[key] {
				continue
			}
			told[key] = true
			n.find("isolation/groups", sure, one.of, nil, fmt.Sprintf("it belongs to %s and is in the group %s, which "+
				"no stack declares that is seen here; expected groups of %s only: take it out of the group", one.owner, text,
				one.owner))
		}
	}
}

func isDefault(group *graph.Resource) bool { return group.Type == defaultGroup }

// ownRules asks that nobody writes a rule of somebody else's group.
func (n *network) ownRules() {
	for _, token := range []string{ingressRule, egressRule, groupRule} {
		for _, rule := range n.OfType(token) {
			owner := n.owner(rule)
			groups, others, _ := n.names(rule, "securityGroupId", securityGroup, defaultGroup)
			for _, group := range groups {
				if of := n.owner(group.Resource); of != owner {
					n.find("isolation/rules", group.sure, rule, []*graph.Resource{rule, group.Resource}, fmt.Sprintf(
						"%s writes a rule of %s, which belongs to %s; expected that its owner alone does: declare the rule in its stack",
						whose(owner), called(group.Resource), whose(of)))
				}
			}
			for _, text := range others {
				n.find("isolation/rules", graph.Yes, rule, nil, fmt.Sprintf("securityGroupId is %s, which no stack declares "+
					"that is seen here; expected a group of %s: declare the rule where the group is declared", text, whose(owner)))
			}
		}
	}
}

// settings are what tenants' stores take from elsewhere, by the type of the store.
var settings = map[string]map[string]string{
	instance: {"dbSubnetGroupName": subnetGroup, "parameterGroupName": parameterGroup},
	"aws:elasticache/replicationGroup:ReplicationGroup": {
		"subnetGroupName": cacheSubnetGroup, "parameterGroupName": cacheParameterGroup},
}

// ownSettings asks that no store takes its settings from another tenant, who could change them.
func (n *network) ownSettings() {
	for token, taken := range settings {
		for _, r := range n.OfType(token) {
			for path, kind := range taken {
				all, _, _ := n.names(r, path, kind)
				for _, other := range all {
					if of := n.owner(other.Resource); of != n.owner(r) && of != "" && r.Nearby(other.Resource) {
						n.find("isolation/settings", other.sure, r, []*graph.Resource{r, other.Resource}, fmt.Sprintf(
							"%s is that of %s; expected one of %s: declare it in its own stack", path, of, whose(n.owner(r))))
					}
				}
			}
		}
	}
}

// stores are the interfaces of what keeps data.
func (n *network) stores() []*nic {
	var all []*nic
	for _, one := range n.interfaces {
		if one.kind == store {
			all = append(all, one)
		}
	}
	return all
}

// admitted asks that a tenant's stores admit groups of that tenant by reference, and nobody else: a range of addresses
// is whoever comes to live there.
func (n *network) admitted() {
	type seen struct{ by, group *graph.Resource }
	told := map[seen]bool{}
	for _, one := range n.stores() {
		if one.owner == "" {
			continue
		}
		for _, s := range n.sides(one, false) {
			for _, p := range s.peers {
				own := p.group != nil && n.owner(p.group) == one.owner
				if own && s.sure == graph.Yes && p.sure == graph.Yes || told[seen{s.by, s.group}] {
					continue
				}
				told[seen{s.by, s.group}] = true
				sure := min(s.sure, p.sure)
				n.find("isolation/admits", sure, s.by, []*graph.Resource{one.of, s.group, rule(s), p.list, p.group}, fmt.Sprintf(
					"it lets %s in to %s of %s; expected groups of %s by reference only: name the group that needs it",
					p.of(n), called(one.of), one.owner, one.owner))
			}
		}
	}
}

// of is a peer with its owner.
func (p peer) of(n *network) string {
	if p.group != nil {
		return called(p.group) + " of " + whose(n.owner(p.group))
	}
	return p.String()
}

// transit asks that no subnet of a store has a route into a network in which somebody else lives.
func (n *network) transit() {
	told := map[*graph.Resource]bool{}
	for _, one := range n.stores() {
		for _, s := range one.subnets {
			for _, h := range n.hops(s.Resource) {
				if h.outward() || told[h.by] || n.ownNetwork(h, s.Resource, one.owner) {
					continue
				}
				told[h.by] = true
				n.find("isolation/transit", min(h.sure, s.sure), h.by, n.witness(one, s.Resource, h), fmt.Sprintf(
					"it leads from the subnet of %s to %s; expected no way out of the VPC for what keeps data: remove the route",
					called(one.of), h.kind))
			}
		}
	}
}

// witness leads from a store to a route.
func (n *network) witness(one *nic, subnet *graph.Resource, h hop) []*graph.Resource {
	all := append([]*graph.Resource{one.of}, one.by...)
	all = append(all, subnet, h.table)
	if h.by != h.table {
		all = append(all, h.by)
	}
	return append(all, h.way)
}

// ownNetwork says whether a peering leads to a VPC in which nobody but an owner has anything.
func (n *network) ownNetwork(h hop, from *graph.Resource, owner string) bool {
	if h.kind != toPeer || h.way == nil || owner == "" {
		return false
	}
	here, lives := n.home(from), false
	for _, one := range n.interfaces {
		for _, s := range one.subnets {
			there := n.home(s.Resource)
			if there == nil || there == here || n.joins(h, here, there) == graph.No {
				continue
			}
			if one.owner != owner {
				return false
			}
			lives = true
		}
	}
	return lives
}

// visit is an interface that a tenant reaches, and how.
type visit struct {
	*nic
	from *visit
	last link
}

// paths follows each tenant's connections to the stores of others: first those that are sure, then those that may be.
func (n *network) paths() {
	type pair struct{ owner, store string }
	told := map[pair]bool{}
	for _, sure := range []graph.Sure{graph.Yes, graph.Maybe} {
		for _, owner := range n.tenants() {
			for _, v := range n.reached(owner, sure) {
				key := pair{owner, n.same(v.nic)}
				if !v.holds() || v.owner == "" || v.owner == owner || told[key] {
					continue
				}
				told[key] = true
				n.find("isolation/path", sure, v.of, v.trail(), fmt.Sprintf("%s has a path to it, and it belongs to %s: %s; "+
					"expected none: close one of the hops", owner, v.owner, v.words()))
			}
		}
	}
}

// holds says whether somebody's data is behind an interface.
func (one *nic) holds() bool { return one.kind == store || one.kind == private }

// same is the same text for all interfaces of a store: file systems have one for each zone.
func (n *network) same(one *nic) string {
	if one.of.Type == mountTarget {
		return one.of.Stack + props.Text(one.of.Declared(), "fileSystemId")
	}
	return one.of.URN
}

func (n *network) tenants() []string {
	var all []string
	for _, one := range n.interfaces {
		if one.owner != "" && !slices.Contains(all, one.owner) {
			all = append(all, one.owner)
		}
	}
	slices.Sort(all)
	return all
}

// reached is whatever a tenant reaches by links that are so sure at least, the nearest first.
func (n *network) reached(owner string, least graph.Sure) []*visit {
	var all []*visit
	seen := map[*nic]bool{}
	for _, one := range n.interfaces {
		if one.owner == owner {
			seen[one] = true
			all = append(all, &visit{nic: one})
		}
	}
	for i := 0; i < len(all); i++ {
		for _, other := range n.interfaces {
			if seen[other] {
				continue
			}
			if l := n.leads(all[i], other); l.sure >= least {
				seen[other] = true
				all = append(all, &visit{nic: other, from: all[i], last: l})
			}
		}
	}
	return all
}

// leads is how one that is reached leads on to another interface. What keeps data leads nowhere but where its groups
// let it; who is let in at a load balancer gets where that sends him.
func (n *network) leads(v *visit, to *nic) link {
	switch v.kind {
	case balancer:
		return n.forwards(v, to)
	case private:
		return n.offers(v.nic, to)
	case store:
		if v.from != nil {
			return link{}
		}
	}
	return n.connect(v.nic, to)
}

// trail is the way to a visit, resource by resource.
func (v *visit) trail() []*graph.Resource {
	if v.from == nil {
		return []*graph.Resource{v.of}
	}
	return append(append(v.from.trail(), v.last.by...), v.of)
}

// words are the way to a visit in words.
func (v *visit) words() string {
	if v.from == nil {
		return called(v.of)
	}
	text := fmt.Sprintf("%s → %s", v.from.words(), called(v.of))
	if v.last.protocol == "tcp" || v.last.protocol == "udp" {
		return fmt.Sprintf("%s (%s %s)", text, v.last.protocol, ports(v.last.traffic))
	}
	return text
}

func ports(t traffic) string {
	if t.from == t.to {
		return fmt.Sprint(t.from)
	}
	return fmt.Sprintf("%d-%d", t.from, t.to)
}
