// Package mirror owns the copy of an environment's backups in another company's cloud: a bucket in Google Cloud, the
// transfers that pull the cells' backup buckets into it, and the alarms when they do not.
//
// It guarantees that
//   - the copies lie in two regions of the European Union, under a key of their own that is rotated every 90 days, can
//     be brought back for 90 days after somebody destroys it, and that Cloud Storage alone may use;
//   - nobody can alter or delete an object within its retention, whatever their rights; once the policy is locked
//     nobody can shorten it either. What is deleted later can be brought back for a while. Object Versioning would add
//     nothing: Cloud Storage does not take it together with a retention policy, under which no object is replaced;
//   - the transfers pull: they read with short-lived credentials of a role in the source's account that trusts the one
//     identity of the project's transfer agent, so that no key of AWS is kept anywhere, and no identity of AWS can
//     reach the mirror. The agent may add objects and never replace or delete one, and a deletion at the source is not
//     followed;
//   - every object is copied when its event arrives, and within the hour if the event is lost;
//   - an alarm is raised when a tenant's newest dump grows too old, when nothing arrives or transfers fail, when
//     anybody tries to delete a copy, and when the key, the bucket, a transfer or the project's access is changed;
//   - every call to the project's services is logged, reads included.
//
// What a tenant's stack declares is its own watch alone ([NewWatch]): its tier, and with it the bound, are known there.
//
// https://cloud.google.com/storage/docs/bucket-lock
// https://cloud.google.com/storage/docs/encryption/customer-managed-keys
// https://cloud.google.com/storage-transfer/docs/source-amazon-s3
// https://cloud.google.com/storage-transfer/docs/event-driven-aws
// https://cloud.google.com/storage-transfer/docs/sink-cloud-storage
package mirror
