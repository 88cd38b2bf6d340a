// Package keys owns the encryption keys of a stack: one KMS key per purpose, with its replica in the recovery region.
//
// It guarantees that each key is rotated every year, cannot be deleted within less than 30 days, and is used through
// the one service it is for, on behalf of its own account: the account's administrators can manage a key, never use
// it. Primary and replica hold the same key material, so a copy in the recovery region can be opened there while the
// primary region is lost; each has a policy of its own, which names the services of its own region.
// What never leaves its region has a key of that region alone.
//
// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
package keys
