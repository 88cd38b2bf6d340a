package mariadb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Transaction is one that a binary log has whole.
type Transaction struct {
	GTID GTID
	// At is when the server wrote it, in whole seconds.
	At time.Time
}

// Log is a binary log in files: all its transactions in the order in which they were committed. One that was cut off
// in the middle is not among them.
type Log struct {
	Transactions []Transaction

	files []string
	// end is what is wrong with the log's end, where the server or the archive was lost while it was written.
	end error
}

// event is the first line of an event of a log as mariadb-binlog prints it.
var event = regexp.MustCompile(`^#(\d{6}) +(\d+:\d\d:\d\d) server id \d+ +end_log_pos \d+ ` +
	`(?:CRC32 0x[0-9a-f]+ )?\t(\w+)(?: ([0-9]+-[0-9]+-[0-9]+))?`)

// readLog reads which transactions files of a log have, in order.
func readLog(ctx context.Context, files []string) (*Log, error) {
	binlog, err := program("mariadb-binlog")
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, binlog,
		append([]string{"--no-defaults", "--base64-output=decode-rows"}, files...)...)
	command.Env = append(os.Environ(), "TZ=UTC")
	var said bytes.Buffer
	command.Stderr = &said
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	log := &Log{files: files}
	err = log.read(bufio.NewReader(output))
	if ended := command.Wait(); err == nil && ended != nil {
		log.end = fmt.Errorf("%w: %s", ended, bytes.TrimSpace(said.Bytes()))
	}
	return log, errors.Join(err, ctx.Err())
}

func (l *Log) read(from *bufio.Reader) error {
	var open *Transaction
	for {
		line, err := from.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		found := event.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		switch kind := found[3]; {
		case kind == "GTID":
			if open, err = begun(found); err != nil {
				return err
			}
		case open != nil && (kind == "Xid" || kind == "Query"): // of rows, and of a definition
			l.Transactions = append(l.Transactions, *open)
			open = nil
		}
	}
}

func begun(found []string) (*Transaction, error) {
	gtid, err := ParseGTID(found[4])
	if err != nil {
		return nil, err
	}
	at, err := time.Parse("060102 15:04:05", found[1]+" "+found[2])
	return &Transaction{GTID: gtid, At: at}, err
}

// ErrNoTransaction is a transaction that a log does not have.
var ErrNoTransaction = errors.New("the log has no such transaction")

func (l *Log) index(of GTID) (int, error) {
	i := slices.IndexFunc(l.Transactions, func(t Transaction) bool { return t.GTID == of })
	if i >= 0 {
		return i, nil
	}
	err := fmt.Errorf("%s: %w", of, ErrNoTransaction)
	if l.end != nil {
		err = fmt.Errorf("%w; it ends early: %w", err, l.end)
	}
	return 0, err
}

// At is a transaction by its number.
func (l *Log) At(of GTID) (Transaction, error) {
	i, err := l.index(of)
	if err != nil {
		return Transaction{}, err
	}
	return l.Transactions[i], nil
}

// Before is the transaction that was committed right before another.
func (l *Log) Before(of GTID) (Transaction, error) {
	i, err := l.index(of)
	if err == nil && i == 0 {
		err = fmt.Errorf("before %s: %w", of, ErrNoTransaction)
	}
	if err != nil {
		return Transaction{}, err
	}
	return l.Transactions[i-1], nil
}

// Until is the last transaction before the first that was committed at that time or later.
func (l *Log) Until(at time.Time) (Transaction, error) {
	i := slices.IndexFunc(l.Transactions, func(t Transaction) bool { return !t.At.Before(at) })
	switch i {
	case -1:
		return l.Last()
	case 0:
		return Transaction{}, fmt.Errorf("before %s: %w", at.UTC().Format(time.RFC3339), ErrNoTransaction)
	}
	return l.Transactions[i-1], nil
}

// Last is the last transaction that the log has whole.
func (l *Log) Last() (Transaction, error) {
	if len(l.Transactions) == 0 {
		return Transaction{}, ErrNoTransaction
	}
	return l.Transactions[len(l.Transactions)-1], nil
}

// Replay runs on a server what the log has after one transaction, up to another and with it. The server holds the
// databases as they were after the first.
func (l *Log) Replay(ctx context.Context, from, to GTID, into *Server) error {
	first, err := l.index(from)
	if err != nil {
		return err
	}
	last, err := l.index(to)
	if err != nil {
		return err
	}
	if last < first {
		return fmt.Errorf("replay: %s was committed before %s", to, from)
	}
	if last == first {
		return nil // mariadb-binlog refuses to print nothing
	}
	return l.pipe(ctx, from, to, into)
}

func (l *Log) pipe(ctx context.Context, from, to GTID, into *Server) error {
	binlog, err := program("mariadb-binlog")
	if err != nil {
		return err
	}
	printer := exec.CommandContext(ctx, binlog, append([]string{"--no-defaults", "--start-position=" + from.String(),
		"--stop-position=" + to.String()}, l.files...)...)
	client, err := into.Client(ctx, "")
	if err != nil {
		return err
	}
	var printed, said strings.Builder
	printer.Stderr, client.Stdout, client.Stderr = &printed, &said, &said
	if client.Stdin, err = printer.StdoutPipe(); err != nil {
		return err
	}
	if err := printer.Start(); err != nil {
		return err
	}
	err = client.Run()
	if err != nil {
		err = fmt.Errorf("replay: %w: %s", err, said.String())
		_ = printer.Process.Kill() // nobody reads it any more
	}
	if ended := printer.Wait(); err == nil && ended != nil {
		err = fmt.Errorf("binary log: %w: %s", ended, printed.String())
	}
	return err
}
