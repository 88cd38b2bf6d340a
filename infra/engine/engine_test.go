package engine

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPinned holds Version to what is built.
func TestPinned(t *testing.T) {
	module, err := os.ReadFile(filepath.Join("pulumi", "go.mod"))
	require.NoError(t, err)
	assert.Contains(t, string(module), "github.com/pulumi/pulumi/pkg/v3 v"+Version)
	program, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	require.NoError(t, err)
	assert.Contains(t, string(program), "github.com/pulumi/pulumi-aws/sdk/v6 v"+AWSVersion)
	assert.Contains(t, string(program), "github.com/pulumi/pulumi-gcp/sdk/v7 v"+GCPVersion)
}

func TestRecent(t *testing.T) {
	for version, want := range map[string]bool{
		Version: true, "3.300.1": true, "v3.258.0": true, "3.257.9": false, "2.999.0": false, "4.0.0": false, "": false,
	} {
		assert.Equal(t, want, recent(version), version)
	}
}

func TestCredentialsNeverReachTheEngine(t *testing.T) {
	base := []string{
		"HOME=/home/me", "AWS_SECRET_ACCESS_KEY=s", "AWS_PROFILE=p", "GOOGLE_CREDENTIALS=g", "GCP_PROJECT=x",
		"PULUMI_ACCESS_TOKEN=t", "CLOUDSDK_CONFIG=c", "HAVEN_SANDBOX_QUOTAS=ec2.vpcs=9", "PULUMI_SKIP_CHECKPOINTS=true",
	}
	got := Engine{Pulumi: "/e/pulumi", LanguageHost: "/e/host"}.Environ(Checkout{Root: "/c"}, base)
	text := strings.Join(got, "\n")
	for _, forbidden := range []string{"AWS_", "GOOGLE_", "GCP_", "CLOUDSDK_", "ACCESS_TOKEN"} {
		assert.NotContains(t, text, forbidden)
	}
	assert.Contains(t, got, "HOME=/home/me")
	assert.Contains(t, got, "HAVEN_SANDBOX_QUOTAS=ec2.vpcs=9")
	assert.Contains(t, got, "PULUMI_SKIP_CHECKPOINTS=true", "what a person chose")
	assert.Contains(t, got, "PULUMI_HOME=/c/.haven/pulumi")
	assert.Contains(t, got, "PULUMI_BACKEND_URL=file:///c/.haven/state")
	assert.Equal(t, []string{
		"AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "CLOUDSDK_CONFIG", "GCP_PROJECT", "GOOGLE_CREDENTIALS",
	}, CloudVariables(base))
}

func TestGoFlagsKeepsWhatIsGiven(t *testing.T) {
	assert.Equal(t, "-trimpath", GoFlags(""))
	assert.Equal(t, "-buildvcs=false -trimpath", GoFlags("-buildvcs=false"))
	assert.Equal(t, "-trimpath -v", GoFlags("-trimpath -v"))
}

// TestACorruptCacheIsSeen asserts that only an engine that is still as it was sealed is used.
func TestACorruptCacheIsSeen(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, pulumi string)
		want  bool
	}{
		"as sealed": {func(*testing.T, string) {}, true},
		"touched only": {func(t *testing.T, pulumi string) {
			require.NoError(t, os.Chtimes(pulumi, time.Unix(1, 0), time.Unix(1, 0)))
		}, true},
		"cut off": {func(t *testing.T, pulumi string) { require.NoError(t, os.Truncate(pulumi, 3)) }, false},
		"other bytes": {func(t *testing.T, pulumi string) {
			require.NoError(t, os.WriteFile(pulumi, []byte("3ngine"), 0o755))
			require.NoError(t, os.Chtimes(pulumi, time.Unix(1, 0), time.Unix(1, 0)))
		}, false},
		"not executable": {func(t *testing.T, pulumi string) { require.NoError(t, os.Chmod(pulumi, 0o644)) }, false},
		"gone":           {func(t *testing.T, pulumi string) { require.NoError(t, os.Remove(pulumi)) }, false},
		"no stamp": {func(t *testing.T, pulumi string) {
			require.NoError(t, os.Remove(filepath.Join(filepath.Dir(pulumi), stampFile)))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := cache{dir: t.TempDir()}
			pulumi := filepath.Join(c.dir, command)
			require.NoError(t, os.WriteFile(pulumi, []byte("engine"), 0o755))
			require.NoError(t, seal(c.dir))
			test.spoil(t, pulumi)
			assert.Equal(t, test.want, c.intact())
		})
	}
}

func TestLockNamesItsHolder(t *testing.T) {
	checkout := Checkout{Root: t.TempDir()}
	lock, err := checkout.Lock(context.Background(), "lock", "haven up demo", io.Discard)
	require.NoError(t, err)
	_, err = checkout.Lock(context.Background(), "lock", "haven down demo", io.Discard)
	var problem *Problem
	require.ErrorAs(t, err, &problem)
	assert.Contains(t, problem.Text, "haven up demo (process ")
	lock.Release()
	again, err := checkout.Lock(context.Background(), "lock", "haven down demo", io.Discard)
	require.NoError(t, err)
	again.Release()
}

func TestSweepRemovesWhatWasCutOff(t *testing.T) {
	checkout := Checkout{Root: t.TempDir()}
	for name, text := range map[string]string{
		"a.json": "{", "a.json.attrs": `{"md5": "`, "b.json": "{}", "b.json.attrs": "{}", "b.json.17f.tmp": "{",
	} {
		require.NoError(t, os.MkdirAll(checkout.Path("state"), 0o755))
		require.NoError(t, os.WriteFile(checkout.Path("state", name), []byte(text), 0o644))
	}
	require.NoError(t, Sweep(checkout))
	left, err := filepath.Glob(checkout.Path("state", "*"))
	require.NoError(t, err)
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	assert.Equal(t, []string{"a.json", "b.json", "b.json.attrs"}, left, "a state itself is never removed")
}

func TestStaleLocksAreReleased(t *testing.T) {
	checkout := Checkout{Root: t.TempDir()}
	dir := checkout.Path("state", ".pulumi", "locks", "organization", Project, "demo-acme")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dead.json"), []byte(`{"pid": 99999999}`), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "torn.json.1.tmp"), []byte(`{"pi`), 0o644))
	holder, err := ReleaseStaleLocks(checkout, "demo-acme")
	require.NoError(t, err)
	assert.Zero(t, holder)
	assert.NoDirExists(t, dir)

	require.NoError(t, os.MkdirAll(dir, 0o755))
	living := []byte(`{"pid": ` + strconv.Itoa(os.Getpid()) + `}`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "living.json"), living, 0o644))
	holder, err = ReleaseStaleLocks(checkout, "demo-acme")
	require.NoError(t, err)
	assert.Equal(t, os.Getpid(), holder)
	assert.DirExists(t, dir)
}

func TestExplainSaysWhatToDo(t *testing.T) {
	for cause, want := range map[error]string{
		syscall.ENOSPC: "make room", syscall.EACCES: "the right to it", syscall.EADDRINUSE: "another program uses that port",
	} {
		var problem *Problem
		require.ErrorAs(t, Explain(&os.PathError{Op: "write", Path: "x", Err: cause}), &problem)
		assert.Contains(t, problem.Text, want)
	}
	assert.Equal(t, io.EOF, Explain(io.EOF))
}
