package database

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Engine and EngineVersion are RDS's; the version is the beginning of one, of which RDS chooses the rest.
const (
	Engine        = "mysql"
	EngineVersion = "8.0"
)

// lifecycleSupport is the only one with which RDS makes instances of MySQL 8.0 since its standard support ended. It
// is RDS's default too, and said here because it costs: see the package's documentation.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
const lifecycleSupport = "open-source-rds-extended-support"

// complete makes the settings of an instance those of a database.
func (a Args) complete(settings *rds.InstanceArgs) {
	settings.Engine = pulumi.String(Engine)
	settings.EngineVersion = pulumi.String(EngineVersion)
	settings.EngineLifecycleSupport = pulumi.String(lifecycleSupport)
	if a.Source.none() {
		settings.AllocatedStorage = pulumi.Int(a.StorageGiB)
		settings.DbName = pulumi.String(Name)
		settings.Username = pulumi.String(Username)
	} else {
		a.Source.complete(settings)
	}
	settings.SkipFinalSnapshot = pulumi.Bool(false)
	settings.FinalSnapshotIdentifier = pulumi.String(a.finalSnapshot())
}
