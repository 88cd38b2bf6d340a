// Package bench measures what the policy pack adds to the previews of the demo's stacks, with the real engine and in one
// run: go test ./tests/bench -run - -bench . -benchtime 5x
package bench
