package resume_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/dump/resume"
)

var errBroken = errors.New("connection reset by peer")

// broken is a connection that gives some bytes and breaks.
type broken struct{ io.Reader }

func (b broken) Read(data []byte) (int, error) {
	read, err := b.Reader.Read(data)
	if errors.Is(err, io.EOF) {
		err = errBroken
	}
	return read, err
}

func (broken) Close() error { return nil }

// breaking opens content so that each connection breaks after some bytes, and notes where each was opened.
func breaking(content []byte, each int) (resume.Open, *[]int64) {
	var opened []int64
	return func(offset int64) (io.ReadCloser, error) {
		opened = append(opened, offset)
		rest := content[offset:]
		if len(rest) <= each {
			return io.NopCloser(bytes.NewReader(rest)), nil
		}
		return broken{bytes.NewReader(rest[:each])}, nil
	}, &opened
}

func TestWhatBreaksIsReadOnWhereItBroke(t *testing.T) {
	content := []byte("0123456789abcdefghij")
	open, opened := breaking(content, 8)
	reader, err := resume.Reader(t.Context(), open)
	require.NoError(t, err)
	read, err := io.ReadAll(reader)
	require.NoError(t, err)
	assert.Equal(t, content, read)
	assert.Equal(t, []int64{0, 8, 16}, *opened)
}

func TestWhatAlwaysBreaksIsGivenUp(t *testing.T) {
	open, opened := breaking(make([]byte, 100), 1)
	reader, err := resume.Reader(t.Context(), open)
	require.NoError(t, err)
	read, err := io.ReadAll(reader)
	require.ErrorIs(t, err, errBroken)
	assert.Len(t, read, 21, "the first connection and twenty more")
	assert.Len(t, *opened, 21)
}

func TestWhoIsToldToStopDoesNotReadOn(t *testing.T) {
	open, opened := breaking(make([]byte, 100), 10)
	ctx, cancel := context.WithCancel(t.Context())
	reader, err := resume.Reader(ctx, open)
	require.NoError(t, err)
	cancel()
	_, err = io.ReadAll(reader)
	require.ErrorIs(t, err, errBroken)
	assert.Len(t, *opened, 1)
}

func TestWhatCannotBeOpenedIsAnError(t *testing.T) {
	_, err := resume.Reader(t.Context(), func(int64) (io.ReadCloser, error) { return nil, errBroken })
	require.ErrorIs(t, err, errBroken)
}

func TestWhatCannotBeOpenedAgainIsAnError(t *testing.T) {
	errGone := errors.New("gone")
	first := true
	reader, err := resume.Reader(t.Context(), func(int64) (io.ReadCloser, error) {
		if first {
			first = false
			return broken{bytes.NewReader(make([]byte, 4))}, nil
		}
		return nil, errGone
	})
	require.NoError(t, err)
	read, err := io.ReadAll(reader)
	require.ErrorIs(t, err, errGone)
	assert.Len(t, read, 4)
}
