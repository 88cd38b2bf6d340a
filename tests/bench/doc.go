// Package bench measures what the policy pack adds to the previews of the demo's stacks, with the real engine and in one
// run, on an environment that is up (make up): go test ./tests/bench -run - -bench . -benchtime 5x
//
// Of what it adds, a part is the engine's own: it starts a process, and makes two calls for each resource and one for
// the stack. What a pack that demands nothing adds tells how much.
package bench
