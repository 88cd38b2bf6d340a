package engine

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"
	"golang.org/x/term"
)

// bar shows how far a build is: as a bar on a terminal, as a line now and then elsewhere.
type bar struct {
	out     io.Writer
	name    string
	done    int
	total   int // 0 where it is not known
	told    time.Time
	tracker *progress.Tracker
	writer  progress.Writer
}

// between is the time between two lines of progress where there is no terminal.
const between = 15 * time.Second

func newProgress(out io.Writer, name string, total int) *bar {
	b := &bar{out: out, name: name, total: total, told: time.Now()}
	if !IsTerminal(out) {
		return b
	}
	b.tracker = &progress.Tracker{Message: name, Total: int64(total), RemoveOnCompletion: total == 0}
	b.writer = progress.NewWriter()
	b.writer.SetOutputWriter(out)
	b.writer.SetUpdateFrequency(200 * time.Millisecond)
	b.writer.SetStyle(progress.StyleBlocks)
	b.writer.Style().Visibility.ETA = total > 0
	b.writer.AppendTracker(b.tracker)
	go b.writer.Render()
	return b
}

func (b *bar) step() {
	b.done++
	if b.tracker != nil {
		b.tracker.Increment(1)
		return
	}
	if time.Since(b.told) < between {
		return
	}
	b.told = time.Now()
	if b.total == 0 {
		fmt.Fprintf(b.out, "%s: %d so far\n", b.name, b.done)
		return
	}
	fmt.Fprintf(b.out, "%s: %d of %d packages\n", b.name, b.done, b.total)
}

func (b *bar) stop() {
	if b.tracker == nil {
		return
	}
	b.tracker.MarkAsDone()
	// Render draws the last state within one update; Stop alone would cut it off.
	time.Sleep(300 * time.Millisecond)
	b.writer.Stop()
}

// IsTerminal says whether a person may be watching what is written there, or typing what is read there.
func IsTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
