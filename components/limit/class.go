package limit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Class is which classes of machines a service runs on: "<prefix>.<family>.<size>", as in "db.t4g.medium".
type Class struct {
	// Prefix is the service's, "db".
	Prefix string
	// Sizes are the sizes allowed, by family.
	Sizes map[string][]string
	// OtherFamily and OtherSize say what to do where the family or the size is not allowed.
	OtherFamily, OtherSize string
}

// Check answers nil for an allowed class, and else an *Error.
func (c Class) Check(class string) error {
	name, ours := strings.CutPrefix(class, c.Prefix+".")
	family, size, _ := strings.Cut(name, ".")
	sizes := c.Sizes[family]
	switch {
	case !ours || sizes == nil:
		return &Error{Got: class, Want: "one of " + List(c.families()), Fix: c.OtherFamily}
	case !slices.Contains(sizes, size):
		return &Error{
			Got:  class,
			Want: fmt.Sprintf("%s.%s in one of the sizes %s", c.Prefix, family, List(sizes)),
			Fix:  c.OtherSize,
		}
	}
	return nil
}

// families are written as people write classes: "db.m6g.*".
func (c Class) families() []string {
	var families []string
	for _, family := range slices.Sorted(maps.Keys(c.Sizes)) {
		families = append(families, c.Prefix+"."+family+".*")
	}
	return families
}
