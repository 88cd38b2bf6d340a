// Package resume reads an object to its end though connections break: who loads a database reads slowly, and no cloud
// waits for ever.
package resume

import (
	"context"
	"errors"
	"io"
)

// breaks are how often reading an object is taken up again.
const breaks = 20

// Open reads an object from an offset on. It has to be the same object each time, or an error.
type Open func(offset int64) (io.ReadCloser, error)

type reader struct {
	ctx    context.Context
	open   Open
	body   io.ReadCloser
	offset int64
	breaks int
}

// Reader reads an object from its beginning, and on from where a connection breaks.
func Reader(ctx context.Context, open Open) (io.ReadCloser, error) {
	body, err := open(0)
	if err != nil {
		return nil, err
	}
	return &reader{ctx: ctx, open: open, body: body}, nil
}

func (r *reader) Read(data []byte) (int, error) {
	read, err := r.body.Read(data)
	r.offset += int64(read)
	if err == nil || errors.Is(err, io.EOF) || r.ctx.Err() != nil || r.breaks == breaks {
		return read, err
	}
	r.breaks++
	_ = r.body.Close() // it is broken
	body, err := r.open(r.offset)
	if err != nil {
		return read, err
	}
	r.body = body
	return read, nil
}

func (r *reader) Close() error { return r.body.Close() }
