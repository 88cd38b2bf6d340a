package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind is what a principal is.
type Kind string

// The kinds of principals, as policies write them.
const (
	AWS       Kind = "AWS"
	Service   Kind = "Service"
	Federated Kind = "Federated"
)

// Principal is who asks.
type Principal struct {
	Kind Kind
	// ID is a role's or user's ARN, "backup.amazonaws.com" of a service, the provider's ARN of one who is federated.
	ID string
	// Account is that of a role or user.
	Account string
	// Session is the ARN of a role's session, where there is one.
	Session string
}

// Role is a role as a principal. Its account is that of its ARN.
func Role(arn string) Principal {
	parts := strings.SplitN(arn, ":", arnParts)
	account := ""
	if len(parts) == arnParts {
		account = parts[4]
	}
	return Principal{Kind: AWS, ID: arn, Account: account}
}

// ServiceOf is a service as a principal, by its name: "backup.amazonaws.com".
func ServiceOf(name string) Principal { return Principal{Kind: Service, ID: name} }

// Context are the values of condition keys, in any case. A key with no values is known to be absent from the request;
// one that is missing here is not known. A key that ends with a slash and a star, "aws:ResourceTag/*", is about all those
// that begin so and are not named.
type Context map[string][]string

// get is of a context whose keys are in small letters.
func (c Context) get(key string) ([]string, bool) {
	key = strings.ToLower(key)
	values, known := c[key]
	if family, _, has := strings.Cut(key, "/"); !known && has {
		values, known = c[family+"/*"]
	}
	return values, known
}

// lower is a context whose values are in small letters too.
func (c Context) lower() Context {
	lower := Context{}
	for key, values := range c {
		for _, value := range values {
			lower[key] = append(lower[key], strings.ToLower(value))
		}
	}
	return lower
}

// Request is what somebody asks to do.
type Request struct {
	Principal Principal
	// Action is "s3:GetObject", Resource an ARN or "*".
	Action, Resource string
	// Account is the resource's; "" is the principal's own.
	Account string
	// Context are condition keys. Those that follow from the principal, and a request over TLS, need not be given.
	Context Context
}

// Policies are what has a say in a request.
type Policies struct {
	// Identity are the principal's own: those of a role, inline and attached.
	Identity []Document
	// Boundaries limit the principal: each must allow what it asks. A permissions boundary is one, a control policy too.
	Boundaries []Document
	// Resource are the resource's own: that of a bucket, a key, a queue; the trust policy where a role is assumed.
	Resource []Document
	// Sovereign says that nothing is allowed which the resource's policy does not allow, in the same account too: so it
	// is with keys and with who may assume a role.
	// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
	Sovereign bool
}

// Decision is the answer to a request.
type Decision struct {
	Allowed bool
	// By is the statement that decided; the zero one where none did, because none matched.
	By Statement
	// Why says it in words.
	Why string
	// Unknown are the condition keys that the request does not speak of and that would have counted, sorted.
	Unknown []string
	// Chosen is what the asker says of them in a request that [Could] found.
	Chosen Context
}

// Decide answers a request.
func Decide(request Request, policies Policies) Decision {
	j := &judge{request: request.whole(), unknown: map[string]bool{}}
	decision := j.decide(policies)
	decision.Unknown = slices.Sorted(maps.Keys(j.unknown))
	if len(decision.Unknown) > 0 && !decision.Allowed {
		decision.Why += "; not known: " + strings.Join(decision.Unknown, ", ")
	}
	return decision
}

// whole is the request with the keys that every request has.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (r Request) whole() Request {
	who := r.Principal
	if r.Account == "" {
		r.Account = who.Account
	}
	usual := Context{
		"aws:securetransport": {"true"}, "aws:principalisawsservice": {fmt.Sprint(who.Kind == Service)},
		"aws:principalarn": nil, "aws:principalaccount": nil, "aws:principalservicename": nil,
	}
	switch who.Kind {
	case AWS:
		usual["aws:principalarn"], usual["aws:principalaccount"] = []string{who.ID}, []string{who.Account}
	case Service:
		usual["aws:principalservicename"] = []string{who.ID}
	}
	if r.Account != "" {
		usual["aws:resourceaccount"] = []string{r.Account}
	}
	for key, values := range r.Context {
		usual[strings.ToLower(key)] = values
	}
	r.Context = usual
	return r
}

