// Package backup owns a tenant's recovery points: those that AWS Backup makes of its database and of its files, in both
// regions, and the proof each week that they can be restored.
//
// It guarantees:
//   - Each recovery point lies in a vault of the tenant's own in its region, and a copy of it in one in the recovery
//     region, both under the tenant's own key. Those of files have a third copy in a logically air-gapped vault, which
//     AWS keeps in an account of its own. It takes no RDS instances.
//   - Nobody, the account's root user and AWS included, deletes a recovery point before the tier's days are over, or
//     changes how long it is kept: the vaults are locked in compliance mode, and their policies deny it besides. Nobody
//     copies one to any other vault.
//   - They are made as often as the tier says, at times of the stack's own, apart from the windows in which RDS takes
//     none.
//   - Once a week AWS Backup restores the newest of each kind where nobody reaches it, a state machine checks what came
//     up, and AWS Backup deletes it again. What fails, a backup or a copy too, is told to a topic.
//   - The role that backs up may do so to this database and these files and nothing else; that which restores may touch
//     what a test restored and nothing else.
//
// Point-in-time recovery of the database is RDS's own, and not managed here: AWS Backup would rewrite the instance's
// backup window and retention.
//
// # Locks
//
// A lock in compliance mode is final once three days are over. So it holds for every tier: it takes what is kept for 35
// to 400 days, and each recovery point is locked for as long as its own tier keeps it. A change of tier changes the
// plans alone. The vaults, their locks and their policies outlive the stack that made them, until AWS has deleted the
// last recovery point; an empty vault can be deleted by hand. Their names end with a part of the key's ID, so that a
// tenant that comes back, with a new key, makes new ones. What a departed tenant left in them cannot be read once its
// keys are deleted, 30 days after the stack; in the air-gapped vault, which has a key of AWS's, not before its days
// are over.
//
// Governance is for environments that hold nobody's data: there the locks can be taken away by who may, a teardown
// deletes vaults with all they hold, and there is no air-gapped vault, which knows no such mode. It is never the
// default.
//
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html#features-by-resource
// https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
package backup
