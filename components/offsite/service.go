package offsite

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/google"
	"haven/components/naming"
)

// server is a service of the tenant's.
type server struct {
	name string
	// ingress is who may reach it, containers what each instance runs: the first one listens.
	ingress     string
	containers  []container
	least, most int
	// sticky leads a client's requests to one instance, for at most the seconds of limit.
	sticky bool
	limit  string
}

// Who may reach a service: the load balancer, or only what is in the project's network.
// https://cloud.google.com/run/docs/securing/ingress
const (
	fromBalancer = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
	fromWithin   = "INGRESS_TRAFFIC_INTERNAL_ONLY"
)

// serve makes a service as that identity.
func (a *Application) serve(of server, who *identity) (*cloudrunv2.Service, error) {
	stores := a.args.Stores
	var containers cloudrunv2.ServiceTemplateContainerArray
	var mounts []mount
	for _, one := range of.containers {
		containers = append(containers, a.container(one))
		for _, mounted := range one.mounts {
			if !slices.Contains(mounts, mounted) {
				mounts = append(mounts, mounted)
			}
		}
	}
	after := append(slices.Clone(who.grants), stores.held...)
	return cloudrunv2.NewService(a.ctx, a.name+"-"+of.name, &cloudrunv2.ServiceArgs{
		Name:     pulumi.String(a.args.Scope.Name(of.name)),
		Location: pulumi.String(stores.args.Region),
		Ingress:  pulumi.String(of.ingress),
		Labels:   google.Labels(a.args.Scope, component, naming.Confidential),
		Template: cloudrunv2.ServiceTemplateArgs{
			Containers:           containers,
			ExecutionEnvironment: pulumi.String("EXECUTION_ENVIRONMENT_GEN2"), // which has NFS
			ServiceAccount:       who.account.Email,
			SessionAffinity:      pulumi.Bool(of.sticky),
			Timeout:              pulumi.String(of.limit),
			Scaling: cloudrunv2.ServiceTemplateScalingArgs{
				MinInstanceCount: pulumi.Int(of.least), MaxInstanceCount: pulumi.Int(of.most)},
			Volumes: a.volumes(mounts),
			VpcAccess: cloudrunv2.ServiceTemplateVpcAccessArgs{
				Egress: pulumi.String("PRIVATE_RANGES_ONLY"),
				NetworkInterfaces: cloudrunv2.ServiceTemplateVpcAccessNetworkInterfaceArray{
					cloudrunv2.ServiceTemplateVpcAccessNetworkInterfaceArgs{Network: stores.network.Name,
						Subnetwork: stores.subnet.Name, Tags: pulumi.ToStringArray([]string{tag})},
				},
			},
		},
	}, a.child(), pulumi.DependsOn(after))
}

// startSeconds is how long a new instance may take until it answers: 24 tries, 10 seconds apart.
const startPeriod, startTries = 10, 24

func (a *Application) container(of container) cloudrunv2.ServiceTemplateContainerArgs {
	var environment cloudrunv2.ServiceTemplateContainerEnvArray
	for _, name := range slices.Sorted(maps.Keys(of.variables)) {
		environment = append(environment, cloudrunv2.ServiceTemplateContainerEnvArgs{
			Name: pulumi.String(name), Value: of.variables[name].ToStringOutput().ToStringPtrOutput()})
	}
	for _, name := range slices.Sorted(maps.Keys(of.secrets)) {
		environment = append(environment, cloudrunv2.ServiceTemplateContainerEnvArgs{
			Name: pulumi.String(name),
			ValueSource: cloudrunv2.ServiceTemplateContainerEnvValueSourceArgs{
				SecretKeyRef: cloudrunv2.ServiceTemplateContainerEnvValueSourceSecretKeyRefArgs{
					Secret: a.args.Stores.secretName(of.secrets[name]), Version: pulumi.String("latest")},
			},
		})
	}
	var mounts cloudrunv2.ServiceTemplateContainerVolumeMountArray
	for _, one := range of.mounts {
		mounts = append(mounts, cloudrunv2.ServiceTemplateContainerVolumeMountArgs{
			Name: pulumi.String(one.volume), MountPath: pulumi.String(one.path)})
	}
	args := cloudrunv2.ServiceTemplateContainerArgs{
		Name:     pulumi.String(of.name),
		Image:    pulumi.String(of.image),
		Commands: texts(of.command),
		Envs:     environment,
		Resources: cloudrunv2.ServiceTemplateContainerResourcesArgs{
			CpuIdle: pulumi.Bool(!of.always),
			Limits:  pulumi.StringMap{"cpu": pulumi.String(of.cpu), "memory": pulumi.String(of.memory)},
		},
		VolumeMounts: mounts,
	}
	if of.port != 0 {
		args.Ports = cloudrunv2.ServiceTemplateContainerPortArray{
			cloudrunv2.ServiceTemplateContainerPortArgs{ContainerPort: pulumi.Int(of.port)}}
		args.StartupProbe = cloudrunv2.ServiceTemplateContainerStartupProbeArgs{
			PeriodSeconds: pulumi.Int(startPeriod), FailureThreshold: pulumi.Int(startTries),
			HttpGet: cloudrunv2.ServiceTemplateContainerStartupProbeHttpGetArgs{Path: pulumi.String(of.answers)},
		}
		args.LivenessProbe = cloudrunv2.ServiceTemplateContainerLivenessProbeArgs{
			PeriodSeconds: pulumi.Int(30), FailureThreshold: pulumi.Int(3), TimeoutSeconds: pulumi.Int(5),
			HttpGet: cloudrunv2.ServiceTemplateContainerLivenessProbeHttpGetArgs{Path: pulumi.String(of.answers)},
		}
	}
	return args
}

func (a *Application) volumes(mounts []mount) cloudrunv2.ServiceTemplateVolumeArray {
	stores := a.args.Stores
	var volumes cloudrunv2.ServiceTemplateVolumeArray
	for _, one := range mounts {
		volume := cloudrunv2.ServiceTemplateVolumeArgs{Name: pulumi.String(one.volume)}
		switch one {
		case databaseMount:
			volume.CloudSqlInstance = cloudrunv2.ServiceTemplateVolumeCloudSqlInstanceArgs{
				Instances: pulumi.StringArray{stores.Connection}}
		case filesMount:
			volume.Nfs = cloudrunv2.ServiceTemplateVolumeNfsArgs{
				Server: stores.FilesServer, Path: pulumi.String("/" + share + "/" + tenantFolder)}
		case authorityMount:
			volume.Secret = cloudrunv2.ServiceTemplateVolumeSecretArgs{
				Secret: stores.secretName(authoritySecret),
				Items: cloudrunv2.ServiceTemplateVolumeSecretItemArray{cloudrunv2.ServiceTemplateVolumeSecretItemArgs{
					Path: pulumi.String(authorityFile), Version: pulumi.String("latest")}},
			}
		}
		volumes = append(volumes, volume)
	}
	return volumes
}
