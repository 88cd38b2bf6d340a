package languagehost

import (
	"errors"
	"os/exec"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin builds the plugin (a policy pack, for one) and runs it until it ends or the engine lets go of this call.
// The engine is sent what it prints, and at last its exit status.
func (h *host) RunPlugin(request *pulumirpc.RunPluginRequest,
	server pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	ctx, cancel := both(server.Context(), h.life)
	defer cancel()
	sender := &stream[pulumirpc.RunPluginResponse]{ServerStreamingServer: server}
	_, stdout, stderr, err := rpcutil.MakeRunPluginStreams(sender, false)
	if err != nil {
		return err
	}
	plugin, err := h.start(ctx, request.Info, func(binary string) *exec.Cmd {
		process := command(ctx, request.Pwd, binary, request.Args...)
		process.Env = request.Env
		process.Stdout, process.Stderr = stdout, stderr
		return process
	})
	if err != nil {
		return err
	}
	err = plugin.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	return sender.Send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(plugin.ProcessState.ExitCode())},
	})
}
