package rehearsal

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/engine"
	"haven/infra/sandbox/world"
)

// checkoutVariable names the checkout that a process of these tests rehearses in, until it is killed.
const checkoutVariable = "HAVEN_TEST_REHEARSES_IN"

func TestMain(m *testing.M) {
	if root := os.Getenv(checkoutVariable); root != "" {
		fmt.Fprintln(os.Stderr, rehearse(engine.Checkout{Root: root}))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// rehearse copies a checkout's environment and spoils the copy, again and again.
func rehearse(of engine.Checkout) error {
	for {
		lock, err := of.Lock(context.Background(), "drill.lock", "haven drill", os.Stderr)
		if err != nil {
			return err
		}
		r := &Rehearsal{Checkout: engine.Checkout{Root: of.Path(folder)}, lock: lock}
		if err := r.copy(of); err != nil {
			return err
		}
		err = r.World().Update(func(tx *world.Tx) error { return tx.Strike(world.RegionLost, "eu-west-1") })
		if err != nil {
			return err
		}
		for _, name := range []string{r.Checkout.Path("state", "stack.json"), r.Checkout.Path("state", "more.json"),
			filepath.Join(r.Checkout.Stacks(), "Pulumi.demo-acme.yaml"),
			filepath.Join(r.Checkout.Stacks(), "Pulumi.demo-acme-drill.yaml")} {
			if err := os.WriteFile(name, []byte("spoilt"), 0o600); err != nil {
				return err
			}
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
}

// checkout is one with all that a copy is made of.
func checkout(t *testing.T) engine.Checkout {
	t.Helper()
	of := engine.Checkout{Root: t.TempDir()}
	for _, dir := range []string{of.Stacks(), of.Path("state"), of.Path("engine"), of.Path("bin"),
		filepath.Join(of.Root, "policy")} {
		require.NoError(t, os.MkdirAll(dir, 0o755))
	}
	for _, name := range []string{filepath.Join(of.Root, "Pulumi.yaml"), of.Path("state", "stack.json"),
		filepath.Join(of.Stacks(), "Pulumi.demo-acme.yaml"), of.Path("engine", "pulumi"),
		filepath.Join(of.Root, "policy", "exceptions.yaml"), filepath.Join(of.Root, "policy", "config.json")} {
		require.NoError(t, os.WriteFile(name, []byte(name), 0o600))
	}
	require.NoError(t, world.At(of.World()).Update(func(*world.Tx) error { return nil }))
	return of
}

// sums are those of all files of a checkout but the copy's and locks.
func sums(t *testing.T, root, except string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path == except:
			return fs.SkipDir
		case !entry.Type().IsRegular(), filepath.Ext(path) == ".lock":
			return nil
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		all[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	}))
	return all
}

// TestAKilledDrillLeavesTheEnvironmentAlone: whenever a drill is killed, the environment is as it was, and the next drill
// begins with a copy that has nothing of what the killed one did.
func TestAKilledDrillLeavesTheEnvironmentAlone(t *testing.T) {
	t.Parallel()
	of := checkout(t)
	before := sums(t, of.Root, of.Path(folder))
	for round := range 25 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), checkoutVariable+"="+of.Root)
		cmd.Stderr = os.Stderr
		require.NoError(t, cmd.Start())
		if round > 0 { // the first is killed as it begins, others somewhere between copying and closing
			for begun := time.Now(); time.Since(begun) < 10*time.Second; time.Sleep(time.Millisecond) {
				if _, err := os.Stat(of.Path(folder)); err == nil {
					break
				}
			}
			time.Sleep(time.Duration(round) * time.Millisecond)
		}
		require.NoError(t, cmd.Process.Kill())
		require.ErrorContains(t, cmd.Wait(), "killed")
		assert.Equal(t, before, sums(t, of.Root, of.Path(folder)), "round %d", round)
	}

	lock, err := of.Lock(t.Context(), "drill.lock", "haven drill", os.Stderr)
	require.NoError(t, err, "the lock of a killed one is nobody's")
	next := &Rehearsal{Checkout: engine.Checkout{Root: of.Path(folder)}, lock: lock}
	require.NoError(t, next.copy(of))
	copied := sums(t, next.Checkout.Root, "")
	for name, sum := range copied {
		assert.Equal(t, before[name], sum, name)
	}
	assert.NotContains(t, copied, filepath.Join("stacks", "Pulumi.demo-acme-drill.yaml"))
	for _, name := range []string{".haven/state/stack.json", "policy/exceptions.yaml", "policy/config.json"} {
		assert.Contains(t, copied, name)
	}
	require.NoError(t, next.World().View(func(tx *world.Tx) error { assert.False(t, tx.Struck()); return nil }))
	require.NoError(t, next.Close())
	assert.NoDirExists(t, of.Path(folder))
	assert.Equal(t, before, sums(t, of.Root, ""))
}
