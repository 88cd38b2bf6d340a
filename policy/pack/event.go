package pack

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"

	"haven/policy/check"
	"haven/policy/rules"
)

// Told is the outcome that the pack told an engine, from the event that the engine made of it, and whether it refuses;
// false for an event of another pack. The witness is the names of the resources.
func Told(event apitype.PolicyEvent) (o rules.Outcome, refuses, ours bool) {
	if event.PolicyPackName != Name {
		return rules.Outcome{}, false, false
	}
	o = rules.Outcome{Rule: event.PolicyName, URN: event.ResourceURN, Severity: rules.Severity(event.Severity),
		Result: rules.Fail}
	refuses = event.EnforcementLevel == string(apitype.Mandatory)
	text := strings.TrimSpace(colors.Never.Colorize(event.Message))
	if at := strings.LastIndex(text, "\n"+witness); at >= 0 {
		o.Witness = strings.Split(text[at+1+len(witness):], hop)
		text = text[:at]
	}
	o.Message = text
	if first, rest, more := strings.Cut(text, "\n"); more && strings.HasPrefix(first, fix) {
		o.Fix = strings.TrimPrefix(first, fix)
		o.Message = rest + ": " + o.Fix
	}
	switch {
	case strings.HasPrefix(o.Message, excepted):
		o.Result, o.Message = rules.Excepted, strings.TrimPrefix(o.Message, excepted)
	case o.Rule == check.TooUndecided && !refuses:
		o.Result = rules.Undecided
	}
	return o, refuses, true
}
