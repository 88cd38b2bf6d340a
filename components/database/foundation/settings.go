package foundation

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

const (
	// monitoringIntervalSeconds is the granularity of enhanced monitoring.
	monitoringIntervalSeconds = 60
	// insightsRetentionDays is the retention of Performance Insights that costs nothing.
	insightsRetentionDays = 7
)

// settings are the instance's, except for what refers to its siblings.
func settings(args Args) *rds.InstanceArgs {
	key := args.KeyARN.ToStringOutput()
	return &rds.InstanceArgs{
		Identifier:    pulumi.String(args.Identifier()),
		InstanceClass: pulumi.String(args.InstanceClass),
		Tags:          args.tags(args.Part, naming.Confidential),

		AutoMinorVersionUpgrade: pulumi.Bool(true),
		ApplyImmediately:        pulumi.Bool(false),
		MaintenanceWindow:       pulumi.String(args.MaintenanceWindow),

		MaxAllocatedStorage: pulumi.Int(args.MaxStorageGiB),
		StorageType:         pulumi.String("gp3"),
		StorageEncrypted:    pulumi.Bool(true),
		KmsKeyId:            storageKey(args),

		MultiAz:             pulumi.Bool(true),
		NetworkType:         pulumi.String("IPV4"),
		Port:                pulumi.Int(Port),
		PubliclyAccessible:  pulumi.Bool(false),
		VpcSecurityGroupIds: pulumi.StringArray{args.SecurityGroupID},
		CaCertIdentifier:    pulumi.String("rds-ca-rsa2048-g1"),

		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),

		BackupRetentionPeriod:  pulumi.Int(args.BackupRetentionDays),
		BackupWindow:           pulumi.String(args.BackupWindow),
		CopyTagsToSnapshot:     pulumi.Bool(true),
		DeleteAutomatedBackups: pulumi.Bool(false),
		DeletionProtection:     pulumi.Bool(args.Protected),

		MonitoringInterval:                 pulumi.Int(monitoringIntervalSeconds),
		PerformanceInsightsEnabled:         pulumi.Bool(true),
		PerformanceInsightsKmsKeyId:        key,
		PerformanceInsightsRetentionPeriod: pulumi.Int(insightsRetentionDays),
		EnabledCloudwatchLogsExports:       pulumi.ToStringArray(exportedLogs),
	}
}

// storageKey encrypts the storage.
func storageKey(args Args) pulumi.StringOutput {
	if args.StorageKeyARN != nil {
		return args.StorageKeyARN.ToStringOutput()
	}
	return args.KeyARN.ToStringOutput()
}
