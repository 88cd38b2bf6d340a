package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func withFiles(t *testing.T) (*site, Resource) {
	s := full(t)
	return s, s.make(efsFileSystem, settings{"creationToken": "acme", "encrypted": true, "kmsKeyId": s.key.Text("arn")})
}

func (s *site) files() Resource {
	found, _ := s.Find(efsFileSystem, account, ireland, "creationToken", "acme")
	return found
}

func TestFileSystems(t *testing.T) {
	withTaken := func(t *testing.T) *site { s, _ := withFiles(t); return s }
	each(t, withTaken, func(s *site) []attempt {
		var german string
		s.in(germany, func() { german = s.make(kmsKey, settings{}).Text("arn") })
		lifecycle := func(policies ...settings) settings {
			return settings{"creationToken": "b", "throughputMode": "elastic", "lifecyclePolicies": policies}
		}
		return []attempt{
			{"encrypted", efsFileSystem, settings{"creationToken": "b", "encrypted": true, "kmsKeyId": s.key.Text("arn")}, ""},
			{"taken", efsFileSystem, settings{"creationToken": "acme"}, "StatusCode: 409, api error FileSystemAlreadyExists: " +
				"File system already exists with creation token 'acme'"},
			{"long token", efsFileSystem, settings{"creationToken": strings.Repeat("a", 65)},
				"expected length of creation_token to be in the range (0 - 64)"},
			{"another region's key", efsFileSystem, settings{"encrypted": true, "kmsKeyId": german},
				"api error BadRequest: The KMS key '" + german},
			{"key without encryption", efsFileSystem, settings{"kmsKeyId": s.key.Text("arn")},
				"encrypted must be set to true when kms_key_id is specified"},
			{"no throughput", efsFileSystem, settings{"throughputMode": "provisioned"},
				"You must specify the ProvisionedThroughputInMibps"},
			{"throughput that is not provisioned", efsFileSystem,
				settings{"throughputMode": "elastic", "provisionedThroughputInMibps": 10}, "You can only specify"},
			{"elastic with Max I/O", efsFileSystem, settings{"throughputMode": "elastic", "performanceMode": "maxIO"},
				"Elastic throughput mode is not supported"},
			{"one zone", efsFileSystem, settings{"availabilityZoneName": "eu-west-1a"}, ""},
			{"no such zone", efsFileSystem, settings{"availabilityZoneName": "eu-west-1z"},
				"api error UnsupportedAvailabilityZone"},
			{"one zone with Max I/O", efsFileSystem,
				settings{"availabilityZoneName": "eu-west-1a", "performanceMode": "maxIO"}, "One Zone file systems"},
			{"lifecycle", efsFileSystem, lifecycle(settings{"transitionToIa": "AFTER_30_DAYS"},
				settings{"transitionToArchive": "AFTER_180_DAYS"},
				settings{"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"}), ""},
			{"two transitions in one", efsFileSystem, lifecycle(settings{"transitionToIa": "AFTER_30_DAYS",
				"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"}), "each object has one transition"},
			{"a transition twice", efsFileSystem, lifecycle(settings{"transitionToIa": "AFTER_30_DAYS"},
				settings{"transitionToIa": "AFTER_7_DAYS"}), "each transition is given once"},
			{"archive before infrequent access", efsFileSystem, lifecycle(settings{"transitionToIa": "AFTER_90_DAYS"},
				settings{"transitionToArchive": "AFTER_90_DAYS"}), "TransitionToArchive must be greater than"},
			{"archive without elastic throughput", efsFileSystem, with(
				lifecycle(settings{"transitionToArchive": "AFTER_90_DAYS"}), settings{"throughputMode": "bursting"}),
				"Archive storage is only supported"},
		}
	})
}

