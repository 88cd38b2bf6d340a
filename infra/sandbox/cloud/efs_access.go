package cloud

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

func mountConflict(message string) error {
	return efs.says("CreateMountTarget", "MountTargetConflict", message).withStatus(409)
}

// refuseMountTarget: https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html.
func refuseMountTarget(c *Call) error {
	subnet, _ := c.find(ec2Subnet, "id", c.text("subnetId"))
	system, _ := c.find(efsFileSystem, "id", c.text("fileSystemId"))
	for _, other := range c.list(efsMountTarget) {
		if other.Text("fileSystemId") != system.ID {
			continue
		}
		sibling, _ := c.find(ec2Subnet, "id", other.Text("subnetId"))
		if sibling.Text("vpcId") != subnet.Text("vpcId") {
			return mountConflict("requested subnet for new mount target is not in the same VPC as existing mount targets")
		}
		if sibling.Text("availabilityZone") == subnet.Text("availabilityZone") {
			return mountConflict("mount target already exists in this AZ")
		}
	}
	if zone := system.Text("availabilityZoneName"); zone != "" && zone != subnet.Text("availabilityZone") {
		return efs.says("CreateMountTarget", "AvailabilityZonesMismatch",
			"The Availability Zone of the subnet is not that of the file system.")
	}
	return refuseMountAddress(c, subnet)
}

func refuseMountAddress(c *Call, subnet Resource) error {
	address := c.text("ipAddress")
	if address == "" {
		return nil
	}
	within, err := netip.ParsePrefix(subnet.Text("cidrBlock"))
	host, addressErr := netip.ParseAddr(address)
	if err != nil || addressErr != nil || !within.Contains(host) {
		return efs.refuses("CreateMountTarget", "BadRequest", "The IP address '%s' is not within the subnet.", address)
	}
	return nil
}

// refuseMountGroups: https://docs.aws.amazon.com/efs/latest/ug/API_ModifyMountTargetSecurityGroups.html.
func refuseMountGroups(c *Call) error {
	subnet, _ := c.find(ec2Subnet, "id", c.text("subnetId"))
	for _, id := range c.texts("securityGroups[*]") {
		if group, found := c.find(ec2SecurityGroup, "id", id); found && group.Text("vpcId") != subnet.Text("vpcId") {
			return efs.refuses("CreateMountTarget", "SecurityGroupNotFound",
				"The security group '%s' is not in the VPC of the subnet.", id)
		}
	}
	return nil
}

func mountTargetOutputs(c *Call) map[string]property.Value {
	system := c.text("fileSystemId")
	subnet, _ := c.find(ec2Subnet, "id", c.text("subnetId"))
	vpc, _ := c.find(ec2Vpc, "id", subnet.Text("vpcId"))
	zone := subnet.Text("availabilityZone")
	return c.outputs().
		text("availabilityZoneName", zone).
		text("availabilityZoneId", subnet.Text("availabilityZoneId")).
		text("dnsName", fileSystemHost(c, system)).
		text("mountTargetDnsName", zone+"."+fileSystemHost(c, system)).
		text("fileSystemArn", fileSystemARN(c, system)).
		text("networkInterfaceId", derivedEC2ID("eni", c.ID)).
		text("ownerId", c.Account).
		fillText("ipAddress", hostIn(subnet.Text("cidrBlock"), c.ID)).
		fill("securityGroups", strs(vpc.Text("defaultSecurityGroupId"))).
		values
}

var (
	accessPath        = regexp.MustCompile(`^(/|(/[^$#<>;` + "`" + `|&?{}^*/\n]+){1,4})$`)
	accessPermissions = regexp.MustCompile(`^[0-7]{3,4}$`)
)

// largestID is of POSIX users and groups.
const largestID = 4294967295

// refuseAccessPoint: https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html.
func refuseAccessPoint(c *Call) error {
	refused := func(format string, args ...any) error {
		return efs.refuses("CreateAccessPoint", "BadRequest", format, args...)
	}
	if path := c.text("rootDirectory.path"); path != "" && (len(path) > 100 || !accessPath.MatchString(path)) {
		return refused("The path '%s' is not valid: it has at most four subdirectories and 100 characters.", path)
	}
	for _, path := range []string{"posixUser.uid", "posixUser.gid", "rootDirectory.creationInfo.ownerUid",
		"rootDirectory.creationInfo.ownerGid"} {
		if id, given := c.number(path); given && (id < 0 || id > largestID) {
			return refused("The value %d of %s is not between 0 and %d.", id, lastPart(path, "."), largestID)
		}
	}
	if p := c.text("rootDirectory.creationInfo.permissions"); p != "" && !accessPermissions.MatchString(p) {
		return refused("The permissions '%s' are not valid: they are an octal number of a file's mode.", p)
	}
	return nil
}

func accessPointOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.arn("elasticfilesystem", "access-point/"+c.ID)).
		text("fileSystemArn", fileSystemARN(c, c.text("fileSystemId"))).
		text("ownerId", c.Account).
		fill("rootDirectory", object(map[string]property.Value{"path": property.New("/")})).
		values
}

// refuseFileSystemPolicy: https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html, the limit of
// https://docs.aws.amazon.com/efs/latest/ug/limits.html.
func refuseFileSystemPolicy(c *Call) error {
	text := c.text("policy")
	if text == "" {
		return nil
	}
	refused := func(message string) error {
		return efs.says("PutFileSystemPolicy", "InvalidPolicyException", message)
	}
	document, err := parsePolicy(text)
	switch {
	case err != nil || len(document.Statement) == 0:
		return refused("Policy is not valid JSON or has invalid syntax")
	case policySize(text) > 20000:
		return refused("Policy exceeds the limit of 20000 characters")
	case len(document.strangers(c)) > 0:
		return refused("Policy contains invalid Principal block")
	}
	arn := fileSystemARN(c, c.text("fileSystemId"))
	for _, s := range document.Statement {
		switch {
		case s.Principal == nil && s.NotPrincipal == nil:
			return refused("Policy contains invalid Principal block")
		case slices.ContainsFunc(s.Action, func(a string) bool {
			return a != "*" && !strings.HasPrefix(strings.ToLower(a), "elasticfilesystem:")
		}):
			return refused("Policy contains invalid Action block")
		case slices.ContainsFunc(s.Resource, func(r string) bool { return !matches(r, arn) }):
			return refused("Policy contains invalid Resource block")
		}
	}
	return nil
}
