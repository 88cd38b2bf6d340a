package access

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition is what one key's values must be.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type condition struct {
	operator operator
	key      string
	wanted   []string
	// each and some are ForAllValues and ForAnyValue.
	each, some bool
	ifExists   bool
}

// operator compares one of the request's values with one that is wanted.
type operator struct {
	name    string
	negated bool
	holds   func(wanted string, context Context, value string) bool
}

const nullOperator = "Null"

// operators are by the name of their positive form.
var operators = map[string]func(wanted string, context Context, value string) bool{
	"StringEquals":             equals,
	"StringEqualsIgnoreCase":   equalsIgnoreCase,
	"StringLike":               like,
	"ArnEquals":                globARN,
	"ArnLike":                  globARN,
	"Bool":                     func(w string, _ Context, v string) bool { return strings.EqualFold(w, v) },
	"BinaryEquals":             func(w string, _ Context, v string) bool { return w == v },
	"IpAddress":                inRange,
	"NumericEquals":            numeric(func(v, w float64) bool { return v == w }),
	"NumericLessThan":          numeric(func(v, w float64) bool { return v < w }),
	"NumericLessThanEquals":    numeric(func(v, w float64) bool { return v <= w }),
	"NumericGreaterThan":       numeric(func(v, w float64) bool { return v > w }),
	"NumericGreaterThanEquals": numeric(func(v, w float64) bool { return v >= w }),
	"DateEquals":               date(func(v, w time.Time) bool { return v.Equal(w) }),
	"DateLessThan":             date(func(v, w time.Time) bool { return v.Before(w) }),
	"DateLessThanEquals":       date(func(v, w time.Time) bool { return !v.After(w) }),
	"DateGreaterThan":          date(func(v, w time.Time) bool { return v.After(w) }),
	"DateGreaterThanEquals":    date(func(v, w time.Time) bool { return !v.Before(w) }),
	nullOperator:               nil,
}

// negations are the operators that hold where their positive form does not.
var negations = map[string]string{
	"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
	"StringNotLike": "StringLike", "ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike",
	"NotIpAddress": "IpAddress", "NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals",
}

func newCondition(name, key string, wanted list[any]) (condition, error) {
	c := condition{key: key}
	for _, value := range wanted {
		c.wanted = append(c.wanted, written(value))
	}
	slices.Sort(c.wanted)
	base := name
	if base, c.each = strings.CutPrefix(base, "ForAllValues:"); !c.each {
		base, c.some = strings.CutPrefix(base, "ForAnyValue:")
	}
	base, c.ifExists = strings.CutSuffix(base, "IfExists")
	c.operator.name = base
	if positive, negated := negations[base]; negated {
		base, c.operator.negated = positive, true
	}
	holds, known := operators[base]
	if !known || base == nullOperator && c.ifExists {
		return c, fmt.Errorf("condition operator %q, expected one of IAM's", name)
	}
	c.operator.holds = holds
	return c, nil
}

// written is a value of a condition as text: JSON may have it as a boolean or a number.
func written(value any) string {
	if number, is := value.(float64); is {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// met says whether the condition holds, for a request that has the key with these values, or none.
func (c condition) met(values []string, context Context) bool {
	if c.operator.name == nullOperator {
		absent := strconv.FormatBool(len(values) == 0)
		return slices.ContainsFunc(c.wanted, func(wanted string) bool { return strings.EqualFold(wanted, absent) })
	}
	if len(values) == 0 {
		return c.ifExists || c.each || c.operator.negated && !c.some
	}
	suits := func(value string) bool {
		return c.operator.negated != slices.ContainsFunc(c.wanted, func(wanted string) bool {
			return c.operator.holds(wanted, context, value)
		})
	}
	if c.each || c.operator.negated && !c.some {
		return !slices.ContainsFunc(values, func(value string) bool { return !suits(value) })
	}
	return slices.ContainsFunc(values, suits)
}

// resolved says whether the request has every policy variable of the condition.
func (c condition) resolved(context Context) bool {
	for _, wanted := range c.wanted {
		if !strings.Contains(wanted, "${") {
			continue
		}
		if _, known := compile(wanted, context); !known {
			return false
		}
	}
	return true
}

// equals is without wildcards, but with policy variables.
func equals(wanted string, context Context, value string) bool {
	if !strings.Contains(wanted, "${") {
		return wanted == value
	}
	compiled, known := compile(wanted, context)
	return known && glob(compiled.literal(), value)
}

// equalsIgnoreCase keeps the case of policy variables' names, which do not depend on it.
func equalsIgnoreCase(wanted string, context Context, value string) bool {
	return equals(strings.ToLower(wanted), context.lower(), strings.ToLower(value))
}

func like(wanted string, context Context, value string) bool {
	compiled, known := compile(wanted, context)
	return known && glob(compiled, value)
}

func inRange(wanted string, _ Context, value string) bool {
	address, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	if prefix, err := netip.ParsePrefix(wanted); err == nil {
		return prefix.Contains(address)
	}
	one, err := netip.ParseAddr(wanted)
	return err == nil && one == address
}

func numeric(compare func(value, wanted float64) bool) func(string, Context, string) bool {
	return func(wanted string, _ Context, value string) bool {
		w, wantedErr := strconv.ParseFloat(wanted, 64)
		v, valueErr := strconv.ParseFloat(value, 64)
		return wantedErr == nil && valueErr == nil && compare(v, w)
	}
}

func date(compare func(value, wanted time.Time) bool) func(string, Context, string) bool {
	return func(wanted string, _ Context, value string) bool {
		w, wantedErr := instant(wanted)
		v, valueErr := instant(value)
		return wantedErr == nil && valueErr == nil && compare(v, w)
	}
}

// instant is a time in one of the forms that IAM takes: ISO 8601, or seconds since 1970.
func instant(text string) (time.Time, error) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0), nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day, nil
	}
	return time.Parse(time.RFC3339, text)
}
