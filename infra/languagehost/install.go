package languagehost

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// InstallDependencies fetches the modules that go.mod and go.sum name, and changes neither.
func (h *host) InstallDependencies(request *pulumirpc.InstallDependenciesRequest,
	server pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	ctx, cancel := both(server.Context(), h.life)
	defer cancel()
	sender := &stream[pulumirpc.InstallDependenciesResponse]{ServerStreamingServer: server}
	_, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(sender, false)
	if err != nil {
		return err
	}
	download := command(ctx, request.GetInfo().GetProgramDirectory(), "go", "mod", "download")
	download.Stdout, download.Stderr = stdout, stderr
	return download.Run()
}
