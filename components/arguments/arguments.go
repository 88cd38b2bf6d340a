// Package arguments collects everything that is wrong with a component's Args, so that one error names it all.
//
// It is pure: no Pulumi, no cloud SDK.
package arguments

import (
	"errors"
	"fmt"
	"strings"

	"haven/components/limit"
)

// Problems are what is wrong with Args, each with its field, in the order found. The zero value has none.
type Problems struct{ errs []error }

// Check adds an error, if there is one, as the field's.
func (p *Problems) Check(field string, err error) {
	if err != nil {
		p.errs = append(p.errs, fmt.Errorf("%s: %w", field, err))
	}
}

// Within adds a problem where the value is outside least to most.
func (p *Problems) Within(field string, value, least, most int) {
	p.Check(field, limit.Between(value, least, most, ""))
}

// Require adds a problem where the field was not given.
func (p *Problems) Require(field string, given bool) {
	if !given {
		p.Check(field, errors.New("missing, expected a value"))
	}
}

// Host adds a problem where the value is not one host's name.
func (p *Problems) Host(field, value string) {
	if value == "" || strings.ContainsAny(value, "*?/: ") {
		p.Check(field, &limit.Error{Got: value, Want: "one DNS name without wildcards"})
	}
}

// OtherRegion adds a problem where a region is that of another field. None is no problem.
func (p *Problems) OtherRegion(field, region, of, home string) {
	if region != "" && region == home {
		p.Check(field, &limit.Error{Got: region, Want: "another region than " + of})
	}
}

// Err is all problems, one to a line; nil where there is none.
func (p *Problems) Err() error { return errors.Join(p.errs...) }
