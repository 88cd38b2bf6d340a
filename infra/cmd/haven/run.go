package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"haven/infra/engine"
)

// The exit statuses.
const (
	succeeded = 0
	refused   = 1 // it was tried and failed, or something would change that must not
	misused   = 2 // wrong use, or a machine that lacks something: nothing was tried
)

// run runs the command line and answers its exit status.
func run(args []string) (status int) {
	defer func() {
		if cause := recover(); cause != nil {
			status = crashed(cause, debug.Stack())
		}
	}()
	p := &person{}
	defer p.listen()()
	return conclude(p, execute(p, args))
}

func execute(p *person, args []string) error {
	root := newRoot(p)
	root.SetArgs(args)
	return root.ExecuteContext(p.soft)
}

// conclude tells an error in as few words as it has, never with a stack trace or a page of usage.
func conclude(p *person, err error) int {
	if err == nil {
		return succeeded
	}
	if p.soft.Err() != nil && errors.Is(err, context.Canceled) {
		return refused
	}
	err = engine.Explain(err)
	fmt.Fprintf(os.Stderr, "haven: %v\n", err)
	var problem *engine.Problem
	if errors.As(err, &problem) {
		return misused
	}
	return refused
}

// crashed tells of a bug in one line and keeps the details for who repairs it.
func crashed(cause any, stack []byte) int {
	where := "nowhere, since this is no checkout of Haven"
	if checkout, err := engine.FindCheckout("."); err == nil {
		path := checkout.Path("crash-" + time.Now().UTC().Format("20060102T150405") + ".txt")
		if os.MkdirAll(filepath.Dir(path), 0o755) == nil &&
			os.WriteFile(path, fmt.Appendf(nil, "%v\n\n%s", cause, stack), 0o600) == nil {
			where = path
		}
	}
	fmt.Fprintf(os.Stderr, "haven: a bug stopped it (%v); the details are in %s. Running it again is safe.\n",
		cause, where)
	return refused
}
