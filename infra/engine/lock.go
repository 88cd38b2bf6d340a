package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Lock is held by one process of a checkout at a time. The kernel lets go of it when the process ends, however it ends;
// a child that inherits File keeps it held until it has ended too.
type Lock struct {
	File *os.File
}

// patience is how long leftovers of a killed process are waited for: an engine finishes what it began.
const patience = 2 * time.Minute

// Lock takes the lock of that name, which no other verb may then take. A second process is told who holds it. What a
// killed process left running still holds its lock, and is waited for.
func (c Checkout) Lock(ctx context.Context, name, verb string, out io.Writer) (*Lock, error) {
	return c.lock(ctx, name, verb, out, false)
}

// WaitLock is Lock for work whose result all share: it waits for the other process instead of refusing.
func (c Checkout) WaitLock(ctx context.Context, name, verb string, out io.Writer) (*Lock, error) {
	return c.lock(ctx, name, verb, out, true)
}

func (c Checkout) lock(ctx context.Context, name, verb string, out io.Writer, wait bool) (*Lock, error) {
	path := c.Path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	lock := &Lock{File: file}
	if err := lock.acquire(ctx, out, wait); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return lock, lock.sign(verb)
}

func (l *Lock) acquire(ctx context.Context, out io.Writer, wait bool) error {
	told := false
	for begun := time.Now(); ; {
		err := syscall.Flock(int(l.File.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		pid, verb := l.holder()
		alive := pid > 0 && syscall.Kill(pid, 0) == nil
		if alive && !wait {
			return Problemf("%s (process %d) is at work in this checkout; "+
				"wait until it is done, or stop it with Ctrl-C there", verb, pid)
		}
		if !wait && time.Since(begun) > patience {
			return Problemf("what %s (process %d) started is still running after %s, though it was killed itself; "+
				"end these processes: fuser %s", verb, pid, patience, l.File.Name())
		}
		if !told {
			fmt.Fprintf(out, "Waiting for %s (process %d) to end …\n", verb, pid)
			told = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// sign leaves word of who holds the lock.
func (l *Lock) sign(verb string) error {
	if err := l.File.Truncate(0); err != nil {
		return err
	}
	_, err := l.File.WriteAt(fmt.Appendf(nil, "%d %s", os.Getpid(), verb), 0)
	return err
}

func (l *Lock) holder() (pid int, verb string) {
	word := make([]byte, 200)
	n, _ := l.File.ReadAt(word, 0)
	first, verb, _ := strings.Cut(string(word[:n]), " ")
	if pid, err := strconv.Atoi(first); err == nil {
		return pid, verb
	}
	return 0, "another command"
}

// Release lets go of the lock.
func (l *Lock) Release() {
	l.File.Close()
}
