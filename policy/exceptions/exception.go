package exceptions

import (
	"regexp"
	"strings"
	"time"
)

// Exception accepts that a rule fails for some resources.
type Exception struct {
	Rule string
	// Resource is which: "<stack>::<name>", in both of which * stands for any text.
	Resource string
	// Owner mends it, Approver has accepted it; two people or teams.
	Owner, Approver string
	Reason          string
	// Expires is the last day, in UTC, on which it holds.
	Expires time.Time
	// Line is where it stands in the file.
	Line int
}

// separator stands between the parts of a URN, and of what an exception says of a resource.
const separator = "::"

// Covers says whether the exception is about a failure of a rule for the resource of that URN.
func (e Exception) Covers(rule, urn string) bool {
	stack, name := parts(urn)
	ofStack, ofName, _ := strings.Cut(e.Resource, separator)
	return e.Rule == rule && matches(ofStack, stack) && matches(ofName, name)
}

// AboutStack says whether the exception is about resources of that stack.
func (e Exception) AboutStack(stack string) bool {
	of, _, _ := strings.Cut(e.Resource, separator)
	return matches(of, stack)
}

// OnlyStack says whether it is about resources of that stack and of no other, so that this stack alone can tell whether
// it is still needed.
func (e Exception) OnlyStack(stack string) bool {
	return strings.HasPrefix(e.Resource, stack+separator)
}

// Expired says whether its last day is over.
func (e Exception) Expired(now time.Time) bool { return !now.Before(e.Expires.AddDate(0, 0, 1)) }

// parts are the stack and the name in a URN: "urn:pulumi:<stack>::<project>::<types>::<name>".
func parts(urn string) (stack, name string) {
	all := strings.SplitN(strings.TrimPrefix(urn, "urn:pulumi:"), separator, 4)
	return all[0], all[len(all)-1]
}

func matches(pattern, text string) bool {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`)
	return regexp.MustCompile(`(?s)^` + quoted + `$`).MatchString(text)
}
