// Package settings are the rules on single properties that hold wherever a resource of a type is declared: what a
// listener answers with, how long a token lives, that a container drops what it may do. Each is a line of settings.csv:
// the rule that it belongs to, the type, the path of the property ("rules[*].status" is that of each rule, and what
// stands behind "{}" is inside the JSON text before it), when it is asked, and what is demanded of it:
//
//	is A|B       it is one of these
//	usually A|B  it is one of these, or absent
//	only A|B     it is a list of nothing but these
//	holds A|B    it is a list with all of these
//	least N      it is a number, N or more
//	most N       it is a number, N or less
//	set          something other than an empty text or list stands there
//	unset        nothing stands there
//	like RE      it is a text that the expression matches
//
// When is empty, or "path=A|B" for another property of the same object, or "path" for one that is set, or "!path" for one
// that is not.
package settings
