// Package exports owns that the snapshots of a tenant's database are exported to the archive, as Parquet files that
// need no database to be read.
//
// RDS makes a snapshot each day, in the backup window, and tells EventBridge, which starts a state machine: it asks
// RDS for the newest automated snapshot of this database, has it exported below the tenant's prefix, and waits until
// that is done. Which event started it does not matter, so that a lost one is made up for by the next: RDS and AWS
// Backup send theirs as best they can, and AWS Backup has one for each of its recovery points.
//
// It guarantees:
//   - A snapshot is exported once: the name of an export is "<stack>-<day of the snapshot>", and RDS refuses a name
//     twice. An export that failed is tried again, as "<stack>-<day>-2" and "-3"; then the execution fails.
//   - A failure is told to a topic, where there is one. So is that an execution took longer than twelve hours.
//   - The export's role can write below the tenant's prefix and nowhere else, and RDS alone can assume it. The state
//     machine can pass this role to exports and no other; that of EventBridge can start the state machine and nothing
//     else. Snapshots of other tenants are of no use to it: their keys are not its to use.
//   - Objects are encrypted with the archive's key, as all objects of the archive are, so that they reach its replica
//     and the mirror. RDS has the key by a grant, which the state machine's role may give to AWS's services only.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartExportTask.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
package exports
