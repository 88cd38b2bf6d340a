// Package database declares a tenant's own RDS for MySQL instance.
//
// It guarantees: an instance that no other tenant shares; what package foundation guarantees of it; subnets without a
// route to the internet; a master password in Secrets Manager under the tenant's key; and that the instance does not
// go by mistake: deletion is refused until the stack is torn down, then leaves a final snapshot.
//
// # The master password
//
// RDS makes it, keeps it and rotates it each week, and this program never sees it. RDS refuses a read replica of such
// an instance, so a tenant with a replica has a secret of its own, replicated to the recovery region. The program
// generates its first value, which is in the state of the stack, encrypted; package rotation replaces it at once and
// then every thirty days, and the program leaves the new ones alone.
//
// To change from the one to the other changes the instance in place: RDS takes the other password as soon as it can,
// whatever the maintenance window, and the same update gives the services the ARN of the other secret. Until their
// roll-out is through, minutes, running tasks keep their connections and open no others. On the way back the replica
// has to be gone before, in an update of its own: RDS refuses to manage the password of an instance that has one.
//
// No setting of a stack file replaces the instance: what RDS fixes at creation is fixed here. Changes that restart
// it, such as another class, wait for the maintenance window.
//
// RDS's standard support of MySQL 8.0 ended on 31 July 2026. Instances run on with RDS Extended Support, which AWS
// charges on top of the instance by the vCPU-hour, for the standby as well, at a rate that rises with the years. The
// charge ends with an upgrade to a version in standard support; three years after that date RDS upgrades by itself.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_MySQL.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support-charges.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
package database
