package cloud

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

const efsVolumes = "volumes[*].efsVolumeConfiguration"

// refuseVolumes: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html.
func refuseVolumes(c *Call) error {
	for _, volume := range props.Maps(c.Inputs, efsVolumes) {
		overTLS := Text(volume, "transitEncryption") == "ENABLED"
		switch {
		case props.Text(volume, "authorizationConfig.iam") == "ENABLED" && !overTLS:
			return taskRefused("EFS IAM authorization requires transit encryption to be enabled.")
		case props.Text(volume, "authorizationConfig.accessPointId") != "" && !overTLS:
			return taskRefused("EFS access points require transit encryption to be enabled.")
		}
	}
	return nil
}

// refuseMounts: ECS looks for a file system only when it starts a task,
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html.
func refuseMounts(c *Call, task Resource) error {
	const failed = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
	for _, volume := range props.Maps(task.Outputs, efsVolumes) {
		system, accessPoint := Text(volume, "fileSystemId"), props.Text(volume, "authorizationConfig.accessPointId")
		mounted := slices.ContainsFunc(c.list(efsMountTarget), func(target Resource) bool {
			return target.Text("fileSystemId") == system
		})
		switch {
		case !mounted:
			return stopped(failed+"Failed to resolve \"%s.efs.%s.amazonaws.com\" - check that your file system ID is"+
				" correct, and ensure that the VPC has an EFS mount target for this file system ID.", system, c.Region)
		case accessPoint != "" && !opens(c, accessPoint, system):
			return stopped(failed + "mount.nfs4: access denied by server while mounting 127.0.0.1:/")
		}
	}
	return nil
}

// opens says whether an access point is one of that file system's.
func opens(c *Call, accessPoint, system string) bool {
	point, found := c.find(efsAccessPoint, "id", accessPoint)
	return found && point.Outputs.Get("fileSystemId").Equals(property.New(system))
}
