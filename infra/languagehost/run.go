package languagehost

import (
	"context"
	"errors"
	"os"
	"os/exec"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Run builds the program and runs it to its end, which the engine waits for. What the program prints, the engine shows.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	ctx, cancel := both(ctx, h.programs)
	defer cancel()
	environ, err := environment(os.Environ(), h.engine, request)
	if err != nil {
		return nil, err
	}
	program, err := h.start(ctx, request.Info, func(binary string) *exec.Cmd {
		process := command(ctx, request.Pwd, binary, request.Args...)
		process.Env = environ
		process.Stdout, process.Stderr = os.Stdout, os.Stderr
		return process
	})
	if err != nil {
		return nil, err
	}
	return outcome(program.Wait()), nil
}

// outcome is what the end of a program means to the engine: one that told its errors itself ends with a status of its
// own, and nothing is to be added.
func outcome(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case errors.As(err, &exit) && exit.ExitCode() == constant.ExitStatusLoggedError:
		return &pulumirpc.RunResponse{Bail: true}
	}
	return &pulumirpc.RunResponse{Error: "the program ended with " + err.Error()}
}
