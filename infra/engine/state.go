package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// State is what the file backend knows of one stack.
// https://www.pulumi.com/docs/iac/concepts/state-and-backends/#local-filesystem-backend
type State struct {
	// Exists says whether the stack is there at all; it may be empty.
	Exists    bool
	Resources []apitype.ResourceV3
	Pending   []apitype.OperationV2
}

// ReadState reads the state of that stack. The file backend replaces its files by renaming, so that what is read is
// always whole, even while an engine writes or after one was killed. Only a full disk cuts one off.
func ReadState(checkout Checkout, stack string) (State, error) {
	path := checkout.Path("state", ".pulumi", "stacks", Project, stack+".json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	var versioned struct {
		Checkpoint apitype.CheckpointV3 `json:"checkpoint"`
	}
	if err := json.Unmarshal(text, &versioned); err != nil {
		return State{}, Problemf("the state of %s is damaged (%v); %s", stack, err, checkout.without(path))
	}
	state := State{Exists: true}
	if latest := versioned.Checkpoint.Latest; latest != nil {
		state.Resources, state.Pending = latest.Resources, latest.PendingOperations
	}
	return state, nil
}

// without says how to go on without the state in that file: from the one before it, or else from nothing.
func (c Checkout) without(path string) string {
	before := path + ".bak"
	if text, err := os.ReadFile(before); err == nil && json.Valid(text) {
		return fmt.Sprintf("go on from the one before it: mv %q %q", before, path)
	}
	return c.Anew()
}

// Anew says how to begin with an empty sandbox.
func (c Checkout) Anew() string {
	return fmt.Sprintf("begin anew with an empty sandbox: rm -rf %q %q", c.Path("state"), c.World())
}

const rootType = "pulumi:pulumi:Stack"

// Outputs are what the stack exports; nil where it exports nothing yet.
func (s State) Outputs() map[string]any {
	for _, r := range s.Resources {
		if r.Type == rootType {
			return r.Outputs
		}
	}
	return nil
}

// ReleaseStaleLocks removes the locks of that stack whose engines have died. A living engine's lock is left, and its
// process answered: somebody runs pulumi in this checkout.
func ReleaseStaleLocks(checkout Checkout, stack string) (holder int, err error) {
	dir := checkout.Path("state", ".pulumi", "locks", "organization", Project, stack)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if pid := lockOwner(path); pid > 0 && syscall.Kill(pid, 0) == nil {
			return pid, nil
		}
	}
	return 0, os.RemoveAll(dir)
}

// lockOwner is the process that wrote a lock; 0 for what is no lock, or was cut off when its writer was killed.
func lockOwner(path string) int {
	var lock struct {
		PID int `json:"pid"`
	}
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &lock) != nil {
		return 0
	}
	return lock.PID
}

// Sweep removes what a killed engine leaves half-written in the state folder: temporary files, and the files that hold
// a file's attributes, which are not replaced by renaming and are done without when they are not there.
// https://pkg.go.dev/gocloud.dev/blob/fileblob
func Sweep(checkout Checkout) error {
	return filepath.WalkDir(checkout.Path("state"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".tmp") || strings.HasSuffix(path, ".attrs") && torn(path) {
			return os.Remove(path)
		}
		return nil
	})
}

func torn(path string) bool {
	text, err := os.ReadFile(path)
	return err == nil && !json.Valid(text)
}