type judge struct {
	request Request
	unknown map[string]bool
	// chooses says that the asker chooses what is not known: a condition on it holds where that grants, and does not
	// where it denies.
	chooses bool
}

func (j *judge) decide(p Policies) Decision {
	if denied, by := j.denied(p); denied {
		return Decision{By: by, Why: "denied by " + by.String()}
	}
	for _, boundary := range p.Boundaries {
		if allowed, _ := j.allowedBy([]Document{boundary}); !allowed {
			return j.refused(boundary.name + " does not allow")
		}
	}
	identity, byIdentity := j.allowedBy(p.Identity)
	direct, byDirect := j.namedBy(p.Resource, namesItself)
	account, byAccount := j.namedBy(p.Resource, namesAccount)
	who := j.request.Principal
	switch abroad := who.Kind == AWS && who.Account != j.request.Account; {
	case who.Kind != AWS && !direct:
		return j.refused(namesOf(p.Resource) + " does not allow")
	case who.Kind != AWS, direct && !abroad:
		return allowed(byDirect)
	case (abroad || p.Sovereign) && !direct && !account:
		return j.refused(namesOf(p.Resource) + " does not allow")
	case !identity:
		return j.refused("no policy of the principal allows")
	case direct:
		return allowed(byDirect)
	case account && (abroad || p.Sovereign):
		return allowed(byAccount)
	}
	return allowed(byIdentity)
}

func allowed(by Statement) Decision {
	return Decision{Allowed: true, By: by, Why: "allowed by " + by.String()}
}

func (j *judge) refused(why string) Decision {
	r := j.request
	return Decision{Why: fmt.Sprintf("%s %s on %s to %s", why, r.Action, r.Resource, r.Principal.ID)}
}

func namesOf(documents []Document) string {
	if len(documents) == 0 {
		return "the resource has no policy, which"
	}
	var names []string
	for _, document := range documents {
		names = append(names, document.name)
	}
	return strings.Join(names, ", ")
}

// denied looks at every policy for a Deny. That of an identity's own policy needs no principal.
func (j *judge) denied(p Policies) (bool, Statement) {
	for _, documents := range [][]Document{p.Identity, p.Boundaries} {
		for s := range statements(documents) {
			if s.deny && s.covers(j.request, j.chooses) && j.meets(s) {
				return true, s.at
			}
		}
	}
	for s := range statements(p.Resource) {
		if s.deny && s.speaksOf(j.request.Principal) != notNamed && s.covers(j.request, j.chooses) && j.meets(s) {
			return true, s.at
		}
	}
	return false, Statement{}
}

func (j *judge) allowedBy(documents []Document) (bool, Statement) {
	for s := range statements(documents) {
		if !s.deny && s.covers(j.request, j.chooses) && j.meets(s) {
			return true, s.at
		}
	}
	return false, Statement{}
}

// namedBy says whether a resource's policy allows it to the principal itself, or to its account.
func (j *judge) namedBy(documents []Document, how naming) (bool, Statement) {
	for s := range statements(documents) {
		if !s.deny && s.speaksOf(j.request.Principal) == how && s.covers(j.request, j.chooses) && j.meets(s) {
			return true, s.at
		}
	}
	return false, Statement{}
}

func statements(documents []Document) func(func(statement) bool) {
	return func(yield func(statement) bool) {
		for _, document := range documents {
			for _, s := range document.statements {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// meets says whether all conditions of a statement hold. All are looked at, so that every unknown key is told.
func (j *judge) meets(s statement) bool {
	met := true
	for _, c := range s.conditions {
		values, known := j.request.Context.get(c.key)
		known = known && c.resolved(j.request.Context)
		if !known {
			j.unknown[c.key] = true
		}
		if !known && j.chooses {
			met = met && !s.deny
			continue
		}
		met = met && (known || s.deny) && c.met(values, j.request.Context)
	}
	return met
}
