package pack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
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

// exceptionsFile lies beside PulumiPolicy.yaml.
const exceptionsFile = "exceptions.yaml"

// Analyzer serves a library as a policy pack. The engine calls it from many goroutines.
type Analyzer struct {
	pulumirpc.UnimplementedAnalyzerServer

	library check.Library
	now     func() time.Time

	sync.Mutex
	accepted []exceptions.Exception
	loaded   bool
	// broken is why nothing can be decided; every call answers it.
	broken error
	config configuration
	// declared are the resources that were analyzed one by one, by URN, with their inputs. Told is what was said of them.
	declared map[string]*graph.Resource
	told     map[told]bool
}

// told is a failure that the engine knows already.
type told struct{ rule, urn, message string }

// New is an analyzer of that library.
func New(library check.Library) *Analyzer {
	return &Analyzer{
		library: library, now: time.Now, config: defaults(library),
		declared: map[string]*graph.Resource{}, told: map[told]bool{},
	}
}

// Handshake tells where the pack lies. A file of exceptions that cannot be read is answered by each call from now on:
// what the engine makes of an error here does not name it well.
func (a *Analyzer) Handshake(_ context.Context, request *pulumirpc.AnalyzerHandshakeRequest) (
	*pulumirpc.AnalyzerHandshakeResponse, error,
) {
	a.Lock()
	defer a.Unlock()
	a.load(request.GetRootDirectory())
	return &pulumirpc.AnalyzerHandshakeResponse{}, nil
}

// load reads the exceptions that lie in dir.
func (a *Analyzer) load(dir string) {
	a.loaded, a.broken = true, nil
	text, err := os.ReadFile(filepath.Join(dir, exceptionsFile))
	if err == nil {
		a.accepted, err = exceptions.Parse(text, a.library.Has, a.now())
	}
	if err != nil {
		a.broken = status.Errorf(codes.FailedPrecondition, "the policy pack cannot start: %s: %v", exceptionsFile, err)
	}
}

// usable is why nothing can be decided, if so. An engine without a handshake starts packs in their own folder.
func (a *Analyzer) usable() error {
	if !a.loaded {
		a.load(".")
	}
	return a.broken
}

// ConfigureStack tells of the stack. Nothing depends on it; but it is the first call whose error the engine shows.
func (a *Analyzer) ConfigureStack(context.Context, *pulumirpc.AnalyzerStackConfigureRequest) (
	*pulumirpc.AnalyzerStackConfigureResponse, error,
) {
	a.Lock()
	defer a.Unlock()
	return &pulumirpc.AnalyzerStackConfigureResponse{}, a.usable()
}

// GetPluginInfo implements the protocol.
func (a *Analyzer) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: Version}, nil
}

// Remediate changes nothing: what is wrong is mended in the program.
func (a *Analyzer) Remediate(context.Context, *pulumirpc.AnalyzeRequest) (*pulumirpc.RemediateResponse, error) {
	return &pulumirpc.RemediateResponse{}, nil
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