func TestMountTargets(t *testing.T) {
	world := func(t *testing.T) *site {
		s, system := withFiles(t)
		s.make(efsMountTarget, settings{"fileSystemId": system.ID, "subnetId": s.subnets[0].ID})
		return s
	}
	each(t, world, func(s *site) []attempt {
		target := func(changes settings) settings {
			return with(settings{"fileSystemId": s.files().ID, "subnetId": s.subnets[1].ID,
				"securityGroups": []string{s.group.ID}}, changes)
		}
		beside := s.make(ec2Subnet, settings{"vpcId": s.vpc.ID, "availabilityZone": "eu-west-1a",
			"cidrBlock": "10.20.9.0/24"})
		vpc := s.make(ec2Vpc, settings{"cidrBlock": "10.99.0.0/16"}).ID
		foreign := s.make(ec2Subnet, settings{"vpcId": vpc, "availabilityZone": "eu-west-1c", "cidrBlock": "10.99.0.0/24"})
		foreignGroup := s.make(ec2SecurityGroup, settings{"name": "x", "vpcId": vpc}).ID
		zonal := s.make(efsFileSystem, settings{"availabilityZoneName": "eu-west-1c"})
		return []attempt{
			{"second zone", efsMountTarget, target(nil), ""},
			{"address", efsMountTarget, target(settings{"ipAddress": "10.20.1.20"}), ""},
			{"address elsewhere", efsMountTarget, target(settings{"ipAddress": "10.20.2.20"}),
				"The IP address '10.20.2.20' is not within the subnet."},
			{"zone taken", efsMountTarget, target(settings{"subnetId": beside.ID}),
				"StatusCode: 409, api error MountTargetConflict: mount target already exists in this AZ"},
			{"another VPC", efsMountTarget, target(settings{"subnetId": foreign.ID, "securityGroups": nil}),
				"not in the same VPC as existing mount targets"},
			{"another VPC's group", efsMountTarget, target(settings{"securityGroups": []string{foreignGroup}}),
				"is not in the VPC of the subnet."},
			{"no such group", efsMountTarget, target(settings{"securityGroups": []string{"sg-1"}}),
				"api error SecurityGroupNotFound"},
			{"no such subnet", efsMountTarget, target(settings{"subnetId": "subnet-1"}), "api error SubnetNotFound"},
			{"no such file system", efsMountTarget, target(settings{"fileSystemId": "fs-1"}),
				"StatusCode: 404, api error FileSystemNotFound: File system 'fs-1' does not exist."},
			{"another zone than the file system's", efsMountTarget, target(settings{"fileSystemId": zonal.ID}),
				"api error AvailabilityZonesMismatch"},
		}
	})
}

func TestAccessPoints(t *testing.T) {
	world := func(t *testing.T) *site { s, _ := withFiles(t); return s }
	each(t, world, func(s *site) []attempt {
		point := func(changes settings) settings { return with(settings{"fileSystemId": s.files().ID}, changes) }
		directory := func(path, permissions string, owner int) settings {
			return point(settings{"rootDirectory": settings{"path": path,
				"creationInfo": settings{"ownerUid": owner, "ownerGid": owner, "permissions": permissions}}})
		}
		return []attempt{
			{"directory", efsAccessPoint, directory("/storage", "0750", 1000), ""},
			{"root", efsAccessPoint, point(nil), ""},
			{"relative path", efsAccessPoint, directory("storage", "0750", 1000), "The path 'storage' is not valid"},
			{"deep path", efsAccessPoint, directory("/a/b/c/d/e", "0750", 1000), "at most four subdirectories"},
			{"permissions", efsAccessPoint, directory("/storage", "rwx", 1000), "The permissions 'rwx' are not valid"},
			{"owner", efsAccessPoint, directory("/storage", "0750", -1), "The value -1 of ownerUid"},
			{"user", efsAccessPoint, point(settings{"posixUser": settings{"uid": 4294967296, "gid": 0}}),
				"The value 4294967296 of uid is not between 0 and 4294967295."},
			{"no such file system", efsAccessPoint, settings{"fileSystemId": "fs-1"}, "api error FileSystemNotFound"},
			{"backups", efsBackupPolicy, point(settings{"backupPolicy": settings{"status": "ENABLED"}}), ""},
			{"backups of nothing", efsBackupPolicy, settings{"fileSystemId": "fs-1"}, "api error FileSystemNotFound"},
		}
	})
}

