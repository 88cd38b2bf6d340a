// Package mutation tests the policies: it takes the demo's stacks, changes one property or removes one resource at a
// time, and asks which rule or proof finds it.
//
// The mutants are bred from what is declared (mutants_test.go, statements_test.go): each resource is removed, each
// property removed, each flag flipped, each number made as little and as much as there can be, each choice put to every
// other one, each reference put to another tenant's, each range opened, each statement of a policy widened where it
// allows and narrowed where it denies. What the provider would refuse is none.
//
// testdata/irrelevant.csv says what of all that guards nothing, and why. Of the rest, each mutant must be found by a rule
// that is about what was changed: whose message names it, or of which testdata/about.csv says so. testdata/survivors.csv
// has those that are not, one by one with the reason; it may have no others, and they may be one in twenty.
//
// The first of a kind may be found where others are not: of each kind of which that is so when all are judged,
// testdata/rest.csv says why.
//
// Mutants of a kind are those of one type, property and operator. A run judges one of each kind, the first, which takes
// two to three minutes. Of the environment:
//
//	MUTANTS=all        judges all of them, 28,317 when that was done last, of which 99.41 % were found: an hour
//	MUTANTS=rds/       judges all those of the types with that in their name
//	MUTANTS_REPORT=F   writes each kind, how many there were, were found, and by which rules, as F, a table with tabs
package mutation
