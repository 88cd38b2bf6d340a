// Package engine tests what only the real engine shows: an environment is brought up, changed, interrupted and taken
// down with the real Pulumi engine in the sandbox, each time in a copy of the checkout with a .haven of its own.
package engine
