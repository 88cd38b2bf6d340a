package offsite

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/cloudrunv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// applicationUser is the user and the group that the application runs as.
const applicationUser = "1000:1000"

// Where a container finds what is mounted: the sockets of Cloud SQL's connector, the whole share, in which the tenant's
// files have a folder of their own, that folder, and the authority that vouches for the cache.
const (
	socketFolder    = "/cloudsql"
	shareFolder     = "/mnt/share"
	filesFolder     = "/code/pm4/storage/app"
	authorityFolder = "/run/haven/cache"
	authorityFile   = "ca.pem"
)

// mount is a volume, and where a container finds it.
type mount struct{ volume, path string }

// The mounts that there are.
var (
	databaseMount  = mount{"database", socketFolder}
	shareMount     = mount{"share", shareFolder}
	filesMount     = mount{"files", filesFolder}
	authorityMount = mount{"cache-authority", authorityFolder}
)

// container is what runs, in a service or in a job.
type container struct {
	name, image   string
	command, args []string
	cpu, memory   string
	// variables are what whoever may see the service may read, secrets the names of the secrets whose latest versions
	// are read when an instance starts.
	variables map[string]pulumi.StringInput
	secrets   map[string]string
	mounts    []mount
	// port is where it listens for what comes from outside, 0 for nowhere; answers is the path that a healthy one
	// answers, and always keeps the processor between requests.
	port    int
	answers string
	always  bool
}

// socket is where the connector's socket of the tenant's database lies.
// https://cloud.google.com/sql/docs/mysql/connect-run
func (s *Stores) socket() pulumi.StringOutput {
	return pulumi.Sprintf("%s/%s", socketFolder, s.Connection)
}

// secretName is the whole name of a secret.
func (s *Stores) secretName(name string) pulumi.StringOutput { return s.secrets[name].SecretId }

// task is what a job runs, at most for so long, as that identity and in the tenant's network.
func (s *Stores) task(who *identity, of container, limit string) cloudrunv2.JobTemplateTemplateArgs {
	var environment cloudrunv2.JobTemplateTemplateContainerEnvArray
	for _, name := range slices.Sorted(maps.Keys(of.variables)) {
		environment = append(environment, cloudrunv2.JobTemplateTemplateContainerEnvArgs{
			Name: pulumi.String(name), Value: of.variables[name].ToStringOutput().ToStringPtrOutput()})
	}
	for _, name := range slices.Sorted(maps.Keys(of.secrets)) {
		environment = append(environment, cloudrunv2.JobTemplateTemplateContainerEnvArgs{
			Name: pulumi.String(name),
			ValueSource: cloudrunv2.JobTemplateTemplateContainerEnvValueSourceArgs{
				SecretKeyRef: cloudrunv2.JobTemplateTemplateContainerEnvValueSourceSecretKeyRefArgs{
					Secret: s.secretName(of.secrets[name]), Version: pulumi.String("latest")},
			},
		})
	}
	var mounts cloudrunv2.JobTemplateTemplateContainerVolumeMountArray
	for _, one := range of.mounts {
		mounts = append(mounts, cloudrunv2.JobTemplateTemplateContainerVolumeMountArgs{
			Name: pulumi.String(one.volume), MountPath: pulumi.String(one.path)})
	}
	return cloudrunv2.JobTemplateTemplateArgs{
		Containers: cloudrunv2.JobTemplateTemplateContainerArray{cloudrunv2.JobTemplateTemplateContainerArgs{
			Image:    pulumi.String(of.image),
			Commands: texts(of.command),
			Args:     texts(of.args),
			Envs:     environment,
			Resources: cloudrunv2.JobTemplateTemplateContainerResourcesArgs{
				Limits: pulumi.StringMap{"cpu": pulumi.String(of.cpu), "memory": pulumi.String(of.memory)},
			},
			VolumeMounts: mounts,
		}},
		ExecutionEnvironment: pulumi.String("EXECUTION_ENVIRONMENT_GEN2"), // which has NFS
		MaxRetries:           pulumi.Int(0),
		ServiceAccount:       who.account.Email,
		Timeout:              pulumi.String(limit),
		Volumes:              s.taskVolumes(of.mounts),
		VpcAccess: cloudrunv2.JobTemplateTemplateVpcAccessArgs{
			Egress: pulumi.String("PRIVATE_RANGES_ONLY"),
			NetworkInterfaces: cloudrunv2.JobTemplateTemplateVpcAccessNetworkInterfaceArray{
				cloudrunv2.JobTemplateTemplateVpcAccessNetworkInterfaceArgs{
					Network: s.network.Name, Subnetwork: s.subnet.Name, Tags: pulumi.ToStringArray([]string{tag})},
			},
		},
	}
}

// texts are a list's, none where there is none.
func texts(values []string) pulumi.StringArrayInput {
	if len(values) == 0 {
		return nil
	}
	return pulumi.ToStringArray(values)
}

func (s *Stores) taskVolumes(mounts []mount) cloudrunv2.JobTemplateTemplateVolumeArray {
	var volumes cloudrunv2.JobTemplateTemplateVolumeArray
	for _, one := range mounts {
		volume := cloudrunv2.JobTemplateTemplateVolumeArgs{Name: pulumi.String(one.volume)}
		switch one {
		case databaseMount:
			volume.CloudSqlInstance = cloudrunv2.JobTemplateTemplateVolumeCloudSqlInstanceArgs{
				Instances: pulumi.StringArray{s.Connection}}
		case shareMount:
			volume.Nfs = cloudrunv2.JobTemplateTemplateVolumeNfsArgs{
				Server: s.FilesServer, Path: pulumi.String("/" + share)}
		case filesMount:
			volume.Nfs = cloudrunv2.JobTemplateTemplateVolumeNfsArgs{
				Server: s.FilesServer, Path: pulumi.String("/" + share + "/" + tenantFolder)}
		case authorityMount:
			volume.Secret = cloudrunv2.JobTemplateTemplateVolumeSecretArgs{
				Secret: s.secretName(authoritySecret),
				Items: cloudrunv2.JobTemplateTemplateVolumeSecretItemArray{cloudrunv2.JobTemplateTemplateVolumeSecretItemArgs{
					Path: pulumi.String(authorityFile), Version: pulumi.String("latest")}},
			}
		}
		volumes = append(volumes, volume)
	}
	return volumes
}
