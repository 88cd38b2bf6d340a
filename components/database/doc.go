// Package database declares a tenant's own RDS for MySQL instance.
//
// It guarantees: an instance that no other tenant shares; a synchronous standby in another zone; storage, backups,
// snapshots and performance data encrypted with the tenant's key, and logs with its key for logs; connections over
// TLS 1.2 or 1.3 only; no public address, and subnets without a route to the internet; a master password that RDS
// makes, keeps in Secrets Manager under the tenant's key and rotates each week, and that this program never sees;
// point-in-time recovery; and that neither the instance nor its backups go by mistake: deletion is refused until the
// stack is torn down, then leaves a final snapshot, and automated backups outlive the instance.
//
// No setting of a stack file replaces the instance: what RDS fixes at creation is fixed here. Changes that restart it,
// such as another class, wait for the maintenance window.
//
// RDS's standard support of MySQL 8.0 ended on 31 July 2026. Instances run on with RDS Extended Support, which AWS
// charges on top of the instance by the vCPU-hour, for the standby as well, at a rate that rises with the years. The
// charge ends with an upgrade to a version in standard support; three years after that date RDS upgrades by itself.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_MySQL.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
package database
