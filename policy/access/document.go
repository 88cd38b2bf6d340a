package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Document is a policy that has been read.
type Document struct {
	name       string
	statements []statement
}

// Statement is where a decision comes from.
type Statement struct {
	// Policy is the name that the document was read under, Number the statement's place in it, from 1.
	Policy string
	Number int
	// Sid is the statement's own, "" where it has none.
	Sid string
}

// String is "statement 2 (DenyPlainTransport) of the policy of bucket b".
func (s Statement) String() string {
	if s.Sid == "" {
		return fmt.Sprintf("statement %d of %s", s.Number, s.Policy)
	}
	return fmt.Sprintf("statement %d (%s) of %s", s.Number, s.Sid, s.Policy)
}

type statement struct {
	at           Statement
	deny         bool
	principal    principals
	notPrincipal principals
	action       list[string]
	notAction    list[string]
	resource     list[string]
	notResource  list[string]
	conditions   []condition
	// What follows is read from the lists, once.
	actions, notActions, resources, notResources []matcher
}

// Parse reads a policy document. The name stands for it in decisions: "the policy of bucket b". The error names each
// statement that AWS would refuse.
func Parse(name, text string) (Document, error) {
	if read, known := known.get(text); known {
		return read.named(name), nil
	}
	document, err := parse(name, text)
	if err == nil {
		known.put(text, document)
	}
	return document, err
}

// named is the document under another name.
func (d Document) named(name string) Document {
	statements := slices.Clone(d.statements)
	for i := range statements {
		statements[i].at.Policy = name
	}
	return Document{name: name, statements: statements}
}

func parse(name, text string) (Document, error) {
	var read struct {
		Version, ID string
		Statement   list[rawStatement]
	}
	if err := json.Unmarshal([]byte(text), &read); err != nil {
		return Document{}, fmt.Errorf("%s: no policy document: %w", name, err)
	}
	document := Document{name: name}
	var problems []error
	for i, raw := range read.Statement {
		s, err := raw.statement(Statement{Policy: name, Number: i + 1, Sid: raw.Sid})
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", s.at, err))
		}
		document.statements = append(document.statements, s)
	}
	if len(read.Statement) == 0 {
		problems = append(problems, fmt.Errorf("%s: no statement, expected at least one", name))
	}
	if err := errors.Join(problems...); err != nil {
		return Document{}, err
	}
	return document, nil
}

// rawStatement is a statement as JSON has it.
type rawStatement struct {
	Sid, Effect             string
	Principal, NotPrincipal principals
	Action, NotAction       list[string]
	Resource, NotResource   list[string]
	Condition               map[string]map[string]list[any]
}

func (r rawStatement) statement(at Statement) (statement, error) {
	s := statement{
		at: at, deny: r.Effect == "Deny", principal: r.Principal, notPrincipal: r.NotPrincipal,
		action: r.Action, notAction: r.NotAction, resource: r.Resource, notResource: r.NotResource,
		actions: actionMatchers(r.Action), notActions: actionMatchers(r.NotAction),
		resources: matchers(r.Resource), notResources: matchers(r.NotResource),
	}
	var problems []error
	if r.Effect != "Allow" && r.Effect != "Deny" {
		problems = append(problems, fmt.Errorf(`effect %q, expected "Allow" or "Deny"`, r.Effect))
	}
	if (len(r.Action) == 0) == (len(r.NotAction) == 0) {
		problems = append(problems, errors.New("expected one of Action and NotAction"))
	}
	if len(r.Resource) > 0 && len(r.NotResource) > 0 {
		problems = append(problems, errors.New("both Resource and NotResource, expected one of them"))
	}
	if r.Principal != nil && r.NotPrincipal != nil {
		problems = append(problems, errors.New("both Principal and NotPrincipal, expected one of them"))
	}
	for operator, keys := range r.Condition {
		for key, values := range keys {
			c, err := newCondition(operator, key, values)
			if err != nil {
				problems = append(problems, err)
			}
			s.conditions = append(s.conditions, c)
		}
	}
	return s, errors.Join(problems...)
}

// list may be written as its only element.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		return json.Unmarshal(raw, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	*l = []T{one}
	return nil
}

// principals are by kind; "*" by itself is everyone.
type principals map[Kind]list[string]

func (p *principals) UnmarshalJSON(raw []byte) error {
	if string(bytes.TrimSpace(raw)) == `"*"` {
		*p = principals{AWS: {anyone}}
		return nil
	}
	return json.Unmarshal(raw, (*map[Kind]list[string])(p))
}

