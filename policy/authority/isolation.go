package authority

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
)

// Isolation is each way in which a role of one tenant reaches what is another's.
func Isolation(g *graph.Graph) []graph.Finding {
	m := modelOf(g)
	i := &isolation{model: m, told: map[string]bool{}, twins: map[string][]*store{}}
	for _, p := range m.principals {
		if p.owner == "" {
			continue
		}
		i.others(p)
		i.parts(p)
		i.strangers(p)
		i.escalates(p)
	}
	i.chains()
	i.letIn()
	return append(i.findings, m.doubts("authority")...)
}

// doubts are what is undecided, for a proof.
func (m *model) doubts(rule string) []graph.Finding {
	all := slices.Clone(m.undecided)
	for i := range all {
		all[i].Rule = rule
	}
	return all
}

// isolation is the proof while it is made.
type isolation struct {
	*model
	findings []graph.Finding
	told     map[string]bool
	// twins are what strangers to a stack of a tenant have.
	twins map[string][]*store
}

// others holds a role against what the stacks' other tenants have.
func (i *isolation) others(p *principal) {
	for _, s := range i.stores {
		if s.owner != "" && s.owner != p.owner {
			i.hold(p, s)
		}
	}
}

// strangers holds a role against what tenants would have that are in no stack at hand.
func (i *isolation) strangers(p *principal) {
	twins, made := i.twins[p.Stack+" "+p.owner]
	if !made {
		for _, s := range i.strangersTo(p.Stack, p.owner) {
			twins = append(twins, i.twinsOf(s)...)
		}
		i.twins[p.Stack+" "+p.owner] = twins
	}
	for _, twin := range twins {
		i.hold(p, twin)
	}
}

func (i *isolation) hold(p *principal, s *store) {
	for _, t := range s.targets {
		for _, a := range t.acts {
			if d := i.does(p, a, s, t); d.Allowed {
				i.leak(p, a.action, s, t, d)
			}
		}
	}
}

// escalates holds a role against what would make it more than it is: to change what any role may do, be it its own.
func (i *isolation) escalates(p *principal) {
	itself := &store{Resource: p.Resource, kind: &kind{part: "escalation"}, owner: p.owner,
		about: map[string][]access.Document{}}
	for _, arn := range []string{p.called.ID, "arn:aws:iam::" + i.account + ":role/any"} {
		for _, t := range targetsAt(becoming, arn) {
			for _, a := range t.acts {
				if d := i.may(p, a.action, itself, t); d.Allowed {
					i.leak(p, a.action, itself, t, d)
				}
			}
		}
	}
}

// leak tells of a way, once for each statement that opens it.
func (i *isolation) leak(p *principal, action string, s *store, t target, d access.Decision) {
	whose := "which is of the tenant " + s.owner
	switch {
	case s.twin:
		whose = "which would be of the tenant " + s.owner
	case s.owner == p.owner:
		whose = "and so be more than it is"
	}
	witness := []string{p.URN, d.By.Policy}
	if !s.twin && s.URN != d.By.Policy && s.URN != p.URN {
		witness = append(witness, s.URN)
	}
	i.tell("authority/"+s.kind.part, p.URN, d.By, witness, fmt.Sprintf("the role %s of the tenant %s may %s on %s, %s: "+
		"allowed by %s%s: name what is the tenant's own", nameOf(p.Resource), p.owner, action, t.resource, whose, by(d.By),
		with(d)))
}

func (i *isolation) tell(rule, urn string, by access.Statement, witness []string, message string) {
	key := fmt.Sprint(rule, urn, by.Policy, by.Number)
	if i.told[key] {
		return
	}
	i.told[key] = true
	i.findings = append(i.findings, graph.Finding{Rule: rule, URN: urn, Message: message, Witness: witness})
}

// by is what a message calls a statement, whose policy is called by its resource's URN.
func by(s access.Statement) string {
	s.Policy = s.Policy[strings.LastIndex(s.Policy, ":")+1:]
	return s.String()
}

// with is what the asker has to say.
func with(d access.Decision) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(d.Chosen)) {
		all = append(all, key+" "+strings.Join(d.Chosen[key], ", "))
	}
	if len(all) == 0 {
		return ""
	}
	return ", for a request with " + strings.Join(all, " and ")
}
