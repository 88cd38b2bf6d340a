package environment

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"haven/policy/pack"
)

// watch follows one operation of the engine: its events, and what it writes where there are no events yet.
type watch struct {
	events chan events.EngineEvent
	ended  chan struct{} // closed after the last event
	made   func(token, id string)
	stderr bytes.Buffer

	mu      sync.Mutex
	changes map[string]int
	errors  []string
	told    []Policy
}

func newWatch(made func(token, id string)) *watch {
	w := &watch{events: make(chan events.EngineEvent), ended: make(chan struct{}), changes: map[string]int{}, made: made}
	go func() {
		defer close(w.ended)
		for event := range w.events {
			w.take(event)
		}
	}()
	return w
}

func (w *watch) take(event events.EngineEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if summary := event.SummaryEvent; summary != nil {
		for operation, count := range summary.ResourceChanges {
			w.changes[string(operation)] = count
		}
	}
	if told := event.PolicyEvent; told != nil {
		if outcome, refuses, ours := pack.Told(*told); ours {
			w.told = append(w.told, policyOf(outcome, refuses))
		}
	}
	if made := event.ResOutputsEvent; made != nil && !made.Planning && made.Metadata.New != nil {
		w.made(made.Metadata.Type, made.Metadata.New.ID)
	}
	if d := event.DiagnosticEvent; d != nil && d.Severity == "error" {
		w.errors = append(w.errors, plain(d.URN, d.Message))
	}
}

// plain is an error of the engine or the cloud in a line: the resource's type and name, and what was said.
func plain(urn, message string) string {
	text := strings.TrimSpace(colors.Never.Colorize(message))
	if parsed := resource.URN(urn); parsed.IsValid() {
		return fmt.Sprintf("%s %q: %s", parsed.Type(), parsed.Name(), text)
	}
	return text
}

// afterwards completes the result of the operation and, given that it failed, says why. The engine's closing "update
// failed" is left out where something says more.
func (w *watch) afterwards(failure error, result *Result) {
	select {
	case <-w.ended:
	case <-time.After(time.Second): // an engine that failed early sends no events, and does not say so
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	result.Changes, result.Policies = w.changes, w.told
	if failure != nil {
		result.Errors = w.why(failure)
	}
}

func (w *watch) why(failure error) []string {
	told := slices.DeleteFunc(slices.Clone(w.errors), func(text string) bool {
		return text == "update failed" || text == "preview failed"
	})
	if refused := Refusals(w.told); refused != "" {
		told = append(told, "the policies refuse it:\n\n"+refused)
	}
	if len(told) > 0 {
		return told
	}
	if text := strings.TrimSpace(colors.Never.Colorize(w.stderr.String())); text != "" {
		return []string{text}
	}
	return []string{failure.Error()}
}

// prefixed writes whole lines, each after a prefix, so that stacks side by side can be told apart.
type prefixed struct {
	mu     *sync.Mutex // shared by all that write to out
	out    io.Writer
	prefix string
	rest   []byte
	// policies says that the engine is writing its own list of what the policies said.
	policies bool
}

func (p *prefixed) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest = append(p.rest, text...)
	for {
		end := bytes.IndexByte(p.rest, '\n')
		if end < 0 {
			return len(text), nil
		}
		line := p.rest[:end+1]
		if told := bytes.TrimSpace(line); len(told) > 0 && !p.beside(string(line)) {
			if _, err := fmt.Fprintf(p.out, "%s%s", p.prefix, line); err != nil {
				return 0, err
			}
		}
		p.rest = p.rest[end+1:]
	}
}

// beside says whether a line of the engine's is beside the point: advice to do by hand what haven does next, or the list
// of what the policies said, which the report of the run has in short.
func (p *prefixed) beside(line string) bool {
	switch indented := strings.HasPrefix(line, " "); {
	case strings.HasPrefix(plainText(line), "Policies:"):
		p.policies = true
	case !indented:
		p.policies = false
	}
	line = strings.TrimSpace(line)
	return p.policies ||
		strings.HasPrefix(line, "The resources in the stack have been deleted, but the history") ||
		strings.HasPrefix(line, "If you want to remove the stack completely")
}

// terminalColors are the escape sequences of colors.
var terminalColors = regexp.MustCompile("\x1b\\[[0-9;]*m")

func plainText(line string) string { return terminalColors.ReplaceAllString(line, "") }
