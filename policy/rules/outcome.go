package rules

import (
	"fmt"
	"strings"
)

// Result is how a rule ended for a resource.
type Result string

// The results.
const (
	Pass      Result = "pass"
	Fail      Result = "fail"
	Undecided Result = "undecided" // it rests on a value that is not known yet
	Excepted  Result = "excepted"  // it fails, and somebody has accepted that
)

// Outcome is what a rule says of a resource. A rule that refuses several things of one resource has as many outcomes.
type Outcome struct {
	Rule     string
	URN      string
	Result   Result
	Severity Severity
	// Message names the property, the value found, the value wanted and the fix; for what is undecided, which values are
	// unknown. Empty for what passes.
	Message string
	// Fix is the last part of the message.
	Fix string
	// Witness is the way that leads to a failure, resource by resource.
	Witness []string
}

// Found is the message of a failure without its fix: the property, the value found and the value wanted.
func (o Outcome) Found() string {
	if o.Fix == "" {
		return o.Message
	}
	return strings.TrimSuffix(o.Message, ": "+o.Fix)
}

// refusal is the message of a failure.
func refusal(path, found, want, fix string) string {
	if path == "" {
		return fmt.Sprintf("%s; expected %s: %s", found, want, fix)
	}
	return fmt.Sprintf("%s is %s; expected %s: %s", path, found, want, fix)
}
