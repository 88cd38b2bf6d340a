package pack

import (
	"fmt"
	"io"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"haven/policy/check"
)

// Serve serves the library, with the exceptions in that file, to the engine that started this process, until the
// process is ended. It tells the port by writing it to out, as the protocol of plugins demands.
func Serve(library check.Library, exceptions []byte, out io.Writer) error {
	return serve(New(library, exceptions), out)
}

// Refuse serves a pack that cannot start, and answers each call with why: an engine that only sees a process end says
// nothing of what it wrote.
func Refuse(reason error, out io.Writer) error {
	a := New(check.Library{}, nil)
	a.broken = cannotStart(reason)
	return serve(a, out)
}

func serve(a *Analyzer, out io.Writer) error {
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(server *grpc.Server) error {
			server.RegisterService(service(), a)
			return nil
		},
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, handle.Port); err != nil {
		return err
	}
	return <-handle.Done
}

// service is the protocol without what mends resources: what is wrong is mended in the program. An engine that is told so
// goes on; it asks for each resource all the same, and is answered soonest where there is no such method.
func service() *grpc.ServiceDesc {
	served := pulumirpc.Analyzer_ServiceDesc
	served.Methods = slices.DeleteFunc(slices.Clone(served.Methods), func(method grpc.MethodDesc) bool {
		return method.MethodName == "Remediate"
	})
	return &served
}
