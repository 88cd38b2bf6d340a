package exceptions

import (
	"fmt"
	"slices"
	"time"

	"haven/policy/rules"
)

// The rules about exceptions themselves. There are no exceptions from them.
const (
	Expired = "exception-expired"
	Unused  = "exception-unused"
)

// Apply is Accept, and adds a failure for each exception that has expired, and for each of those that must be used and
// is not. An exception whose rule is undecided for what it covers may be needed yet.
func Apply(list []Exception, outcomes []rules.Outcome, now time.Time, mustBeUsed func(Exception) bool) []rules.Outcome {
	applied := Accept(list, outcomes, now)
	for _, e := range list {
		switch {
		case e.Expired(now):
			applied = append(applied, e.failure(Expired, fmt.Sprintf("it has expired on %s",
				e.Expires.Format(time.DateOnly)), "mend what it was for, or have it approved again"))
		case mustBeUsed(e) && !slices.ContainsFunc(outcomes, e.needed):
			applied = append(applied, e.failure(Unused, "nothing needs it", "remove it"))
		}
	}
	return applied
}

// Accept makes of each failure that an exception covers one that is excepted.
func Accept(list []Exception, outcomes []rules.Outcome, now time.Time) []rules.Outcome {
	accepted := slices.Clone(outcomes)
	for i, o := range accepted {
		for _, e := range list {
			if o.Result == rules.Fail && e.needed(o) && !e.Expired(now) {
				accepted[i].Result = rules.Excepted
				accepted[i].Message += " (" + e.String() + ")"
				break
			}
		}
	}
	return accepted
}

// needed says whether the exception is needed for an outcome, or may be.
func (e Exception) needed(o rules.Outcome) bool {
	return o.Result != rules.Pass && e.Covers(o.Rule, o.URN)
}

// String is what people are told: who has accepted it, why, and until when.
func (e Exception) String() string {
	return fmt.Sprintf("accepted by %s until %s: %s; owner: %s", e.Approver, e.Expires.Format(time.DateOnly), e.Reason,
		e.Owner)
}

func (e Exception) failure(rule, found, fix string) rules.Outcome {
	return rules.Outcome{
		Rule: rule, URN: e.Resource, Result: rules.Fail, Severity: rules.High, Fix: fix,
		Message: fmt.Sprintf("the exception from %s on line %d: %s; %s (%s)", e.Rule, e.Line, found, fix, e),
	}
}
