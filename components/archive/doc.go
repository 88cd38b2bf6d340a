// Package archive owns a cell's bucket of backups, and its replica in the recovery region.
//
// It guarantees:
//   - Nobody, the account's root user included, can delete or change an object, or shorten its lock, within the days it
//     is locked for (Object Lock, compliance mode), in either region. No upload can ask for a weaker lock than the
//     bucket's, for another key than the archive's, or come over plain HTTP. Who deploys can change what is configured,
//     and trips the account's wires by it; a tenant's role cannot, whatever its own policy says.
//   - Each object is encrypted by a call to KMS of its own, without a bucket key: the encryption context is then the
//     object's ARN, so that a policy can hold a tenant's role to the tenant's prefix by the key too.
//   - Each object is in the recovery region within 15 minutes, but for one in ten thousand (Replication Time Control),
//     under a key of that region and with its lock; deletions stay behind. Only replication writes to the replica. It
//     fails silently where a permission, a key or versioning is missing: alarms watch its lag and its failures, in the
//     region where each is measured, and a queue holds which objects failed, and why, for 14 days.
//   - Objects move to cheaper storage as they age, never sooner than a class charges for. Those that have lain for four
//     months take up to two days to be brought back, from the deep archive; manifests are too small to be moved.
//   - A queue tells of each new object, for the mirror in Google Cloud to follow, and alarms tell when nobody
//     listens, and when nothing is told.
//
// The queues are encrypted by SQS's own keys. They name objects and hold none; a key of ours would have to let S3 in as
// a service, which the archive's lets nobody be, and Storage Transfer decrypt by way of SQS. S3 sends no event about
// replication to EventBridge, so those go to a queue; other events of both buckets reach EventBridge too.
//
// A bucket that holds locked objects outlives its stack: a teardown removes it only when they have expired.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-mapping-troubleshooting.html
// https://cloud.google.com/storage-transfer/docs/event-driven-aws
package archive
