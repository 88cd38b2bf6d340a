package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"haven/components/limit"
)

// checker collects everything that is wrong in one stack file.
type checker struct {
	file   string
	errors Errors
	// unread are the paths whose values could not be decoded. What stands there is known to be wrong already, so that
	// nothing is said about the zero value left in its place.
	unread []string
	// given are the paths of the fields that the file names.
	given map[string]bool
}

func newChecker(stack string) *checker {
	return &checker{file: fileName(stack), given: map[string]bool{}}
}

// fileName is where Pulumi keeps a stack's configuration.
func fileName(stack string) string {
	return "Pulumi." + stack + ".yaml"
}

// refuse notes that a value is wrong, unless its path could not be read anyway.
func (c *checker) refuse(path string, got any, want, fix string) {
	if got == 0 && !c.given[path] {
		got = words("nothing")
	}
	if c.readable(path) {
		c.errors = append(c.errors, &Error{File: c.file, Path: path, Got: show(got), Want: want, Fix: fix})
	}
}

// limit refuses a value with which a component's rule answers a *limit.Error.
func (c *checker) limit(path string, err error) {
	var broken *limit.Error
	if errors.As(err, &broken) {
		c.refuse(path, broken.Got, broken.Want, broken.Fix)
	}
}

// misread is refuse for a value that cannot be decoded.
func (c *checker) misread(path string, got any, want, fix string) {
	c.refuse(path, got, want, fix)
	c.unread = append(c.unread, path)
}

func (c *checker) readable(path string) bool {
	for _, unread := range c.unread {
		rest, within := strings.CutPrefix(path, unread)
		if within && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return false
		}
	}
	return true
}

// sound says whether nothing is wrong at path.
func (c *checker) sound(path string) bool {
	for _, one := range c.errors {
		if one.Path == path {
			return false
		}
	}
	return c.readable(path)
}

// show is how a value is told to people: text in quotes, no more of it than helps to find it.
func show(value any) string {
	const most = 80
	switch v := value.(type) {
	case nil:
		return "null"
	case words:
		return string(v)
	case string:
		if v == "" {
			return "nothing"
		}
		if len(v) > most {
			return fmt.Sprintf("%q… (%d characters)", strings.ToValidUTF8(v[:most], ""), len(v))
		}
		return strconv.Quote(v)
	case json.Number:
		return v.String()
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	return fmt.Sprint(value)
}

// words are shown as they are, without quotes.
type words = limit.Words
