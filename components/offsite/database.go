package offsite

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// Database is the name of the tenant's database, and of its user.
const Database = "haven"

// flags are what MySQL is started with. Programs of a dump are created by who is no superuser, which a server that
// keeps a binary log refuses otherwise; rows may be as large as they were.
// https://cloud.google.com/sql/docs/mysql/flags
var flags = []struct{ name, value string }{
	{"character_set_server", "utf8mb4"},
	{"local_infile", "off"},
	{"log_bin_trust_function_creators", "on"},
	{"log_output", "FILE"},
	{"max_allowed_packet", "1073741824"},
	{"skip_show_database", "on"},
	{"slow_query_log", "on"},
}

// database makes the instance, with a standby in another zone that follows synchronously, its database and its user. An
// instance's name is not free again for a week, so that Pulumi names it. Backups are kept for 35 days, and the logs for
// the longest that there is, 7.
// https://cloud.google.com/sql/docs/mysql/high-availability
// https://cloud.google.com/sql/docs/mysql/backup-recovery/pitr
func (s *stores) database() error {
	instance, err := sql.NewDatabaseInstance(s.ctx, s.name+"-database", &sql.DatabaseInstanceArgs{
		DatabaseVersion:    pulumi.String("MYSQL_8_0"),
		Region:             pulumi.String(s.args.Region),
		EncryptionKeyName:  s.own.keys["database"],
		DeletionProtection: pulumi.Bool(s.args.Protected),
		Settings:           s.databaseSettings(),
	}, s.peered())
	if err != nil {
		return err
	}
	version, err := s.hold(databaseSecret, pulumi.String(draw()), true)
	if err != nil {
		return err
	}
	if _, err := sql.NewDatabase(s.ctx, s.name+"-database-schema", &sql.DatabaseArgs{
		Name:      pulumi.String(Database),
		Instance:  instance.Name,
		Charset:   pulumi.String("utf8mb4"),
		Collation: pulumi.String("utf8mb4_unicode_ci"),
	}, s.kept()); err != nil {
		return err
	}
	user, err := sql.NewUser(s.ctx, s.name+"-database-user", &sql.UserArgs{
		Name:     pulumi.String(Database),
		Instance: instance.Name,
		Host:     pulumi.String("%"),
		Password: version.SecretData,
	}, s.child())
	if err != nil {
		return err
	}
	s.own.held = append(s.own.held, user)
	s.own.DatabaseID, s.own.Connection = instance.Name, instance.ConnectionName
	return nil
}

func (s *stores) databaseSettings() sql.DatabaseInstanceSettingsArgs {
	var given sql.DatabaseInstanceSettingsDatabaseFlagArray
	for _, flag := range flags {
		given = append(given, sql.DatabaseInstanceSettingsDatabaseFlagArgs{
			Name: pulumi.String(flag.name), Value: pulumi.String(flag.value)})
	}
	return sql.DatabaseInstanceSettingsArgs{
		Tier:                      pulumi.String(s.size.machine),
		Edition:                   pulumi.String("ENTERPRISE"),
		AvailabilityType:          pulumi.String("REGIONAL"),
		DiskType:                  pulumi.String("PD_SSD"),
		DiskSize:                  pulumi.Int(s.args.StorageGiB),
		DiskAutoresize:            pulumi.Bool(true),
		DeletionProtectionEnabled: pulumi.Bool(s.args.Protected),
		ConnectorEnforcement:      pulumi.String("REQUIRED"),
		DatabaseFlags:             given,
		BackupConfiguration: sql.DatabaseInstanceSettingsBackupConfigurationArgs{
			Enabled:                     pulumi.Bool(true),
			BinaryLogEnabled:            pulumi.Bool(true),
			StartTime:                   pulumi.String("01:00"),
			TransactionLogRetentionDays: pulumi.Int(7),
			BackupRetentionSettings: sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs{
				RetainedBackups: pulumi.Int(35),
				RetentionUnit:   pulumi.String("COUNT"),
			},
		},
		IpConfiguration: sql.DatabaseInstanceSettingsIpConfigurationArgs{
			Ipv4Enabled:    pulumi.Bool(false),
			PrivateNetwork: s.own.network.ID(),
			SslMode:        pulumi.String("TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
		},
		InsightsConfig: sql.DatabaseInstanceSettingsInsightsConfigArgs{QueryInsightsEnabled: pulumi.Bool(true)},
		UserLabels:     s.labels(naming.Confidential),
	}
}
