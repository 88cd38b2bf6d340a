package config

import (
	"fmt"
	"slices"
	"strings"
)

// RDS's limits for MySQL on gp3 storage.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
const (
	minStorageGiB = 20
	maxStorageGiB = 65536
)

// RDS keeps automated backups for 35 days at most; fewer than 7 would miss an error of the week before.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
const (
	minBackupDays = 7
	maxBackupDays = 35
)

// instanceSizes are the sizes of the instance classes that RDS offers for MySQL 8.0 with Multi-AZ, encryption and
// Performance Insights, which the micro and small ones of t3 and t4g lack.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Engines.html
var instanceSizes = map[string][]string{
	"t3":  {"medium", "large", "xlarge", "2xlarge"},
	"t4g": {"medium", "large", "xlarge", "2xlarge"},
	"m6g": gravitonSizes,
	"m7g": gravitonSizes,
	"r6g": gravitonSizes,
	"r7g": gravitonSizes,
	"m6i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"},
	"r6i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"},
	"m7i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
	"r7i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
}

var gravitonSizes = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"}

func (c *checker) database(database *Database) {
	c.instanceClass(database.InstanceClass)
	c.storage(database)
	c.between("tenant.database.backupRetentionDays", database.BackupRetentionDays, minBackupDays, maxBackupDays,
		"leave it out for 35, all that RDS keeps")
	c.windows(database)
}

func (c *checker) instanceClass(class string) {
	const path = "tenant.database.instanceClass"
	family, size, _ := strings.Cut(strings.TrimPrefix(class, "db."), ".")
	sizes := instanceSizes[family]
	switch {
	case !strings.HasPrefix(class, "db.") || sizes == nil:
		c.refuse(path, class, "one of "+listed(instanceFamilies()),
			`choose one that MySQL 8.0 runs on with Multi-AZ and Performance Insights, like "db.t4g.medium"`)
	case !slices.Contains(sizes, size):
		c.refuse(path, class, fmt.Sprintf("db.%s in one of the sizes %s", family, listed(sizes)),
			"choose a size with Multi-AZ and Performance Insights")
	}
}

// instanceFamilies are written as people write classes: "db.m6g.*".
func instanceFamilies() []string {
	var families []string
	for family := range instanceSizes {
		families = append(families, "db."+family+".*")
	}
	slices.Sort(families)
	return families
}

// storage leaves room to grow: RDS asks for a threshold at least 10 % above what is allocated.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
func (c *checker) storage(database *Database) {
	const first, most = "tenant.database.storageGiB", "tenant.database.maxStorageGiB"
	// Beyond this there is no room left to grow within RDS's limit.
	const largestFirst = maxStorageGiB * 10 / 11
	c.between(first, database.StorageGiB, minStorageGiB, largestFirst, "choose a size in GiB that leaves room to grow")
	least := (database.StorageGiB*11 + 9) / 10
	if c.sound(first) {
		c.between(most, database.MaxStorageGiB, least, maxStorageGiB,
			fmt.Sprintf("leave at least 10 %% above the %d of storageGiB", database.StorageGiB))
	}
}
