package languagehost

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"

	"haven/infra/engine"
)

// served is a host that is served as an engine sees it, and the checkout it works in.
func served(t *testing.T) (pulumirpc.LanguageRuntimeClient, engine.Checkout) {
	t.Helper()
	checkout := engine.Checkout{Root: t.TempDir()}
	life, end := context.WithCancel(context.Background())
	handle, err := serve(life, newHost(life, checkout, "127.0.0.1:1"))
	require.NoError(t, err)
	connection, err := grpc.NewClient("127.0.0.1:"+strconv.Itoa(handle.Port),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, connection.Close())
		end()
		assert.NoError(t, <-handle.Done)
	})
	return pulumirpc.NewLanguageRuntimeClient(connection), checkout
}

// programIn is a folder of testdata as the engine describes it.
func programIn(t *testing.T, folder string) *pulumirpc.ProgramInfo {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("testdata", folder))
	require.NoError(t, err)
	return &pulumirpc.ProgramInfo{RootDirectory: dir, ProgramDirectory: dir, EntryPoint: "."}
}

func TestRunGivesTheProgramItsFolderAndEnvironment(t *testing.T) {
	client, _ := served(t)
	pwd, told := t.TempDir(), filepath.Join(t.TempDir(), "told")
	response, err := client.Run(t.Context(), &pulumirpc.RunRequest{
		Info: programIn(t, "program"), Pwd: pwd, Args: []string{told, "0"}, Stack: "demo-acme",
	})
	require.NoError(t, err)
	assert.False(t, response.Bail)
	assert.Empty(t, response.Error)
	var got struct {
		Dir     string
		Environ []string
	}
	text, err := os.ReadFile(told)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Equal(t, pwd, got.Dir)
	assert.Contains(t, got.Environ, "PULUMI_STACK=demo-acme")
	assert.Contains(t, got.Environ, "PULUMI_ENGINE=127.0.0.1:1")
}

func TestRunTellsHowTheProgramEnded(t *testing.T) {
	client, _ := served(t)
	for status, want := range map[string]struct {
		bail bool
		err  string
	}{
		"0":  {},
		"1":  {err: "the program ended with exit status 1"},
		"32": {bail: true},
	} {
		t.Run(status, func(t *testing.T) {
			response, err := client.Run(t.Context(), &pulumirpc.RunRequest{
				Info: programIn(t, "program"), Args: []string{os.DevNull, status},
			})
			require.NoError(t, err)
			assert.Equal(t, want.bail, response.Bail)
			assert.Equal(t, want.err, response.Error)
		})
	}
}

func TestRunTellsWhatDoesNotCompile(t *testing.T) {
	client, _ := served(t)
	_, err := client.Run(t.Context(), &pulumirpc.RunRequest{Info: programIn(t, "broken")})
	require.ErrorContains(t, err, "testdata/broken does not compile")
	require.ErrorContains(t, err, "main.go:4:15: undefined: misspelt")
}

