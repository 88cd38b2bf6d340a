package sqltext

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrCut is text that lacks its last line.
var ErrCut = fmt.Errorf("it does not end with %q: it was cut off", End)

// Statement is a statement without its end. It is good until the next one is read.
type Statement []byte

// Reader reads a dump's text statement by statement.
type Reader struct {
	// Identity is what the first line says of whose dump it is.
	Identity string

	from      *bufio.Reader
	statement []byte
	delimiter string // empty where a semicolon at the end of a line ends a statement
	ended     bool
}

// NewReader reads the line that says whose dump it is, and is ready for the first statement.
func NewReader(from io.Reader) (*Reader, error) {
	r := &Reader{from: bufio.NewReaderSize(from, 1<<16)}
	line, err := r.line()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	identity, comment := strings.CutPrefix(string(line), "-- ")
	if err != nil || !comment {
		return nil, errors.New("it is no dump's text: its first line is not a comment that says whose it is")
	}
	r.Identity = identity
	return r, nil
}

// Next is the next statement, or io.EOF after the last line, ErrCut where that is missing.
func (r *Reader) Next() (Statement, error) {
	r.statement = r.statement[:0]
	for {
		start := len(r.statement)
		line, err := r.line()
		if errors.Is(err, io.EOF) {
			if r.ended && start == 0 && len(line) == 0 && r.delimiter == "" {
				return nil, io.EOF
			}
			return nil, ErrCut
		}
		if err != nil {
			return nil, err
		}
		if r.ended {
			return nil, fmt.Errorf("there is text after %q", End)
		}
		if start == 0 && r.command(line) {
			r.statement = r.statement[:0]
			continue
		}
		if r.delimiter == "" && bytes.HasSuffix(line, []byte(";")) {
			return r.statement[:len(r.statement)-1], nil
		}
		if r.delimiter != "" && string(line) == r.delimiter {
			return bytes.TrimSuffix(r.statement[:start], []byte("\n")), nil
		}
		r.statement = append(r.statement, '\n')
	}
}

// command takes a line that is not a statement's.
func (r *Reader) command(line []byte) bool {
	if delimiter, ok := bytes.CutPrefix(line, []byte("DELIMITER ")); ok {
		r.delimiter = string(delimiter)
		if r.delimiter == ";" {
			r.delimiter = ""
		}
		return true
	}
	if r.delimiter != "" || !bytes.HasPrefix(line, []byte("-- ")) {
		return false
	}
	r.ended = string(line) == End
	return true
}

// line appends the next line to the statement, and returns it without its break. At the end of the stream it returns
// io.EOF, with whatever stood there without a break.
func (r *Reader) line() ([]byte, error) {
	start := len(r.statement)
	for {
		piece, err := r.from.ReadSlice('\n')
		r.statement = append(r.statement, piece...)
		switch {
		case err == nil:
			r.statement = r.statement[:len(r.statement)-1]
			return r.statement[start:], nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return r.statement[start:], err
		}
	}
}

// Rows are the table that a statement adds rows to, and how many; no table where it is another kind of statement.
func (s Statement) Rows() (table string, rows int) {
	if table = s.named("INSERT INTO "); table == "" {
		return "", 0
	}
	return table, bytes.Count(s, []byte("\n"))
}

// Table is the table that a statement creates, or nothing.
func (s Statement) Table() string { return s.named("CREATE TABLE ") }

// View is the view of which a statement creates the outline, or nothing. A view's definition replaces its outline.
func (s Statement) View() string { return s.named("CREATE VIEW ") }

// Summary says which statement it is without saying what customers wrote.
func (s Statement) Summary() string {
	for _, verb := range []string{"INSERT INTO ", "CREATE TABLE ", "CREATE VIEW "} {
		if name := s.named(verb); name != "" {
			return verb + Identifier(name)
		}
	}
	head, _, _ := bytes.Cut(s, []byte("\n"))
	return string(head[:min(len(head), 60)])
}

// named is the quoted name that follows a verb.
func (s Statement) named(verb string) string {
	rest, ok := bytes.CutPrefix(s, []byte(verb+"`"))
	if !ok {
		return ""
	}
	var name []byte
	for {
		end := bytes.IndexByte(rest, '`')
		if end < 0 {
			return ""
		}
		name = append(name, rest[:end]...)
		rest = rest[end+1:]
		if !bytes.HasPrefix(rest, []byte("`")) {
			return string(name)
		}
		name, rest = append(name, '`'), rest[1:]
	}
}
