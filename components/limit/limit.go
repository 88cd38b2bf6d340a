// Package limit is how a rule about a value says that the value breaks it.
//
// It is pure: no Pulumi, no cloud SDK. Rules stand once, in pure packages beside the components that they belong to; a
// stack file is checked by the same ones, and takes what is wanted and how to mend it from their error.
package limit

import (
	"fmt"
	"strings"
)

// Error is a value that breaks a rule. Which field it stands in is the caller's to say.
type Error struct {
	Got  any    // the value
	Want string // what is allowed, "20 to 65536"
	Fix  string // what to do; empty where Want says it all
}

// Words stand in Got for a value that is told by words, without quotes: "none".
type Words string

// GoString is how Error shows them.
func (w Words) GoString() string { return string(w) }

// Error is one line: `"1:00", expected a daily window "hh:mm-hh:mm"; write it like "01:00-02:00"`.
func (e *Error) Error() string {
	text := fmt.Sprintf("%#v, expected %s", e.Got, e.Want)
	if e.Fix != "" {
		text += "; " + e.Fix
	}
	return text
}

// Between answers nil for a value from least to most, and else an *Error with that fix.
func Between(value, least, most int, fix string) error {
	if value < least || value > most {
		return &Error{Got: value, Want: fmt.Sprintf("%d to %d", least, most), Fix: fix}
	}
	return nil
}

// List shows values to people: "a, b, c".
func List[T any](values []T) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = fmt.Sprint(value)
	}
	return strings.Join(texts, ", ")
}
