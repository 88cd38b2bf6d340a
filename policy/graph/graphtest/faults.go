package graphtest

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"haven/policy/graph"
)

// Make makes another graph of the demo's.
type Make func(*testing.T, *graph.Graph) *graph.Graph

// Fault is something that is wrong in the demo, or not known in it. It has no type of its own, so that the rows of a
// table need no names of fields.
type Fault = struct {
	Make Make
	// Rule has to find it for the resource, by this way.
	Rule, Of string
	Witness  []string
}

// AssertFaults asserts that each is found, and by its way.
func AssertFaults(t *testing.T, check Check, faults map[string]Fault) {
	t.Helper()
	g := Demo(t)
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			AssertFound(t, check(fault.Make(t, g)), fault.Rule, fault.Of, fault.Witness...)
		})
	}
}

// AssertLookAlikes asserts that what looks like a fault and is none is not reported.
func AssertLookAlikes(t *testing.T, check Check, sound map[string]Make) {
	t.Helper()
	g := Demo(t)
	for name, make := range sound {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, Told(check(make(t, g))))
		})
	}
}

// AssertUnknown asserts that what is not known yet is undecided.
func AssertUnknown(t *testing.T, check Check, unknown map[string]Fault) {
	t.Helper()
	g := Demo(t)
	for name, test := range unknown {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			AssertUndecided(t, check(test.Make(t, g)), test.Rule, test.Of)
		})
	}
}
