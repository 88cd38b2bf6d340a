package engine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Runner runs an engine for the Automation API in place of the API's own auto.PulumiCommand, which would hand down the
// person's credentials, kill an engine ten seconds after it was asked to stop, and start four more to ask what the
// event stream and the state file have told already.
type Runner struct {
	Engine Engine
	// Environment is all that the engine sees of ours.
	Environment []string
	// Lock stays held as long as anything that the engine started still runs.
	Lock *Lock
	// Hard ends when a person does not want to wait for the engine to stop gracefully.
	Hard context.Context
}

var _ auto.PulumiCommand = (*Runner)(nil)

// Version implements auto.PulumiCommand.
func (r *Runner) Version() semver.Version { return semver.MustParse(r.Engine.Version) }

// Run implements auto.PulumiCommand.
func (r *Runner) Run(ctx context.Context, dir string, stdin io.Reader, stdout, stderr []io.Writer, environment []string,
	args ...string,
) (string, string, int, error) {
	if answer, known := answered(args); known {
		return answer, "", 0, nil
	}
	return r.Ask(ctx, dir, stdin, stdout, stderr, environment, args...)
}

// Ask is Run of which nothing is answered in the engine's place.
func (r *Runner) Ask(ctx context.Context, dir string, stdin io.Reader, stdout, stderr []io.Writer, environment []string,
	args ...string,
) (string, string, int, error) {
	var out, complaints bytes.Buffer
	pulumi := exec.Command(r.Engine.Pulumi, append([]string{"--non-interactive"}, args...)...)
	pulumi.Dir = dir
	pulumi.Env = append(slices.Clone(r.Environment), environment...)
	pulumi.Stdin = stdin
	pulumi.Stdout = io.MultiWriter(append(slices.Clone(stdout), &out)...)
	pulumi.Stderr = io.MultiWriter(append(slices.Clone(stderr), &complaints)...)
	// A Ctrl-C in the terminal reaches haven alone, which passes it on once: twice would make the engine stop at once.
	pulumi.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if r.Lock != nil {
		pulumi.ExtraFiles = []*os.File{r.Lock.File}
	}
	err := r.supervise(ctx, pulumi)
	return out.String(), complaints.String(), exitCode(err), err
}

// supervise waits for the engine. When ctx ends it asks the engine to stop, which finishes what is under way and saves
// the state; when Hard ends it asks again, which makes the engine stop at once, and a little later kills it.
func (r *Runner) supervise(ctx context.Context, pulumi *exec.Cmd) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := pulumi.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- pulumi.Wait() }()
	asked, insisted := ctx.Done(), r.Hard.Done()
	var overdue <-chan time.Time
	for {
		select {
		case err := <-ended:
			return err
		case <-asked:
			asked = nil
			_ = pulumi.Process.Signal(os.Interrupt)
		case <-insisted:
			insisted = nil
			_ = pulumi.Process.Signal(os.Interrupt)
			overdue = time.After(5 * time.Second)
		case <-overdue:
			_ = pulumi.Process.Kill()
		}
	}
}

// answered are the questions the Automation API asks around each operation, at a quarter of a second each: which stack
// is selected (every call names its stack), and afterwards outputs and history (the state file and the events tell).
func answered(args []string) (string, bool) {
	if len(args) < 2 || args[0] != "stack" {
		return "", false
	}
	switch args[1] {
	case "select":
		return "", true
	case "output":
		return "{}", true
	case "history":
		return "[]", true
	}
	return "", false
}

func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}
