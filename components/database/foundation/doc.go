// Package foundation is what each RDS for MySQL instance of a tenant stands on, the database as well as its replica:
// subnets, parameters, logs, monitoring, and the settings that no instance goes without.
//
// It is no component: what it declares are children of the component that it belongs to.
//
// It guarantees: a synchronous standby in another zone; storage, backups, snapshots and performance data encrypted
// with the tenant's key, and logs with its key for logs; connections over TLS 1.2 or 1.3 only; no public address;
// point-in-time recovery from automated backups that outlive the instance; and that deletion is refused while the
// instance is protected.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_MySQL.html
package foundation
