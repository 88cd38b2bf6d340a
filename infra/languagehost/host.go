package languagehost

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"haven/infra/engine"
)

// host answers one engine.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	checkout engine.Checkout
	// engine is the address at which programs reach the engine.
	engine string
	// life ends when the process is to end; programs ends also when the engine cancels.
	life, programs context.Context
	cancel         context.CancelFunc
}

func newHost(life context.Context, checkout engine.Checkout, address string) *host {
	h := &host{checkout: checkout, engine: address, life: life}
	h.programs, h.cancel = context.WithCancel(life)
	return h
}

// Handshake agrees to whatever the engine proposes: its address came with the command line already.
func (h *host) Handshake(context.Context, *pulumirpc.LanguageHandshakeRequest) (
	*pulumirpc.LanguageHandshakeResponse, error,
) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo gives the version of the engine that this host was made for.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: engine.Version}, nil
}

// RuntimeOptionsPrompts has no questions: a Go program needs no options.
func (h *host) RuntimeOptionsPrompts(context.Context, *pulumirpc.RuntimeOptionsRequest) (
	*pulumirpc.RuntimeOptionsResponse, error,
) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// About tells which go compiles the programs.
func (h *host) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, err
	}
	version, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s version: %w", path, err)
	}
	return &pulumirpc.AboutResponse{Executable: path, Version: strings.TrimSpace(string(version))}, nil
}

// Cancel interrupts the programs that run, and those that would. Plugins end with the calls that started them.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}
