// Package orphans proves that nothing is there that nobody needs: what is forgotten is watched by nobody, costs, and is
// the first that an intruder finds.
//
// Somebody needs a resource where another one names it, by its ARN, its id or its name, in whatever property or
// document: other than those that only describe it, as the rules of a group or the policies of a role do. Of one stack
// alone, what it exports is needed elsewhere. A role is needed, too, by people and systems that assume it from outside.
//
// What a stack declares to bring back what another one had waits for that, and is not asked who needs it.
package orphans
