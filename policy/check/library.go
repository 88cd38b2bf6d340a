package check

import (
	"fmt"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

// Proof is a demand on one or more stacks as a whole.
type Proof struct {
	// ID is its name in configuration: "copies".
	ID string
	// Title is what it proves, in one line.
	Title    string
	Severity rules.Severity
	// Frameworks and Controls are as those of a [rules.Rule].
	Frameworks, Controls []string
	// Alone says that it can be told of one stack by itself, so that the policy pack proves it at each preview. Others
	// are proven of a whole environment only.
	Alone bool
	// Check is all that it does not hold for. The rule of a finding is the proof's ID, or begins with it and a slash.
	Check func(*graph.Graph) []graph.Finding
}

// Library is all that is demanded.
type Library struct {
	Rules  []rules.Rule
	Proofs []Proof
}

// Has says whether a rule, a proof or a part of a proof has that name.
func (l Library) Has(name string) bool {
	for _, rule := range l.Rules {
		if rule.ID == name {
			return true
		}
	}
	for _, proof := range l.Proofs {
		if proof.covers(name) {
			return true
		}
	}
	return false
}

// Policy is the name of the rule or proof that an outcome belongs to, by which it is configured.
func (l Library) Policy(outcome rules.Outcome) string {
	for _, proof := range l.Proofs {
		if proof.covers(outcome.Rule) {
			return proof.ID
		}
	}
	return outcome.Rule
}

func (p Proof) covers(name string) bool { return name == p.ID || strings.HasPrefix(name, p.ID+"/") }

// prove is what a proof says of a graph: what it does not hold for, or else that it holds for each stack. One that
// panics is an error.
func (p Proof) prove(g *graph.Graph) (outcomes []rules.Outcome, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			outcomes, err = nil, fmt.Errorf("the proof %s is broken: it panicked: %v", p.ID, reason)
		}
	}()
	for _, finding := range p.Check(g) {
		outcomes = append(outcomes, p.outcome(finding))
	}
	if len(outcomes) == 0 {
		for _, stack := range g.OfType(rules.Stack) {
			outcomes = append(outcomes, rules.Outcome{Rule: p.ID, URN: stack.URN, Result: rules.Pass, Severity: p.Severity})
		}
	}
	return outcomes, nil
}

func (p Proof) outcome(f graph.Finding) rules.Outcome {
	if !p.covers(f.Rule) {
		panic(fmt.Sprintf("it found something for the rule %s, which is not its own", f.Rule))
	}
	result := rules.Fail
	if f.Undecided {
		result = rules.Undecided
	}
	return rules.Outcome{Rule: f.Rule, URN: f.URN, Result: result, Severity: p.Severity, Message: f.Message,
		Witness: f.Witness}
}
