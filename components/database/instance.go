package database

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

const (
	engine        = "mysql"
	engineVersion = "8.0"
	// lifecycleSupport is the only one with which RDS makes instances of MySQL 8.0 since its standard support ended. It
	// is RDS's default too, and said here because it costs: see the package's documentation.
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
	lifecycleSupport = "open-source-rds-extended-support"
	// masterUser is none of the names that RDS keeps for itself.
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
	masterUser = "haven_admin"
	// monitoringIntervalSeconds is the granularity of enhanced monitoring.
	monitoringIntervalSeconds = 60
	// insightsRetentionDays is the retention of Performance Insights that costs nothing.
	insightsRetentionDays = 7
)

// instanceSettings are the instance's, except for what refers to its siblings.
func instanceSettings(args Args) *rds.InstanceArgs {
	key := args.KeyARN.ToStringOutput()
	return &rds.InstanceArgs{
		Identifier:    pulumi.String(args.identifier()),
		InstanceClass: pulumi.String(args.InstanceClass),
		Tags:          args.tags("database", naming.Confidential),

		Engine:                  pulumi.String(engine),
		EngineVersion:           pulumi.String(engineVersion),
		EngineLifecycleSupport:  pulumi.String(lifecycleSupport),
		AutoMinorVersionUpgrade: pulumi.Bool(true),
		ApplyImmediately:        pulumi.Bool(false),
		MaintenanceWindow:       pulumi.String(args.MaintenanceWindow),

		AllocatedStorage:    pulumi.Int(args.StorageGiB),
		MaxAllocatedStorage: pulumi.Int(args.MaxStorageGiB),
		StorageType:         pulumi.String("gp3"),
		StorageEncrypted:    pulumi.Bool(true),
		KmsKeyId:            key,

		MultiAz:             pulumi.Bool(true),
		NetworkType:         pulumi.String("IPV4"),
		Port:                pulumi.Int(Port),
		PubliclyAccessible:  pulumi.Bool(false),
		VpcSecurityGroupIds: pulumi.StringArray{args.SecurityGroupID},
		CaCertIdentifier:    pulumi.String("rds-ca-rsa2048-g1"),

		DbName:                           pulumi.String(Name),
		Username:                         pulumi.String(masterUser),
		ManageMasterUserPassword:         pulumi.Bool(true),
		MasterUserSecretKmsKeyId:         args.SecretsKeyARN.ToStringOutput(),
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),

		BackupRetentionPeriod:   pulumi.Int(args.BackupRetentionDays),
		BackupWindow:            pulumi.String(args.BackupWindow),
		CopyTagsToSnapshot:      pulumi.Bool(true),
		DeleteAutomatedBackups:  pulumi.Bool(false),
		DeletionProtection:      pulumi.Bool(args.TeardownAt.IsZero()),
		SkipFinalSnapshot:       pulumi.Bool(false),
		FinalSnapshotIdentifier: pulumi.String(args.finalSnapshot()),

		MonitoringInterval:                 pulumi.Int(monitoringIntervalSeconds),
		PerformanceInsightsEnabled:         pulumi.Bool(true),
		PerformanceInsightsKmsKeyId:        key,
		PerformanceInsightsRetentionPeriod: pulumi.Int(insightsRetentionDays),
		EnabledCloudwatchLogsExports:       pulumi.ToStringArray(exportedLogs),
	}
}
