package config

import "haven/components/database/limits"

func (c *checker) database(database *Database) {
	const path = "tenant.database."
	c.limit(path+"instanceClass", limits.InstanceClass(database.InstanceClass))
	c.limit(path+"storageGiB", limits.StorageGiB(database.StorageGiB))
	if c.readable(path + "storageGiB") {
		c.limit(path+"maxStorageGiB", limits.MaxStorageGiB(database.MaxStorageGiB, database.StorageGiB))
	}
	c.between(path+"backupRetentionDays", database.BackupRetentionDays,
		limits.MinBackupRetentionDays, limits.MaxBackupRetentionDays, "leave it out for 35, all that RDS keeps")
}
