package cloud

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// File systems: https://docs.aws.amazon.com/efs/latest/ug/API_Operations.html for the codes.
func efsTypes() []*Type {
	return []*Type{
		{
			Token: efsFileSystem, ID: ec2ID("fs"),
			References: []Reference{toKey("kmsKeyId", efs.says("CreateFileSystem", "BadRequest",
				"The KMS key '%s' does not exist or cannot be used."))},
			Unique: []Unique{{Property: "creationToken", Taken: efs.says("CreateFileSystem", "FileSystemAlreadyExists",
				"File system already exists with creation token '%s'").withStatus(409)}},
			Refuse: firstOf(refuseCreationToken, refuseFileEncryption, refuseThroughput, refuseFileZone,
				refuseFileLifecycle),
			Computed: fileSystemOutputs,
		},
		{
			Token: efsMountTarget, ID: ec2ID("fsmt"),
			References: []Reference{
				ofFileSystem("CreateMountTarget", efs.says("DeleteFileSystem", "FileSystemInUse",
					"File system '%s' has mount targets.").withStatus(409)),
				{Property: "subnetId", To: ec2Subnet, By: "id", InUse: subnetInUse,
					NotFound: efs.says("CreateMountTarget", "SubnetNotFound", "The subnet ID '%s' does not exist")},
				toSecurityGroup("securityGroups[*]", efs.says("CreateMountTarget", "SecurityGroupNotFound",
					"The security group '%s' does not exist")),
			},
			Refuse: firstOf(onCreate(refuseMountTarget), groupsPerInterface("securityGroups[*]",
				efs.says("CreateMountTarget", "SecurityGroupLimitExceeded",
					"The number of security groups exceeds the limit of %s.")), refuseMountGroups),
			Computed: mountTargetOutputs,
		},
		{
			Token: efsAccessPoint, ID: ec2ID("fsap"),
			References: []Reference{ofFileSystem("CreateAccessPoint", Error{})},
			Refuse:     refuseAccessPoint, Computed: accessPointOutputs,
		},
		{
			Token: efsFileSystemPolicy, ID: func(c *Call) string { return c.text("fileSystemId") },
			References: []Reference{ofFileSystem("PutFileSystemPolicy", Error{})},
			Refuse:     refuseFileSystemPolicy,
		},
		{
			Token: efsBackupPolicy, ID: func(c *Call) string { return c.text("fileSystemId") },
			References: []Reference{ofFileSystem("PutBackupPolicy", Error{})},
		},
	}
}

// ofFileSystem is a file system; what is not kept by it goes with it.
func ofFileSystem(operation string, inUse Error) Reference {
	return Reference{Property: "fileSystemId", To: efsFileSystem, By: "id", InUse: inUse,
		NotFound: efs.says(operation, "FileSystemNotFound", "File system '%s' does not exist.").withStatus(404)}
}

func fileSystemRefused(format string, args ...any) error {
	return efs.refuses("CreateFileSystem", "BadRequest", format, args...)
}

func refuseCreationToken(c *Call) error {
	if token := c.text("creationToken"); len(token) > 64 {
		return fmt.Errorf("expected length of creation_token to be in the range (0 - 64), got %s", token)
	}
	return nil
}

// refuseFileEncryption: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/efs_file_system.
func refuseFileEncryption(c *Call) error {
	if c.has("kmsKeyId") && !c.flag("encrypted") {
		return fmt.Errorf("encrypted must be set to true when kms_key_id is specified")
	}
	return nil
}

// refuseThroughput: https://docs.aws.amazon.com/efs/latest/ug/performance.html.
func refuseThroughput(c *Call) error {
	mode, provisioned := c.text("throughputMode"), c.has("provisionedThroughputInMibps")
	switch {
	case mode == "provisioned" && !provisioned:
		return fileSystemRefused("You must specify the ProvisionedThroughputInMibps parameter when the ThroughputMode" +
			" is provisioned.")
	case mode != "provisioned" && provisioned:
		return fileSystemRefused("You can only specify the ProvisionedThroughputInMibps parameter when the" +
			" ThroughputMode is provisioned.")
	case mode == "elastic" && c.text("performanceMode") == "maxIO":
		return fileSystemRefused("Elastic throughput mode is not supported for the Max I/O performance mode.")
	}
	return nil
}

