// Package replica declares that a bucket's objects are copied to a bucket of another region: the rule, the role that S3
// takes on, and the alarms when it does not.
//
// It guarantees that each object that is written from then on is in the other region within 15 minutes, but for one in
// ten thousand (Replication Time Control), under a key of that region, with its lock, and owned by the account of that
// bucket; deletions stay behind. Replication fails silently where a permission, a key or versioning is missing: alarms
// watch its failures and its lag, in the region where each is measured.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
package replica
