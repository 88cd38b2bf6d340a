package sqltext

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// End is the last line.
const End = "-- end of dump"

// statementSize is when a statement of rows is ended, in bytes: the least max_allowed_packet of any server's default
// is sixteen times that.
const statementSize = 1 << 20

// Writer writes a dump's text. Its first error stays, and Close returns it.
type Writer struct {
	to   *bufio.Writer
	err  error
	head string // of the statement of rows that is being written; empty between tables
	size int    // of that statement so far; zero before its first row
}

// NewWriter writes to a stream, beginning with the line that says whose dump it is.
func NewWriter(to io.Writer, identity string) *Writer {
	w := &Writer{to: bufio.NewWriterSize(to, 1<<16)}
	w.Comment(identity)
	return w
}

// Comment writes a line that clients skip.
func (w *Writer) Comment(text string) {
	w.endRows()
	w.write("-- " + strings.Join(strings.Fields(text), " ") + "\n")
}

// Statement writes a statement, given without its end.
func (w *Writer) Statement(text string) {
	if strings.Contains(text+"\n", ";\n") {
		w.Program(text)
		return
	}
	w.endRows()
	w.write(text + ";\n")
}

// Program writes a statement with statements in it, or whatever else has semicolons of its own.
func (w *Writer) Program(text string) {
	delimiter := ";;"
	for n := 1; strings.Contains(text, delimiter); n++ {
		delimiter = fmt.Sprintf("$$%d", n)
	}
	w.endRows()
	w.write("DELIMITER " + delimiter + "\n" + text + "\n" + delimiter + "\nDELIMITER ;\n")
}

// Rows begins the rows of a table. The names come as they are, not quoted.
func (w *Writer) Rows(table string, columns []string) {
	w.endRows()
	w.head = "INSERT INTO " + Identifier(table) + " (" + Identifiers(columns) + ") VALUES\n"
}

// Row writes a row of the table that Rows named: literals between parentheses.
func (w *Writer) Row(row []byte) error {
	if w.size+len(row) > statementSize {
		w.endStatement()
	}
	if w.size == 0 {
		w.write(w.head)
		w.size = len(w.head)
	} else {
		w.write(",\n")
	}
	if w.err == nil {
		_, w.err = w.to.Write(row)
	}
	w.size += len(row) + len(",\n")
	return w.err
}

// Close writes the end. The stream beneath stays open.
func (w *Writer) Close() error {
	w.endRows()
	w.write(End + "\n")
	if w.err != nil {
		return w.err
	}
	return w.to.Flush()
}

func (w *Writer) endRows() {
	w.endStatement()
	w.head = ""
}

func (w *Writer) endStatement() {
	if w.size > 0 {
		w.write(";\n")
	}
	w.size = 0
}

func (w *Writer) write(text string) {
	if w.err == nil {
		_, w.err = w.to.WriteString(text)
	}
}
