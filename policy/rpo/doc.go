// Package rpo proves that no copy of a tenant's data can be older than its tier promises.
//
// A kind of copy is made by a chain: something starts it at intervals, it takes a time to be made, and it takes a time to
// arrive. Just before the next one is there, the newest is as old as all of these together. The proof reads the intervals
// and windows that are declared, adds what the providers say or what each step is given, and holds the sum against the
// tier's bound. Each step has an alarm, which tells when it takes longer than was reckoned with.
//
// https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_objective_defined_recovery.html
package rpo