func TestFileSystemPolicies(t *testing.T) {
	world := func(t *testing.T) *site { s, _ := withFiles(t); return s }
	each(t, world, func(s *site) []attempt {
		id := s.files().ID
		policy := func(principal, action, resource string) settings {
			return settings{"fileSystemId": id, "policy": fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
				"Principal":{"AWS":%q},"Action":%q,"Resource":%q}]}`, principal, action, resource)}
		}
		const mount = "elasticfilesystem:ClientMount"
		arn := "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/" + id
		return []attempt{
			{"role", efsFileSystemPolicy, policy(s.role.Text("arn"), mount, arn), ""},
			{"anyone", efsFileSystemPolicy, policy("*", "*", "*"), ""},
			{"role that is not there", efsFileSystemPolicy, policy("arn:aws:iam::123456789012:role/x", mount, arn),
				"api error InvalidPolicyException: Policy contains invalid Principal block"},
			{"another service's action", efsFileSystemPolicy, policy("*", "s3:GetObject", arn), "invalid Action block"},
			{"another file system", efsFileSystemPolicy, policy("*", mount, arn+"0"), "invalid Resource block"},
			{"no principal", efsFileSystemPolicy, settings{"fileSystemId": id, "policy": `{"Version":"2012-10-17",
				"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`}, "invalid Principal block"},
			{"no JSON", efsFileSystemPolicy, settings{"fileSystemId": id, "policy": "{"}, "Policy is not valid JSON"},
			{"too long", efsFileSystemPolicy, policy("*", mount+strings.Repeat("?", 20000), arn), "limit of 20000"},
			{"no such file system", efsFileSystemPolicy, settings{"fileSystemId": "fs-1", "policy": "{}"},
				"api error FileSystemNotFound"},
		}
	})
}

func TestFileOutputs(t *testing.T) {
	s, system := withFiles(t)
	assert.Regexp(t, `^fs-0[0-9a-f]{16}$`, system.ID)
	assert.Equal(t, "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/"+system.ID, system.Text("arn"))
	assert.Equal(t, system.ID+".efs.eu-west-1.amazonaws.com", system.Text("dnsName"))
	target := s.make(efsMountTarget, settings{"fileSystemId": system.ID, "subnetId": s.subnets[1].ID})
	assert.Regexp(t, `^fsmt-0[0-9a-f]{16}$`, target.ID)
	assert.Regexp(t, `^10\.20\.1\.\d+$`, target.Text("ipAddress"))
	assert.Equal(t, "eu-west-1b."+system.Text("dnsName"), target.Text("mountTargetDnsName"))
	assert.Equal(t, "euw1-az2", target.Text("availabilityZoneId"))
	point := s.make(efsAccessPoint, settings{"fileSystemId": system.ID})
	assert.Equal(t, "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/"+point.ID, point.Text("arn"))
}

func TestFileDeletion(t *testing.T) {
	s, system := withFiles(t)
	s.make(efsAccessPoint, settings{"fileSystemId": system.ID})
	target := s.make(efsMountTarget, settings{"fileSystemId": system.ID, "subnetId": s.subnets[0].ID,
		"securityGroups": []string{s.group.ID}})
	expect(t, s.delete(system), "StatusCode: 409, api error FileSystemInUse: File system '"+system.ID)
	expect(t, s.delete(s.subnets[0]), "api error DependencyViolation")
	expect(t, s.delete(s.group), "api error DependencyViolation")
	assert.NoError(t, s.delete(target))
	assert.NoError(t, s.delete(system))
}
