package authority

import (
	"fmt"
	"slices"
	"strings"

	"haven/policy/access"
)

// guest is somebody whom no stack at hand declares.
type guest struct {
	who      string
	called   access.Principal
	identity []access.Document
	// named says that the policy in question names him.
	named bool
}

const foreignAccount = "999999999999"

// letIn tells of tenants' resources whose own policies let in whom they should not: a stranger of the same account who
// has no rights of his own, one of another account who has all there, and whoever is named and is none of the tenant's
// roles.
func (i *isolation) letIn() {
	everything := []access.Document{must("their own policy", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)}
	usual := []guest{
		{who: "any role of the account", called: access.Role("arn:aws:iam::" + i.account + ":role/stranger")},
		{who: "a role of any other account", identity: everything,
			called: access.Role("arn:aws:iam::" + foreignAccount + ":role/stranger")},
	}
	for _, s := range i.stores {
		if s.owner == "" || s.kind.open && len(s.policy) == 0 {
			continue
		}
		guests := slices.Clone(usual)
		for _, arn := range s.named(i.account) {
			if !i.known(arn) {
				guests = append(guests, guest{who: arn + ", whom no stack declares", called: access.Role(arn),
					identity: everything, named: true})
			}
		}
		for _, g := range guests {
			i.lets(s, g)
		}
	}
}

// known says whether it is a role at hand, whose rights are judged by themselves, or the role of a service, which takes
// orders of none.
func (m *model) known(arn string) bool {
	if strings.Contains(arn, ":role/aws-service-role/") {
		return true
	}
	return slices.ContainsFunc(m.principals, func(p *principal) bool { return p.called.ID == arn })
}

// named are the roles, users and sessions that a store's policy names, as principals or by a condition, and one of each
// other account that it names.
func (s *store) named(own string) []string {
	var all []string
	for _, document := range s.policy {
		for _, c := range document.Clauses() {
			if c.Deny {
				continue
			}
			names := slices.Clone(c.Principals[access.AWS])
			for _, condition := range c.Conditions {
				if strings.EqualFold(condition.Key, "aws:PrincipalArn") && !condition.Negated {
					names = append(names, condition.Values...)
				}
			}
			for _, name := range names {
				if account, is := whole(name); is {
					name = "arn:aws:iam::" + account + ":role/any"
					if account == own {
						continue
					}
				}
				if service := part(name, servicePart); (service == "iam" || service == "sts") && !slices.Contains(all, some(name)) {
					all = append(all, some(name))
				}
			}
		}
	}
	return all
}

// whole is the account that a principal is the whole of.
func whole(principal string) (string, bool) {
	if account, is := strings.CutSuffix(principal, ":root"); is {
		return account[strings.LastIndex(account, ":")+1:], true
	}
	return principal, len(principal) == len(foreignAccount) && strings.Trim(principal, "0123456789") == ""
}

func (i *isolation) lets(s *store, g guest) {
	p := &principal{Resource: s.Resource, called: g.called, identity: g.identity, about: map[string][]access.Document{},
		context: access.Context{"aws:PrincipalTag/*": nil, "aws:PrincipalTag/" + tenantTag: {"stranger"},
			"aws:SourceArn": nil, "aws:SourceAccount": nil, "kms:CallerAccount": {g.called.Account},
			"aws:PrincipalOrgID": nil, "aws:PrincipalOrgPaths": nil}}
	for _, t := range s.targets {
		for _, a := range t.acts {
			if !g.named && !access.NamesAnyone(s.of(a.action)) {
				continue
			}
			if d := i.may(p, a.action, s, t); d.Allowed && d.By.Policy != "their own policy" {
				i.tell("authority/"+s.kind.part, s.URN, d.By, []string{d.By.Policy, s.URN}, fmt.Sprintf("it lets %s %s on %s, "+
					"which is of the tenant %s: allowed by %s%s: let in the tenant's own roles, by name", g.who, a.action, t.resource,
					s.owner, by(d.By), with(d)))
			}
		}
	}
}
