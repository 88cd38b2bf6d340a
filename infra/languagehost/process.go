package languagehost

import (
	"context"
	"os"
	"os/exec"
	"time"
)

// command is a process that is interrupted when ctx ends, and killed if it has not ended a little later.
func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	process := exec.CommandContext(ctx, name, args...)
	process.Dir = dir
	process.Cancel = func() error { return process.Process.Signal(os.Interrupt) }
	process.WaitDelay = 3 * time.Second // the engine kills this host after five
	return process
}

// both ends when either ends.
func both(ctx, other context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(other, cancel)
	return ctx, func() {
		release()
		cancel()
	}
}