// refuseFileZone: https://docs.aws.amazon.com/efs/latest/ug/availability-durability.html of One Zone file systems.
func refuseFileZone(c *Call) error {
	zone := c.text("availabilityZoneName")
	switch {
	case zone == "":
		return nil
	case !zoneIn(zone, c.Region):
		return efs.refuses("CreateFileSystem", "UnsupportedAvailabilityZone",
			"Availability zone '%s' is not supported.", zone)
	case c.text("performanceMode") == "maxIO":
		return fileSystemRefused("One Zone file systems do not support the Max I/O performance mode.")
	}
	return nil
}

var lifecycleTransitions = []string{"transitionToIa", "transitionToArchive", "transitionToPrimaryStorageClass"}

// refuseFileLifecycle: https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html.
func refuseFileLifecycle(c *Call) error {
	refused := func(message string) error { return efs.says("PutLifecycleConfiguration", "BadRequest", message) }
	days := map[string]string{}
	for _, policy := range props.Maps(c.Inputs, "lifecyclePolicies[*]") {
		given := slices.DeleteFunc(slices.Clone(lifecycleTransitions), func(name string) bool {
			return absent(policy, name)
		})
		if len(given) != 1 {
			return refused("One or more LifecyclePolicy objects specified are malformed: each object has one transition.")
		}
		if days[given[0]] != "" {
			return refused("One or more LifecyclePolicy objects specified are malformed: each transition is given once.")
		}
		days[given[0]] = Text(policy, given[0])
	}
	archive := days["transitionToArchive"]
	switch {
	case archive != "" && c.text("throughputMode") != "elastic":
		return refused("Archive storage is only supported on file systems with the Elastic throughput mode.")
	case archive != "" && days["transitionToIa"] != "" && daysOf(archive) <= daysOf(days["transitionToIa"]):
		return refused("TransitionToArchive must be greater than TransitionToIA.")
	}
	return nil
}

// daysOf is the number in "AFTER_30_DAYS".
func daysOf(transition string) int {
	days := 0
	_, _ = fmt.Sscanf(transition, "AFTER_%d_DAY", &days) // the schema has seen to its form
	return days
}

func fileSystemOutputs(c *Call) map[string]property.Value {
	out := c.outputs().
		text("arn", fileSystemARN(c, c.ID)).
		text("dnsName", fileSystemHost(c, c.ID)).
		text("ownerId", c.Account).
		text("name", props.Text(c.Inputs, "tags.Name")).
		fillText("creationToken", "terraform-"+digest(26, c.ID)).
		fill("encrypted", property.New(false)).
		fillText("performanceMode", "generalPurpose").
		fill("protection", object(map[string]property.Value{"replicationOverwrite": property.New("ENABLED")})).
		keep("numberOfMountTargets", num(0)).
		keep("sizeInBytes", property.New([]property.Value{object(map[string]property.Value{
			"value": num(6144), "valueInIa": num(0), "valueInStandard": num(6144),
		})}))
	if zone := c.text("availabilityZoneName"); zoneIn(zone, c.Region) {
		out.text("availabilityZoneId", zoneID(zone))
	}
	if c.flag("encrypted") {
		out.fillText("kmsKeyId", awsManagedKey(c, "elasticfilesystem"))
	}
	return out.values
}

func fileSystemARN(c *Call, id string) string { return c.arn("elasticfilesystem", "file-system/"+id) }

func fileSystemHost(c *Call, id string) string { return id + ".efs." + c.Region + ".amazonaws.com" }
