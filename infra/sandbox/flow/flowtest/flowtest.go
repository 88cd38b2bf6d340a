package flowtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"gopkg.in/yaml.v3"

	p "github.com/pulumi/pulumi-go-provider"

	"haven/infra/sandbox/world"
	"haven/stacks"
)

const project = "haven"

// Up makes all stacks of an environment in a world, in the order of their references. Folder is the one of the stack
// files.
func Up(w *world.World, folder, environment string) error {
	return New(w, folder).Environment(context.Background(), environment)
}

func fullName(stack string) string { return organization + "/" + project + "/" + stack }

// up runs the program as one stack.
func up(w *world.World, file, stack string, exported map[string]property.Map) (*monitor, error) {
	m := newMonitor(w, stack, exported)
	return m, m.run(file)
}

func newMonitor(w *world.World, stack string, exported map[string]property.Map) *monitor {
	return &monitor{project: project, stack: stack, world: w, exported: exported, providers: map[string]p.Provider{}}
}

// run runs the program with the values of a stack file.
func (m *monitor) run(file string) error {
	values, err := settings(file)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	pulumirpc.RegisterResourceMonitorServer(server, m)
	pulumirpc.RegisterEngineServer(server, m)
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	var now time.Time
	if err := m.world.View(func(tx *world.Tx) error { now = tx.Now(); return nil }); err != nil {
		return err
	}
	err = pulumi.RunErr(stacks.DeployAt(now), func(info *pulumi.RunInfo) {
		info.Project, info.Stack, info.Organization, info.Config = m.project, m.stack, organization, values
		info.MonitorAddr, info.EngineAddr = listener.Addr().String(), listener.Addr().String()
		info.DryRun = m.preview
	})
	if m.failed != nil {
		err = m.failed
	}
	return err
}

// settings are the values of a stack file as Pulumi hands them to a program.
func settings(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var read struct{ Config map[string]any }
	if err := yaml.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	values := map[string]string{}
	for key, value := range read.Config {
		if plain, is := value.(string); is {
			values[key] = plain
			continue
		}
		object, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		values[key] = strings.TrimSpace(string(object))
	}
	return values, nil
}
