package task

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
)

// DatabaseCA is where each image keeps the certificates that the database's is checked against.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
const DatabaseCA = "/etc/ssl/certs/aws-rds-global-bundle.pem"

// Database is where a task finds a tenant's data.
type Database struct {
	Host pulumi.StringInput
	Port int
	Name string
	// SecretARN is the secret with "username" and "password".
	SecretARN pulumi.StringInput
}

// Check adds what is missing.
func (d Database) Check(problems *arguments.Problems) {
	problems.Require("Database.Host", d.Host != nil)
	problems.Require("Database.Port", d.Port > 0)
	problems.Require("Database.Name", d.Name != "")
	problems.Require("Database.SecretARN", d.SecretARN != nil)
}

// Files are a tenant's EFS file system, by way of its access point. FileSystemID is known once it can be mounted.
type Files struct {
	FileSystemID, AccessPointID pulumi.StringInput
}

// Check adds what is missing.
func (f Files) Check(problems *arguments.Problems) {
	problems.Require("Files.FileSystemID", f.FileSystemID != nil)
	problems.Require("Files.AccessPointID", f.AccessPointID != nil)
}

// Volume has a task mount the files, over TLS, under that name.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-efs-config.html
func (f Files) Volume(name string) ecs.TaskDefinitionVolumeArgs {
	return ecs.TaskDefinitionVolumeArgs{
		Name: pulumi.String(name),
		EfsVolumeConfiguration: ecs.TaskDefinitionVolumeEfsVolumeConfigurationArgs{
			FileSystemId:      f.FileSystemID,
			TransitEncryption: pulumi.String("ENABLED"),
			AuthorizationConfig: ecs.TaskDefinitionVolumeEfsVolumeConfigurationAuthorizationConfigArgs{
				AccessPointId: f.AccessPointID.ToStringOutput(),
				Iam:           pulumi.String("ENABLED"),
			},
		},
	}
}
