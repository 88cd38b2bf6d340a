// Package freshness measures how old the newest copy of a tenant's data is, for each kind of copy and where the copy
// lies, and goes off where one is older than the tenant's tier promises.
//
// In each region a state machine asks AWS itself every 15 minutes: RDS, AWS Backup and S3 say what they hold, and it
// reports the minutes since the newest as the metric CopyAgeMinutes, in the namespace "Haven/<stack>" with the
// dimension "Copy". Nothing that makes copies reports its own success.
//
//	region    Copy               the newest of
//	primary   pitr               the moments that the database can be restored to
//	          snapshot, files    the recovery points of the database, of the files, in the tenant's vault
//	          dump               the dumps in the backup bucket that have their manifest
//	          export             the snapshots that were exported to the backup bucket
//	recovery  snapshot-copy,     the recovery points in the vault of that region
//	          files-copy
//	          dump-copy          the dumps in the backup bucket's replica
//	          replicated-backup  the moments that the replicated backups reach
//
// The lag of a replica is a metric of RDS's and watched by package alarms, the mirror's age by package mirror.
//
// It guarantees:
//   - A kind that cannot be asked for, or reported, silences no other: its metric is missing then, and a missing metric
//     sets its alarm off as an old copy does. Whatever stops silently is found within half an hour.
//   - A kind of which there is no copy yet is as old as the state machine, which comes with the tenant: a new tenant is
//     told of once the bound has passed without a first copy, and not before. For its first quarter of an hour nothing
//     is known, and the alarms are on.
//   - The state machine's role may list and describe what it measures, report to this one namespace, and nothing else.
//   - Each region asks for its own copies: the age of what lies in the recovery region is known, and told of, without
//     the primary region.
//
// The state machines are express ones and keep no history. Started by hand with StartSyncExecution each answers the
// ages that it found, and for the kinds that it could not measure AWS's own error.
//
// The alarm on "pitr" goes off ten minutes above the bound: the database's latest restorable time moves in steps of
// five minutes and is told with a delay, so that it seems older than what could really be lost.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstanceAutomatedBackups.html
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeExportTasks.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRecoveryPointsByBackupVault.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
package freshness
