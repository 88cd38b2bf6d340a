// Package check runs a library of rules and proofs over a graph, applies the exceptions, and demands that not too much
// is left undecided.
package check
