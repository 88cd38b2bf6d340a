// Package makespan plans how long a recovery takes: what depends on what, and how long each thing takes to be made, give
// the time of the whole and the path that decides it.
//
// The times are those of durations.csv: medians that were measured in a real account, or derived, or assumed, as its
// last column says. A makespan is simulated, and is to be called so wherever it is quoted.
package makespan
