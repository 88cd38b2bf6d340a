package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing that is wrong in one stack file.
type Error struct {
	File string // "Pulumi.demo-acme.yaml"
	Path string // the field, "tenant.database.backupRetentionDays"; empty where it is the file as a whole
	Got  string // what stands there, text in quotes; "nothing" where a field that is needed is missing
	Want string // what is allowed there
	Fix  string // what to do
}

// Error is one line: "Pulumi.demo-acme.yaml: tenant.slot: got 0; want 1 to 25; choose a free slot".
func (e *Error) Error() string {
	where := e.File
	if e.Path != "" {
		where += ": " + e.Path
	}
	return fmt.Sprintf("%s: got %s; want %s; %s", where, e.Got, e.Want, e.Fix)
}

// stack is the name of the stack, by which files are sorted: demo-cell comes before demo-cell-2.
func (e *Error) stack() string { return strings.TrimSuffix(e.File, ".yaml") }

// Errors is everything that is wrong, sorted by file and path. errors.As finds it and each Error in it.
type Errors []*Error

// Error is one line for each error.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single errors to errors.Is and errors.As.
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, one := range e {
		list[i] = one
	}
	return list
}

// asError is nil where nothing is wrong.
func (e Errors) asError() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.stack(), b.stack()), cmp.Compare(a.Path, b.Path))
	})
	return e
}

// UnknownError says that there is no environment or stack of that name.
type UnknownError struct {
	Kind  string   // "environment" or "stack"
	Name  string   // what was asked for
	Known []string // those that exist, sorted
}

// Error names those that exist, and the one that was probably meant.
func (e *UnknownError) Error() string {
	text := fmt.Sprintf("no %s %q", e.Kind, e.Name)
	if meant := closest(e.Name, e.Known); meant != "" {
		text += fmt.Sprintf(" (did you mean %q?)", meant)
	}
	return fmt.Sprintf("%s; known %ss: %s", text, e.Kind, strings.Join(e.Known, ", "))
}
