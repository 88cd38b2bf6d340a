// Package rules is what a policy is: a [Rule] about the resources of some types, the [Look] through which it reads
// them, and the [Outcome] of running it over a graph.
//
// A rule has four results. It passes only where nothing that it read was unknown; where it read an unknown value and
// found no failure it is undecided. A failure of which there is a record in the exceptions is excepted. A rule that
// panics ends the run with an error.
package rules
