package environment

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Outcome is what became of one stack.
type Outcome string

const (
	// Up is brought up or updated, Unchanged was as it should be already.
	Up        Outcome = "up"
	Unchanged Outcome = "unchanged"
	// Planned is what a preview answers when something would change.
	Planned Outcome = "planned"
	// Waiting is a preview that cannot be made before a stack it refers to is up.
	Waiting Outcome = "waiting"
	// Down is gone, Absent was not there.
	Down   Outcome = "down"
	Absent Outcome = "absent"
	// Failed tells why in Errors; Skipped was not tried since another failed.
	Failed  Outcome = "failed"
	Skipped Outcome = "skipped"
)

// Report is what a verb did to an environment. `--json` prints it.
type Report struct {
	Verb        string   `json:"verb"`           // "up", "preview" or "down"
	Environment string   `json:"environment"`    // "demo"
	Wave        *int     `json:"wave,omitempty"` // the last wave worked on, where not all were
	Changed     bool     `json:"changed"`        // whether anything changed, or in a preview would change
	Seconds     float64  `json:"seconds"`
	Stacks      []Result `json:"stacks"` // in the order of their references
}

// Result is what became of one stack.
type Result struct {
	Stack     string         `json:"stack"` // "demo-acme"
	Role      string         `json:"role"`  // "account", "cell" or "tenant"
	Outcome   Outcome        `json:"outcome"`
	Changes   map[string]int `json:"changes"`   // resources by Pulumi's operation: {"create": 3, "same": 70}
	Resources int            `json:"resources"` // in the state afterwards, the stack itself included
	Seconds   float64        `json:"seconds"`
	URL       string         `json:"url,omitempty"` // where a tenant would answer
	Errors    []string       `json:"errors,omitempty"`
	// Policies is what the policies said beyond what passed.
	Policies []Policy `json:"policies,omitempty"`
	// Certificate is the page that certifies what was deleted of a tenant that is gone.
	Certificate string `json:"certificate,omitempty"`
}

// kept are the operations that change nothing.
var kept = []string{"same", "read", "refresh"}

func (r Result) changed() bool {
	for operation, count := range r.Changes {
		if count > 0 && !slices.Contains(kept, operation) {
			return true
		}
	}
	return r.Outcome == Waiting
}

func (r Result) failed() bool { return r.Outcome == Failed || r.Outcome == Skipped }

// Done is how many resources were, or would be, changed: "3 create, 1 update", or "none".
func (r Result) Done() string {
	type change struct {
		operation string
		count     int
	}
	var changes []change
	for operation, count := range r.Changes {
		if count > 0 && !slices.Contains(kept, operation) {
			changes = append(changes, change{operation, count})
		}
	}
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.operation, b.operation))
	})
	if len(changes) == 0 {
		return "none"
	}
	var words []string
	for _, c := range changes {
		words = append(words, fmt.Sprintf("%d %s", c.count, c.operation))
	}
	return strings.Join(words, ", ")
}

// Err says what failed, a line for each cause; nil if nothing did.
func (r Report) Err() error {
	var failures []error
	for _, result := range r.Stacks {
		if !result.failed() {
			continue
		}
		verb := "failed"
		if result.Outcome == Skipped {
			verb = "not tried"
		}
		failures = append(failures, fmt.Errorf("%s %s: %s", result.Stack, verb, strings.Join(result.Errors, "\n  ")))
	}
	return errors.Join(failures...)
}
