package authority

import (
	"maps"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// store is a resource that belongs to somebody, as IAM sees it.
type store struct {
	*graph.Resource
	kind    *kind
	owner   string
	tags    map[string]string
	policy  []access.Document
	targets []target
	about   map[string][]access.Document
	// twin says that it does not exist: it is what another tenant would have in the place of this resource.
	twin bool
}

// target is something of a store that can be asked for.
type target struct {
	resource string
	acts     []act
	// context is what is so in each request for it, besides its tags and its region.
	context access.Context
	// key is the ARN of what opens it; "" where it is opened by whoever may read it.
	key string
}

func (m *model) everyStore() []*store {
	var all []*store
	for i := range kinds {
		k := &kinds[i]
		if k.targets == nil {
			continue
		}
		for _, r := range m.sorted(k.token) {
			all = append(all, m.store(k, r))
		}
	}
	return all
}

func (m *model) store(k *kind, r *graph.Resource) *store {
	s := &store{Resource: r, kind: k, owner: m.of(r), tags: tagsOf(r), about: map[string][]access.Document{}}
	for _, c := range k.policies {
		if c == itself {
			s.policy = append(s.policy, m.documents(r, c.document)...)
		} else {
			s.policy = append(s.policy, m.carried(c.token, c.path, c.document, r)...)
		}
	}
	if k.token == key || k.token == replicaKey {
		s.policy = append(s.policy, m.grants(r)...)
	}
	if k.open && len(s.policy) == 0 {
		s.policy = []access.Document{must(r.URN, everythingToAll)}
	}
	s.targets = k.targets(m, r)
	return s
}

const everythingToAll = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`

func must(name, text string) access.Document {
	document, err := access.Parse(name, text)
	if err != nil {
		panic(err) // what is parsed here is part of the program
	}
	return document
}

// tagKeys are the families of condition keys that are about the tags of what is asked for.
var tagKeys = []string{"aws:ResourceTag/", "secretsmanager:ResourceTag/", "ecs:ResourceTag/", "ssm:resourceTag/",
	"rds:db-tag/", "rds:snapshot-tag/", "iam:ResourceTag/"}

// of is the store's policy, as far as it is about an action.
func (s *store) of(action string) []access.Document {
	about, known := s.about[action]
	if !known {
		about = access.About(s.policy, action)
		s.about[action] = about
	}
	return about
}

// may says whether there is a request of a role that is allowed.
func (m *model) may(p *principal, action string, s *store, t target) access.Decision {
	identity, resource := p.of(action), s.of(action)
	if !access.Grants(identity, t.resource) && !access.NamesAnyone(resource) {
		return access.Decision{}
	}
	context := maps.Clone(p.context)
	for _, family := range tagKeys {
		context[family+"*"] = nil
		for name, value := range s.tags {
			context[family+name] = []string{value}
		}
	}
	if region := part(t.resource, regionPart); region != "" {
		context["aws:RequestedRegion"] = []string{region}
	}
	maps.Copy(context, t.context)
	account := m.account
	if of := part(t.resource, accountPart); of != "" {
		account = of
	}
	return access.Could(
		access.Request{Principal: p.called, Action: action, Resource: t.resource, Account: account, Context: context},
		access.Policies{Identity: identity, Boundaries: p.boundaries, Resource: resource, Sovereign: s.kind.sovereign})
}

// does says whether a role can do something to a target, whatever it needs for it.
func (m *model) does(p *principal, a act, s *store, t target) access.Decision {
	d := m.may(p, a.action, s, t)
	if d.Allowed && a.opens && t.key != "" && !m.opens(p, t.key) {
		return access.Decision{}
	}
	return d
}

// opens says whether a role can use a key to read what it encrypts, or let a service do so.
func (m *model) opens(p *principal, arn string) bool {
	s := m.keyOf(arn)
	return slices.ContainsFunc([]string{"kms:Decrypt", "kms:CreateGrant", "kms:ReEncryptFrom"}, func(action string) bool {
		return m.may(p, action, s, target{resource: arn}).Allowed
	})
}

// keyOf is the key of an ARN. One that no stack declares lets in whoever its account lets in.
func (m *model) keyOf(arn string) *store {
	for _, s := range m.stores {
		if s.kind.sovereign && s.Text("arn") == arn {
			return s
		}
	}
	return &store{kind: &kind{sovereign: true}, about: map[string][]access.Document{},
		policy: []access.Document{m.letsAccount("key")}}
}

// letsAccount is a policy that leaves everything to the account.
func (m *model) letsAccount(name string) access.Document {
	return must(name, `{"Statement":{"Effect":"Allow","Principal":{"AWS":"`+m.account+`"},"Action":"*","Resource":"*"}}`)
}

// grants are the grants on a key, as what they amount to: a policy that names the one they are for.
// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
func (m *model) grants(of *graph.Resource) []access.Document {
	var all []access.Document
	for _, g := range m.OfType(grant) {
		if !m.means(g, "keyId", of) {
			continue
		}
		grantee, operations := props.Text(g.Declared(), "granteePrincipal"), props.Texts(g.Declared(), "operations[*]")
		if grantee == "" || len(operations) == 0 || !props.Known(g.Declared(), "operations[*]") {
			m.doubt(g, "not known yet: granteePrincipal, operations")
			continue
		}
		all = append(all, must(g.URN, `{"Statement":{"Effect":"Allow","Principal":{"AWS":"`+grantee+
			`"},"Action":["kms:`+strings.Join(operations, `","kms:`)+`"],"Resource":"*"}}`))
	}
	return all
}
