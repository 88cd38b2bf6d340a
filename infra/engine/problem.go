package engine

import (
	"errors"
	"fmt"
	"syscall"
)

// Problem is what a person has to put right before a command can work: wrong use, a missing tool, a full disk. It is
// one line that says what is wrong and what to do, and the command ends with exit status 2.
type Problem struct {
	Text  string
	Cause error
}

func (p *Problem) Error() string { return p.Text }

// Unwrap is the error behind it, if there is one.
func (p *Problem) Unwrap() error { return p.Cause }

// Problemf is a Problem in one line.
func Problemf(format string, args ...any) error {
	return &Problem{Text: fmt.Sprintf(format, args...)}
}

// Explain turns what a machine can lack (space, rights, a free port) into a Problem that says what to do about it.
// Every other error it leaves as it is.
func Explain(err error) error {
	var known *Problem
	if err == nil || errors.As(err, &known) {
		return err
	}
	for cause, advice := range remedies {
		if errors.Is(err, cause) {
			return &Problem{Text: fmt.Sprintf("%v: %s", err, advice), Cause: err}
		}
	}
	return err
}

var remedies = map[error]string{
	syscall.ENOSPC:     "make room on that disk (.haven/ takes up to 1 GB, Go's build cache up to 6 GB) and run it again",
	syscall.EDQUOT:     "the disk quota is used up; make room and run it again",
	syscall.EROFS:      "the checkout lies on a read-only file system; clone it where you may write",
	syscall.EACCES:     "give yourself the right to it, or clone to a folder of your own",
	syscall.ENOTDIR:    "a file lies where a folder belongs; move it away",
	syscall.EISDIR:     "a folder lies where a file belongs; move it away",
	syscall.EADDRINUSE: "another program uses that port of this machine; stop it and run it again",
}
