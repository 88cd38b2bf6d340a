package languagehost

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"haven/infra/engine"
)

// Main serves the engine that started this process and gave its address as the last argument, until that engine lets go
// or is gone. The checkout is the one that the engine's home lies in, or else the working folder.
func Main() error {
	if len(os.Args) < 2 {
		return errors.New("the engine's address is missing: pulumi starts this program, nobody else does")
	}
	checkout, err := engine.FindCheckout(os.Getenv("PULUMI_HOME"))
	if err != nil {
		return err
	}
	address := os.Args[len(os.Args)-1]
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, address, time.Second, stop); err != nil {
		return fmt.Errorf("watching the engine at %s: %w", address, err)
	}
	handle, err := serve(ctx, newHost(ctx, checkout, address))
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}

// serve serves until ctx ends, and then lets calls that are under way come to their end.
func serve(ctx context.Context, h *host) (rpcutil.ServeHandle, error) {
	cancel := make(chan bool)
	context.AfterFunc(ctx, func() { close(cancel) })
	return rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, h)
			return nil
		},
	})
}
