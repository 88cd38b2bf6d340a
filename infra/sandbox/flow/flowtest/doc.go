// Package flowtest makes worlds for tests: the real program declares the stacks of this checkout, and the sandbox's own
// provider makes what it declares, in one process and without the engine. It takes seconds where a run of the engine
// takes minutes, and shows what a fresh environment holds, not how it changes.
package flowtest
