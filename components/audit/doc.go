// Package audit owns an account's audit trail: who did what, in every region, kept where nobody can change it.
//
// It guarantees:
//   - Every call of a management API in any region is recorded, reading ones, those of KMS and of Secrets Manager
//     included; and every read and write of an object in the environment's buckets, backups included, and every call of
//     a function. Unusual rates of calls and of errors are noted (Insights).
//   - The log files lie in a bucket that refuses to delete or change any of them within their retention, whoever asks;
//     digests, signed by CloudTrail, prove that none is missing or altered. Access to the bucket is logged elsewhere.
//   - A copy of each is in the recovery region within a quarter of an hour, as immutable as the original; only
//     replication writes there, and alarms tell when it does not.
//   - They are encrypted by a key that only this trail can encrypt with, and that is read by way of S3 alone.
//   - The same events reach CloudWatch Logs within minutes, where alarms can be made of them.
//
// The trail's own bucket and its copy are left out of the object events: to record each delivery of a log would never
// end.
//
// With an organization's ID the trail is that of all its accounts; it then belongs into the management account, or one
// that the organization has delegated CloudTrail to.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
package audit
