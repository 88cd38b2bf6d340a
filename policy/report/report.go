package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"haven/policy/check"
	"haven/policy/rules"
)

// Report is the outcomes of a run, in the order in which they are written: by rule, the worst first, then by URN.
type Report struct {
	Library  check.Library
	Outcomes []rules.Outcome
	// Advises says of a failure that it refuses nothing; none does where it is nil.
	Advises func(rules.Outcome) bool
}

// New is the report of these outcomes of a library.
func New(library check.Library, outcomes []rules.Outcome) Report {
	sorted := slices.Clone(outcomes)
	slices.SortStableFunc(sorted, func(a, b rules.Outcome) int {
		return cmp.Or(
			cmp.Compare(slices.Index(rules.Severities(), a.Severity), slices.Index(rules.Severities(), b.Severity)),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.URN, b.URN), strings.Compare(a.Message, b.Message))
	})
	return Report{Library: library, Outcomes: sorted}
}

// Count is how many outcomes there are of a result.
func (r Report) Count(result rules.Result) int { return len(r.Of(result)) }

// Of are the outcomes of a result.
func (r Report) Of(result rules.Result) []rules.Outcome {
	var found []rules.Outcome
	for _, o := range r.Outcomes {
		if o.Result == result {
			found = append(found, o)
		}
	}
	return found
}

// Failed says whether anything fails that refuses.
func (r Report) Failed() bool { return r.refused() > 0 }

func (r Report) refused() int {
	count := 0
	for _, o := range r.Of(rules.Fail) {
		if !r.advises(o) {
			count++
		}
	}
	return count
}

func (r Report) advises(o rules.Outcome) bool { return r.Advises != nil && r.Advises(o) }

// Summary is how many outcomes there are of each result.
func (r Report) Summary() string {
	advised := ""
	if n := r.Count(rules.Fail) - r.refused(); n > 0 {
		advised = fmt.Sprintf(" (%d by policies that only advise)", n)
	}
	return fmt.Sprintf("%d failed%s, %d undecided, %d excepted, %d passed",
		r.Count(rules.Fail), advised, r.Count(rules.Undecided), r.Count(rules.Excepted), r.Count(rules.Pass))
}

// title is what a rule demands, and what others call it; its name where it is none of the library's.
func (r Report) title(outcome rules.Outcome) (title string, frameworks []string) {
	policy := r.Library.Policy(outcome)
	for _, rule := range r.Library.Rules {
		if rule.ID == policy {
			return rule.Title, rule.Frameworks
		}
	}
	for _, proof := range r.Library.Proofs {
		if proof.ID == policy {
			return proof.Title, proof.Frameworks
		}
	}
	return outcome.Rule, nil
}

// where is a URN as people read it: "demo-cell network-public-a".
func where(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	stack, isURN := strings.CutPrefix(parts[0], "urn:pulumi:")
	if !isURN || len(parts) < 4 {
		return urn
	}
	return stack + " " + parts[3]
}
