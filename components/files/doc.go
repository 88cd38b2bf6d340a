// Package files declares a tenant's own file system: an EFS file system that all of its tasks mount.
//
// It guarantees: a file system that no other tenant shares, over all zones; data encrypted with the tenant's key;
// connections over TLS only; that the tenant's own task roles alone mount it, by way of the one access point, which
// keeps them in one directory and makes them its one user whatever they claim to be, so that nobody is root; a mount
// target in each isolated subnet and no address outside; daily backups of 35 days by AWS Backup; and that it does not go
// by mistake: Pulumi refuses to delete or replace it until the stack is torn down. Files that nobody has read for 30
// days cost less, and come back with the first read.
//
// The file system's policy names the roles by the condition aws:PrincipalArn and not as principals, so that it can be
// there before they are, and holds for a role that is made anew. It denies everyone else too, administrators included,
// because what an identity's own policy allows would need no permission here.
//
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
// https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
// https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-best-practices.html
package files
