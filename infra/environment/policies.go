package environment

import (
	"haven/policy/library"
	"haven/policy/report"
	"haven/policy/rules"
)

// Policy is what a policy said of a resource of a stack, or of the stack as a whole.
type Policy struct {
	Rule     string         `json:"rule"`
	URN      string         `json:"urn"`
	Result   rules.Result   `json:"result"`
	Refuses  bool           `json:"refuses"` // whether it is mandatory, so that nothing goes on
	Severity rules.Severity `json:"severity"`
	Message  string         `json:"message"`
	Fix      string         `json:"fix,omitempty"`
	Witness  []string       `json:"witness,omitempty"` // the names of the resources that lead there
}

func policyOf(o rules.Outcome, refuses bool) Policy {
	return Policy{Rule: o.Rule, URN: o.URN, Result: o.Result, Refuses: refuses, Severity: o.Severity, Message: o.Message,
		Fix: o.Fix, Witness: o.Witness}
}

// Refusals is what refuses, grouped, the fix first; empty where nothing does.
func Refusals(policies []Policy) string {
	return grouped(policies, func(p Policy) bool { return p.Result == rules.Fail && p.Refuses })
}

// Advice is what fails and yet refuses nothing, in the same way.
func Advice(policies []Policy) string {
	return grouped(policies, func(p Policy) bool { return p.Result == rules.Fail && !p.Refuses })
}

func grouped(policies []Policy, include func(Policy) bool) string {
	var outcomes []rules.Outcome
	for _, p := range policies {
		if include(p) {
			outcomes = append(outcomes, rules.Outcome{Rule: p.Rule, URN: p.URN, Result: p.Result, Severity: p.Severity,
				Message: p.Message, Fix: p.Fix, Witness: p.Witness})
		}
	}
	return report.New(library.All(), outcomes).Failures()
}
