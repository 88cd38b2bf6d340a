// Package drill loses things on purpose, brings them back, and measures what was lost and how long it took.
//
// A scenario is data: steps in their order, each with what a person does, what haven does, and the function that does
// it. The runbooks are made from the same steps, so that they say what is drilled. A drill plants what it will look for,
// causes the disaster, waits for the alarms that must tell of it, contains it, restores through ordinary stacks, verifies
// the data transaction by transaction, and goes back to what was before.
//
// In the sandbox the data is simulated, and so is the time to restore: it is planned from a table of durations along the
// dependencies of what was made (package makespan).
package drill
