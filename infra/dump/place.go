package dump

import (
	"context"
	"io"
)

// Source is where one dump lies.
type Source interface {
	// Open reads an object of the dump from its beginning. The error wraps fs.ErrNotExist where there is none.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// String says where it lies, for people.
	String() string
}

// Target is where one dump is put.
type Target interface {
	// Put stores an object that is not there yet: all that write writes, durably, or nothing at all. Where write
	// fails its error is returned. Nothing is ever written over: that error wraps fs.ErrExist.
	Put(ctx context.Context, name string, write func(io.Writer) error) error
	// String says where it lies, for people.
	String() string
}
