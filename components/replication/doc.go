// Package replication keeps a tenant's database in the recovery region: as automated backups that follow it by
// minutes, or as a read replica that follows it by seconds. Whatever it declares lives in the recovery region, in the
// tenant's stack: data and copies change together.
//
// # Replicated automated backups
//
// RDS copies each snapshot and the transaction logs to the recovery region, under the key there. A database can be
// made from them at any point in time up to some minutes ago, whether or not the primary region lives.
//
// It guarantees that the copies are encrypted with the tenant's key of the recovery region, and are kept as long as
// told. When the stack is torn down the replication stops; what was copied stays until its retention ends.
//
// # Read replica
//
// MySQL's own replication over an encrypted channel between the regions, some seconds behind. Promoted, it is a
// database of its own that takes writes within minutes and needs nothing of the primary region.
//
// It guarantees what package foundation guarantees of any instance; a standby in another zone already before it is
// promoted, and backups of its own, so that it is as safe as its source from the first minute; that its key, subnets,
// parameters, logs and role are its own, none of which depends on the source; and that nobody can connect to it: its
// security group lets in its own members, and nobody else is one until recovery has the application join it. RDS takes no final snapshot of a replica. It
// is protected against deletion all the same until the stack is torn down, its automated backups outlive it, and the
// source leaves a snapshot.
//
// RDS refuses a replica of an instance whose password it manages; package database keeps a secret of the tenant's own
// then. How far the replica is behind is what package alarms watches.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_MySQL.Replication.ReadReplicas.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.XRgn.html
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
package replication
