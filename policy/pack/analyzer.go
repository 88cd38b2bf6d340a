package pack

import (
	"context"
	"fmt"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	"haven/policy/check"
	"haven/policy/exceptions"
	"haven/policy/graph"
)

// The name and the version by which the engine knows the pack.
const (
	Name    = "haven"
	Version = "1.0.0"
)

// Analyzer serves a library as a policy pack. The engine calls it from many goroutines.
type Analyzer struct {
	pulumirpc.UnimplementedAnalyzerServer

	library  check.Library
	titles   map[string]string
	accepted []exceptions.Exception
	now      func() time.Time
	// broken is why nothing can be decided; every call answers it.
	broken error
	// previews says that nothing is made. Declaring is what reads the resources of a preview, beside the engine.
	previews  bool
	declaring errgroup.Group

	sync.Mutex
	config configuration
	// declared are the resources that were analyzed one by one, by URN, with their inputs. Told is what was said of them.
	declared map[string]*graph.Resource
	told     map[told]bool
}

// told is a failure that the engine knows already.
type told struct{ rule, urn, message string }

// New is an analyzer of that library, with the exceptions in that file. A malformed one is the answer to each call.
func New(library check.Library, file []byte) *Analyzer {
	a := &Analyzer{
		library: library, titles: map[string]string{}, now: time.Now, config: defaults(library),
		declared: map[string]*graph.Resource{}, told: map[told]bool{},
	}
	for _, p := range policies(library) {
		a.titles[p.id] = p.title
	}
	var err error
	if a.accepted, err = exceptions.Parse(file, library.Has, a.now()); err != nil {
		a.broken = cannotStart(err)
	}
	return a
}

func cannotStart(reason error) error {
	return status.Errorf(codes.FailedPrecondition, "the policy pack cannot start: %v", reason)
}

// Handshake implements the protocol. The folder that the engine names may be relative to one that it does not name, so
// that nothing is read from it.
func (a *Analyzer) Handshake(context.Context, *pulumirpc.AnalyzerHandshakeRequest) (
	*pulumirpc.AnalyzerHandshakeResponse, error,
) {
	return &pulumirpc.AnalyzerHandshakeResponse{}, nil
}

// ConfigureStack tells whether the stack is previewed only. It is the first call whose error the engine shows.
func (a *Analyzer) ConfigureStack(_ context.Context, request *pulumirpc.AnalyzerStackConfigureRequest) (
	*pulumirpc.AnalyzerStackConfigureResponse, error,
) {
	a.previews = request.GetDryRun()
	return &pulumirpc.AnalyzerStackConfigureResponse{}, a.broken
}

// GetPluginInfo implements the protocol.
func (a *Analyzer) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// Cancel implements the protocol; no call takes long.
func (a *Analyzer) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// guard turns a panic into an error: whatever happens here must not let a resource pass.
func guard(err *error) {
	if reason := recover(); reason != nil {
		*err = status.Error(codes.Internal, fmt.Sprintf("the policy pack is broken: %v", reason))
	}
}
