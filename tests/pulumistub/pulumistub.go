// Package pulumistub is a person's pulumi for tests. It notes how it is called, answers with what files beside it say,
// and tells as few events as the Automation API needs.
package pulumistub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Folder is where a stub lies. The files in it are:
//   - version: what it says of itself
//   - STACK.made: the type and the ID of what the next updates make
//   - STACK.next: what becomes STACK.output with the next update
//   - STACK.output and STACK.export: what `pulumi stack output` and `export` print; a stack without them is not there
//   - refuse: previews fail, and print what it holds; fail: updates do but those of a teardown; keep: destroying does;
//     hang: updates wait until they are interrupted
//   - calls: how it was called, a line for each; environment: of the last preview
type Folder string

// built is the stub's binary, while [Run] runs tests.
var built string

// Run builds the stub and runs the tests of a package: what its TestMain exits with.
func Run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "pulumistub")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	built = filepath.Join(folder, "pulumi")
	build := exec.Command("go", "build", "-o", built, "haven/tests/pulumistub/pulumi")
	if said, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", said, err)
		return 1
	}
	return m.Run()
}

// Install makes a stub that says to be of that version the first pulumi on the PATH.
func Install(t *testing.T, version string) Folder {
	t.Helper()
	folder := Folder(t.TempDir())
	require.NoError(t, os.Symlink(built, filepath.Join(string(folder), "pulumi")))
	folder.Say(t, "version", version)
	t.Setenv("PATH", string(folder)+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, name := range []string{"PULUMI_HOME", "PULUMI_BACKEND_URL", "HAVEN_WORLD"} {
		t.Setenv(name, "")
	}
	return folder
}

// Say writes a file.
func (f Folder) Say(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(string(f), file), []byte(text), 0o600))
}

// Calls are those so far but questions for its version.
func (f Folder) Calls(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(string(f), "calls"))
	require.NoError(t, err)
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(line string) bool {
		return line == "version"
	})
}

// Main is the stub, and answers its exit status.
func Main() int {
	called := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(arg string) bool { return arg == "--non-interactive" })
	status, err := Folder(filepath.Dir(os.Args[0])).run(called)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 255
	}
	return status
}

func (f Folder) has(file string) (string, bool) {
	text, err := os.ReadFile(filepath.Join(string(f), file))
	return string(text), err == nil
}

func (f Folder) note(file, text string) error {
	opened, err := os.OpenFile(filepath.Join(string(f), file), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer opened.Close()
	_, err = opened.WriteString(text + "\n")
	return err
}

func (f Folder) run(args []string) (int, error) {
	if err := f.note("calls", strings.Join(args, " ")); err != nil {
		return 1, err
	}
	stack := option(args, "--stack")
	switch {
	case args[0] == "version":
		version, _ := f.has("version")
		fmt.Println(version)
	case args[0] == "stack" && (args[1] == "output" || args[1] == "export"):
		text, there := f.has(stack + "." + args[1])
		if !there {
			return 255, fmt.Errorf("no stack named '%s' found", stack)
		}
		fmt.Println(text)
	case args[0] == "preview":
		if text, refuses := f.has("refuse"); refuses {
			return 255, fmt.Errorf("%s", text)
		}
		fmt.Println("previewing")
		if err := f.note("environment", strings.Join(os.Environ(), "\n")); err != nil {
			return 1, err
		}
		return 0, tell(option(args, "--event-log"), summary)
	case args[0] == "up", args[0] == "destroy":
		return f.change(args)
	}
	return 0, nil
}

func (f Folder) change(args []string) (int, error) {
	teardown := option(args, "--target") != ""
	if text, keeps := f.has("keep"); keeps && args[0] == "destroy" {
		return 255, fmt.Errorf("%s", text)
	}
	if _, hangs := f.has("hang"); hangs && args[0] == "up" && !teardown {
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		if err := f.note("hanging", ""); err != nil {
			return 1, err
		}
		select {
		case <-interrupted:
			return 255, f.note("calls", "interrupted")
		case <-time.After(time.Minute):
		}
	}
	if text, fails := f.has("fail"); fails && args[0] == "up" && !teardown {
		return 255, fmt.Errorf("%s", text)
	}
	if next := filepath.Join(string(f), option(args, "--stack")+".next"); args[0] == "up" {
		if err := os.Rename(next, strings.TrimSuffix(next, "next")+"output"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 1, err
		}
	}
	events := []string{summary}
	if text, makes := f.has(option(args, "--stack") + ".made"); makes && args[0] == "up" {
		token, id, _ := strings.Cut(text, " ")
		events = append([]string{fmt.Sprintf(`{"resOutputsEvent":{"metadata":{"op":"create","type":%q,"new":{"type":%[1]q,"id":%q}}}}`,
			token, id)}, events...)
	}
	return 0, tell(option(args, "--event-log"), events...)
}

// option is the value of an option, written either way.
func option(args []string, name string) string {
	for i, arg := range args {
		if value, given := strings.CutPrefix(arg, name+"="); given {
			return value
		}
		if arg == name && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// summary is the event without which the Automation API takes no end for one.
const summary = `{"summaryEvent":{"resourceChanges":{"create":1}}}`

// tell tells the Automation API of events.
func tell(address string, events ...string) error {
	connection, err := grpc.NewClient(strings.TrimPrefix(address, "tcp://"),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	stream, err := pulumirpc.NewEventsClient(connection).StreamEvents(context.Background())
	if err != nil {
		return err
	}
	for _, event := range events {
		if err := stream.Send(&pulumirpc.EventRequest{Event: event}); err != nil {
			return err
		}
	}
	_, err = stream.CloseAndRecv()
	return err
}
