package languagehost

import (
	"encoding/json"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// environment is what pulumi.Run learns from: base, and over it all that the engine asks for and its address.
func environment(base []string, engine string, request *pulumirpc.RunRequest) ([]string, error) {
	config, err := json.Marshal(request.Config)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(request.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	return append(base[:len(base):len(base)],
		pulumi.EnvOrganization+"="+request.Organization,
		pulumi.EnvProject+"="+request.Project,
		pulumi.EnvPulumiRootDirectory+"="+request.GetInfo().GetRootDirectory(),
		pulumi.EnvStack+"="+request.Stack,
		pulumi.EnvConfig+"="+string(config),
		pulumi.EnvConfigSecretKeys+"="+string(secretKeys),
		pulumi.EnvDryRun+"="+strconv.FormatBool(request.DryRun),
		pulumi.EnvParallel+"="+strconv.Itoa(int(request.Parallel)),
		pulumi.EnvMonitor+"="+request.MonitorAddress,
		pulumi.EnvEngine+"="+engine,
	), nil
}