const anyone = "*"

// naming is how a list of principals speaks of one.
type naming int

const (
	notNamed     naming = iota
	namesAccount        // by its account: what is allowed is for the account to give on
	namesItself
)

// names says how the list speaks of a principal.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (p principals) names(who Principal) naming {
	best := notNamed
	for _, name := range p[AWS] {
		switch {
		case name == anyone:
			return namesItself
		case who.Kind == AWS && (name == who.ID || name == who.Session && name != ""):
			return namesItself
		case who.Kind == AWS && who.Account != "" && (name == who.Account || name == rootOf(who.Account)):
			best = namesAccount
		}
	}
	if who.Kind == AWS {
		return best
	}
	for _, name := range p[who.Kind] {
		if name == anyone || name == who.ID {
			return namesItself
		}
	}
	return notNamed
}

func rootOf(account string) string { return "arn:aws:iam::" + account + ":root" }

// speaksOf says how a statement of a resource's policy is about a principal. A Deny for an account is for all in it.
func (s statement) speaksOf(who Principal) naming {
	if s.notPrincipal == nil {
		return s.principal.names(who)
	}
	named := s.notPrincipal.names(who)
	if named == namesItself || named == namesAccount && !s.deny {
		return notNamed
	}
	return namesItself
}

// about says whether a statement is about an action, in small letters, on whatever it may be.
func (s statement) about(action string) bool {
	if len(s.actions) > 0 {
		return matchesOne(s.actions, action)
	}
	return !matchesOne(s.notActions, action)
}

func matchesOne(matchers []matcher, text string) bool {
	return slices.ContainsFunc(matchers, func(m matcher) bool { return m.matches(text) })
}

// covers says whether a statement is about the action and the resource, whoever asks. A variable that is not known
// matches nothing; for the asker who may choose it, it matches all.
func (s statement) covers(r Request, chooses bool) bool {
	if !s.about(strings.ToLower(r.Action)) {
		return false
	}
	if len(s.resources) > 0 {
		on, _ := matchesAny(s.resources, r.Context, r.Resource, chooses && !s.deny)
		return on
	}
	on, known := matchesAny(s.notResources, r.Context, r.Resource, chooses && s.deny)
	return !on && (known || s.deny || chooses)
}

// matchesAny says whether one of the patterns is of the text, and whether the request has all of their variables.
func matchesAny(patterns []matcher, context Context, text string, chosen bool) (matches, known bool) {
	known = true
	for _, m := range patterns {
		if !m.variable {
			matches = matches || m.matches(text)
			continue
		}
		compiled, resolved := compile(m.text, context)
		known = known && resolved
		if !resolved && chosen {
			compiled, resolved = widest(m.text), true
		}
		matches = matches || resolved && glob(compiled, text)
	}
	return matches, known
}

// About are the documents with only those of their statements that are about an action, in any case, on whatever it may
// be. Of a list that many requests are held against it is made once per action.
func About(documents []Document, action string) []Document {
	action = strings.ToLower(action)
	var about []Document
	for _, document := range documents {
		left := Document{name: document.name}
		for _, s := range document.statements {
			if s.about(action) {
				left.statements = append(left.statements, s)
			}
		}
		if len(left.statements) > 0 {
			about = append(about, left)
		}
	}
	return about
}

// Grants says whether one of the documents may allow something on a resource: it is the quick look before a request is
// judged.
func Grants(documents []Document, resource string) bool {
	for s := range statements(documents) {
		if !s.deny && s.mayBeOn(resource) {
			return true
		}
	}
	return false
}

// mayBeOn says whether a statement is about a resource, for some value of every variable.
func (s statement) mayBeOn(resource string) bool {
	if len(s.resources) == 0 {
		return !slices.ContainsFunc(s.notResources, func(m matcher) bool { return !m.variable && m.matches(resource) })
	}
	return slices.ContainsFunc(s.resources, func(m matcher) bool {
		return m.variable && glob(widest(m.text), resource) || !m.variable && m.matches(resource)
	})
}

// NamesAnyone says whether one of the documents allows something to others than services and the whole of an account: to
// roles and users that need no policy of their own.
func NamesAnyone(documents []Document) bool {
	for s := range statements(documents) {
		if !s.deny && (s.notPrincipal != nil || slices.ContainsFunc(s.principal[AWS], isNoAccount)) {
			return true
		}
	}
	return false
}

func isNoAccount(name string) bool {
	return !strings.HasSuffix(name, ":root") && (name == anyone || strings.Contains(name, ":"))
}
