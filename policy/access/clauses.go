package access

// Clause is a statement as it is written, for whoever judges what may be written and not what is asked for.
type Clause struct {
	At                        Statement
	Deny                      bool
	Principals, NotPrincipals map[Kind][]string
	Actions, NotActions       []string
	Resources, NotResources   []string
	Conditions                []Restriction
}

// Restriction is one key of a statement's condition.
type Restriction struct {
	// Key is "aws:SourceAccount", Values what it is compared with.
	Key    string
	Values []string
	// Operator is IAM's without "ForAnyValue:" and the like and without "IfExists"; Negated says that it is one of those
	// that say "not". IfExists lets a request pass that has no such key.
	Operator          string
	Negated, IfExists bool
}

// Clauses are the document's statements, in their order.
func (d Document) Clauses() []Clause {
	clauses := make([]Clause, len(d.statements))
	for i, s := range d.statements {
		clauses[i] = Clause{
			At: s.at, Deny: s.deny, Principals: s.principal.plain(), NotPrincipals: s.notPrincipal.plain(),
			Actions: s.action, NotActions: s.notAction, Resources: s.resource, NotResources: s.notResource,
		}
		for _, c := range s.conditions {
			clauses[i].Conditions = append(clauses[i].Conditions, Restriction{
				Key: c.key, Values: c.wanted, Operator: c.operator.name, Negated: c.operator.negated, IfExists: c.ifExists,
			})
		}
	}
	return clauses
}

func (p principals) plain() map[Kind][]string {
	if p == nil {
		return nil
	}
	plain := make(map[Kind][]string, len(p))
	for kind, names := range p {
		plain[kind] = names
	}
	return plain
}
