// Package assurance owns the evidence that backups are what they are meant to be: a framework of AWS Backup Audit
// Manager that judges them every day, and daily reports of what was backed up, copied and restored.
//
// It guarantees:
//   - Each database and each file system of the region is judged every day: whether it is in a backup plan, in a locked
//     vault, copied to the recovery region, whether its newest recovery point is as young as every tier promises, and
//     whether its last restore was quick enough.
//   - The cell's own plans, vaults and recovery points are judged as well: how often, for how long, whether anybody can
//     delete by hand, and whether all is encrypted.
//   - The reports lie in a bucket under a key of its own, which AWS Backup's reports alone write to.
//
// What is judged is what the weakest tier promises: AWS judges by one number for all. A control is judged by types of
// resources or by a tag, never by both, so that databases and file systems are those of the whole region. AWS has 50
// controls for a region of an account, of which a cell takes nine: a sixth cell in one needs more of them.
//
// AWS Backup judges with rules of AWS Config, so the region has to be recorded; reports are delivered by a role of AWS
// Backup's own. Both are the account's, made by its stack: see NewRegion.
//
// https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-report-plan-console.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ControlScope.html
// https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-limits.html
package assurance
