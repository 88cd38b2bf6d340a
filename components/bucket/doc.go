// Package bucket owns an S3 bucket that nobody but those named can write to, with all that keeps its contents safe.
//
// It guarantees that the bucket is encrypted, by the key given or else by S3's own (AES-256), takes no access lists, is
// never public, refuses plain HTTP, keeps what was deleted or overwritten for 30 days, tells EventBridge of its
// objects, and forgets everything after its time. Before that time nobody, not even the account's root user, can delete
// anything from a locked one; where it is told so, nothing gets in that is encrypted by another key or locked any less.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
package bucket
