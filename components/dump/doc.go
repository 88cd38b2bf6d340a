// Package dump owns the scheduled task that makes a tenant's logical dump: its database, its files, its sealed keys and,
// of its user pool, who may sign in; in the cell's backup bucket.
//
// It guarantees:
//   - A dump begins as often as the tier says, at a minute that differs from tenant to tenant, so that those of a cell
//     do not all begin at once. A suspended tenant's data are dumped like everyone's.
//   - The task has a role of its own. It may put objects below the tenant's two prefixes of the backup bucket and lock
//     them, encrypted with the archive's key for just these objects; it may neither read, list nor delete anything
//     there. It mounts the tenant's files and can write none: that is denied to it even though the file system's own
//     policy allows writing to whoever may mount.
//   - It may list the accounts and groups of the tenant's own user pool, which AWS has no backup of, and change none. A
//     user pool gives out neither passwords nor second factors: package infra/dump/cognito says what comes back.
//   - Keys are sealed to people who recover, whose own keys lie nowhere in AWS. There is no dump without at least one
//     of them: what a restore needs would be missing from it.
//   - What starts the task may start this family of tasks on this cluster, as these two roles, and nothing else.
//   - A run that fails is told to a topic, be it that it ended badly, that it could not start, or that ECS was never
//     reached: then the call lies in a queue for two weeks.
//
// Each dump is locked for as many days as the tier says, and no run writes over what is there. Of a tenant that is
// leaving the dumps go below "final/" instead of "dumps/", at the same times, until its stack is gone.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
package dump