func TestCancelInterruptsTheProgram(t *testing.T) {
	client, _ := served(t)
	told := filepath.Join(t.TempDir(), "told")
	ended := make(chan *pulumirpc.RunResponse, 1)
	go func() {
		response, err := client.Run(context.Background(), &pulumirpc.RunRequest{
			Info: programIn(t, "program"), Args: []string{told, "wait"},
		})
		assert.NoError(t, err)
		ended <- response
	}()
	require.Eventually(t, func() bool { _, err := os.Stat(told); return err == nil }, time.Minute, 10*time.Millisecond)
	_, err := client.Cancel(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	assert.Equal(t, "the program ended with signal: interrupt", (<-ended).GetError())
}

func TestAProgramIsLinkedAgainOnlyAfterAChange(t *testing.T) {
	client, checkout := served(t)
	dir := filepath.Join(t.TempDir(), "changing")
	require.NoError(t, os.Mkdir(dir, 0o755))
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	run := func() (*pulumirpc.RunResponse, os.FileInfo) {
		response, err := client.Run(t.Context(), &pulumirpc.RunRequest{Info: &pulumirpc.ProgramInfo{ProgramDirectory: dir}})
		require.NoError(t, err)
		found, err := filepath.Glob(checkout.Path("program", "changing-*"))
		require.NoError(t, err)
		require.Len(t, found, 1)
		binary, err := os.Stat(found[0])
		require.NoError(t, err)
		return response, binary
	}
	write("go.mod", "module changing\n\ngo 1.26\n")
	write("main.go", "package main\n\nfunc main() {}\n")
	response, first := run()
	assert.Empty(t, response.Error)
	_, second := run()
	assert.True(t, os.SameFile(first, second), "linked again though nothing had changed")
	write("main.go", "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(7) }\n")
	response, third := run()
	assert.Equal(t, "the program ended with exit status 7", response.Error)
	assert.False(t, os.SameFile(first, third), "written into the file that a running program is read from")
}

func TestRunPluginSendsWhatThePluginPrintsAndItsStatus(t *testing.T) {
	client, _ := served(t)
	stream, err := client.RunPlugin(t.Context(), &pulumirpc.RunPluginRequest{
		Info: programIn(t, "program"), Args: []string{os.DevNull, "3"},
	})
	require.NoError(t, err)
	var out, complaints string
	var statuses []int32
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		out += string(message.GetStdout())
		complaints += string(message.GetStderr())
		if exit, ended := message.Output.(*pulumirpc.RunPluginResponse_Exitcode); ended {
			statuses = append(statuses, exit.Exitcode)
		}
	}
	assert.Equal(t, "said", out)
	assert.Equal(t, "complained", complaints)
	assert.Equal(t, []int32{3}, statuses)
}

func TestRunPluginTellsWhatDoesNotCompile(t *testing.T) {
	client, _ := served(t)
	stream, err := client.RunPlugin(t.Context(), &pulumirpc.RunPluginRequest{Info: programIn(t, "broken")})
	require.NoError(t, err)
	_, err = stream.Recv()
	require.ErrorContains(t, err, "undefined: misspelt")
}

func TestInstallDependenciesChangesNothing(t *testing.T) {
	client, _ := served(t)
	dir := t.TempDir()
	module := filepath.Join(dir, "go.mod")
	require.NoError(t, os.WriteFile(module, []byte("module example\n\ngo 1.26\n"), 0o644))
	stream, err := client.InstallDependencies(t.Context(), &pulumirpc.InstallDependenciesRequest{
		Info: &pulumirpc.ProgramInfo{ProgramDirectory: dir},
	})
	require.NoError(t, err)
	var said string
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		said += string(message.Stdout) + string(message.Stderr)
	}
	assert.Contains(t, said, "no module dependencies to download")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	text, err := os.ReadFile(module)
	require.NoError(t, err)
	assert.Equal(t, "module example\n\ngo 1.26\n", string(text))
}

func TestABinaryIsRunAsItIs(t *testing.T) {
	client, checkout := served(t)
	info := programIn(t, "broken")
	info.Options = optionsWith(t, "binary", "false")
	response, err := client.Run(t.Context(), &pulumirpc.RunRequest{Info: info})
	require.NoError(t, err)
	assert.Equal(t, "the program ended with exit status 1", response.Error)
	assert.NoDirExists(t, checkout.Path("program"))

	info.Options = optionsWith(t, "binary", "no-such-program")
	_, err = client.Run(t.Context(), &pulumirpc.RunRequest{Info: info})
	require.ErrorContains(t, err, `runtime.options.binary: there is no program "no-such-program"`)
}

func TestABuildTargetIsWhereTheProgramIsBuilt(t *testing.T) {
	client, _ := served(t)
	target := filepath.Join(t.TempDir(), "built")
	info := programIn(t, "program")
	info.Options = optionsWith(t, "buildTarget", target)
	response, err := client.Run(t.Context(), &pulumirpc.RunRequest{Info: info, Args: []string{os.DevNull, "0"}})
	require.NoError(t, err)
	assert.Empty(t, response.Error)
	assert.FileExists(t, target)
}
